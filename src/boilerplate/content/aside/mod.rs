//! What stands aside from the content of a page although it reads like content: comments of readers, windows that open over
//! the page, teasers of other pages.

mod comments;
mod teasers;
mod windows;

use super::page_type::PageType;
use crate::boilerplate::page::Page;
use crate::document::Names;

/// Words of content that must be left of a page without what stands aside: where nothing is left, that is what the page is about.
const ENOUGH: usize = 50;

/// For each line, why it stands aside from the content, if it does; `kept` says which lines are content so far. Linear.
///
/// One finding after the other counts, and only if enough of the content is left without it. On sites not learnt from, F1 of
/// news and blogs, of seven types of pages and of the regression set is .9631, .8873 and .9444 with comments alone, and .9738,
/// .8877 and .9444 with all of them; windows add .002, teasers that break off .007 and linked headings .002, all to the first.
pub(super) fn reasons(
    page: &Page<'_>,
    kind: Option<PageType>,
    kept: impl Fn(usize) -> bool,
) -> Vec<Option<&'static str>> {
    let mut reasons: Vec<Option<&'static str>> = vec![None; page.lines.len()];
    let [broken_off, linked] = teasers::of_other_pages(page, kind, &kept);
    // What may go for each word that stays: comments may be many times as long as the page, and so, less so, may teasers that break
    // off; what has fewer signs must be less than what is left.
    let findings = [
        (comments::of_readers(page, kind), comments::REASON, usize::MAX),
        (windows::over(page), windows::REASON, 1),
        (broken_off, teasers::REASON, 5),
        (linked, teasers::REASON, 1),
    ];
    for (found, reason, most) in findings {
        let (mut left, mut gone) = (0, 0);
        for line in page.lines.iter().filter(|line| reasons[line.index].is_none() && kept(line.index)) {
            *(if found[line.index] { &mut gone } else { &mut left }) += line.words;
        }
        if left >= ENOUGH && gone <= most.saturating_mul(left) {
            for (reason_of, _) in reasons.iter_mut().zip(&found).filter(|(_, found)| **found) {
                reason_of.get_or_insert(reason);
            }
        }
    }
    reasons
}

/// For each line, whether it is in an element that is called so.
fn inside_called(page: &Page<'_>, is_called: impl Fn(&Names) -> bool) -> Vec<bool> {
    let called: Vec<bool> = page.document.names.iter().map(is_called).collect();
    inside(page, |element| called[page.document.elements[element].names as usize])
}

