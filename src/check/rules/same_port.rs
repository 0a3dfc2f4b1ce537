//! Two containers, or two ports of one, at one port of the host.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::check::{Context, Rule};
use crate::diagnostic::{Diagnostic, Log, Severity, codes::check as codes, wording};
use crate::manifest::RunOptions;
use crate::source::{Span, Spanned};
use crate::value::{Port, PortMapping, PortRange, Protocol};

pub(super) const RULE: Rule = Rule { code: codes::SAME_PORT, severity: Severity::Error, check };

fn check(context: &Context<'_>, log: &mut Log) {
    let by_default = context.platform.is_some_and(|platform| platform.host_network);
    let published = |run: &&RunOptions| match &run.network {
        Some(network) => network.value == "bridge",
        None => !by_default && run.can.is_empty(),
    };
    let mut all: Vec<&Spanned<PortMapping>> =
        context.runs().filter(published).flat_map(|run| &run.ports).collect();
    // Those of every address come first: each of one address is compared with them and with its own.
    all.sort_by_key(|port| address(port).is_some());
    let mut taken = TakenPorts::default();
    for port in all {
        let Some(host) = port.host else { continue };
        let protocol = port.protocol;
        let other = [None, address(port)].into_iter().find_map(|ip| taken.overlap((protocol, ip), host));
        let Some((number, other)) = other else {
            taken.add((protocol, address(port)), host, port.span);
            continue;
        };
        let (first, second) = if other < port.span { (other, port.span) } else { (port.span, other) };
        let message = format!("host port {} is published twice", wording::code(number.to_string()));
        log.error(
            Diagnostic::error(codes::SAME_PORT, message)
                .at(second, "second occurrence")
                .at(first, "first occurrence")
                .help("use another host port for one of them: `8081:80`"),
        );
    }
}

/// The one address at which a port is published.
fn address(port: &PortMapping) -> Option<IpAddr> {
    port.ip.filter(|ip| !ip.is_unspecified())
}

/// Where something listens: all addresses, or one.
type Listener = (Protocol, Option<IpAddr>);

/// Ports of the host, in ranges that are apart from each other.
#[derive(Default)]
struct TakenPorts(BTreeMap<Listener, BTreeMap<Port, (Port, Span)>>);

impl TakenPorts {
    fn add(&mut self, place: Listener, ports: PortRange, span: Span) {
        self.0.entry(place).or_default().insert(ports.first, (ports.last, span));
    }

    /// The first port that is taken already, and where.
    fn overlap(&self, place: Listener, ports: PortRange) -> Option<(Port, Span)> {
        let (first, (last, span)) = self.0.get(&place)?.range(..=ports.last).next_back()?;
        (*last >= ports.first).then_some((ports.first.max(*first), *span))
    }
}
