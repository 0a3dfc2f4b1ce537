//! Values that are valid once parsed: one newtype per file, whose parser is the only check.
//!
//! [`Parse::parse`] parses a type from text, and `Display` formats its canonical form, which parses to the
//! same value.

mod choice;
mod packed_text;
mod parse;
pub use choice::Choice;
pub use packed_text::PackedText;
pub use parse::{Invalid, Parse};

#[cfg(test)]
mod laws;
mod text;

mod interval;
mod requirement;
mod version;
pub use interval::Interval;
pub use requirement::{Matcher, Requirement};
pub use version::Version;

mod name;
mod project_name;
pub use name::Name;
pub use project_name::ProjectName;

mod commit;
mod digest;
mod fingerprint;
mod git_ref;
mod key_file;
mod sha256;
pub use commit::Commit;
pub use digest::Digest;
pub use fingerprint::Fingerprint;
pub use git_ref::GitRef;
pub use key_file::{KeyFault, KeyFile};
pub use sha256::Sha256;

mod host_name;
mod image_ref;
mod repository;
pub use host_name::HostName;
pub use image_ref::ImageRef;
pub use repository::Repository;

mod host_path;
mod ignore_pattern;
mod image_path;
mod project_path;
pub use host_path::{HostPath, closing, without_variables};
pub use ignore_pattern::{IgnorePattern, leaves_out};
pub use image_path::ImagePath;
pub use project_path::ProjectPath;

mod capability;
mod env_name;
mod id;
mod label_key;
mod port;
mod port_mapping;
mod signal;
mod ulimit_name;
mod user_name;
pub use capability::Capability;
pub use env_name::EnvName;
pub use id::Id;
pub use label_key::LabelKey;
pub use port::Port;
pub use port_mapping::{PortMapping, PortRange, Protocol};
pub use signal::Signal;
pub use ulimit_name::UlimitName;
pub use user_name::UserName;

mod byte_size;
mod duration;
mod engine;
mod file_mode;
mod key_location;
mod semver_req;
mod url;
mod vcs_url;
mod wheel_name;
pub use byte_size::ByteSize;
pub use duration::Duration;
pub use engine::Engine;
pub use file_mode::FileMode;
pub use key_location::KeyLocation;
pub use semver_req::SemverReq;
pub use url::Url;
pub use vcs_url::{Vcs, VcsUrl};
pub use wheel_name::WheelName;

mod apt_arch;
mod apt_component;
mod apt_package;
mod apt_suite;
mod ppa;
mod timestamp;
pub use apt_arch::AptArch;
pub use apt_component::AptComponent;
pub use apt_package::AptPackage;
pub use apt_suite::AptSuite;
pub use ppa::Ppa;
pub use timestamp::Timestamp;

mod pep_requirement;
pub use pep_requirement::{PepOp, PepRequirement, normalised_name};
