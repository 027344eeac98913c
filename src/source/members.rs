//! Compressed files: member after member, as gzip calls what zstd calls a frame. A web archive has one for each record, so
//! that a broken one need not cost the others.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, ErrorKind, Read};
use std::rc::Rc;

use flate2::bufread::GzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

/// A way in which files are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
}

impl Codec {
    /// The one that a file is compressed by which begins so.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        // A file of zstd may begin with a frame that holds something else.
        if let [first, rest @ ..] = head
            && first & 0xf0 == 0x50
            && rest.starts_with(&[0x2a, 0x4d, 0x18])
        {
            return Some(Self::Zstd);
        }
        // Of gzip, what the method is does not matter here: a first member that is broken is one.
        [(Self::Gzip, 2), (Self::Zstd, 4)]
            .into_iter()
            .find(|(codec, known)| head.starts_with(&codec.magic()[..*known]))
            .map(|(codec, _)| codec)
    }

    /// How every member begins; of gzip, with the only method that there is.
    const fn magic(self) -> &'static [u8] {
        match self {
            Self::Gzip => &[0x1f, 0x8b, 8],
            Self::Zstd => &[0x28, 0xb5, 0x2f, 0xfd],
        }
    }

    /// Flags behind that which are reserved, and 0 in every member.
    const fn reserved(self) -> u8 {
        match self {
            Self::Gzip => 0xe0,
            Self::Zstd => 0x08,
        }
    }

    /// What a member is called.
    const fn member(self) -> &'static str {
        match self {
            Self::Gzip => "gzip member",
            Self::Zstd => "zstd frame",
        }
    }
}

/// Decompresses one member.
enum Decoder<R: Read> {
    Gzip(GzDecoder<Window<R>>),
    Zstd(ZstdDecoder<'static, Window<R>>),
}

impl<R: Read> Decoder<R> {
    fn new(window: Window<R>) -> io::Result<Self> {
        Ok(match window.codec {
            Codec::Gzip => Self::Gzip(GzDecoder::new(window)),
            Codec::Zstd => Self::Zstd(ZstdDecoder::with_buffer(window)?.single_frame()),
        })
    }

    fn into_inner(self) -> Window<R> {
        match self {
            Self::Gzip(decoder) => decoder.into_inner(),
            Self::Zstd(decoder) => decoder.finish(),
        }
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(decoder) => decoder.read(buffer),
        }
    }
}

/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;

/// Bytes behind the reader that are kept, to look for a member in that the decoder of a broken one ran over.
const KEPT: usize = 64 << 10;

/// A member that cannot be decompressed, as the payload of an I/O error.
///
/// Whoever reads on after it gets what the next member holds, or the end.
#[derive(Debug)]
pub(super) struct BrokenMember {
    codec: Codec,
    /// Where it begins in the file.
    pub(super) offset: u64,
    /// Whether its bytes are wrong, and not merely at their end too soon: then what it gave may be wrong as well.
    pub(super) garbled: bool,
    cause: io::Error,
}

impl BrokenMember {
    /// Which one it is.
    pub(super) fn place(&self) -> String {
        format!("the {} at byte {}", self.codec.member(), self.offset)
    }
}

impl fmt::Display for BrokenMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.garbled { write!(f, "{}", self.cause) } else { f.write_str("it breaks off") }
    }
}

impl std::error::Error for BrokenMember {}

/// Decompresses members one after the other.
pub(super) struct Members<R: Read> {
    /// `None` when there are no more.
    decoder: Option<Decoder<R>>,
    /// Where the member begins that is being read.
    offset: Rc<Cell<u64>>,
}

impl<R: Read> Members<R> {
    pub(super) fn new(file: R, codec: Codec) -> io::Result<Self> {
        let window = Window { codec, file, buffer: Vec::new(), at: 0, before: 0, tried: 0 };
        let mut members = Self { decoder: None, offset: Rc::default() };
        members.begin(window)?;
        Ok(members)
    }

