//! backsearch: full-text search for folders of dirty web text.

pub mod span;
pub mod error;
pub mod record;
pub mod packed;
pub mod analysis;
pub mod source;
pub mod document;
pub mod boilerplate;
pub mod passage;
pub mod dedup;
pub mod query;
pub mod index;
pub mod ingest;
pub mod search;
pub mod output;
pub mod eval;
pub mod cli;
