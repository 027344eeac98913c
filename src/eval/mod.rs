//! Evaluation: judged queries, and how well a ranking answers them.

mod collection;
mod metrics;

pub use collection::{Collection, JudgedQuery, read_collection, read_queries};
pub use metrics::{Measures, mean, measure};
