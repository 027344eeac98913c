//! The outset of a run: what the index remembers, what is asked of it, and the plan that follows from both.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use super::plan::Plan;
use super::{Event, Options, Report, RulesChoice};
use crate::boilerplate::UserRules;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::index::{Entry, Index, Manifest, Root, RulesText, State};
use crate::source::{self, Listing, Skipped};

/// What a run sets out from. It is found without writing anything.
pub(super) struct Outset {
    /// The index as it is, if there is one.
    pub(super) known: Option<Index>,
    /// What the index will remember.
    pub(super) state: State,
    pub(super) manifest: Manifest,
    pub(super) rules: UserRules,
    pub(super) plan: Plan,
    pub(super) options: Options,
}

impl Outset {
    /// Compares what is there with what the index knows. Without any listing of what the user named, all roots of the
    /// index are looked at.
    pub(super) fn find(
        dir: &Path,
        (known, mut state): (Option<Index>, State),
        mut listings: Vec<(Root, Listing)>,
        repair: Option<&BTreeSet<String>>,
        options: &Options,
        report: &mut Report,
    ) -> Result<Self> {
        let manifest = known.as_ref().map(Manifest::read).transpose()?.unwrap_or_default();
        choose_clean(&mut state, &manifest, options)?;
        let options = Options { clean: Some(state.clean), ..options.clone() };
        let other_rules = choose_rules(&mut state, &options)?;
        let rules = state.user_rules(dir)?;
        // The rules are those of the whole index, so that other rules concern every root that it has.
        if listings.is_empty() || other_rules && !options.rebuild {
            let named: HashSet<String> = listings.iter().map(|(root, _)| root.path.clone()).collect();
            let rest = state.roots.iter().filter(|root| !named.contains(&root.path));
            for root in rest.filter(|root| root.name != source::STDIN) {
                match source::list(&root.location(), &root.name) {
                    Ok(listing) => listings.push((root.clone(), listing)),
                    // What came from a root that is not there stays; the others are refreshed all the same.
                    Err(error) => report.missing_roots.push(error.hint(format!(
                        "what came from it stays in the index; `backsearch index --forget {}` removes it",
                        root.name
                    ))),
                }
            }
        } else if options.rebuild {
            state.roots.clear();
        }
        // Both may find more in the index than its manifest knows.
        if repair.is_some() || options.rebuild {
            state.totals = manifest.totals();
        }
        for (root, listing) in &mut listings {
            for error in std::mem::take(&mut listing.errors) {
                report.skipped.push(PathBuf::from(&root.name), Skipped::Unreadable(error));
            }
            match state.roots.iter_mut().find(|known| known.path == root.path) {
                Some(known) => *known = root.clone(),
                None => state.roots.push(root.clone()),
            }
        }
        let again = repair.cloned().unwrap_or_default();
        let mut plan = Plan::make(listings, &manifest, &rules, &again, &options, report);
        if options.rebuild {
            plan.keep_only(state.roots.iter(), &manifest);
        }
        if let Some(known) = &known {
            for (path, entry) in &plan.damaged {
                for damage in known.source_stats(entry)?.damages {
                    report.skipped.push(path.clone(), Skipped::Damaged(damage));
                }
            }
        }
        Ok(Self { known, state, manifest, rules, plan, options })
    }

    /// Counts what a run would do, and names what it would skip. As in a run, a file that may have changed is read, and its
    /// content says whether it has; any other is read as far as its first record, which makes it a source.
    pub(super) fn foresee(&self, report: &mut Report, watch: &mut dyn FnMut(Event)) {
        let sources = |known: Option<&Entry>| known.map_or(0, |known| known.totals.sources);
        report.removed = self.plan.gone.iter().map(|key| sources(self.manifest.entries.get(key))).sum();
        let mut progress = self.plan.read.to_do();
        for work in self.plan.read.iter() {
            let known = self.manifest.entries.get(&work.key());
            let compared = known.filter(|known| work.may_be_unchanged(known, &self.rules));
            let mut records = 0_u64;
            let read = source::read(&work.origin(), work.read_options(&self.options), |_| {
                records += 1;
                compared.is_some()
            });
            match &read {
                Err(_) => {}
                // A file that holds no text is no source, or none any more.
                Ok(_) if records == 0 => report.removed += sources(known),
                Ok(_) if sources(known) == 0 => report.added += 1,
                Ok(read) if compared.is_some_and(|known| work.is_unchanged(known, read, &self.rules)) => {
                    report.unchanged += 1;
                }
                Ok(_) => report.updated += 1,
            }
            match read {
                Ok(read) => report.skipped.add(&work.path(), read.skipped),
                Err(error) => report.skipped.push(work.path(), Skipped::Unreadable(error)),
            }
            progress.done += 1;
            progress.bytes += work.file.size;
            watch(Event::Progress(progress));
        }
    }
}

/// Makes the index remember whether it is cleaned. It is for all of its sources or for none, so that only a rebuild may
/// say otherwise.
fn choose_clean(state: &mut State, manifest: &Manifest, options: &Options) -> Result<()> {
    let Some(clean) = options.clean.filter(|clean| *clean != state.clean) else { return Ok(()) };
    if !options.rebuild && !manifest.entries.is_empty() {
        let (made, flag) = if clean { ("without", "--clean") } else { ("with", "--no-clean") };
        return Err(Error::new(ErrorKind::User, format!("the index was made {made} cleaning")).hint(
            format!(
                "`backsearch index --rebuild {flag}` makes it anew; or name another folder with --index DIR"
            ),
        ));
    }
    state.clean = clean;
    Ok(())
}

/// Makes the index remember the rules that were chosen; says whether they are others than before.
fn choose_rules(state: &mut State, options: &Options) -> Result<bool> {
    let chosen = match &options.rules {
        RulesChoice::Remembered => return Ok(false),
        RulesChoice::Nothing => None,
        RulesChoice::These(_) if !options.cleans() => {
            return Err(Error::new(ErrorKind::User, "the index keeps everything, so rules have no use")
                .hint("`backsearch index --rebuild --clean --rules FILE` makes it anew"));
        }
        RulesChoice::These(rules) => Some(RulesText { name: rules.name.clone(), text: rules.text.clone() }),
    };
    let other = state.rules != chosen;
    state.rules = chosen;
    Ok(other)
}
