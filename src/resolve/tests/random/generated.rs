//! Generates small random catalogues and manifests: as text for the compiler, and as data for the oracle.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The number of packages, `p0` to `p4`.
pub(super) const PACKAGES: usize = 5;
/// The index of the axis, which follows the packages.
pub(super) const AXIS: usize = PACKAGES;

/// A requirement: `>=2`, `<3`, `=1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Req {
    Any,
    From(u8),
    Below(u8),
    Is(u8),
}

impl Req {
    pub(super) fn matches(self, version: u8) -> bool {
        match self {
            Self::Any => true,
            Self::From(least) => version >= least,
            Self::Below(bound) => version < bound,
            Self::Is(one) => version == one,
        }
    }

    fn text(self) -> String {
        match self {
            Self::Any => "*".to_owned(),
            Self::From(least) => format!(">={least}"),
            Self::Below(bound) => format!("<{bound}"),
            Self::Is(one) => format!("={one}"),
        }
    }
}

type Named = BTreeMap<usize, Req>;

/// A conditional requirement: `when p3=">=2" { requires { p4 "=1" } }`.
#[derive(Debug, Clone)]
pub(super) struct When {
    pub(super) condition: (usize, Req),
    pub(super) then: (usize, Req),
}

#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) number: u8,
    pub(super) requires: Named,
    pub(super) conflicts: Named,
    pub(super) when: Option<When>,
}

#[derive(Debug, Clone)]
pub(super) struct Package {
    /// Newest first.
    pub(super) versions: Vec<Version>,
    pub(super) choice: bool,
    /// The requirement of the value `a` of its option, which is the default.
    pub(super) option: Option<(usize, Req)>,
}

#[derive(Debug, Clone)]
pub(super) struct Generated {
    pub(super) packages: Vec<Package>,
    /// Newest first.
    pub(super) axis: Vec<u8>,
    pub(super) requests: Named,
    /// The packages whose option is set to `b`, which requires nothing.
    pub(super) other_option: Vec<usize>,
    pub(super) pins: Named,
}

/// A source of random numbers from given bytes.
struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % bound
    }

    fn small(&mut self, from: u8, to: u8) -> u8 {
        from + self.0.next().copied().unwrap_or(0) % (to - from + 1)
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == many - 1
    }

    fn req(&mut self) -> Req {
        match self.below(4) {
            0 => Req::Any,
            1 => Req::From(self.small(1, 3)),
            2 => Req::Below(self.small(2, 4)),
            _ => Req::Is(self.small(1, 3)),
        }
    }

    /// Returns a package after this one, or the axis, so that requirements have no cycles.
    fn later(&mut self, package: usize) -> usize {
        package + 1 + self.below(AXIS - package)
    }

    fn version(&mut self, package: usize, number: u8) -> Version {
        let mut requires = Named::new();
        for _ in 0..self.below(3) {
            requires.insert(self.later(package), self.req());
        }
        let mut conflicts = Named::new();
        if self.one_in(4) {
            let other = (package + 1 + self.below(PACKAGES - 1)) % PACKAGES;
            if !requires.contains_key(&other) {
                conflicts.insert(other, self.req());
            }
        }
        let when = self.one_in(4).then(|| When {
            condition: ((package + 1 + self.below(PACKAGES)) % (PACKAGES + 1), self.req()),
            then: (self.later(package), self.req()),
        });
        Version { number, requires, conflicts, when }
    }

    fn package(&mut self, package: usize) -> Package {
        let count = self.small(1, 3);
        let versions = (1..=count).rev().map(|number| self.version(package, number)).collect();
        let option = self.one_in(4).then(|| (self.later(package), self.req()));
        Package { versions, choice: self.one_in(4), option }
    }
}

