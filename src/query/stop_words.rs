//! Words of a query that ask rather than describe.

/// Folded function words, and the words with which people put questions and requests to a search engine. They are left
/// out of ranking when other words remain; inside phrases they count. From the closed classes of English grammar, and
/// the request words that the judged development queries share ("papers dealing with", "information about").
const STOP_WORDS: &[&str] = &[
    "a", "about", "above", "after", "again", "against", "all", "also", "although", "am", "among", "an", "and", "any",
    "anyone", "anything", "are", "as", "at", "be", "because", "been", "before", "being", "below", "between", "both",
    "but", "by", "can", "cannot", "could", "did", "do", "does", "doing", "done", "down", "during", "each", "either",
    "else", "etc", "ever", "every", "few", "for", "from", "further", "get", "give", "given", "gives", "had", "has",
    "have", "having", "he", "hello", "her", "here", "hers", "herself", "him", "himself", "his", "how", "however", "i",
    "i'm", "i've", "if", "in", "into", "is", "isn't", "it", "it's", "its", "itself", "just", "let", "like", "may", "me",
    "might", "more", "most", "much", "must", "my", "myself", "nor", "of", "off", "on", "once", "one", "only", "or",
    "other", "others", "ought", "our", "ours", "ourselves", "out", "over", "own", "per", "please", "put", "quite",
    "rather", "really", "same", "shall", "she", "should", "since", "so", "some", "such", "than", "that", "the",
    "their", "theirs", "them", "themselves", "then", "there", "these", "they", "this", "those", "though", "through",
    "thus", "to", "too", "toward", "under", "until", "up", "upon", "us", "used", "using", "various", "very", "via",
    "was", "we", "were", "what", "what's", "whatever", "when", "where", "whether", "which", "while", "who", "whom",
    "whose", "why", "will", "with", "within", "would", "yet", "you", "your", "yours", "yourself", "article",
    "articles", "concerned", "concerning", "dealing", "deals", "describe", "described", "describes", "describing",
    "discuss", "discussed", "discusses", "discussing", "discussion", "explain", "find", "information", "interested",
    "know", "looking", "need", "paper", "papers", "regarding", "related", "relating", "show", "tell", "want",
    "wanted", "anybody", "available", "exist", "exists", "general", "mean", "meant", "many", "possible", "see", "seen",
    "say", "said", "says", "someone", "something", "kind", "kinds", "type", "types", "way", "ways", "work", "works", "been",
    "made", "make", "makes", "making", "take", "taken", "use", "uses", "go", "goes", "going", "wish", "well",
];

/// Whether a folded word asks rather than describes.
#[must_use]
pub fn is_stop_word(folded: &str) -> bool {
    STOP_WORDS.contains(&folded)
}
