//! Languages: which one a text is in, as its page states it or as its words show, and how its words are stemmed.

use frostem::Algorithm;
use whatlang::Lang;

use super::{fold, for_each_word};

/// Bytes of a text by which its language is told. On 4,000 texts of English prose, 512 leave 4 of them in doubt, 1,024
/// one and 2,048 one, and each doubling costs a fifth more time.
const SAMPLE: usize = 1024;

/// Fewest bytes of Latin script whose language is told: of 3,204 titles of papers in English (60 bytes each), 8 are
/// taken for another language with confidence; of 11,000 sentences of 150 bytes, 2.
const LEAST_LATIN: usize = 100;

/// Languages whose running text may go on for [`SAMPLE`] bytes without a letter that English does not have. Others never
/// do, and lists of English terms without function words look like them: 13 of 3,400 abstracts of the development
/// collections.
const WITHOUT_ACCENTS: &[&str] = &["en", "id", "it", "nl"];

/// One English function word in so many words, at least, makes a text English without any further look. Running English
/// has one in four; other languages have such words only as names and by chance.
const ENGLISH_SHARE: usize = 12;

/// Fewest of these words that decide.
const LEAST_ENGLISH: usize = 4;

/// How the words of a text are reduced to their stems: by one of Snowball's algorithms, or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stemming(pub(super) Option<Algorithm>);

impl Stemming {
    /// English stemming; also of texts whose language nobody knows.
    pub const ENGLISH: Self = Self(Some(Algorithm::English));

    /// The stemming of a language by its BCP 47 tag. What is not written in Latin letters and has no stemmer is stemmed
    /// as English, which leaves its own words alone and stems the English ones in it.
    #[must_use]
    pub fn of(tag: Option<&str>) -> Self {
        tag.and_then(row_of).map_or(Self::ENGLISH, |row| match row.stemmer {
            None if row.script != Script::Latin => Self::ENGLISH,
            stemmer => Self(stemmer),
        })
    }

    /// The name of the algorithm; empty if there is none.
    pub(super) fn name(self) -> &'static str {
        self.0.map_or("", Algorithm::name)
    }

    /// Whether letters without a dot count as others than those with one: `I` is the capital of `ı`.
    pub(super) fn is_turkic(self) -> bool {
        self.0 == Some(Algorithm::Turkish)
    }
}

/// What a language is written in, as far as it tells languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    /// Latin and another.
    Both,
    Other,
}

/// A language.
struct Row {
    /// Primary language subtag.
    tag: &'static str,
    /// The name under which it is detected, if it is.
    detected: Option<Lang>,
    stemmer: Option<Algorithm>,
    script: Script,
}

const fn row(tag: &'static str, detected: Lang, stemmer: Option<Algorithm>, script: Script) -> Row {
    Row { tag, detected: Some(detected), stemmer, script }
}

/// A language that pages may state and that is not detected.
const fn stated(tag: &'static str, stemmer: Option<Algorithm>, script: Script) -> Row {
    Row { tag, detected: None, stemmer, script }
}

