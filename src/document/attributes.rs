//! The attributes of an element that are asked for on every one.

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
