//! `backsearch eval --leave-one-out`: weights chosen on all collections but one, measured on that one.

use std::path::PathBuf;

use super::Context;
use super::eval::{Judged, named_collection, request};
use crate::error::{Error, Kind, Result};
use crate::eval::weights::{KNOBS, Weighed, choose, ndcg};
use crate::search::{WEIGHTS, Weights};

/// One collection: its name, nDCG@10 with the weights in use and with those chosen without it, and these.
type Left = (String, f64, f64, Weights);

pub(super) fn run(dirs: &[PathBuf], json: bool, context: &Context) -> Result<u8> {
    if dirs.len() < 2 {
        return Err(Error::new(Kind::User, "leaving one collection out takes two or more")
            .hint("name several folders of judged collections"));
    }
    let mut collections: Vec<(String, Vec<Weighed>)> = Vec::new();
    for dir in dirs {
        let (name, collection) = named_collection(dir)?;
        let indexed = Judged::index(&collection, context)?;
        let mut queries = Vec::with_capacity(collection.queries.len());
        for query in &collection.queries {
            let (documents, candidates) = indexed.search.candidates(&request(&query.text))?;
            let judgments = collection.judgments[&query.id].clone();
            queries.push(Weighed { documents, candidates, judgments });
        }
        collections.push((name, queries));
    }
    let mut rows: Vec<Left> = Vec::new();
    for (left, (name, queries)) in collections.iter().enumerate() {
        let others = || collections.iter().enumerate().filter(|(other, _)| *other != left);
        let chosen = choose(|weights| others().map(|(_, (_, queries))| ndcg(queries, weights)).sum());
        rows.push((name.clone(), ndcg(queries, &WEIGHTS), ndcg(queries, &chosen), chosen));
    }
    context.write(|screen| {
        if json {
            let row = |(name, in_use, left_out, _): &Left| serde_json::json!({"collection": name, "in_use": in_use, "left_out": left_out});
            let list: Vec<serde_json::Value> = rows.iter().map(row).collect();
            serde_json::to_writer_pretty(&mut *screen.out, &list)?;
            return writeln!(screen.out);
        }
        let names: Vec<String> = KNOBS.iter().map(|knob| format!("{:>9}", knob.name)).collect();
        writeln!(screen.out, "nDCG@10    in use  left out  {}", names.join(" "))?;
        for (name, in_use, left_out, weights) in &rows {
            writeln!(screen.out, "{name:<10} {in_use:.4}  {left_out:.4}    {}", values(*weights))?;
        }
        #[expect(clippy::cast_precision_loss, reason = "collections are few")]
        let mean = |of: fn(&Left) -> f64| rows.iter().map(of).sum::<f64>() / rows.len() as f64;
        writeln!(screen.out, "{:<10} {:.4}  {:.4}", "mean", mean(|row| row.1), mean(|row| row.2))?;
        writeln!(screen.out, "{:<28} {}", "weights in use", values(WEIGHTS))
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
