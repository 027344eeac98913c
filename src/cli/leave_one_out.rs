//! `backsearch eval --leave-one-out`: weights chosen on all collections but one, measured on that one.

use std::path::PathBuf;

use super::Context;
use super::eval::{Indexed, name_of, request};
use crate::error::{Error, Kind, Result};
use crate::eval::read_collection;
use crate::eval::weights::{KNOBS, Weighed, choose, ndcg};
use crate::search::{WEIGHTS, Weights};

pub(super) fn run(dirs: &[PathBuf], context: &Context) -> Result<u8> {
    if dirs.len() < 2 {
        return Err(Error::new(Kind::User, "leaving one collection out takes two or more")
            .hint("name several folders of judged collections"));
    }
    let mut collections: Vec<(String, Vec<Weighed>)> = Vec::new();
    for dir in dirs {
        let collection = read_collection(dir)?;
        let indexed = Indexed::new(&collection, context)?;
        let mut queries = Vec::with_capacity(collection.queries.len());
        for query in &collection.queries {
            let (documents, candidates) = indexed.search.candidates(&request(&query.text))?;
            let judgments = collection.judgments[&query.id].clone();
            queries.push(Weighed { documents, candidates, judgments });
        }
        collections.push((name_of(dir), queries));
    }
    context.write(|screen| {
        let names: Vec<String> = KNOBS.iter().map(|knob| format!("{:>9}", knob.name)).collect();
        writeln!(screen.out, "nDCG@10   in use  left out {}", names.join(" "))?;
        let (mut in_use, mut unseen) = (0.0, 0.0);
        for (left, (name, queries)) in collections.iter().enumerate() {
            let others = || collections.iter().enumerate().filter(|(other, _)| *other != left);
            let chosen = choose(|weights| others().map(|(_, (_, queries))| ndcg(queries, weights)).sum());
            let (own, fair) = (ndcg(queries, &WEIGHTS), ndcg(queries, &chosen));
            in_use += own;
            unseen += fair;
            writeln!(screen.out, "{name:<9} {own:.4}    {fair:.4} {}", values(chosen))?;
        }
        #[expect(clippy::cast_precision_loss, reason = "collections are few")]
        let count = collections.len() as f64;
        writeln!(screen.out, "{:<9} {:.4}    {:.4}", "mean", in_use / count, unseen / count)?;
        writeln!(screen.out, "{:<9}                  {}", "in use", values(WEIGHTS))
    })?;
    Ok(0)
}

fn values(mut weights: Weights) -> String {
    let values: Vec<String> = KNOBS
        .iter()
        .map(|knob| format!("{:>width$}", *(knob.of)(&mut weights), width = knob.name.len().max(9)))
        .collect();
    values.join(" ")
}
