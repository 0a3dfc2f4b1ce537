//! [`PortMapping`]: a published port.

use std::fmt;
use std::net::IpAddr;

use super::{Invalid, Parse, Port, text};

/// A published port: `8080:80`, `127.0.0.1:8080:80`, `5000-5010:5000-5010/udp`. A single number is the port
/// of both host and container; with `127.0.0.1::80` the engine chooses the host's port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortMapping {
    /// The address of the host; `None` for all.
    pub ip: Option<IpAddr>,
    /// The ports of the host; `None` for any free one, which only `IP::PORT` requests.
    pub host: Option<PortRange>,
    pub container: PortRange,
    /// The protocol, TCP by default.
    pub protocol: Protocol,
}

/// A port or a range of consecutive ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    pub first: Port,
    /// The last port, inclusive.
    pub last: Port,
}

/// The transport protocol of a published port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// `/tcp`, or no suffix.
    Tcp,
    /// `/udp`.
    Udp,
    /// `/sctp`.
    Sctp,
}

impl PortMapping {
    /// Whether host and container ports are the same, so that the mapping has no effect on the host network.
    pub fn is_same_number(&self) -> bool {
        self.host.is_none_or(|host| host == self.container)
    }
}

const HELP: &str = "write HOST:CONTAINER, such as `8080:80`, optionally with an address or a protocol: \
    `127.0.0.1:8080:80`, `5000:5000/udp`";

impl PortRange {
    fn count(self) -> u16 {
        self.last.get() - self.first.get()
    }

    fn read(text: &str) -> Result<Self, Invalid> {
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        let range = Self {
            first: Port::parse(first).map_err(|invalid| invalid.within(0, first.len()))?,
            last: Port::parse(last).map_err(|invalid| invalid.within(text.len() - last.len(), last.len()))?,
        };
        if range.first > range.last {
            let help = format!("write `{last}-{first}`");
            return Err(Invalid::new("the start of a port range must not exceed its end")
                .help(help)
                .at(0..text.len()));
        }
        Ok(range)
    }
}

impl Parse for PortMapping {
    const WHAT: &'static str = "a published port";

    fn parse(text: &str) -> Result<Self, Invalid> {
        let (ports, protocol) = match text.rsplit_once('/') {
            Some((ports, protocol)) => (ports, read_protocol(protocol, ports.len() + 1)?),
            None => (text, Protocol::Tcp),
        };
        let (outer, container) = match ports.rsplit_once(':') {
            Some((outer, container)) => (Some(outer), container),
            None => (None, ports),
        };
        let start = ports.len() - container.len();
        let container = PortRange::read(container)
            .map_err(|invalid| invalid.within(start, container.len()).help(HELP))?;
        let (ip, host) = outer.map_or(Ok((None, Some(container))), read_outer)?;
        if let Some(host) = host
            && host.count() != container.count()
            && container.count() > 0
        {
            let message = "the port ranges of host and container have different lengths";
            return Err(Invalid::new(message).help(HELP));
        }
        Ok(Self { ip, host, container, protocol })
    }
}

fn read_protocol(word: &str, at: usize) -> Result<Protocol, Invalid> {
    match word {
        "tcp" => Ok(Protocol::Tcp),
        "udp" => Ok(Protocol::Udp),
        "sctp" => Ok(Protocol::Sctp),
        _ => {
            let message = format!("{} is not a port protocol", text::quoted(word));
            Err(Invalid::new(message).help("use `tcp`, `udp` or `sctp`").at(at..at + word.len()))
        }
    }
}

/// Parses the address and the ports of the host, of which at least one is present.
fn read_outer(outer: &str) -> Result<(Option<IpAddr>, Option<PortRange>), Invalid> {
    let Some((address, ports)) = outer.rsplit_once(':') else {
        let ports = PortRange::read(outer).map_err(|invalid| invalid.within(0, outer.len()).help(HELP))?;
        return Ok((None, Some(ports)));
    };
    let bare = address.strip_prefix('[').and_then(|bare| bare.strip_suffix(']')).unwrap_or(address);
    let ip = bare.parse::<IpAddr>().map_err(|_| {
        Invalid::new(format!("{} is not a valid host address", text::quoted(address)))
            .help(HELP)
            .at(0..address.len())
    })?;
    if ports.is_empty() {
        return Ok((Some(ip), None));
    }
    let ports = PortRange::read(ports)
        .map_err(|invalid| invalid.within(address.len() + 1, ports.len()).help(HELP))?;
    Ok((Some(ip), Some(ports)))
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first)?;
        if self.first == self.last { Ok(()) } else { write!(f, "-{}", self.last) }
    }
}

impl fmt::Display for PortMapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip {
            Some(IpAddr::V4(ip)) => write!(f, "{ip}:")?,
            Some(IpAddr::V6(ip)) => write!(f, "[{ip}]:")?,
            None => {}
        }
        match self.host {
            Some(host) => write!(f, "{host}:")?,
            None if self.ip.is_some() => f.write_str(":")?,
            None => {}
        }
        write!(f, "{}", self.container)?;
        match self.protocol {
            Protocol::Tcp => Ok(()),
            Protocol::Udp => f.write_str("/udp"),
            Protocol::Sctp => f.write_str("/sctp"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(PortMapping: "80", "8080:80", "127.0.0.1:8080:80", "127.0.0.1::80", "5000-5010:5000-5010/udp", "[::1]:80:80/tcp", "3000-3005:80");

    #[test]
    fn values_are_normalised() {
        for (written, spelt) in [
            ("80", "80:80"),
            ("8000/udp", "8000:8000/udp"),
            ("8000-8010", "8000-8010:8000-8010"),
            ("80/tcp", "80:80"),
            ("[::1]:80:80", "[::1]:80:80"),
            ("5-5:80", "5:80"),
            ("127.0.0.1::80", "127.0.0.1::80"),
        ] {
            assert_eq!(PortMapping::parse(written).unwrap().to_string(), spelt);
        }
    }

    #[test]
    fn errors_are_precise() {
        let message = |text: &str| {
            let invalid = PortMapping::parse(text).unwrap_err();
            (invalid.message, invalid.at.map(|at| text[at].to_owned()))
        };
        assert_eq!(message("8080:0"), ("`0` is not a valid port".to_owned(), Some("0".to_owned())));
        assert_eq!(message("x:80").0, "`x` is not a valid port");
        assert_eq!(message("80/http"), ("`http` is not a port protocol".to_owned(), Some("http".to_owned())));
        assert_eq!(message("1-3:1-2").0, "the port ranges of host and container have different lengths");
        assert_eq!(
            message("3-1:80"),
            ("the start of a port range must not exceed its end".to_owned(), Some("3-1".to_owned()))
        );
        assert_eq!(
            message("host:80:80"),
            ("`host` is not a valid host address".to_owned(), Some("host".to_owned()))
        );
    }
}
