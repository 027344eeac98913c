//! Laws that hold for any input, checked on generated input.

mod stated;

use backsearch::boilerplate::{Knowledge, UserRules};
use backsearch::document::parse;
use backsearch::ingest::{prepare, prepare_unlabelled};
use backsearch::query;
use backsearch::record::{Media, Record};
use proptest::prelude::*;

use self::stated::{
    kept_text_is_in_passages, labels_cover, page_spans_read_as_their_text, places_are_in_the_original,
    plain_spans_slice_back,
};

/// Pieces of text as they stand on dirty pages.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z ]{0,40}[.?!]? ",
        "(The|A|This) [a-z]{2,9} [a-z]{2,9} is [a-z]{2,9} and [a-z]{2,9} in the [a-z]{2,9}\\. ",
        Just("\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("Pin On Garden Ideas …\n".to_owned()),
        Just("Read more about ".to_owned()),
        Just("Report this page\n".to_owned()),
        Just("\u{feff}é—“ü”…背中。\r\n".to_owned()),
        Just("How do I mow?\n\n".to_owned()),
        "[•\\-*] [a-z]{3,9}\n",
        "\\PC{0,12}",
    ]
}

/// Pieces of markup, closed or not.
fn markup() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("<p>".to_owned()),
        Just("</p>".to_owned()),
        Just("<div class='nav'>".to_owned()),
        Just("</div>".to_owned()),
        Just("<br>".to_owned()),
        Just("<b>".to_owned()),
        Just("</b>".to_owned()),
        Just("<i>".to_owned()),
        Just("<button>".to_owned()),
        Just("</button>".to_owned()),
        Just("<dd>".to_owned()),
        Just("<table><tr><td>".to_owned()),
        Just("</table>".to_owned()),
        Just("<a href=x>".to_owned()),
        Just("</a>".to_owned()),
        Just("&amp;".to_owned()),
        Just("&nbsp;&copy".to_owned()),
        Just("<!-- note -->".to_owned()),
        Just("<script>if (a < b) {}</script>".to_owned()),
        Just("<h2>".to_owned()),
        Just("</h2>".to_owned()),
        Just("<ul><li>".to_owned()),
        Just("< 3 & more > ".to_owned()),
        piece(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..30).prop_map(|pieces| pieces.concat())
}

fn page() -> impl Strategy<Value = String> {
    prop::collection::vec(markup(), 0..40).prop_map(|pieces| pieces.concat())
}

/// Rules of a user that find something in such pieces, whole lines and parts of them.
const USER_RULES: &[&str] = &[
    "drop text \"report this page\"",
    "keep text \"report this page\"",
    "drop regex \"^[A-M]\"",
    "keep regex \"the\"",
    "drop part \"[a-e]+\"",
    "drop part \"\\. \"",
    "keep part \" is\\b\"",
    "drop heading \"how do i mow?\"",
    "keep heading \"how do i mow?\"",
];

