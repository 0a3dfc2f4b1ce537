//! [`WheelName`]: the file name of a wheel, with its compatibility tags.

use super::Version;

/// The file name of a wheel, `NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl`. Each of the last three can be
/// several tags, separated by dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WheelName<'t> {
    pub name: &'t str,
    /// The version, in which `+` may be encoded as `%2B`.
    pub version: &'t str,
    /// `cp310`, `py3`.
    pub pythons: &'t str,
    /// `cp310`, `abi3`, `none`.
    pub abis: &'t str,
    /// `linux_aarch64`, `manylinux_2_28_x86_64`, `any`.
    pub platforms: &'t str,
}

/// Debian's names of architectures, and the ends of their platform tags.
const MACHINES: [(&str, &str); 2] = [("arm64", "_aarch64"), ("amd64", "_x86_64")];
/// Tags that denote a glibc version by a year.
const YEARS: [(&str, (u64, u64)); 3] =
    [("manylinux1_", (2, 5)), ("manylinux2010_", (2, 12)), ("manylinux2014_", (2, 17))];

impl<'t> WheelName<'t> {
    /// Parses the last segment of a path or URL; `None` if it is not a wheel.
    pub fn read(text: &'t str) -> Option<Self> {
        let text = text.split(['?', '#']).next().unwrap_or(text);
        let file = text.rsplit('/').next().unwrap_or(text).strip_suffix(".whl")?;
        let mut parts = file.rsplitn(4, '-');
        let (platforms, abis, pythons) = (parts.next()?, parts.next()?, parts.next()?);
        let mut rest = parts.next()?.splitn(3, '-');
        Some(Self { name: rest.next()?, version: rest.next()?, pythons, abis, platforms })
    }

    /// Returns the name of an architecture in platform tags: `aarch64` for `arm64`.
    pub fn machine(arch: &str) -> &str {
        MACHINES.iter().find(|(name, _)| *name == arch).map_or(arch, |(_, end)| &end[1..])
    }

    /// Whether it is for this architecture, regardless of the glibc version.
    pub fn runs_on(&self, arch: &str) -> bool {
        self.platforms.split('.').any(|tag| tag == "any" || libc(tag, arch).is_some())
    }

    /// Whether it is for this architecture and glibc version.
    pub fn runs_with(&self, arch: &str, glibc: &Version) -> bool {
        let has = (glibc.major(), glibc.minor());
        self.platforms.split('.').any(|tag| tag == "any" || libc(tag, arch).is_some_and(|least| least <= has))
    }

    /// Returns the oldest glibc version that it supports on this architecture.
    pub fn glibc(&self, arch: &str) -> Option<(u64, u64)> {
        self.platforms.split('.').filter_map(|tag| libc(tag, arch)).min()
    }

    /// Whether this version of `CPython` can load it.
    pub fn supports_python(&self, python: &Version) -> bool {
        let own = format!("{}{}", python.major(), python.minor());
        let abi = |abi: &str| {
            matches!(abi, "none" | "abi3")
                || abi.strip_prefix("cp").is_some_and(|rest| {
                    // `m`, `mu` and `dm` are flags of older versions. `t` is free-threaded Python, which is
                    // incompatible.
                    rest.strip_prefix(own.as_str()).is_some_and(|flags| !flags.contains('t'))
                })
        };
        let stable = self.abis.split('.').any(|abi| abi == "abi3");
        let any_abi = self.abis.split('.').any(abi);
        any_abi && self.pythons.split('.').any(|tag| interpreter(tag, python, stable))
    }
}

/// Whether a Python tag matches this interpreter. `cp310` matches only 3.10, or later ones too with the
/// stable ABI; `py3` and `py38` match all later ones.
fn interpreter(tag: &str, python: &Version, stable: bool) -> bool {
    let Some((kind, digits)) = tag.split_at_checked(2) else { return false };
    let (Some(Ok(major)), minor) = (digits.get(..1).map(str::parse::<u64>), digits.get(1..)) else {
        return false;
    };
    let minor = match minor {
        None | Some("") => None,
        Some(minor) => match minor.parse::<u64>() {
            Ok(minor) => Some(minor),
            Err(_) => return false,
        },
    };
    if major != python.major() {
        return false;
    }
    match (kind, minor) {
        ("py", None) => true,
        ("py", Some(minor)) => minor <= python.minor(),
        ("cp", Some(minor)) => minor == python.minor() || stable && minor < python.minor(),
        _ => false,
    }
}