/// All languages that have a stemmer or are detected.
const LANGUAGES: &[Row] = {
    use Script::{Both, Latin, Other};
    &[
        row("en", Lang::Eng, Some(Algorithm::English), Latin),
        row("af", Lang::Afr, None, Latin),
        row("ak", Lang::Aka, None, Latin),
        row("am", Lang::Amh, None, Other),
        row("ar", Lang::Ara, Some(Algorithm::Arabic), Other),
        row("az", Lang::Aze, None, Both),
        row("be", Lang::Bel, None, Other),
        row("bg", Lang::Bul, None, Other),
        row("bn", Lang::Ben, None, Other),
        stated("bs", Some(Algorithm::Serbian), Both),
        row("ca", Lang::Cat, Some(Algorithm::Catalan), Latin),
        row("cs", Lang::Ces, Some(Algorithm::Czech), Latin),
        row("cy", Lang::Cym, None, Latin),
        row("da", Lang::Dan, Some(Algorithm::Danish), Latin),
        row("de", Lang::Deu, Some(Algorithm::German), Latin),
        row("el", Lang::Ell, Some(Algorithm::Greek), Other),
        row("eo", Lang::Epo, Some(Algorithm::Esperanto), Latin),
        row("es", Lang::Spa, Some(Algorithm::Spanish), Latin),
        row("et", Lang::Est, Some(Algorithm::Estonian), Latin),
        stated("eu", Some(Algorithm::Basque), Latin),
        row("fa", Lang::Pes, Some(Algorithm::Persian), Other),
        row("fi", Lang::Fin, Some(Algorithm::Finnish), Latin),
        row("fr", Lang::Fra, Some(Algorithm::French), Latin),
        stated("ga", Some(Algorithm::Irish), Latin),
        row("gu", Lang::Guj, None, Other),
        row("he", Lang::Heb, None, Other),
        row("hi", Lang::Hin, Some(Algorithm::Hindi), Other),
        row("hr", Lang::Hrv, Some(Algorithm::Serbian), Latin),
        row("hu", Lang::Hun, Some(Algorithm::Hungarian), Latin),
        row("hy", Lang::Hye, Some(Algorithm::Armenian), Other),
        row("id", Lang::Ind, Some(Algorithm::Indonesian), Latin),
        row("it", Lang::Ita, Some(Algorithm::Italian), Latin),
        row("ja", Lang::Jpn, None, Other),
        row("jv", Lang::Jav, None, Latin),
        row("ka", Lang::Kat, None, Other),
        row("km", Lang::Khm, None, Other),
        row("kn", Lang::Kan, None, Other),
        row("ko", Lang::Kor, None, Other),
        row("la", Lang::Lat, None, Latin),
        stated("lo", None, Other),
        row("lt", Lang::Lit, Some(Algorithm::Lithuanian), Latin),
        row("lv", Lang::Lav, None, Latin),
        row("mk", Lang::Mkd, None, Other),
        row("ml", Lang::Mal, None, Other),
        row("mr", Lang::Mar, None, Other),
        stated("ms", None, Latin),
        row("my", Lang::Mya, None, Other),
        row("nb", Lang::Nob, Some(Algorithm::Norwegian), Latin),
        row("ne", Lang::Nep, Some(Algorithm::Nepali), Other),
        row("nl", Lang::Nld, Some(Algorithm::Dutch), Latin),
        stated("nn", Some(Algorithm::Norwegian), Latin),
        stated("no", Some(Algorithm::Norwegian), Latin),
        row("or", Lang::Ori, None, Other),
        row("pa", Lang::Pan, None, Other),
        row("pl", Lang::Pol, Some(Algorithm::Polish), Latin),
        row("pt", Lang::Por, Some(Algorithm::Portuguese), Latin),
        row("ro", Lang::Ron, Some(Algorithm::Romanian), Latin),
        row("ru", Lang::Rus, Some(Algorithm::Russian), Other),
        row("si", Lang::Sin, None, Other),
        row("sk", Lang::Slk, None, Latin),
        row("sl", Lang::Slv, None, Latin),
        row("sn", Lang::Sna, None, Latin),
        row("sr", Lang::Srp, Some(Algorithm::Serbian), Both),
        stated("st", Some(Algorithm::Sesotho), Latin),
        row("sv", Lang::Swe, Some(Algorithm::Swedish), Latin),
        row("ta", Lang::Tam, Some(Algorithm::Tamil), Other),
        row("te", Lang::Tel, None, Other),
        row("th", Lang::Tha, None, Other),
        row("tk", Lang::Tuk, None, Both),
        row("tl", Lang::Tgl, None, Latin),
        row("tr", Lang::Tur, Some(Algorithm::Turkish), Latin),
        row("uk", Lang::Ukr, None, Other),
        row("ur", Lang::Urd, None, Other),
        row("uz", Lang::Uzb, None, Both),
        row("vi", Lang::Vie, None, Latin),
        row("yi", Lang::Yid, Some(Algorithm::Yiddish), Other),
        row("zh", Lang::Cmn, None, Other),
        row("zu", Lang::Zul, None, Latin),
    ]
};

/// The language of a tag, by its primary subtag.
fn row_of(tag: &str) -> Option<&'static Row> {
    let primary = tag.split(['-', '_']).next()?.trim();
    LANGUAGES.iter().find(|row| row.tag.eq_ignore_ascii_case(primary))
}

/// The language of a text as a BCP 47 tag in lower case: what its page states, else what its words show; `None` where
/// neither says. A page that states one language and is written in letters of others goes by its letters.
///
/// `text` is read as far as it takes, so that the time is the same for texts of any length.
#[must_use]
pub fn language_of<'a>(stated: Option<&str>, text: impl Iterator<Item = &'a str>) -> Option<String> {
    let stated = stated.map(fold).filter(|tag| !tag.is_empty() && tag != "und" && tag != "zxx");
    let mut sample = String::new();
    for part in text {
        let room = part.floor_char_boundary(SAMPLE - sample.len());
        sample.push_str(&part[..room]);
        sample.push('\n');
        if sample.len() >= SAMPLE {
            break;
        }
    }
    let Some(tag) = stated else { return detect(&sample).map(|row| row.tag.to_owned()) };
    let latin = is_latin(&sample);
    let plain = match row_of(&tag).map(|row| row.script) {
        Some(Script::Latin) => latin != Some(false),
        Some(Script::Other) => latin != Some(true),
        Some(Script::Both) | None => true,
    };
    let by_letters = if plain { None } else { detect(&sample).map(|row| row.tag.to_owned()) };
    Some(by_letters.unwrap_or(tag))
}