    /// Tells at any time where the member begins that was read last.
    pub(super) fn offset(&self) -> Rc<Cell<u64>> {
        self.offset.clone()
    }

    fn begin(&mut self, window: Window<R>) -> io::Result<()> {
        self.offset.set(window.offset());
        self.decoder = Some(Decoder::new(window)?);
        Ok(())
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        while let Some(mut decoder) = self.decoder.take() {
            let broken = match decoder.read(buffer) {
                Ok(0) => {
                    let mut window = decoder.into_inner();
                    window.skip_padding()?;
                    if !window.fill_buf()?.is_empty() {
                        self.begin(window)?;
                    }
                    continue;
                }
                Err(error) if error.kind() != ErrorKind::Interrupted => error,
                read => {
                    self.decoder = Some(decoder);
                    return read;
                }
            };
            let offset = self.offset.get();
            let mut window = decoder.into_inner();
            let codec = window.codec;
            if window.find_member_after(offset)? {
                self.begin(window)?;
            }
            let garbled = broken.kind() != ErrorKind::UnexpectedEof;
            return Err(BrokenMember { codec, offset, garbled, cause: broken }.into());
        }
        Ok(0)
    }
}

/// The file, of which the last bytes that were read can be read again.
struct Window<R> {
    codec: Codec,
    file: R,
    buffer: Vec<u8>,
    /// What is read next in the buffer.
    at: usize,
    /// Bytes of the file before the buffer.
    before: u64,
    /// Where in the file the search for a member went back from. It never goes back before that, so that no byte is
    /// decompressed more than twice, whatever the file holds.
    tried: u64,
}