/// Returns the glibc version that a platform tag requires; `None` if it is not for this architecture.
fn libc(tag: &str, arch: &str) -> Option<(u64, u64)> {
    let tag = tag.strip_suffix(WheelName::machine(arch))?;
    if tag == "linux_" {
        return Some((0, 0));
    }
    if let Some((_, version)) = YEARS.iter().find(|(year, _)| *year == tag) {
        return Some(*version);
    }
    let (major, minor) = tag.strip_prefix("manylinux_")?.strip_suffix('_')?.split_once('_')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Parse;

    fn version(text: &str) -> Version {
        Version::parse(text).expect("it is a version")
    }

    fn named(tags: &str) -> String {
        format!("https://example.com/a/demo-1.0%2Bcu126-{tags}.whl#sha256=00")
    }

    #[test]
    fn parts_are_accessible() {
        let text = named("1-cp310-cp310-manylinux_2_28_aarch64.manylinux2014_aarch64");
        let wheel = WheelName::read(&text).expect("it is a wheel");
        assert_eq!((wheel.name, wheel.version), ("demo", "1.0%2Bcu126"));
        assert_eq!((wheel.pythons, wheel.abis), ("cp310", "cp310"));
        assert_eq!(wheel.glibc("arm64"), Some((2, 17)));
        assert_eq!(WheelName::read("https://example.com/demo-1.0.tar.gz"), None);
        assert_eq!(WheelName::read("demo.whl"), None);
    }

    #[test]
    fn python_tags_are_matched() {
        for (tags, yes, no) in [
            ("cp310-cp310-linux_aarch64", "3.10", "3.9 3.11"),
            ("cp36-cp36m-linux_aarch64", "3.6", "3.8"),
            ("cp38-abi3-linux_aarch64", "3.8 3.10 3.12", "3.6"),
            ("py3-none-any", "3.6 3.12", "2.7"),
            ("py2.py3-none-any", "2.7 3.12", ""),
            ("py39-none-any", "3.9 3.12", "3.8"),
            ("py2-none-any", "2.7", "3.8"),
            ("cp313-cp313t-linux_aarch64", "", "3.13"),
            ("pp310-pypy310_pp73-linux_aarch64", "", "3.10"),
            ("cp310-none-linux_aarch64", "3.10", "3.11"),
        ] {
            let text = named(tags);
            let wheel = WheelName::read(&text).expect("it is a wheel");
            yes.split_whitespace()
                .for_each(|one| assert!(wheel.supports_python(&version(one)), "{tags} {one}"));
            no.split_whitespace()
                .for_each(|one| assert!(!wheel.supports_python(&version(one)), "{tags} {one}"));
        }
    }

    #[test]
    fn platform_tags_are_matched() {
        for (tags, arch, glibc, fits) in [
            ("py3-none-any", "arm64", "2.27", true),
            ("cp310-cp310-linux_aarch64", "arm64", "2.27", true),
            ("cp310-cp310-linux_aarch64", "amd64", "2.27", false),
            ("cp310-cp310-linux_x86_64", "amd64", "2.27", true),
            ("cp310-cp310-manylinux_2_28_aarch64", "arm64", "2.31", true),
            ("cp310-cp310-manylinux_2_28_aarch64", "arm64", "2.27", false),
            ("cp310-cp310-manylinux_2_35_x86_64", "amd64", "2.31", false),
            ("cp310-cp310-manylinux2014_x86_64", "amd64", "2.27", true),
            ("cp310-cp310-manylinux_2_17_aarch64.manylinux_2_34_aarch64", "arm64", "2.31", true),
            ("cp310-cp310-musllinux_1_2_aarch64", "arm64", "2.35", false),
            ("cp310-cp310-macosx_11_0_arm64", "arm64", "2.35", false),
            ("cp310-cp310-win_amd64", "amd64", "2.35", false),
            ("cp310-cp310-win_arm64", "arm64", "2.35", false),
        ] {
            let text = named(tags);
            let wheel = WheelName::read(&text).expect("it is a wheel");
            assert_eq!(wheel.runs_with(arch, &version(glibc)), fits, "{tags} {arch} {glibc}");
        }
    }
}
