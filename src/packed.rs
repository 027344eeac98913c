//! Numbers and texts as few bytes, one behind the other.

/// Bytes are not what was packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// Writes a number by sevens of its bits, the lowest first; the highest bit of a byte says that more follow.
pub fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(0x80 | (number & 0x7f) as u8);
        number >>= 7;
    }
    out.push((number & 0x7f) as u8);
}

/// Writes how far it is from one number to another, which is little where they are in order, and is as short backwards.
pub fn put_step(out: &mut Vec<u8>, from: u64, to: u64) {
    let step = to.wrapping_sub(from);
    put_number(out, step << 1 ^ 0_u64.wrapping_sub(step >> 63));
}

/// Writes a text with its length before it, which is one more than it is, so that 0 stands for none.
pub fn put_text(out: &mut Vec<u8>, text: Option<&str>) {
    put_number(out, text.map_or(0, |text| text.len() as u64 + 1));
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// Reads `N` bytes.
///
/// # Errors
///
/// When the bytes are not what was packed.
pub fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Broken> {
    let (first, after) = rest.split_first_chunk().ok_or(Broken)?;
    *rest = after;
    Ok(*first)
}

/// Reads what [`put_number`] wrote.
///
/// # Errors
///
/// When the bytes are not what was packed.
pub fn number(rest: &mut &[u8]) -> Result<u64, Broken> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let [byte] = take(rest)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Ok(number);
        }
    }
    Err(Broken)
}

/// Reads where the way leads that [`put_step`] wrote.
///
/// # Errors
///
/// When the bytes are not what was packed.
pub fn step(rest: &mut &[u8], from: u64) -> Result<u64, Broken> {
    let step = number(rest)?;
    Ok(from.wrapping_add(step >> 1 ^ 0_u64.wrapping_sub(step & 1)))
}

/// Reads what [`put_text`] wrote.
///
/// # Errors
///
/// When the bytes are not what was packed.
pub fn text<'b>(rest: &mut &'b [u8]) -> Result<Option<&'b str>, Broken> {
    let Some(len) = number(rest)?.checked_sub(1) else { return Ok(None) };
    let len = usize::try_from(len).map_err(|_| Broken)?;
    let (text, after) = rest.split_at_checked(len).ok_or(Broken)?;
    *rest = after;
    std::str::from_utf8(text).map(Some).map_err(|_| Broken)
}
