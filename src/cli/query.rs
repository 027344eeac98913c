//! `backsearch query`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::index::{DEFAULT_ROOT, build, name_skipped};
use super::synonyms::read_synonyms;
use super::{Context, NOTHING_FOUND};
use crate::error::{Error, Kind, Result};
use crate::eval::read_queries;
use crate::index::{Found, is_unbuilt, look, open};
use crate::ingest::{self, Options};
use crate::output::{counted, formats, hits};
use crate::search::{By, Embedded, Filter, Request, Response, Search};

/// What a query can hold beside words.
const SYNTAX: &str = "\
Queries:
  \"lower back\"       these words in this order (\"lower back\"~2: with up to 2 moves)
  -word  +word       without it, with it
  run*   siatica~1   words that begin so, words one edit away (~2: two)
  title:word  heading:word  source:GLOB  site:HOST  lang:en  date:2020..2021
  a OR b  a AND b  NOT a  (groups)";

/// Find passages, best first.
///
/// Any text is a query; what it can hold beside words stands below. Of words by themselves any will do, and the more of them the better. Phrases must be there; fields and dates limit where
/// the words are looked for. OR makes any one of what it joins enough.
///
/// Words are found whatever their accents, case and ending, in the language of each passage; what Chinese, Japanese,
/// Korean and Thai write without spaces is found by its parts.
///
/// A synonyms file has lines like `heart attack, myocardial infarction` (each stands for the others, at half the weight
/// of what was typed) and `tv => television` (looked for instead). Words in quotation marks stand for themselves.
///
/// What does not parse is taken as words. A word that the index does not hold is taken for the likeliest one that it
/// does, and a query that nothing matches is loosened step by step; the answer says what was done, and --no-correct and
/// --no-relax keep it from being done. After `--`, or as one quoted argument, nothing is taken for an option.
#[derive(Debug, Args)]
#[command(
    before_help = "Examples:\n  backsearch query facet syndrome\n  backsearch query '\"lower back\" -running'\n  backsearch query --json sciatica\n  backsearch query -- -v is an option, but not here\n",
    after_long_help = SYNTAX
)]
pub(super) struct Query {
    /// What to look for
    #[arg(value_name = "TERMS", required_unless_present = "batch")]
    terms: Vec<String>,
    /// Most hits to show
    #[arg(short = 'n', long, default_value_t = 10, value_name = "N")]
    limit: usize,
    /// Hits to pass over
    #[arg(long, default_value_t = 0, value_name = "N")]
    offset: usize,
    /// Only sources whose path matches, within their root or with the root before it
    #[arg(long, value_name = "GLOB")]
    source: Option<String>,
    /// Only pages of this host
    #[arg(long, value_name = "HOST")]
    site: Option<String>,
    /// Only documents in this language
    #[arg(long, value_name = "TAG")]
    lang: Option<String>,
    /// Take words for one another as a file of synonyms says (Solr's format)
    #[arg(long, value_name = "FILE", env = "BACKSEARCH_SYNONYMS", hide_env_values = true)]
    synonyms: Option<PathBuf>,
    /// Only documents of these dates, as in 2020..2021-06
    #[arg(long, value_name = "FROM..TO")]
    date: Option<String>,
    /// Show near-duplicates as hits of their own
    #[arg(long)]
    all: bool,
    /// Say why each hit ranks where it does
    #[arg(long)]
    explain: bool,
    /// Take every word as it is spelt
    ///
    /// Otherwise a word that the index does not hold is taken for the likeliest word that it does, and the answer says so.
    #[arg(long)]
    no_correct: bool,
    /// Find nothing rather than loosen the query
    ///
    /// Otherwise a query that nothing matches is loosened step by step until something does, and the answer says how.
    /// Exclusions, and the limits of --source, --site, --lang, --date and --min-quality, hold at every step.
    #[arg(long)]
    no_relax: bool,
    /// Only passages of at least this quality, from 0 to 1
    ///
    /// Quality says how much a passage reads like text that somebody wrote to be read: its length, its letters, how it ends,
    /// how little had to be cut out of it. It does not touch the ranking.
    #[arg(long, default_value_t = 0.0, value_parser = quality, value_name = "Q")]
    min_quality: f32,
    /// Answer many queries: a file of {"_id", "text"} lines
    #[arg(long, value_name = "FILE", conflicts_with = "terms")]
    batch: Option<PathBuf>,
    /// What is ranked
    #[arg(long, value_enum, default_value_t = By::Passage, value_name = "WHAT")]
    by: By,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// Print only where the hits are
    #[arg(long)]
    cite: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Jsonl,
    Markdown,
    Csv,
    Trec,
    Vimgrep,
}

