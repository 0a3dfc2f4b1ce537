//! [`KeyLocation`]: where the signing key of an archive lies.

use serde::{Deserialize, Serialize};

use super::{ProjectPath, Url};

/// The location of an archive's signing key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum KeyLocation {
    File(ProjectPath),
    /// An https URL, downloaded during the build.
    Url(Url),
}
