//! The attributes of elements: those that are asked for on every one, and those that anything asks for.

use scraper::node::Element as Tag;

/// What its attributes say of an element.
#[derive(Default)]
pub(super) struct Attributes<'a> {
    pub(super) class: Option<&'a str>,
    pub(super) id: Option<&'a str>,
    pub(super) role: Option<&'a str>,
    pub(super) itemprop: Option<&'a str>,
    pub(super) itemtype: Option<&'a str>,
    pub(super) hidden: Option<&'a str>,
    pub(super) style: Option<&'a str>,
}

impl<'a> Attributes<'a> {
    /// Looks at each attribute once; to ask for one by its name costs more than that.
    pub(super) fn of(tag: &'a Tag) -> Self {
        let mut found = Self::default();
        for (name, value) in tag.attrs() {
            match name {
                "class" => found.class = Some(value),
                "id" => found.id = Some(value),
                "role" => found.role = Some(value),
                "itemprop" => found.itemprop = Some(value),
                "itemtype" => found.itemtype = Some(value),
                "hidden" => found.hidden = Some(value),
                "style" => found.style = Some(value),
                _ => {}
            }
        }
        found
    }
}

/// Whether anything asks for an attribute of an element, both by their names in lower case: what this module reads, the
/// links of a page, its head, and html5ever, which goes by the attributes of some elements as it builds the tree.
pub(super) fn is_read(element: &str, attribute: &str) -> bool {
    is_read_of_all(attribute)
        || attribute == "href" && element == "a"
        || matches!(
            element,
            // What the head says.
            "html" | "meta" | "link"
            // What decides where the tree puts them.
            | "input" | "template" | "annotation-xml"
            // Of formatting elements that are alike in all attributes, html5ever opens at most three again. Of links there
            // is never more than one.
            | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u"
        )
}

/// Whether an attribute is asked for on every element.
pub(super) fn is_read_of_all(attribute: &str) -> bool {
    matches!(attribute, "class" | "id" | "role" | "itemprop" | "itemtype" | "hidden" | "style")
}