/// For each line, whether it is in one of these elements, which are told by their indices.
fn inside(page: &Page<'_>, is_one: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut holds: Vec<bool> = Vec::with_capacity(page.document.elements.len());
    for (index, element) in page.document.elements.iter().enumerate() {
        let outer = element.parent.is_some_and(|parent| holds[parent as usize]);
        holds.push(outer || is_one(index));
    }
    let lines = page.lines.iter();
    lines.map(|line| line.block.element.is_some_and(|element| holds[element as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boilerplate::content::tests::{ARTICLE, page};
    use crate::document::parse;
    use crate::record::Record;

    /// What stands aside on a page of a type that has `aside` below an article, with the reasons.
    fn aside(kind: PageType, aside: &str, kept: fn(&str) -> bool) -> Vec<(String, &'static str)> {
        let document = parse(&Record::html(&page(&format!("{ARTICLE}{aside}"))));
        let page = Page::new(&document);
        let reasons = reasons(&page, Some(kind), |line| kept(page.lines[line].text));
        let found = page.lines.iter().zip(reasons);
        found.filter_map(|(line, reason)| Some((line.text.to_owned(), reason?))).collect()
    }

    const COMMENTS: &str = "<ol class=comment-list><li id=comment-7 class=comment><p>I have mown mine in April for years, and moss \
         has never come up in it, whatever the rain of autumn did to the sand and to the soil.</p></ol>";

    #[test]
    fn what_readers_say_is_content_of_a_forum_and_of_no_article() {
        let said = aside(PageType::Article, COMMENTS, |_| true);
        assert!(
            matches!(said.as_slice(), [(one, comments::REASON)] if one.starts_with("I have mown")),
            "{said:?}"
        );
        assert_eq!(aside(PageType::Forum, COMMENTS, |_| true), []);
        // A page of nothing but comments is about them.
        assert_eq!(aside(PageType::Article, COMMENTS, |text| text.starts_with("I have mown")), []);
    }

    #[test]
    fn a_window_that_opens_over_a_page_is_no_content_of_any() {
        let window = "<div class='box modal-window'><h2>Rules of the house</h2><p>Whoever writes here is kind to others.</p></div>";
        for kind in PageType::ALL {
            let found = aside(kind, window, |_| true);
            assert!(matches!(found.as_slice(), [(_, windows::REASON), (_, windows::REASON)]), "{found:?}");
        }
    }

    #[test]
    fn what_is_called_after_a_window_or_a_comment_is_none() {
        let said = "<div><p class=dialog>Whoever writes here is kind to others.</p></div>";
        assert_eq!(aside(PageType::Article, said, |_| true), []);
        let section = "<section id=modal><h2>Modal</h2><p>It opens over the page when a button is pressed.</p></section>";
        assert_eq!(aside(PageType::Documentation, section, |_| true), []);
        let section = "<section id=comments><h2>Comments</h2><p>A comment begins with a number sign and ends with the line.</p></section>";
        assert_eq!(aside(PageType::Documentation, section, |_| true), []);
    }

    fn cards(count: usize, text: &str) -> String {
        let card = format!("<div class=card><a href=/x><img src=x.png></a>{text}</div>");
        format!("<div class=more>{}</div>", card.repeat(count))
    }

    #[test]
    fn texts_in_a_row_that_break_off_are_teasers_of_other_pages() {
        let text = "<p>Slugs come with the rain of autumn, and what keeps them away is not what most gardeners …</p>";
        let found = aside(PageType::Article, &cards(3, text), |_| true);
        assert!(matches!(found.as_slice(), [(_, teasers::REASON), (..), (..)]), "{found:?}");
        // Two may be quotations, a list of other pages may be what a page is for, and a text that ends is none.
        assert_eq!(aside(PageType::Article, &cards(2, text), |_| true), []);
        assert_eq!(aside(PageType::Listing, &cards(3, text), |_| true), []);
        let whole = text.replace(" …", " know.");
        assert_eq!(aside(PageType::Article, &cards(3, &whole), |_| true), []);
        let more = format!("{whole}<p><a href=/x>Read more …</a></p>");
        assert_eq!(aside(PageType::Article, &cards(3, &more), |_| true), []);
    }

    #[test]
    fn headings_in_a_row_that_lead_elsewhere_are_teasers_of_other_pages() {
        let heading = "<h3><a href=/x>Ten tools that every gardener needs</a></h3>";
        let found = aside(PageType::Article, &cards(3, heading), |_| true);
        assert!(matches!(found.as_slice(), [(_, teasers::REASON), (..), (..)]), "{found:?}");
        // The entries of a list that an article is have more to say than where they lead, and its headings stand in the text.
        let entry = format!("{heading}<p>A fork opens the soil, and a rake takes the moss out of it.</p>");
        assert_eq!(aside(PageType::Article, &cards(3, &entry), |_| true), []);
        assert_eq!(aside(PageType::Article, &heading.repeat(3), |_| true), []);
        let opens = heading.replace("/x", "#answer");
        assert_eq!(aside(PageType::Article, &cards(3, &opens).replace("<a href=/x>", "<a>"), |_| true), []);
        // Where there are more of them than of anything else, they may be what the page is about.
        assert_eq!(aside(PageType::Article, &cards(30, heading), |_| true), []);
    }

    #[test]
    fn an_article_that_is_like_its_teasers_stays() {
        let text = "<p>Slugs come with the rain of autumn, and what keeps them away is …</p>";
        let like =
            format!("<div class=card><a href=/y>Me</a>{ARTICLE}{ARTICLE}<p>To be continued …</p></div>");
        let found = aside(
            PageType::Article,
            &cards(3, text).replace("<div class=more>", &format!("<div class=more>{like}")),
            |text| !text.starts_with("Ten tools"),
        );
        assert!(found.iter().all(|(text, _)| text.starts_with("Slugs come")), "{found:?}");
        assert_eq!(found.len(), 3);
    }
}
