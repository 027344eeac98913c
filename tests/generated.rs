//! Dirty pages of any number and length, made from a seed: the same seed makes the same pages.
//!
//! They are in the manner of the sample articles: a title said twice, a menu, sentences with the search phrase stuffed
//! into them, titles of pictures, lists of queries, a comment form. What is text in them says nothing, in plain English
//! words; what is furniture says what furniture says.

/// A stream of random numbers: `SplitMix64` (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number from `from` to `to`.
    fn number(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to + 1 - from)
    }

    /// Whether something happens that does in `percent` of 100 cases.
    fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[usize::try_from(self.next() % list.len() as u64).expect("it is less than a length")]
    }
}

const NOUNS: &[&str] = &[
    "garden",
    "lawn",
    "fence",
    "hedge",
    "rake",
    "spade",
    "neighbour",
    "village",
    "river",
    "winter",
    "morning",
    "kitchen",
    "kettle",
    "gardener",
    "orchard",
    "path",
    "meadow",
    "shed",
    "tomato",
    "harvest",
    "weather",
    "soil",
    "root",
    "ladder",
    "bucket",
    "question",
    "answer",
    "reason",
    "children",
    "market",
    "window",
    "bridge",
    "storm",
    "shadow",
    "wheel",
    "letter",
    "teacher",
    "engine",
    "corner",
    "season",
    "potato",
    "bench",
    "cellar",
    "barrel",
    "blossom",
    "café",
];

const VERBS: &[&str] = &[
    "covers", "needs", "follows", "keeps", "finds", "holds", "changes", "carries", "hides", "waters",
    "reaches", "joins", "crosses", "mends", "warms", "shows", "brings", "leaves", "crowds", "helps",
    "watches", "outlives",
];

const ADJECTIVES: &[&str] = &[
    "old",
    "green",
    "narrow",
    "quiet",
    "wooden",
    "bright",
    "heavy",
    "early",
    "common",
    "bitter",
    "patient",
    "broken",
    "distant",
    "useful",
    "stubborn",
    "gentle",
    "muddy",
    "generous",
    "ordinary",
    "half-finished",
];

const BETWEEN: &[&str] = &[
    "because",
    "although",
    "while",
    "whenever",
    "until",
    "before",
    "as soon as",
    "so that",
    "where",
    "after",
];

const MENU: &[&str] = &[
    "Home",
    "About us",
    "Contact",
    "Privacy Policy",
    "Blog",
    "Archives",
    "Login",
    "Sitemap",
    "Categories",
    "Search",
];

const PROMPTS: &[&str] = &[
    "Leave a Reply",
    "Your email address will not be published. Required fields are marked *",
    "Read more",
    "Share this",
    "Subscribe to our newsletter",
    "Report this page",
    "You may also like",
    "Posted by admin",
    "Filed under: Garden",
];

/// One sentence, with the page's phrase stuffed into it now and then.
fn sentence(random: &mut Random, phrase: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for clause in 0..random.number(1, 3) {
        if clause > 0 {
            words.push(random.pick(BETWEEN).to_owned());
        }
        words.push("the".to_owned());
        words.push(random.pick(ADJECTIVES).to_owned());
        words.push(random.pick(NOUNS).to_owned());
        words.push(random.pick(VERBS).to_owned());
        if random.chance(4) {
            words.push(phrase.to_owned());
        }
        words.push(if random.chance(50) { "the" } else { "a" }.to_owned());
        words.push(random.pick(NOUNS).to_owned());
        if random.chance(15) {
            words.push(format!("of {}", random.number(1, 2000)));
        }
        if random.chance(8) {
            words.push(format!("of the “{}”", random.pick(NOUNS)));
        }
        if random.chance(12) {
            words.push(format!("and the {}’s {},", random.pick(NOUNS), random.pick(NOUNS)));
        }
    }
    let text = words.join(" ");
    let text = text.trim_end_matches(',');
    let end = if random.chance(6) { "?" } else { "." };
    format!("{}{}{end}", text[..1].to_uppercase(), &text[1..])
}

fn paragraph(random: &mut Random, phrase: &str) -> String {
    let sentences: Vec<String> = (0..random.number(2, 8)).map(|_| sentence(random, phrase)).collect();
    sentences.join(" ")
}

fn phrase(random: &mut Random) -> String {
    format!("{} {} {}", random.pick(ADJECTIVES), random.pick(NOUNS), random.pick(NOUNS))
}

/// Every word with a capital.
fn title(phrase: &str) -> String {
    let words: Vec<String> =
        phrase.split(' ').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect();
    words.join(" ")
}