pub(super) fn run(command: &Query, context: &Context) -> Result<u8> {
    let dir = context.index_dir();
    if context.index.is_none() {
        build_on_first_use(&dir, context)?;
    }
    let synonyms = command.synonyms.as_deref().map(read_synonyms).transpose()?.unwrap_or_default();
    let search = Embedded::with_synonyms(open(&dir)?, synonyms);
    if let Some(file) = &command.batch {
        return batch(command, file, &search, context);
    }
    let request = Request { query: command.terms.join(" "), ..request(command)? };
    let response = search.search(&request)?;
    let format = if command.json { Format::Json } else { command.format };
    advise(&request, &response, context);
    // Readers of these forms would be sent to a place where something else may stand by now.
    if sends_to_places(command) {
        let mut changed: Vec<&str> =
            response.hits.iter().filter(|hit| hit.changed).map(|hit| hit.name.as_str()).collect();
        changed.dedup();
        for source in changed {
            context.say(&format!("note: {source} {}", context.hint(CHANGED)));
        }
    }
    context.write(|screen| match format {
        Format::Text => hits::write(screen, &response, hit_options(command)),
        Format::Json => {
            let pretty = screen.width.is_some();
            formats::json(screen.out, &request.query, &response, pretty)
        }
        Format::Jsonl => formats::jsonl(screen.out, &response),
        Format::Markdown => formats::markdown(screen.out, &response),
        Format::Csv => formats::csv(screen.out, &response),
        Format::Trec => formats::trec(screen.out, "1", &response.hits),
        Format::Vimgrep => formats::vimgrep(screen.out, &response),
    })?;
    // The program ends here, and the system takes back what it held faster than it can give it back.
    std::mem::forget(search);
    if response.hits.is_empty() {
        return Ok(NOTHING_FOUND);
    }
    if format == Format::Text && !command.cite {
        let more = if response.total.exact { "" } else { "more than " };
        context.say(&format!(
            "\n{more}{} in {:.1} ms",
            counted(response.total.value as u64, "passage"),
            response.took.as_secs_f64() * 1000.0
        ));
    }
    Ok(0)
}

/// What is said of a source that is not what it was when it was indexed.
pub(super) const CHANGED: &str = "has changed since it was indexed; `backsearch index` reads it again";

/// How much of a hit is shown: its quality where the user asks for reasons, or for some quality.
fn hit_options(command: &Query) -> hits::HitOptions {
    hits::HitOptions { cite_only: command.cite, quality: command.explain || command.min_quality > 0.0 }
}

/// Reads a quality from 0 to 1.
fn quality(text: &str) -> std::result::Result<f32, String> {
    let quality: f32 = text.parse().map_err(|_| "a quality is a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&quality) {
        Ok(quality)
    } else {
        Err("a quality is a number from 0 to 1".to_owned())
    }
}

/// Whether what is written says where hits are and not what stands there, or is written down somewhere else.
fn sends_to_places(command: &Query) -> bool {
    let shows_texts = command.json || matches!(command.format, Format::Text | Format::Json | Format::Jsonl);
    command.cite || !shows_texts && command.format != Format::Trec
}