proptest! {
    #[test]
    fn spans_of_plain_text_slice_back(text in text()) {
        let prepared = prepare(&Record::plain(&text), Knowledge::default());
        labels_cover(&prepared);
        kept_text_is_in_passages(&prepared);
        plain_spans_slice_back(&prepared, text.as_bytes());
        places_are_in_the_original(&prepared, text.as_bytes());
    }

    #[test]
    fn spans_of_pages_read_as_their_text(page in page()) {
        let prepared = prepare(&Record::html(&page), Knowledge::default());
        labels_cover(&prepared);
        page_spans_read_as_their_text(&prepared, page.as_bytes());
        places_are_in_the_original(&prepared, page.as_bytes());
    }

    #[test]
    fn a_passage_ends_where_the_tree_parts_what_the_bytes_do_not(inner in "[a-z]{1,9}", after in "[a-z]{1,9}") {
        // The end of the button ends the paragraph in it, and no tag of a block says so.
        let page = format!("<title>A title</title><button>Press <p>{inner}</button>{after}<p>and so on");
        let prepared = prepare_unlabelled(&Record::html(&page));
        page_spans_read_as_their_text(&prepared, page.as_bytes());
        let texts: Vec<&str> = prepared.passages.list.iter().map(|passage| passage.text.as_str()).collect();
        prop_assert_eq!(texts, [format!("Press {inner}"), format!("{after} and so on")]);
    }

    #[test]
    fn no_bytes_make_any_stage_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), media in 0..3) {
        let media = [Media::Plain, Media::Html, Media::Markdown][usize::try_from(media).unwrap_or(0)];
        let prepared = prepare(&Record { bytes, media, ..Record::default() }, Knowledge::default());
        labels_cover(&prepared);
    }

    #[test]
    fn markdown_is_total_and_covered(text in text()) {
        let prepared = prepare(&Record { media: Media::Markdown, ..Record::plain(&text) }, Knowledge::default());
        labels_cover(&prepared);
    }

    #[test]
    fn no_rules_file_makes_the_reader_panic(text in "((drop|keep) (text|regex|part|heading) \"?\\PC{0,12}\"?( in \"\\PC{0,6}\")?\n){0,4}") {
        if let Err(problems) = UserRules::parse("my.rules", &text) {
            prop_assert!(problems.iter().all(|problem| problem.line <= text.lines().count()));
        }
    }

    #[test]
    fn rules_of_the_user_lose_nothing(
        text in text(),
        rules in prop::sample::subsequence(USER_RULES, 0..4),
    ) {
        let rules = UserRules::parse("my.rules", &rules.join("\n")).expect("they are rules");
        let prepared = prepare(&Record::plain(&text), Knowledge { rules: Some(&rules), ..Knowledge::default() });
        labels_cover(&prepared);
        kept_text_is_in_passages(&prepared);
    }

    #[test]
    fn no_query_makes_the_parser_panic(text in "\\PC{0,60}") {
        let parsed = query::parse(&text);
        prop_assert!(parsed.clauses.len() <= text.len());
    }

    #[test]
    fn other_charsets_lead_back_to_their_bytes(words in prop::collection::vec("[a-zäöüéñ]{1,9}", 1..30)) {
        let text = words.join(" ");
        let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
        let record = Record { bytes: bytes.to_vec(), encoding: Some("windows-1252".to_owned()), ..Record::default() };
        let document = parse(&record);
        for range in backsearch::analysis::words(&document.text) {
            let word = &document.text[range.clone()];
            let spans = document.map.to_original(backsearch::span::Span::new(range.start, range.end));
            let raw: Vec<u8> = spans.iter().flat_map(|span| record.bytes[span.range()].to_vec()).collect();
            let decoded = encoding_rs::WINDOWS_1252.decode(&raw).0.into_owned();
            if document.encoding == "windows-1252" {
                prop_assert_eq!(decoded.as_str(), word);
            }
        }
    }
}

#[test]
fn the_same_record_gives_the_same_passages() {
    let text = std::fs::read_to_string(crate::workspace::project().join("corpus/004_7bcb17e0c6a78277.txt"))
        .expect("it is there");
    let (one, two) = (
        prepare(&Record::plain(&text), Knowledge::default()),
        prepare(&Record::plain(&text), Knowledge::default()),
    );
    assert_eq!(one.passages, two.passages);
    assert_eq!(one.labels, two.labels);
}

/// Found by fuzzing: a long line was cut inside its last white space where that takes two bytes.
#[test]
fn a_line_longer_than_a_paragraph_is_cut_at_whole_characters() {
    for space in ["\u{a0}", "\u{3000}", " "] {
        let text = format!("word{space}").repeat(30_000);
        let prepared = prepare(&Record::plain(&text), Knowledge::default());
        labels_cover(&prepared);
        kept_text_is_in_passages(&prepared);
        plain_spans_slice_back(&prepared, text.as_bytes());
    }
}

