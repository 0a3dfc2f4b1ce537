//! `healthcheck`.

use crate::diagnostic::Log;
use crate::source::Spanned;
use crate::syntax::Reader;
use crate::value::Duration;

use super::decode;

/// `healthcheck "CMD" … interval="30s"`.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthCheck {
    /// Exec form; one word with spaces is run by a shell.
    pub test: Spanned<Vec<String>>,
    pub interval: Option<Spanned<Duration>>,
    /// A check that takes longer failed.
    pub timeout: Option<Spanned<Duration>>,
    /// Failures in this time at the start do not count.
    pub start_period: Option<Spanned<Duration>>,
    /// So many failures in a row are unhealthy.
    pub retries: Option<Spanned<u32>>,
}

/// Reads `healthcheck` of a block.
pub(super) fn decode(block: Reader<'_>, log: &mut Log) -> Option<HealthCheck> {
    let node = block.child("healthcheck")?;
    Some(HealthCheck {
        test: decode::exec(Some(node), log)?,
        interval: node.prop("interval", log),
        timeout: node.prop("timeout", log),
        start_period: node.prop("start-period", log),
        retries: node.prop("retries", log),
    })
}
