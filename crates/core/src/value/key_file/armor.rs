//! ASCII armor (RFC 9580, section 6), in the form that apt can read.

use super::KeyFault;

const BEGIN: &str = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
const END: &str = "-----END PGP PUBLIC KEY BLOCK-----";
const SECOND: &str = "it contains a second block of another type";
const SECRET: &str = "-----BEGIN PGP PRIVATE KEY BLOCK-----";

/// Decodes the armored blocks of a text.
pub(super) fn decode(bytes: &[u8]) -> Result<Vec<u8>, KeyFault> {
    let text =
        std::str::from_utf8(bytes).map_err(|_| KeyFault::not("it is neither text nor a binary key"))?;
    if text.contains(SECRET) {
        return Err(KeyFault::Secret);
    }
    let blocks = text.matches("-----BEGIN").count();
    let Some(start) = text.find(BEGIN) else {
        let why = if blocks == 0 {
            "it contains no `BEGIN PGP PUBLIC KEY BLOCK`"
        } else {
            "its block is of another type"
        };
        return Err(KeyFault::not(why));
    };
    if text[..start].contains("-----BEGIN") {
        return Err(KeyFault::not(SECOND));
    }
    if text[start..].starts_with(&format!("{BEGIN}\r\n")) {
        return Err(KeyFault::not("it has CRLF line endings, in which apt finds no key: save it with LF"));
    }
    let mut lines = text[start..].split('\n');
    let first = lines.next().unwrap_or_default();
    if first != BEGIN || !(start == 0 || text[..start].ends_with('\n')) {
        return Err(KeyFault::not("`BEGIN PGP PUBLIC KEY BLOCK` is not on a separate line"));
    }
    let mut decoder = Decoder::default();
    let headers = lines.by_ref().find(|line| line.is_empty() || !line.contains(':'));
    if headers != Some("") {
        return Err(KeyFault::not("the empty line before the key data is missing"));
    }
    let mut checksum = None;
    for line in lines.by_ref() {
        if line == END {
            let bytes = decoder.finish(checksum)?;
            return if blocks == 1 { Ok(bytes) } else { joined(bytes, &text[start + BEGIN.len()..]) };
        }
        if checksum.is_some() {
            break;
        }
        match line.strip_prefix('=') {
            Some(rest) => checksum = Some(rest),
            None => decoder.line(line)?,
        }
    }
    Err(KeyFault::not("`END PGP PUBLIC KEY BLOCK` is missing after the key data"))
}

/// Appends the data of further blocks, because apt reads all of them.
fn joined(mut bytes: Vec<u8>, rest: &str) -> Result<Vec<u8>, KeyFault> {
    let mut rest = rest;
    while let Some(at) = rest.find("-----BEGIN") {
        let next = &rest[at..];
        if !next.starts_with(BEGIN) {
            return Err(KeyFault::not(SECOND));
        }
        let end = next[BEGIN.len()..].find("-----BEGIN").map_or(next.len(), |end| BEGIN.len() + end);
        bytes.extend(decode(&next.as_bytes()[..end])?);
        rest = &next[end..];
    }
    Ok(bytes)
}

/// A streaming base64 decoder.
#[derive(Default)]
struct Decoder {
    bytes: Vec<u8>,
    held: u32,
    bits: u32,
    padding: usize,
    digits: usize,
}

impl Decoder {
    fn line(&mut self, line: &str) -> Result<(), KeyFault> {
        for byte in line.bytes() {
            let value = match byte {
                b'A'..=b'Z' => byte - b'A',
                b'a'..=b'z' => byte - b'a' + 26,
                b'0'..=b'9' => byte - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                b'=' if self.padding < 2 => {
                    self.padding += 1;
                    continue;
                }
                _ => return Err(KeyFault::not("one of its lines is not valid base64")),
            };
            if self.padding > 0 {
                return Err(KeyFault::not("its base64 data continues after its end"));
            }
            self.digits += 1;
            self.held = (self.held << 6) | u32::from(value);
            self.bits += 6;
            if self.bits >= 8 {
                self.bits -= 8;
                self.bytes.push(((self.held >> self.bits) & 0xff) as u8);
            }
            self.held &= (1 << self.bits) - 1;
        }
        Ok(())
    }

    /// Returns the data, after verifying the checksum if the block has one.
    fn finish(self, checksum: Option<&str>) -> Result<Vec<u8>, KeyFault> {
        if !(self.digits + self.padding).is_multiple_of(4) {
            return Err(KeyFault::not("its base64 data is truncated"));
        }
        let Some(checksum) = checksum else { return Ok(self.bytes) };
        let mut stated = Self::default();
        stated.line(checksum)?;
        let crc = crc24(&self.bytes).to_be_bytes();
        if stated.bytes != crc[1..] {
            return Err(KeyFault::not("it is damaged: the checksum does not match"));
        }
        Ok(self.bytes)
    }
}

/// Computes the checksum of armor (RFC 9580, section 6.1.1).
fn crc24(bytes: &[u8]) -> u32 {
    let mut crc = 0x00b7_04ce_u32;
    for byte in bytes {
        crc ^= u32::from(*byte) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x0100_0000 != 0 {
                crc ^= 0x0186_4cfb;
            }
        }
    }
    crc & 0x00ff_ffff
}
