//! `backsearch eval`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{Context, typos};
use crate::error::{Error, Kind, Result};
use crate::eval::{
    Collection, JudgedQuery, Measures, mean, measure, probability_of_chance, read_collection, read_run,
};
use crate::index::open;
use crate::ingest::{self, Options};
use crate::search::{Advice, By, Embedded, Request, Search};

/// Documents ranked for each query, as is usual in evaluations.
const DEPTH: usize = 1000;

/// Measure the ranking on judged queries: nDCG@10, MAP, MRR@10, Recall@100.
///
/// A collection is a BEIR folder: corpus.jsonl, queries.jsonl, qrels/*.tsv (or TREC's four columns). Its text is taken as
/// clean and ranked by whole documents.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch eval collections/cranfield\n  backsearch eval collections/*\n  backsearch eval --typos 1 collections/*\n"
)]
pub(super) struct Eval {
    /// Folders of judged collections
    #[arg(value_name = "DIR", required = true)]
    dirs: Vec<PathBuf>,
    /// Measure this TREC run instead of ranking; two or more are compared with the first
    ///
    /// The difference of each to the first stands beside the probability that rankings which are equally good differ so
    /// much by chance (a randomisation test over the queries). Queries that a run does not answer count as 0.
    #[arg(long = "run", value_name = "FILE")]
    runs: Vec<PathBuf>,
    /// Choose the weights of the ranking without each collection in turn, and measure them on that one
    #[arg(long, conflicts_with_all = ["runs", "per_query"])]
    leave_one_out: bool,
    /// Measure what misspelt queries lose, with and without correction
    ///
    /// One telling word of each query gets one mistake, drawn from this seed: the same seed makes the same mistakes.
    #[arg(long, value_name = "SEED", conflicts_with = "runs")]
    typos: Option<u64>,
    /// Print every query
    #[arg(long)]
    per_query: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(command: &Eval, context: &Context) -> Result<u8> {
    if !command.runs.is_empty() {
        return compare(command, context);
    }
    if command.leave_one_out {
        return super::leave_one_out::run(&command.dirs, command.json, context);
    }
    if let Some(seed) = command.typos {
        return typos::run(&command.dirs, seed, command.per_query, command.json, context);
    }
    let mut rows: Vec<(String, usize, Measures)> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for dir in &command.dirs {
        let (name, collection) = named_collection(dir)?;
        let measures = evaluate(&collection, context)?;
        if command.per_query {
            for (query, own) in collection.queries.iter().zip(&measures) {
                lines.push(format!("{name}\t{}\t{}", query.id, row(own)));
            }
        }
        rows.push((name, measures.len(), mean(&measures)));
    }
    context.write(|screen| {
        if command.json {
            let list: Vec<serde_json::Value> = rows
                .iter()
                .map(|(name, queries, measures)| {
                    serde_json::json!({"collection": name, "queries": queries, "ndcg_10": measures.ndcg_10, "map": measures.average_precision,
                        "mrr_10": measures.reciprocal_rank_10, "recall_100": measures.recall_100})
                })
                .collect();
            serde_json::to_writer_pretty(&mut *screen.out, &list)?;
            return writeln!(screen.out);
        }
        for line in &lines {
            writeln!(screen.out, "{line}")?;
        }
        writeln!(screen.out, "{:<16} {:>7}  nDCG@10     MAP  MRR@10  R@100", "collection", "queries")?;
        for (name, queries, measures) in &rows {
            writeln!(screen.out, "{name:<16} {queries:>7}  {}", row(measures))?;
        }
        if rows.len() > 1 {
            let all: Vec<Measures> = rows.iter().map(|(_, _, measures)| *measures).collect();
            writeln!(screen.out, "{:<16} {:>7}  {}", "mean", "", row(&mean(&all)))?;
        }
        Ok(())
    })?;
    Ok(0)
}

/// Measures runs on one collection and compares them with the first.
fn compare(command: &Eval, context: &Context) -> Result<u8> {
    let [dir] = command.dirs.as_slice() else {
        return Err(Error::new(Kind::User, "runs are of one collection, but several are named")
            .hint("name one folder, and each run with --run"));
    };
    let collection = read_collection(dir)?;
    let mut measured: Vec<(String, Vec<Measures>)> = Vec::new();
    for path in &command.runs {
        let run = read_run(path)?;
        let of = |query: &str| run.get(query).map_or(&[][..], Vec::as_slice);
        let measures = collection
            .queries
            .iter()
            .map(|query| measure(of(&query.id), &collection.judgments[&query.id]))
            .collect();
        measured.push((path.display().to_string(), measures));
    }
    let Some((_, first)) = measured.first() else { return Ok(0) };
    let against = |own: &[Measures], of: fn(&Measures) -> f64| {
        let differences: Vec<f64> = own.iter().zip(first).map(|(own, first)| of(own) - of(first)).collect();
        (of(&mean(own)) - of(&mean(first)), probability_of_chance(&differences))
    };
    context.write(|screen| {
        if command.json {
            let list: Vec<serde_json::Value> = measured
                .iter()
                .map(|(name, own)| {
                    let measures = mean(own);
                    let (ndcg, map) = (against(own, |m| m.ndcg_10), against(own, |m| m.average_precision));
                    serde_json::json!({"run": name, "queries": own.len(), "ndcg_10": measures.ndcg_10, "map": measures.average_precision,
                        "mrr_10": measures.reciprocal_rank_10, "recall_100": measures.recall_100,
                        "ndcg_10_difference": ndcg.0, "ndcg_10_p": ndcg.1, "map_difference": map.0, "map_p": map.1})
                })
                .collect();
            serde_json::to_writer_pretty(&mut *screen.out, &list)?;
            return writeln!(screen.out);
        }
        if command.per_query {
            for (name, own) in &measured {
                for (query, own) in collection.queries.iter().zip(own) {
                    writeln!(screen.out, "{name}\t{}\t{}", query.id, row(own))?;
                }
            }
        }
        writeln!(screen.out, "nDCG@10     MAP  MRR@10  R@100  run")?;
        for (number, (name, own)) in measured.iter().enumerate() {
            writeln!(screen.out, "{}  {name}", row(&mean(own)))?;
            if number > 0 {
                let (ndcg, map) = (against(own, |m| m.ndcg_10), against(own, |m| m.average_precision));
                writeln!(
                    screen.out,
                    "{:>+7.4} {:>+7.4}                 against the first; by chance p = {:.4} and {:.4}",
                    ndcg.0, map.0, ndcg.1, map.1
                )?;
            }
        }
        Ok(())
    })?;
    Ok(0)
}

fn row(measures: &Measures) -> String {
    format!(
        "{:>7.4} {:>7.4} {:>7.4} {:>6.4}",
        measures.ndcg_10, measures.average_precision, measures.reciprocal_rank_10, measures.recall_100
    )
}

/// A collection with judged queries, and the name of its folder.
pub(super) fn named_collection(dir: &Path) -> Result<(String, Collection)> {
    let collection = read_collection(dir)?;
    if collection.queries.is_empty() {
        return Err(Error::new(Kind::Data, "no judged query in")
            .at(dir)
            .hint("the judgments name none of the queries"));
    }
    let name =
        dir.file_name().map_or_else(|| dir.display().to_string(), |name| name.to_string_lossy().into_owned());
    Ok((name, collection))
}

/// Measures every query of a collection.
fn evaluate(collection: &Collection, context: &Context) -> Result<Vec<Measures>> {
    let judged = Judged::index(collection, context)?;
    collection.queries.iter().map(|query| Ok(judged.measure(query, &query.text, true)?.0)).collect()
}

/// A judged query as it is asked.
pub(super) fn request(text: &str) -> Request {
    Request { query: text.to_owned(), limit: DEPTH, by: By::Document, fold: false, ..Request::default() }
}

/// A collection indexed in a folder of its own, which is removed afterwards.
pub(super) struct Judged<'a> {
    collection: &'a Collection,
    pub(super) search: Embedded,
    _folder: Scratch,
}