impl Generated {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut dice = Dice(bytes.iter());
        let packages: Vec<Package> = (0..PACKAGES).map(|package| dice.package(package)).collect();
        let mut generated = Self {
            packages,
            axis: vec![3, 2, 1],
            requests: Named::new(),
            other_option: Vec::new(),
            pins: Named::new(),
        };
        for _ in 0..=dice.below(3) {
            let package = dice.below(PACKAGES);
            let req = generated.existing(package, &mut dice);
            generated.requests.insert(package, req);
            if generated.packages[package].option.is_some() && dice.one_in(3) {
                generated.other_option = vec![package];
            }
        }
        for _ in 0..dice.below(3) {
            let name = dice.below(PACKAGES + 1);
            if !generated.requests.contains_key(&name) {
                let req = generated.existing(name, &mut dice);
                generated.pins.insert(name, req);
            }
        }
        generated.without_cycles()
    }

    /// Returns a requirement that some version meets. One that none meets would be a different error.
    fn existing(&self, name: usize, dice: &mut Dice<'_>) -> Req {
        let (req, versions) = (dice.req(), self.numbers(name));
        if versions.iter().any(|one| req.matches(*one)) { req } else { Req::Any }
    }

    /// Removes conditions whose consequence leads back to what they test, which `package check` rejects.
    fn without_cycles(mut self) -> Self {
        let edges = |package: &Package| -> BTreeSet<usize> {
            let versions = package.versions.iter();
            let of_version = |one: &Version| -> Vec<usize> {
                one.requires.keys().copied().chain(one.when.as_ref().map(|when| when.then.0)).collect()
            };
            versions.flat_map(of_version).chain(package.option.iter().map(|then| then.0)).collect()
        };
        let edges: Vec<BTreeSet<usize>> = self.packages.iter().map(edges).collect();
        let leads = |from: usize, to: usize| {
            let mut seen = BTreeSet::from([from]);
            let mut todo = vec![from];
            while let Some(next) = todo.pop().filter(|next| *next != AXIS) {
                todo.extend(edges[next].iter().filter(|one| **one != AXIS && seen.insert(**one)));
            }
            seen.contains(&to)
        };
        for version in self.packages.iter_mut().flat_map(|one| &mut one.versions) {
            version.when = version
                .when
                .take()
                .filter(|when| when.condition.0 == AXIS || !leads(when.then.0, when.condition.0));
        }
        self
    }

    /// Returns the versions of a package or of the axis, newest first.
    pub(super) fn numbers(&self, name: usize) -> Vec<u8> {
        match self.packages.get(name) {
            Some(package) => package.versions.iter().map(|one| one.number).collect(),
            None => self.axis.clone(),
        }
    }

    /// Returns the definitions of the packages and of the platform, with their paths.
    pub(super) fn definitions(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = (0..PACKAGES)
            .map(|one| (format!("packages/all/{}/package.kdl", name(one)), self.definition(one)))
            .collect();
        let versions: String =
            self.axis.iter().map(|number| format!("    version \"{number}\"\n")).collect::<Vec<_>>().concat();
        let axis = format!("axis \"os\" order=1 choose=\"newest\" title=\"OS\" {{\n{versions}}}\n");
        let platform = "platform \"machine\" { summary \"A machine\"; arch \"amd64\"; gpu \"reservation\"; axes \"os\" }\nepoch 1767225600\n";
        all.push(("packages/platform/all.kdl".to_owned(), format!("{platform}{axis}")));
        all
    }

    fn definition(&self, package: usize) -> String {
        let Package { versions, choice, option } = &self.packages[package];
        let mut out = format!("package \"{}\" {{\n    summary \"A package\"\n", name(package));
        if *choice {
            out += "    choice \"word\"\n";
        }
        if let Some(then) = option {
            let requires = list("requires", [(&then.0, &then.1)]);
            writeln!(out, "    option \"o\" default=\"a\" {{ value \"a\" {{ {requires} }}; value \"b\" }}")
                .unwrap();
        }
        for one in versions {
            writeln!(out, "    version \"{}\" {{", one.number).unwrap();
            writeln!(out, "        {}", list("requires", &one.requires)).unwrap();
            writeln!(out, "        {}", list("conflicts", &one.conflicts)).unwrap();
            if let Some(When { condition, then }) = &one.when {
                let requires = list("requires", [(&then.0, &then.1)]);
                writeln!(
                    out,
                    "        when {}=\"{}\" {{ {requires} }}",
                    name(condition.0),
                    condition.1.text()
                )
                .unwrap();
            }
            out += "    }\n";
        }
        out + "}\n"
    }

    /// Returns the manifest, with its nodes in reverse order if `reversed`.
    pub(super) fn manifest(&self, reversed: bool) -> String {
        let lines = |named: &Named| {
            let mut lines: Vec<String> = named.iter().map(|(on, req)| self.line(*on, *req)).collect();
            if reversed {
                lines.reverse();
            }
            lines.concat()
        };
        let mut blocks = [
            "target \"t\" { platform \"machine\" }\n".to_owned(),
            "base image=\"demo:1\"\n".to_owned(),
            format!("pin {{\n{}}}\n", lines(&self.pins)),
            format!("packages {{\n{}}}\n", lines(&self.requests)),
        ];
        if reversed {
            blocks.reverse();
        }
        format!("project \"demo\"\n{}", blocks.concat())
    }

    fn line(&self, on: usize, req: Req) -> String {
        let option = if self.other_option.contains(&on) { " { option \"o\" \"b\" }" } else { "" };
        match req {
            Req::Any if !self.pins.contains_key(&on) => format!("    {}{option}\n", name(on)),
            _ => format!("    {} \"{}\"{option}\n", name(on), req.text()),
        }
    }
}

/// Returns the name of a package, or of the axis.
pub(super) fn name(one: usize) -> String {
    if one == AXIS { "os".to_owned() } else { format!("p{one}") }
}

fn list<'a>(node: &str, named: impl IntoIterator<Item = (&'a usize, &'a Req)>) -> String {
    let lines: Vec<String> =
        named.into_iter().map(|(on, req)| format!("{} \"{}\"", name(*on), req.text())).collect();
    if lines.is_empty() { String::new() } else { format!("{node} {{ {} }}", lines.join("; ")) }
}
