//! The suffix of a [`Version`](super::Version) in packed form: nothing for that of most versions, which then needs no
//! memory either.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{RELEASE, Suffix};

pub(super) fn serialize<S: Serializer>(suffix: &[Suffix], out: S) -> Result<S::Ok, S::Error> {
    Some(suffix).filter(|suffix| *suffix != RELEASE).serialize(out)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(packed: D) -> Result<Cow<'static, [Suffix]>, D::Error> {
    let suffix: Option<Vec<Suffix>> = Option::deserialize(packed)?;
    Ok(suffix.map_or(Cow::Borrowed(RELEASE), Cow::Owned))
}