/// The request that the options make, without its text.
fn request(command: &Query) -> Result<Request> {
    let dates = command.date.as_deref().map(dates).transpose()?;
    let trec = command.format == Format::Trec;
    Ok(Request {
        query: String::new(),
        limit: command.limit,
        offset: command.offset,
        by: command.by,
        fold: !command.all && !trec,
        explain: command.explain,
        correct: !command.no_correct,
        relax: !command.no_relax,
        look_closely: sends_to_places(command),
        filter: Filter {
            source: command.source.clone(),
            site: command.site.clone(),
            language: command.lang.clone(),
            dates,
            min_quality: command.min_quality,
        },
    })
}

/// Reads `FROM..TO`; either side may be empty, and one date alone stands for itself.
fn dates(text: &str) -> Result<(String, String)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let shaped = |date: &str| {
        date.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') && matches!(date.len(), 0 | 4 | 7 | 10)
    };
    let ordered = from.is_empty() || to.is_empty() || from <= to || from.starts_with(to);
    if shaped(from) && shaped(to) && ordered && !(from.is_empty() && to.is_empty()) {
        return Ok((from.to_owned(), to.to_owned()));
    }
    Err(Error::new(Kind::User, format!("cannot read the dates {text}"))
        .hint("write them as in --date 2020..2021-06-30"))
}

/// Builds the default index when it is empty and the default corpus is there. A second process waits for the first.
fn build_on_first_use(dir: &Path, context: &Context) -> Result<()> {
    if !Path::new(DEFAULT_ROOT).is_dir() || look(dir)? != Found::Empty && !is_unbuilt(dir) {
        return Ok(());
    }
    let root = ingest::root_of(Path::new(DEFAULT_ROOT));
    let options = Options { threads: context.threads(), ..Options::default() };
    let report = build(dir, &[root], &options, context)?;
    name_skipped(&report.skipped, context);
    if report.changed() {
        context.say(&format!(
            "indexed {DEFAULT_ROOT}: {}, {}",
            counted(report.sources, "source"),
            counted(report.passages, "passage")
        ));
    }
    Ok(())
}

/// Says what a reader should know of the answer.
fn advise(request: &Request, response: &Response, context: &Context) {
    if let Some(better) = &response.advice.did_you_mean {
        context.say(&format!("did you mean: {better}"));
    }
    for note in &response.advice.notes {
        context.say(&format!("note: {}", context.hint(note)));
    }
    if response.total.value == 0 {
        let shown: String = request.query.chars().take(80).collect();
        let more = if shown.len() < request.query.len() { "…" } else { "" };
        context.say(&format!("nothing found for {shown}{more}"));
    }
}

/// Answers every query of a file.
fn batch(command: &Query, file: &Path, search: &Embedded, context: &Context) -> Result<u8> {
    let queries = read_queries(file)?;
    let base = request(command)?;
    let mut any = false;
    let mut answers: BTreeMap<usize, Response> = BTreeMap::new();
    let format = if command.json { Format::Json } else { command.format };
    for (at, query) in queries.iter().enumerate() {
        let response = search.search(&Request { query: query.text.clone(), ..base.clone() })?;
        any |= !response.hits.is_empty();
        answers.insert(at, response);
    }
    context.write(|screen| {
        for (at, response) in &answers {
            let query = &queries[*at];
            match format {
                Format::Trec => formats::trec(screen.out, &query.id, &response.hits)?,
                Format::Json => formats::batch_json(screen.out, &query.id, &query.text, response)?,
                Format::Jsonl => formats::batch_jsonl(screen.out, &query.id, response)?,
                Format::Markdown => {
                    writeln!(screen.out, "# {}\n", query.text)?;
                    formats::markdown(screen.out, response)?;
                }
                Format::Csv => formats::csv(screen.out, response)?,
                Format::Vimgrep => formats::vimgrep(screen.out, response)?,
                Format::Text => {
                    writeln!(screen.out, "{}: {}\n", query.id, query.text)?;
                    hits::write(screen, response, hit_options(command))?;
                    writeln!(screen.out)?;
                }
            }
        }
        Ok(())
    })?;
    Ok(if any { 0 } else { NOTHING_FOUND })
}
