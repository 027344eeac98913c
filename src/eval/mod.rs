//! Evaluation: judged queries, and how well a ranking answers them.

mod collection;
mod metrics;
mod pages;
mod run;
mod significance;
mod typos;
pub mod weights;

pub use collection::{Collection, JudgedQuery, read_collection, read_queries};
pub use metrics::{Measures, mean, measure};
pub use pages::read_pages;
pub use run::{Run, read_run};
pub use significance::probability_of_chance;
pub use typos::misspell;