/// Pages that fuzzing has found.
#[test]
fn spans_of_pages_that_were_found_read_as_their_text() {
    for (page, text) in [
        ("<p>1 &acE; 2 &fjlig; 3", "1 ∾\u{333} 2 fj 3"),
        (
            "<p>Seen, 1 of 2. <table>Moved &acE; here.<tr><td>&nvlt;b",
            "Seen, 1 of 2. Moved ∾\u{333} here. <\u{20d2}b",
        ),
        ("<p>This is the text &nvlt; of a page.", "This is the text <\u{20d2} of a page."),
        (
            "<p>This is what a reader sees, as a sentence.<table><title>u<p>v</title><tr><td>So is this one, which is \
             found in a row.",
            "This is what a reader sees, as a sentence. So is this one, which is found in a row.",
        ),
        (
            "<p>This is what a reader sees, as a sentence.<noframes>a<p>b</noframes><noembed>c<p>d</noembed>",
            "This is what a reader sees, as a sentence.",
        ),
        (
            "<noscript><p>This is seen without scripts.<noscript><p>So is this here.</noscript><div id=app></div>",
            "This is seen without scripts. So is this here.",
        ),
        ("<p>This is seen by rea<\0b\0>ders.</\0b\0>", "This is seen by readers."),
        (
            "<p>This is &l\0t; seen\r &ltT\0\0amp;amp; &#60;i&#62; <1a\r\nb\rc<b c=\"\r>f\"e</>b.",
            "This is < seen <Tamp;amp; <i> <1a b cb.",
        ),
        (
            "<table><b>x<tr>y<td>zth><mi<table><b>x<tr>y<td>zth><mi>m<annotation-xml><p>q</table><frameset><title>u>m<annotation-xml><p>q</table><frameset><title>u<p>v",
            "x y y zth>x zth>m q",
        ),
        ("<p>This is seen by rea<b c=\"1 > 2> <3 c=\"d>ders.", "This is seen by readers."),
        (
            "<table><b>x<tr>y<td>zth><mi>m<annotation-xml><p>q</\t<table><b>x<tr>y<td>zth><mi>m<annotation-xml><p>q</\tq</\t<tabln\ttable><\tthin\te><b>x<tr>y<td>z</\tthin\tz\ttable\t<table><\tthin\tFb>x<tr>y<td>z\t><\tthin\ttable><frame\tthin\t<table><\tthin\tFb>x",
            "zth>m qx zth>m q< thin e>x z< thin Fb>x z >< thin table>< thin Fb>x",
        ),
        ("<p>This is seen<math><ma><title>and this is not<p>by readers.", "This is seen by readers."),
        ("<p>This is seen by rea<<i hidden>no</i>ders.", "This is seen by rea<ders."),
        (
            "<title>A page</title><p>This is a sentence that is seen by many people<![CDAT<select><p>and this is read by them, too.",
            "This is a sentence that is seen by many people and this is read by them, too.",
        ),
        ("<p>This is seen by readers.<xmp>This <b>is</b> not.</xmp>", "This is seen by readers."),
        ("<p>This is seen by readers.<plaintext>This <b>is</b> not.", "This is seen by readers."),
        ("<p>This is seen by <i\rid=x>id</i>lers.", "This is seen by idlers."),
        ("<p>This is seen by <i\0id=x>id</i>lers.", "This is seen by idlers."),
        ("<p>This is seen<math>1</div></math>by readers.", "This is seen by readers."),
        ("<div>This is seen<span hidden>not <div>this</div></span>by readers.", "This is seen by readers."),
        ("<p>This is \0seen by rea\0\0ders.", "This is seen by readers."),
    ] {
        let record = Record::html(page);
        // What is kept of such pages is chance; what is read of them is not.
        let prepared = prepare_unlabelled(&record);
        for prepared in [&prepare(&record, Knowledge::default()), &prepared] {
            places_are_in_the_original(prepared, page.as_bytes());
            page_spans_read_as_their_text(prepared, page.as_bytes());
        }
        let found: Vec<&str> = prepared.passages.list.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(found.join(" "), text, "{page}");
    }
}