/// A line of furniture that stands between paragraphs.
fn furniture(random: &mut Random, phrase: &str) -> String {
    match random.number(0, 4) {
        0 => format!("Pin on {}", title(phrase)),
        1 => format!("{} – {} World …", title(phrase), title(random.pick(NOUNS))),
        2 => {
            let queries: Vec<String> = (0..random.number(3, 6))
                .map(|_| {
                    format!("{} {phrase} {}", random.pick(&["why", "how", "should"]), random.pick(NOUNS))
                })
                .collect();
            queries.join(", ")
        }
        3 => format!(
            "{} {}, 20{}",
            random.pick(&["May", "June", "March"]),
            random.number(1, 28),
            random.number(10, 24)
        ),
        _ => random.pick(PROMPTS).to_owned(),
    }
}

/// One page of plain text of at least `bytes` bytes.
pub fn text_page(seed: u64, bytes: usize) -> String {
    let mut random = Random(seed);
    let phrase = phrase(&mut random);
    let mut page = String::with_capacity(bytes + 1024);
    let name = title(&phrase);
    for line in [random.pick(MENU), random.pick(MENU), random.pick(MENU), "", &name, "", &name, ""] {
        page.push_str(line);
        page.push('\n');
    }
    while page.len() < bytes {
        page.push_str(&paragraph(&mut random, &phrase));
        page.push_str(if random.chance(70) { "\n\n" } else { "\n" });
        if random.chance(20) {
            page.push_str(&furniture(&mut random, &phrase));
            page.push_str("\n\n");
        }
    }
    for _ in 0..random.number(2, 6) {
        page.push_str(random.pick(PROMPTS));
        page.push('\n');
    }
    page
}

/// One page of plain text of at least `bytes` bytes that names its authors and says who each of them is, as the list of a
/// paper's writers does: every name could begin any line.
pub fn authors_page(bytes: usize) -> String {
    let mut page = String::with_capacity(bytes + 1024);
    let mut number = 0;
    while page.len() < bytes {
        number += 1;
        page.push_str(&format!(
            "By Ann{number} Lee{number}\n\nAnn{number} grows apples in the north of the country.\n\n"
        ));
    }
    page
}

/// One web page of at least `bytes` bytes, with the head, scripts, menus and sidebar of a blog around the same text.
pub fn html_page(seed: u64, bytes: usize) -> String {
    let mut random = Random(seed);
    let phrase = phrase(&mut random);
    let name = title(&phrase);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name} | Garden World</title>\n\
         <link rel=\"stylesheet\" href=\"/style.css?v=3&amp;w=4\"><style>.menu li {{ float: left }}</style>\n\
         <script>var page = {{ id: {}, ready: 1 < 2 && true }};</script></head>\n<body class=\"single post-{}\">\n",
        random.number(1, 9999),
        random.number(1, 9999)
    );
    page.push_str("<header id=\"top\"><nav class=\"main-menu\"><ul>\n");
    for _ in 0..random.number(5, 20) {
        let item = random.pick(MENU);
        page.push_str(&format!(
            "<li class=\"menu-item\"><a href=\"/{}/\">{item}</a></li>\n",
            random.number(1, 99)
        ));
    }
    page.push_str(&format!("</ul></nav></header>\n<main><article class=\"entry\"><h1>{name}</h1>\n"));
    while page.len() < bytes {
        match random.number(0, 9) {
            0 => page.push_str(&format!("<h2 class=\"sub\">{}</h2>\n", title(random.pick(NOUNS)))),
            1 => page.push_str(&format!(
                "<figure><img src=\"/img/{}.jpg\" alt=\"{phrase}\"><figcaption>{}</figcaption></figure>\n",
                random.number(1, 999),
                furniture(&mut random, &phrase)
            )),
            2 => page.push_str(&format!(
                "<aside class=\"widget related\"><ul><li><a href=\"/a\">{name}</a></li><li><a href=\"/b?x=1&y=2\">{}</a></li></ul></aside>\n",
                title(random.pick(NOUNS))
            )),
            3 => page.push_str("<div class=\"ad\"><script>show(\"ad\", 3 > 2);</script></div>\n<!-- end of ad -->\n"),
            _ => {
                let text = paragraph(&mut random, &phrase).replace('“', "&ldquo;");
                let noun = random.pick(NOUNS);
                page.push_str(&format!("<p>{}</p>\n", text.replacen(noun, &format!("<a href=\"/{noun}\">{noun}</a>"), 1)));
            }
        }
    }
    page.push_str("</article></main>\n<footer><div class=\"comment-respond\"><h3>Leave a Reply</h3>");
    page.push_str(
        "<form><p>Your email address will not be published.</p><textarea name=\"c\"></textarea></form></div>",
    );
    page.push_str("<p>Copyright &copy; 2024 Garden World. All rights reserved.</p></footer></body></html>\n");
    page
}
