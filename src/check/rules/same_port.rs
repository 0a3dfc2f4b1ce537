//! Reports ports of the host that are published twice.

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
    // Ports on all addresses come first. A port on one address is compared with these and with others on the
    // same address.
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

/// Returns the address on which a port is published; `None` for all addresses.
fn address(port: &PortMapping) -> Option<IpAddr> {
    port.ip.filter(|ip| !ip.is_unspecified())
}

/// A protocol, and an address or all of them (`None`).
type Listener = (Protocol, Option<IpAddr>);

/// The published ports of the host, as disjoint ranges by first port.
#[derive(Default)]
struct TakenPorts(BTreeMap<Listener, BTreeMap<Port, (Port, Span)>>);

impl TakenPorts {
    fn add(&mut self, place: Listener, ports: PortRange, span: Span) {
        self.0.entry(place).or_default().insert(ports.first, (ports.last, span));
    }

    /// Returns the first port of a range that is already taken, and the place that takes it.
    fn overlap(&self, place: Listener, ports: PortRange) -> Option<(Port, Span)> {
        let (first, (last, span)) = self.0.get(&place)?.range(..=ports.last).next_back()?;
        (*last >= ports.first).then_some((ports.first.max(*first), *span))
    }
}
