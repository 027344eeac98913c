//! `backsearch eval --typos`.

use std::path::PathBuf;

use super::Context;
use super::eval::{Judged, named_collection};
use crate::error::Result;
use crate::eval::misspell;
use crate::search::Advice;

/// nDCG@10 of one query, as it is and misspelt, corrected and not.
#[derive(Debug, Clone, Copy, Default)]
struct Figures {
    as_typed: f64,
    corrected: f64,
    misspelt: f64,
    put_right: f64,
    /// 1 if the misspelt query became the right one again.
    restored: f64,
}

impl Figures {
    /// What of the loss remains when misspelt queries are corrected; 0 where nothing is lost.
    fn remaining(&self) -> f64 {
        let loss = self.as_typed - self.misspelt;
        if loss.abs() < 1e-12 { 0.0 } else { (self.as_typed - self.put_right) / loss }
    }

    fn mean(list: &[Self]) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "counts of queries are far below 2^52")]
        let count = list.len().max(1) as f64;
        let of = |figure: fn(&Self) -> f64| list.iter().map(figure).sum::<f64>() / count;
        Self {
            as_typed: of(|own| own.as_typed),
            corrected: of(|own| own.corrected),
            misspelt: of(|own| own.misspelt),
            put_right: of(|own| own.put_right),
            restored: of(|own| own.restored),
        }
    }
}

/// Measures every query of the collections as it is and with one mistake, each with correction and without.
pub(super) fn run(dirs: &[PathBuf], seed: u64, per_query: bool, json: bool, context: &Context) -> Result<u8> {
    let mut rows: Vec<(String, usize, Figures)> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    for dir in dirs {
        let (name, collection) = named_collection(dir)?;
        let judged = Judged::index(&collection, context)?;
        let mut all = Vec::new();
        for query in &collection.queries {
            // A query without any word that could be misspelt says nothing of typos.
            let Some((wrong, _)) = misspell(&query.text, seed) else { continue };
            let ndcg = |text: &str, correct: bool| {
                judged.measure(query, text, correct).map(|(measures, advice)| (measures.ndcg_10, advice))
            };
            let (corrected, taken) = ndcg(&query.text, true)?;
            let (put_right, understood) = ndcg(&wrong, true)?;
            // What nothing was done about is the same without correction.
            let changed = |advice: &Advice| advice.did_you_mean.is_some() || advice.relaxed;
            let figures = Figures {
                as_typed: if changed(&taken) { ndcg(&query.text, false)?.0 } else { corrected },
                corrected,
                misspelt: if changed(&understood) { ndcg(&wrong, false)?.0 } else { put_right },
                put_right,
                restored: if understood.did_you_mean.as_ref() == Some(&query.text) { 1.0 } else { 0.0 },
            };
            if per_query {
                lines.push(format!(
                    "{name}\t{}\t{}\t{}\t{}\t{}\t{wrong}\t{}",
                    query.id,
                    row(&figures),
                    query.text,
                    taken.did_you_mean.as_deref().unwrap_or("-"),
                    if figures.restored > 0.0 { "=" } else { "/" },
                    understood.did_you_mean.as_deref().unwrap_or("-"),
                ));
            }
            all.push(figures);
        }
        rows.push((name, all.len(), Figures::mean(&all)));
    }
    let total = Figures::mean(&rows.iter().map(|(_, _, figures)| *figures).collect::<Vec<_>>());
    context.write(|screen| {
        if json {
            let list: Vec<serde_json::Value> = rows
                .iter()
                .map(|(name, queries, figures)| {
                    serde_json::json!({"collection": name, "queries": queries, "seed": seed,
                        "as_typed": figures.as_typed, "as_typed_corrected": figures.corrected,
                        "misspelt": figures.misspelt, "misspelt_corrected": figures.put_right,
                        "loss_remaining": figures.remaining(), "restored": figures.restored})
                })
                .collect();
            serde_json::to_writer_pretty(&mut *screen.out, &list)?;
            return writeln!(screen.out);
        }
        for line in &lines {
            writeln!(screen.out, "{line}")?;
        }
        writeln!(
            screen.out,
            "nDCG@10                  queries as they are      misspelt             loss   put"
        )?;
        writeln!(
            screen.out,
            "collection       queries   typed corrected    typed corrected   remains right"
        )?;
        for (name, queries, figures) in &rows {
            writeln!(screen.out, "{name:<16} {queries:>7}  {}", row(figures))?;
        }
        if rows.len() > 1 {
            writeln!(screen.out, "{:<16} {:>7}  {}", "mean", "", row(&total))?;
        }
        Ok(())
    })?;
    Ok(0)
}

fn row(figures: &Figures) -> String {
    format!(
        "{:>6.4}    {:>6.4}   {:>6.4}    {:>6.4}   {:>7.3} {:>5.3}",
        figures.as_typed,
        figures.corrected,
        figures.misspelt,
        figures.put_right,
        figures.remaining(),
        figures.restored
    )
}