impl<R: Read> Window<R> {
    fn offset(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Reads more of the file behind what is there; returns whether there was more.
    fn more(&mut self) -> io::Result<bool> {
        let gone = self.at.saturating_sub(KEPT);
        self.buffer.drain(..gone);
        self.before += gone as u64;
        self.at -= gone;
        let end = self.buffer.len();
        self.buffer.resize(end + CHUNK, 0);
        let read = loop {
            match self.file.read(&mut self.buffer[end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        self.buffer.truncate(end + read.as_ref().map_or(0, |read| *read));
        read.map(|read| read > 0)
    }

    /// Skips zeros behind a member: what is written in blocks is filled up with them.
    fn skip_padding(&mut self) -> io::Result<()> {
        loop {
            let ahead = self.fill_buf()?;
            let zeros = ahead.iter().take_while(|byte| **byte == 0).count();
            if zeros == 0 {
                return Ok(());
            }
            self.consume(zeros);
        }
    }

    /// Goes to where the first member after a broken one seems to begin; returns whether there is any.
    fn find_member_after(&mut self, broken: u64) -> io::Result<bool> {
        let read = self.offset();
        let from = self.tried.max(broken + 1).max(self.before);
        self.tried = self.tried.max(read);
        let (magic, reserved) = (self.codec.magic(), self.codec.reserved());
        // What lies between is in the buffer. A decoder that found the first bytes of a member wrong may have taken none.
        self.at = match read.checked_sub(from) {
            Some(back) => self.at - usize::try_from(back).unwrap_or(0),
            None => self.buffer.len().min(self.at + 1),
        };
        loop {
            let ahead = &self.buffer[self.at..];
            let found = memchr::memmem::find(ahead, magic);
            match found.map(|found| (found, ahead.get(found + magic.len()))) {
                Some((found, Some(flags))) if flags & reserved == 0 => {
                    self.at += found;
                    return Ok(true);
                }
                Some((found, Some(_))) => {
                    self.at += found + 1;
                    continue;
                }
                Some((found, None)) => self.at += found,
                // The end of the buffer may be the beginning of one.
                None => self.at = self.at.max(self.buffer.len().saturating_sub(magic.len() - 1)),
            }
            if !self.more()? {
                return Ok(false);
            }
        }
    }
}

impl<R: Read> Read for Window<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            self.more()?;
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at = (self.at + amount).min(self.buffer.len());
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const MAGIC: &[u8] = Codec::Gzip.magic();

    fn member(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("a vector can be written");
        encoder.finish().expect("a vector can be written")
    }

    /// What comes of a file: texts, and offsets of broken members.
    fn read(file: &[u8]) -> (String, Vec<u64>) {
        let codec = Codec::of(file).expect("it is compressed");
        let mut members = Members::new(file, codec).expect("there is memory");
        let (mut bytes, mut broken) = (Vec::new(), Vec::new());
        while let Err(error) = members.read_to_end(&mut bytes) {
            broken.push(error.downcast::<BrokenMember>().expect("a slice can be read").offset);
        }
        (String::from_utf8_lossy(&bytes).into_owned(), broken)
    }

    #[test]
    fn a_member_that_the_decoder_ran_over_is_found() {
        // A stored block that says it is longer than it is takes the next member for its own text.
        let liar = [MAGIC, &[0, 0, 0, 0, 0, 0, 3, 1, 0x40, 0, 0xbf, 0xff], b"text"].concat();
        let (next, last) = (member(b"the next one, "), member(&b"the last one ".repeat(3)));
        let (text, broken) = read(&[&liar[..], &next, &last].concat());
        assert!(text.ends_with(&format!("the next one, {}", "the last one ".repeat(3))), "{text}");
        assert_eq!(broken, [0]);
    }

    #[test]
    fn zeros_behind_members_are_no_damage() {
        let padded = [&member(b"one ")[..], &vec![0; 100_000], &member(b"two"), &[0; 511]].concat();
        assert_eq!(read(&padded), ("one two".to_owned(), vec![]));
    }

    #[test]
    fn what_looks_like_members_everywhere_is_read_in_linear_time() {
        let (text, broken) = read(&[MAGIC, &[0, 0, 0, 0, 0, 0, 3, 7]].concat().repeat(200_000));
        assert_eq!(text, "");
        assert!(broken.len() <= 200_000);
        let (far, size) = (member(b"far"), 3 * (CHUNK + KEPT) + 5);
        let (text, broken) = read(&[&member(b"near ")[..], &[0x1f].repeat(size), &far, &far[..9]].concat());
        assert_eq!((text.as_str(), broken.len()), ("near far", 2));
    }

    #[test]
    fn a_broken_frame_costs_what_it_holds() {
        let frame = |text: &str| zstd::encode_all(text.as_bytes(), 3).expect("a vector can be written");
        let frames = [frame("one "), frame("two "), frame("three")];
        let second = frames[0].len() as u64;
        assert_eq!(read(&frames.concat()), ("one two three".to_owned(), vec![]));
        let skippable = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
        assert_eq!(read(&[&frames[0][..], &skippable, &frames[2]].concat()).0, "one three");
        assert_eq!(read(&[&skippable[..], &frames[2]].concat()), ("three".to_owned(), vec![]));
        // A block of a type that there is none of.
        let mut wrong = frames[1].clone();
        let header = wrong.iter().position(|byte| *byte == b't').expect("it is stored as it is") - 3;
        wrong[header] |= 6;
        let (text, broken) = read(&[&frames[0], &wrong, &frames[2]].map(Vec::as_slice).concat());
        assert_eq!((text.as_str(), broken), ("one three", vec![second]));
        // One that breaks off, and bytes that are no frame.
        let (text, broken) = read(&[&frames[0][..], b"no frame", &frames[2]].concat());
        assert_eq!((text.as_str(), broken), ("one three", vec![second]));
        let (text, broken) = read(&[&frames[0][..], &frames[1][..9]].concat());
        assert_eq!((text.starts_with("one "), broken), (true, vec![second]));
        let (text, broken) = read(&Codec::Zstd.magic().repeat(10_000));
        assert!(text.is_empty() && broken.len() <= 10_000);
    }
}
