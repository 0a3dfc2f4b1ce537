//! [`AptPackage`]: a system package.

use std::fmt;

use super::{Invalid, Parse, text};

/// A system package in the syntax of `apt-get install`: `htop`, `vim=2:8.2.3995-1ubuntu2`, `libc6:arm64`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AptPackage {
    name: String,
    arch: Option<String>,
    version: Option<String>,
}

const NAME_HELP: &str =
    "a package name consists of lower-case letters, digits, `+`, `-` and `.`, such as `libstdc++6`";
const VERSION_HELP: &str = "`apt-cache madison NAME` shows the versions, such as `2:8.2.3995-1ubuntu2`";

impl AptPackage {
    /// Returns the name: `libc6`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the architecture, if given: `arm64`.
    pub fn arch(&self) -> Option<&str> {
        self.arch.as_deref()
    }

    /// Returns the version, if given. It may contain `*`, which matches anything.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}

impl Parse for AptPackage {
    const WHAT: &'static str = "a system package";

    fn parse(text: &str) -> Result<Self, Invalid> {
        known_mistake(text)?;
        let (who, version) = text.split_once('=').map_or((text, None), |(who, version)| (who, Some(version)));
        let (name, arch) = who.split_once(':').map_or((who, None), |(name, arch)| (name, Some(arch)));
        check_name(name)?;
        if let Some(arch) = arch {
            text::only(arch, "an architecture", "`arm64`, `amd64`, `any`", |c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'
            })
            .map_err(|invalid| invalid.within(name.len() + 1, arch.len()))?;
        }
        if let Some(version) = version {
            check_version(version).map_err(|invalid| invalid.within(who.len() + 1, version.len()))?;
        }
        Ok(Self { name: name.to_owned(), arch: arch.map(str::to_owned), version: version.map(str::to_owned) })
    }
}

fn known_mistake(word: &str) -> Result<(), Invalid> {
    if let Some(at) =
        word.find(['<', '>', '~', '!']).filter(|at| word.find('=').is_none_or(|sign| sign > *at))
    {
        let message = "apt installs an exact version or any version, not a range";
        let help = format!("write {} or `NAME=VERSION`", text::quoted(&word[..at]));
        return Err(Invalid::new(message).help(help).at(at..at + 1));
    }
    if let Some(at) = word.find("==") {
        let help = format!("write {}", text::quoted(&word.replacen("==", "=", 1)));
        return Err(Invalid::new("apt uses a single `=` before a version").help(help).at(at..at + 2));
    }
    if word.starts_with('-') {
        return Err(Invalid::new("this is an apt option, not a package").help(NAME_HELP));
    }
    if let Some(at) = word.find(char::is_whitespace).filter(|_| !word.trim().is_empty()) {
        let help = "write each package as a separate argument: `\"htop\" \"vim\"`";
        return Err(Invalid::new("this is more than one package").help(help).at(at..word.len()));
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), Invalid> {
    let lower = name.to_ascii_lowercase();
    if lower != name && check_name(&lower).is_ok() {
        let help = format!("write `{lower}`");
        return Err(Invalid::new("system package names are lower case").help(help).at(0..name.len()));
    }
    text::only(name, "the name of a system package", NAME_HELP, |c| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '+' | '-' | '.')
    })?;
    if name.len() < 2 || name.starts_with(['+', '-', '.']) {
        let message = format!("{} is not a valid system package name", text::quoted(name));
        let help = "it must have at least two characters and start with a letter or a digit";
        return Err(Invalid::new(message).help(help).at(0..name.len()));
    }
    // `g++` and `libstdc++` are names, but a single sign at the end is an instruction to apt.
    let sign = name.strip_suffix('-').or_else(|| name.strip_suffix('+').filter(|rest| !rest.ends_with('+')));
    if let Some(rest) = sign {
        let does = if name.ends_with('-') { "remove" } else { "install" };
        let message = format!("apt parses {} as: {does} `{rest}`", text::quoted(name));
        let help = format!("write `{rest}`; packages that should not be installed need no entry");
        return Err(Invalid::new(message).help(help).at(rest.len()..name.len()));
    }
    Ok(())
}

fn check_version(version: &str) -> Result<(), Invalid> {
    text::only(version, "the version of a system package", VERSION_HELP, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '-' | '~' | ':' | '*')
    })?;
    let (epoch, upstream) =
        version.split_once(':').map_or((None, version), |(epoch, rest)| (Some(epoch), rest));
    if epoch.is_some_and(|epoch| text::number(epoch).is_none()) {
        return Err(Invalid::new("the part before `:` in a version must be an integer").help(VERSION_HELP));
    }
    if upstream.is_empty() || upstream.ends_with('-') {
        return Err(Invalid::new("part of this version is empty").help(VERSION_HELP));
    }
    if !upstream.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '*') {
        return Err(Invalid::new("a version starts with a digit").help(VERSION_HELP));
    }
    Ok(())
}

impl fmt::Display for AptPackage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(arch) = &self.arch {
            write!(f, ":{arch}")?;
        }
        match &self.version {
            Some(version) => write!(f, "={version}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::parse::laws;

    laws!(AptPackage: "htop", "libstdc++6", "vim=2:8.2.3995-1ubuntu2", "libc6:arm64", "libc6:arm64=2.35-0ubuntu3", "a1=12.6.*", "g++=4:11.2~rc1");

    #[test]
    fn parts_are_accessible() {
        let package = AptPackage::parse("libc6:arm64=2:2.35-0ubuntu3").unwrap();
        assert_eq!(
            (package.name(), package.arch(), package.version()),
            ("libc6", Some("arm64"), Some("2:2.35-0ubuntu3"))
        );
    }

    #[test]
    fn errors_are_precise() {
        let message = |text| AptPackage::parse(text).unwrap_err().message;
        assert_eq!(message("vim==8"), "apt uses a single `=` before a version");
        assert_eq!(message("vim>=8"), "apt installs an exact version or any version, not a range");
        assert_eq!(message("htop vim"), "this is more than one package");
        assert_eq!(message("-y"), "this is an apt option, not a package");
        assert_eq!(message("Vim"), "system package names are lower case");
        assert_eq!(message("lib_x"), "the name of a system package cannot contain `_`");
        assert_eq!(message("vim="), "the version of a system package cannot be empty");
        assert_eq!(message("vim=x:1"), "the part before `:` in a version must be an integer");
        assert_eq!(message("v"), "`v` is not a valid system package name");
        assert_eq!(message(""), "the name of a system package cannot be empty");
    }
}
