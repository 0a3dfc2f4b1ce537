//! [`Engine`]: what runs containers.

use serde::{Deserialize, Serialize};

use crate::words;

/// The container engine that the outputs are written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Engine {
    #[default]
    Docker,
    /// Podman, with CDI devices and Quadlet units.
    Podman,
}

words! { Engine: "docker" => Docker, "podman" => Podman }