/// Whether most letters of a text are Latin; `None` if it has none.
fn is_latin(text: &str) -> Option<bool> {
    let (mut latin, mut all) = (0, 0);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        all += 1;
        // Latin, its supplements and extensions, phonetic letters, and those with two accents for Vietnamese.
        latin += usize::from(matches!(c, '\0'..='\u{2AF}' | '\u{1E00}'..='\u{1EFF}'));
    }
    (all > 0).then_some(2 * latin > all)
}

/// The language that the words of a text show, if they leave no doubt.
fn detect(text: &str) -> Option<&'static Row> {
    if is_english(text) {
        return LANGUAGES.first();
    }
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    if info.script() == whatlang::Script::Latin && text.len() < LEAST_LATIN {
        return None;
    }
    let found = LANGUAGES.iter().find(|row| row.detected == Some(info.lang()))?;
    let bare = info.script() == whatlang::Script::Latin && !text.chars().any(is_accented);
    (!bare || WITHOUT_ACCENTS.contains(&found.tag)).then_some(found)
}

/// Letters of Latin script that English does not have.
const fn is_accented(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}') && !matches!(c, '×' | '÷')
}

/// Whether a text is full of the function words of English. Most text is, and this is a hundredth of the work that
/// telling it from all other languages takes.
fn is_english(text: &str) -> bool {
    let (mut words, mut english) = (0, 0);
    for_each_word(text, |range| {
        words += 1;
        // Words that other languages have as well (`in`, `of`, `was`, `for`, `have`) prove nothing.
        english += usize::from(matches!(
            &text.as_bytes()[range],
            b"the"
                | b"The"
                | b"and"
                | b"to"
                | b"that"
                | b"is"
                | b"with"
                | b"this"
                | b"are"
                | b"you"
                | b"from"
                | b"not"
                | b"by"
                | b"it"
                | b"your"
                | b"which"
        ));
    });
    english >= LEAST_ENGLISH && english * ENGLISH_SHARE >= words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(stated: Option<&str>, text: &str) -> Option<String> {
        language_of(stated, std::iter::once(text))
    }

    #[test]
    fn languages_show_in_their_words() {
        for (tag, text) in [
            (
                "en",
                "To control the pain you need to rest, and that is what most people with a strain do not do.",
            ),
            (
                "de",
                "Viele Läufer klagen nach dem Training über Schmerzen im unteren Rücken, die sich mit der Zeit wieder geben.",
            ),
            (
                "fr",
                "Les coureurs se plaignent souvent de douleurs dans le bas du dos après l'entraînement, qui passent avec le temps.",
            ),
            (
                "es",
                "Muchos corredores se quejan de dolores en la parte baja de la espalda después de entrenar varias horas.",
            ),
            (
                "ru",
                "Многие бегуны жалуются на боли в пояснице после долгих тренировок. Врачи советуют им укреплять мышцы спины и больше отдыхать.",
            ),
            ("ja", "走った後に背中が痛くなる人は少なくありません。"),
            ("zh", "许多跑步者在训练后抱怨下背部疼痛。"),
            ("ko", "많은 달리기 선수들이 훈련 후 허리 통증을 호소한다."),
            ("th", "นักวิ่งหลายคนบ่นว่าปวดหลังส่วนล่างหลังการฝึก"),
            ("el", "Πολλοί δρομείς παραπονιούνται για πόνους στη μέση μετά την προπόνηση."),
        ] {
            assert_eq!(language(None, text).as_deref(), Some(tag), "{text}");
        }
    }

    #[test]
    fn what_the_page_states_goes_before_what_its_words_show() {
        let german = "Viele Läufer klagen nach dem Training über Schmerzen im unteren Rücken, die sich mit der Zeit wieder geben.";
        assert_eq!(language(Some("de-AT"), german).as_deref(), Some("de-at"));
        assert_eq!(language(Some("nl"), german).as_deref(), Some("nl"));
        assert_eq!(language(Some("und"), german).as_deref(), Some("de"));
        assert_eq!(
            language(Some("en"), "走った後に背中が痛くなる人は少なくありません。").as_deref(),
            Some("ja")
        );
        assert_eq!(language(Some("sr"), "Mnogi trkači se žale na bolove u leđima.").as_deref(), Some("sr"));
        assert_eq!(language(Some("en"), "").as_deref(), Some("en"));
    }

    #[test]
    fn what_leaves_doubt_has_no_language() {
        for text in ["", "12 345", "Rosa Park Arizona", "magnetic resonance imaging cohort femoral neck"] {
            assert_eq!(language(None, text), None, "{text}");
        }
        assert_eq!(Stemming::of(None), Stemming::ENGLISH);
        assert_eq!(Stemming::of(Some("ja")), Stemming::ENGLISH);
        assert_eq!(Stemming::of(Some("vi")), Stemming(None));
        assert_eq!(Stemming::of(Some("DE-at")), Stemming::of(Some("de")));
    }
}
