//! Invariants of the source tree.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::project;

fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).expect("the folder is there").flatten() {
        let path = entry.path();
        // What was built is not of the project.
        if path.ends_with("target") {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The layers, from the ground up, as `lib.rs` lists them.
fn layers() -> Vec<String> {
    let lib = fs::read_to_string(project().join("src/lib.rs")).expect("lib.rs is there");
    lib.lines()
        .filter_map(|line| line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')))
        .map(str::to_owned)
        .collect()
}

#[test]
fn modules_import_only_the_layers_above_them_in_the_list() {
    let layers = layers();
    assert!(layers.len() > 10, "lib.rs lists the layers: {layers:?}");
    let place: HashMap<&str, usize> =
        layers.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    for path in sources(&project().join("src")) {
        let relative = path.strip_prefix(project().join("src")).expect("it is below src");
        let own = relative.components().next().expect("it has a name").as_os_str().to_string_lossy();
        let own = own.trim_end_matches(".rs");
        let Some(&layer) = place.get(own) else { continue };
        let text = fs::read_to_string(&path).expect("it can be read");
        // Unit tests may look at whatever proves the point.
        let code = text.split("#[cfg(test)]").next().unwrap_or("");
        let code: String =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        for name in code.split("crate::").skip(1) {
            let name: String = name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if let Some(&other) = place.get(name.as_str()) {
                assert!(other <= layer, "{} imports {name}, which is a later layer", relative.display());
            }
        }
    }
}

#[test]
fn every_file_opens_with_a_sentence_that_says_what_lives_there() {
    for folder in ["src", "tests", "benches"] {
        for path in sources(&project().join(folder)) {
            let text = fs::read_to_string(&path).expect("it can be read");
            let first = text.lines().next().unwrap_or("");
            assert!(first.starts_with("//! ") && first.len() > 12, "{}: {first}", path.display());
        }
    }
}

#[test]
fn the_prompts_and_examples_hold_no_content_of_the_sample_articles() {
    let prompts = fs::read_to_string(project().join("src/boilerplate/prompts.tsv"))
        .expect("it is there")
        .to_lowercase();
    let cleaned = crate::cleaning::kept_lines();
    for line in cleaned {
        for sentence in line.split(". ").filter(|sentence| sentence.split_whitespace().count() >= 6) {
            assert!(!prompts.contains(&sentence.to_lowercase()), "{sentence}");
        }
    }
}

#[test]
fn the_readme_lists_every_rule() {
    let readme = fs::read_to_string(project().join("README.md")).expect("README.md is there");
    for rule in backsearch::boilerplate::RULES {
        assert!(readme.contains(&format!("`{}`", rule.name)), "README.md does not name {}", rule.name);
    }
    for (name, reason) in backsearch::boilerplate::OTHER_LABELS {
        assert!(readme.contains(&format!("| `{name}` | {reason}")), "README.md does not name {name}");
    }
}
