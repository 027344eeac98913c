//! The beginning of an input, which tells what it is.

use std::io::{self, ErrorKind, Read};

/// Bytes at the beginning of an input that tell its format.
pub(super) const BEGINNING: usize = 64 << 10;

/// The beginning of an input.
pub(super) struct Beginning {
    pub(super) bytes: Vec<u8>,
    /// Whether there is nothing behind it.
    pub(super) is_all: bool,
}

impl Beginning {
    /// Reads as much as there is of it: a pipe may give a few bytes at a time. `size_hint` says how large the input is, if
    /// that is known, so that a small file takes little memory and is read at once.
    pub(super) fn read(input: &mut dyn Read, size_hint: u64) -> io::Result<Self> {
        let most = usize::try_from(size_hint)
            .ok()
            .filter(|size| *size > 0)
            .map_or(BEGINNING, |size| size.saturating_add(1));
        let mut bytes = vec![0; most.min(BEGINNING)];
        let (mut filled, mut is_all) = (0, false);
        while filled < bytes.len() && !is_all {
            match input.read(&mut bytes[filled..]) {
                Ok(read) => {
                    filled += read;
                    is_all = read == 0;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if filled == 0 => return Err(error),
                // What cannot be read further says so again when it is.
                Err(_) => break,
            }
        }
        bytes.truncate(filled);
        Ok(Self { bytes, is_all })
    }
}
