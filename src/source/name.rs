//! Names of files as text. Where the name of a file is no UTF-8, as it may be on Unix, its wrong bytes are written as
//! `\xE9`, and a backslash that stands so in a name as `\x5C`: no two files have one name, and it leads back to the file.

use std::path::{Path, PathBuf};

/// The name of a path. Nearly every path is its own.
#[cfg(unix)]
#[must_use]
pub fn name_of(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let mut name = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find("\\x") {
            let (before, from) = rest.split_at(at);
            name.push_str(before);
            name.push_str(if escaped(from).is_some() { "\\x5C" } else { "\\" });
            rest = &from[1..];
        }
        name.push_str(rest);
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02X}"));
        }
    }
    name
}

/// The path that a name stands for.
#[cfg(unix)]
#[must_use]
pub fn path_of(name: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find("\\x") {
        let (before, from) = rest.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        let (byte, behind) = escaped(from).unwrap_or((b'\\', &from[1..]));
        bytes.push(byte);
        rest = behind;
    }
    bytes.extend_from_slice(rest.as_bytes());
    PathBuf::from(std::ffi::OsString::from_vec(bytes))
}

/// The byte that a text begins with as it is written, and what stands behind it.
#[cfg(unix)]
fn escaped(text: &str) -> Option<(u8, &str)> {
    let digits = text.strip_prefix("\\x")?.get(..2)?;
    let written = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    let byte = u8::from_str_radix(digits, 16).ok().filter(|_| written)?;
    Some((byte, &text[4..]))
}

/// The name of a path.
#[cfg(not(unix))]
#[must_use]
pub fn name_of(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The path that a name stands for.
#[cfg(not(unix))]
#[must_use]
pub fn path_of(name: &str) -> PathBuf {
    PathBuf::from(name)
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wrong_bytes_and_what_looks_like_them_are_written_out() {
        for (bytes, name) in [
            (&b"caf\xc3\xa9.txt"[..], "caf\u{e9}.txt"),
            (b"caf\xe9.txt", "caf\\xE9.txt"),
            (b"caf\\xE9.txt", "caf\\x5CxE9.txt"),
            (b"a\\b\\x.txt", "a\\b\\x.txt"),
            (b"\\\xff", "\\\\xFF"),
        ] {
            let path = Path::new(OsStr::from_bytes(bytes));
            assert_eq!(name_of(path), name);
            assert_eq!(path_of(name), path);
        }
    }

    proptest! {
        #[test]
        fn a_name_leads_back_to_its_path(bytes in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(b'\\'), Just(b'x'), Just(b'5'), Just(b'C')], 0..20,
        )) {
            let path = Path::new(OsStr::from_bytes(&bytes));
            let back = path_of(&name_of(path));
            prop_assert_eq!(back.as_os_str(), path.as_os_str());
        }
    }
}
