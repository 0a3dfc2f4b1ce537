//! [`KeyFile`]: the contents of a file with a signing key, as apt reads it.
//!
//! Signatures are not verified here: apt does that in the build. A fingerprint is the hash of the first
//! packet of a key, so only the framing of packets is parsed. The parser is strict, because apt trusts every
//! key that its own parser finds: `apt-key` joins all armored blocks of a file regardless of their types,
//! while `OpenPGP` libraries skip unknown blocks.

mod armor;
mod packets;

use super::{Fingerprint, Parse};

/// A file that contains exactly one public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFile {
    /// The fingerprint of its primary key.
    pub fingerprint: Fingerprint,
    /// Whether it is ASCII armor, rather than binary.
    pub armored: bool,
}

/// Why a file is not a single public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyFault {
    /// It is not a key that apt can read. Contains the reason as the text of a label.
    NotAKey(String),
    Secret,
    /// It contains several keys with these fingerprints.
    Several(Vec<Fingerprint>),
}

impl KeyFault {
    fn not(why: impl Into<String>) -> Self {
        Self::NotAKey(why.into())
    }
}

impl KeyFile {
    /// The maximum size of a file in bytes. Keys usually have a few kilobytes; some with many signatures have
    /// hundreds.
    pub const LARGEST: usize = 1 << 20;

    /// Parses a file, armored or binary.
    ///
    /// # Errors
    /// The file is not a single public key.
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
        // A binary key starts with a byte that is not ASCII.
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

/// Formats a hash as a fingerprint.
fn fingerprint(hash: &[u8]) -> Fingerprint {
    let mut hex = String::with_capacity(2 * hash.len());
    for byte in hash {
        hex.push_str(&format!("{byte:02X}"));
    }
    Fingerprint::parse(&hex).expect("a SHA-1 hash has 40 hexadecimal digits")
}

#[cfg(test)]
mod tests;
