//! [`KeyFile`]: what a file of a signing key holds, as apt will read it.
//!
//! No signature is verified here: apt does that in the build. A fingerprint is the hash of the first packet of a key, so
//! the framing of packets is all that is read. It is read strictly, because apt trusts every key that its own reader finds:
//! `apt-key` joins all armored blocks of a file whatever their type, where `OpenPGP` libraries skip blocks that they do not
//! know.

mod armor;
mod packets;

use super::{Fingerprint, Parse};

/// A file that holds one public key and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// The fingerprint of its primary key.
    pub fingerprint: Fingerprint,
    /// Whether it is text (ASCII armor); binary otherwise.
    pub armored: bool,
}

/// Why a file is not one public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFault {
    /// It can't be read as a key; why, as a label says it.
    NotAKey(String),
    Secret,
    /// It holds several keys; their fingerprints.
    Several(Vec<Fingerprint>),
}

impl KeyFault {
    fn not(why: impl Into<String>) -> Self {
        Self::NotAKey(why.into())
    }
}

impl KeyFile {
    /// So many bytes of a file are read. Keys have a few kilobytes, some with many signatures have hundreds.
    pub const LARGEST: usize = 1 << 20;

    /// Reads a file, armored or binary.
    ///
    /// # Errors
    /// What it holds instead of one public key.
    pub fn read(bytes: &[u8]) -> Result<Self, KeyFault> {
        if bytes.len() > Self::LARGEST {
            return Err(KeyFault::not(format!("it is larger than {} KiB", Self::LARGEST >> 10)));
        }
        if bytes.is_empty() {
            return Err(KeyFault::not("it is empty"));
        }
        if bytes.get(8..12) == Some(b"KBXf") {
            return Err(KeyFault::not("it is a GnuPG keybox, which apt cannot read"));
        }
        // A binary key starts with a byte that no text starts with.
        let armored = bytes[0].is_ascii();
        let decoded;
        let binary = if armored {
            decoded = armor::decode(bytes)?;
            &decoded
        } else {
            bytes
        };
        let mut keys = packets::fingerprints(binary)?;
        match (keys.pop(), keys.is_empty()) {
            (Some(fingerprint), true) => Ok(Self { fingerprint, armored }),
            (last, _) => {
                keys.extend(last);
                Err(KeyFault::Several(keys))
            }
        }
    }
}

/// A fingerprint from the bytes of a hash.
fn fingerprint(hash: &[u8]) -> Fingerprint {
    let mut hex = String::with_capacity(2 * hash.len());
    for byte in hash {
        hex.push_str(&format!("{byte:02X}"));
    }
    Fingerprint::parse(&hex).expect("a SHA-1 hash has 40 hexadecimal digits")
}

#[cfg(test)]
mod tests;
