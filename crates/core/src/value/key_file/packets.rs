//! The packets of a binary key (RFC 9580, sections 4 and 10.1).

use sha1::{Digest as _, Sha1};

use super::{KeyFault, fingerprint};
use crate::value::Fingerprint;

const SIGNATURE: u8 = 2;
const SECRET_KEY: u8 = 5;
const PUBLIC_KEY: u8 = 6;
const SECRET_SUBKEY: u8 = 7;
const TRUST: u8 = 12;
const USER_ID: u8 = 13;
const PUBLIC_SUBKEY: u8 = 14;
const USER_ATTRIBUTE: u8 = 17;

/// The first bytes by which apt recognises a binary keyring: a public key packet with a length of one or two
/// bytes, or in the new format.
const KNOWN_TO_APT: [u8; 3] = [0x98, 0x99, 0xc6];

/// Returns the fingerprints of the primary keys, in order.
pub(super) fn fingerprints(bytes: &[u8]) -> Result<Vec<Fingerprint>, KeyFault> {
    let mut keys = Vec::new();
    let mut rest = bytes;
    while let Some(first) = rest.first() {
        let (tag, body, behind) = packet(rest)?;
        match tag {
            SECRET_KEY | SECRET_SUBKEY => return Err(KeyFault::Secret),
            PUBLIC_KEY => {
                if keys.is_empty() && !KNOWN_TO_APT.contains(first) {
                    return Err(KeyFault::not("it does not start like any keyring format that apt supports"));
                }
                keys.push(of_key(body)?);
            }
            _ if keys.is_empty() => return Err(KeyFault::not("it does not start with a public key")),
            SIGNATURE | TRUST | USER_ID | PUBLIC_SUBKEY | USER_ATTRIBUTE => {}
            _ => {
                return Err(KeyFault::not(format!(
                    "it contains a packet of type {tag}, which is not part of a key"
                )));
            }
        }
        rest = behind;
    }
    if keys.is_empty() { Err(KeyFault::not("it is empty")) } else { Ok(keys) }
}

/// Computes the fingerprint of a version 4 key: the hash of its packet.
fn of_key(body: &[u8]) -> Result<Fingerprint, KeyFault> {
    match body.first() {
        Some(4) if body.len() > 6 => {}
        Some(4) | None => return Err(KeyFault::not("its key is truncated")),
        Some(version) => {
            return Err(KeyFault::not(format!("its key has version {version}; apt needs version 4")));
        }
    }
    let Ok(length) = u16::try_from(body.len()) else { return Err(KeyFault::not("its key is too long")) };
    let mut hash = Sha1::new();
    hash.update([0x99]);
    hash.update(length.to_be_bytes());
    hash.update(body);
    Ok(fingerprint(&hash.finalize()))
}

/// Splits off the first packet. Returns its type, its body and the rest.
fn packet(bytes: &[u8]) -> Result<(u8, &[u8], &[u8]), KeyFault> {
    let no_packets = || KeyFault::not("it does not consist of OpenPGP packets");
    let (&first, rest) = bytes.split_first().ok_or_else(no_packets)?;
    if first & 0x80 == 0 {
        return Err(no_packets());
    }
    let new_form = first & 0x40 != 0;
    let tag = if new_form { first & 0x3f } else { (first >> 2) & 0x0f };
    let (length, rest) =
        if new_form { new_length(rest) } else { old_length(first & 3, rest) }.ok_or_else(no_packets)?;
    let cut = || KeyFault::not("it is truncated");
    let (body, behind) = rest.split_at_checked(length).ok_or_else(cut)?;
    Ok((tag, body, behind))
}

/// Reads a length in the new format. Packets of keys have no partial lengths.
fn new_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (&first, rest) = bytes.split_first()?;
    match first {
        0..192 => Some((usize::from(first), rest)),
        192..224 => {
            let (&second, rest) = rest.split_first()?;
            Some((((usize::from(first) - 192) << 8) + usize::from(second) + 192, rest))
        }
        255 => big_endian(4, rest),
        _ => None,
    }
}

/// Reads a length in the old format. Packets of keys have no indeterminate lengths.
fn old_length(kind: u8, bytes: &[u8]) -> Option<(usize, &[u8])> {
    match kind {
        0 => big_endian(1, bytes),
        1 => big_endian(2, bytes),
        2 => big_endian(4, bytes),
        _ => None,
    }
}

fn big_endian(size: usize, bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (number, rest) = bytes.split_at_checked(size)?;
    Some((number.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)), rest))
}
