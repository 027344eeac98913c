//! Commands that messages tell the user to run: they are for the index that this command line names.

use std::path::Path;

use super::VARIABLE;

/// How a command of this program begins in a message.
const COMMAND: &str = "`backsearch ";

/// The same text, with the index in all commands that it tells to run. Where the environment names the index, or nothing
/// does, it is that of every command.
pub(super) fn for_index(text: &str, index: Option<&Path>) -> String {
    let Some(index) = index.filter(|index| std::env::var_os(VARIABLE).is_none_or(|named| named != **index))
    else {
        return text.to_owned();
    };
    let mut parts = text.split(COMMAND);
    let mut named = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        named.push_str(COMMAND);
        match part.split_once('`') {
            Some((command, rest)) if !command.ends_with("--help") => {
                named.push_str(&format!("{command} --index {}`{rest}", quoted(index)));
            }
            _ => named.push_str(part),
        }
    }
    named
}

/// A path as a shell reads it.
fn quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+,:@%=".contains(c);
    if path.chars().all(is_plain) { path } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_for_the_index_that_was_named() {
        let text = "run `backsearch index PATH`, or see `backsearch query --help`; `backsearch verify` tells";
        assert_eq!(for_index(text, None), text);
        assert_eq!(
            for_index(text, Some(Path::new("of/pages"))),
            "run `backsearch index PATH --index of/pages`, or see `backsearch query --help`; \
             `backsearch verify --index of/pages` tells"
        );
        assert_eq!(
            for_index("`backsearch index`", Some(Path::new("it's here"))),
            r"`backsearch index --index 'it'\''s here'`"
        );
        assert_eq!(for_index("`backsearch index", Some(Path::new("a"))), "`backsearch index");
    }
}
