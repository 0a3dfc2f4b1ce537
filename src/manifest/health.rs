//! `healthcheck`.

use crate::diagnostic::Log;
use crate::source::Spanned;
use crate::syntax::Reader;
use crate::value::{Duration, Invalid, Parse};

use super::decode;

/// `healthcheck "CMD" … interval="30s"`.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthCheck {
    /// The command in exec form; a single word with spaces is run by a shell.
    pub test: Spanned<Vec<String>>,
    pub interval: Option<Spanned<Duration>>,
    /// A check that takes longer counts as failed.
    pub timeout: Option<Spanned<Duration>>,
    /// Failures within this time after the start do not count.
    pub start_period: Option<Spanned<Duration>>,
    /// The number of consecutive failures that make the container unhealthy.
    pub retries: Option<Spanned<u32>>,
}

/// Decodes the `healthcheck` of a block.
pub(super) fn decode(block: Reader<'_>, log: &mut Log) -> Option<HealthCheck> {
    let node = block.child("healthcheck")?;
    Some(HealthCheck {
        test: decode::exec(Some(node), log)?,
        interval: time(node, "interval", log),
        timeout: time(node, "timeout", log),
        start_period: time(node, "start-period", log),
        retries: node.prop("retries", log),
    })
}

/// A duration that Docker accepts in a health check: 0, or at least 1 ms.
struct CheckTime(Duration);

impl Parse for CheckTime {
    const WHAT: &'static str = Duration::WHAT;

    fn parse(text: &str) -> Result<Self, Invalid> {
        /// In microseconds. Source: <https://docs.docker.com/reference/api/engine/version/v1.47/>,
        /// `Healthcheck`.
        const MINIMUM: u64 = 1000;
        let time = Duration::parse(text)?;
        if (1..MINIMUM).contains(&time.micros()) {
            return Err(
                Invalid::new("a time of a health check is at least 1 ms").help("use a time such as `30s`")
            );
        }
        Ok(Self(time))
    }
}

fn time(node: Reader<'_>, key: &str, log: &mut Log) -> Option<Spanned<Duration>> {
    node.prop::<CheckTime>(key, log).map(|time| time.map(|time| time.0))
}
