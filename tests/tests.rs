//! All integration tests in one binary.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a test that cannot go on has failed"
)]

mod bad_input;
mod commands;
mod cleaning;
mod crash;
mod generated;
mod incremental;
mod judged;
mod languages;
mod laws;
mod loosening;
mod maintenance;
mod shards;
mod misspelt;
mod pages;
mod questions;
mod tidy;
mod trec_eval;
mod user_rules;
mod watching;
mod workspace;