impl<'a> Judged<'a> {
    /// Indexes a collection.
    pub(super) fn index(collection: &'a Collection, context: &Context) -> Result<Self> {
        let folder = Scratch::new()?;
        let options = Options { threads: context.threads(), clean: Some(false), ..Options::default() };
        ingest::run(&folder.0, &[ingest::root_of(&collection.corpus)], &options, &mut |_| {})?;
        Ok(Self { collection, search: Embedded::new(open(&folder.0)?), _folder: folder })
    }

    /// Measures what is found for `text` against the judgments of a query, and tells what was made of it.
    pub(super) fn measure(
        &self,
        query: &JudgedQuery,
        text: &str,
        correct: bool,
    ) -> Result<(Measures, Advice)> {
        let response = self.search.search(&Request { correct, ..request(text) })?;
        let ranking: Vec<(String, f64)> =
            response.hits.into_iter().map(|hit| (hit.document, hit.score)).collect();
        let measures = measure(&ranking, &self.collection.judgments[&query.id]);
        Ok((measures, response.advice))
    }
}

/// A folder that goes away when it is no longer needed.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let nanos = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, |since| since.as_nanos());
        let path = std::env::temp_dir().join(format!("backsearch-eval-{}-{nanos}", std::process::id()));
        std::fs::create_dir_all(&path)
            .map_err(|error| Error::io("cannot create the folder", Path::new(&path), &error))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed from the folder for temporary files is removed with it some day.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
