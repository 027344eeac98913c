//! backsearch: full-text search for folders of dirty web text.

pub mod span;
pub mod error;
pub mod record;
pub mod analysis;
pub mod document;
pub mod boilerplate;
