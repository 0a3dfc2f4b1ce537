//! [`ImagePath`]: a path in the image.

use super::parse::word;
use super::project_path::unprintable;
use super::{Invalid, Parse as _, ProjectPath, text};

word! {
    /// An absolute path in the image: `/app`, `/usr/local/bin`. `/app//x/` is normalised to `/app/x`.
    ImagePath, "a path in the container" => read
}

/// The maximum number of bytes of a component on Linux.
const PART: usize = 255;
/// The maximum number of bytes of a path: fewer than the 4095 of Linux, because the build prepends folders.
const WHOLE: usize = 3967;
const HELP: &str = "use an absolute path with `/` as separator: `/app/models`";

impl ImagePath {
    /// Returns the last component; `None` for `/`.
    pub fn file_name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// Returns the folder that contains it; `None` for `/`.
    pub fn parent(&self) -> Option<Self> {
        self.file_name()?;
        let folder = self.0.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some(Self(if folder.is_empty() { "/".to_owned() } else { folder.to_owned() }.into()))
    }

    /// Resolves a path relative to this folder. An absolute path is returned as it is.
    pub fn join(&self, relative: &str) -> Result<Self, Invalid> {
        if relative.starts_with('/') {
            return Self::parse(relative);
        }
        if relative.is_empty() {
            return Err(empty());
        }
        let offset = self.0.len() + 1;
        read(&format!("{}/{relative}", self.0)).map(|path| Self(path.into())).map_err(|invalid| {
            let at =
                invalid.at.clone().map(|at| at.start.saturating_sub(offset)..at.end.saturating_sub(offset));
            Invalid { at, ..invalid }
        })
    }

    /// Prepends a folder of the build: `/app` under `/files` is `/files/app`.
    #[must_use]
    pub fn under(&self, folder: &str) -> Self {
        Self(format!("{folder}{}", self.0).into())
    }

    /// Returns the path of a file of the project that is mounted under a folder of the build.
    pub fn of_project(folder: &str, file: &ProjectPath) -> Self {
        Self(format!("{folder}/{file}").into())
    }

    /// Whether it is a folder or inside it.
    pub fn is_inside(&self, folder: &Self) -> bool {
        self == folder
            || folder.0 == "/"
            || self.0.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

fn empty() -> Invalid {
    Invalid::new("empty path").help(HELP)
}

fn read(word: &str) -> Result<String, Invalid> {
    if word.is_empty() {
        return Err(empty());
    }
    unprintable(word)?;
    if !word.starts_with('/') {
        let help = if word.starts_with('~') {
            "`~` is not expanded here: write the full path, such as `/root` or `/home/robot`".to_owned()
        } else {
            format!("write {}", text::quoted(&format!("/{}", word.trim_start_matches("./"))))
        };
        return Err(Invalid::new("a path in the container must start with `/`").help(help));
    }
    let mut out = String::new();
    let mut at = 0;
    for part in word.split('/') {
        let place = at..at + part.len();
        at = place.end + 1;
        match part {
            "" | "." => {}
            ".." => {
                let message = "a path in the container cannot contain `..`";
                return Err(Invalid::new(message).help("write the resolved path").at(place));
            }
            _ if part.len() > PART => {
                let message =
                    format!("a path component has at most {PART} bytes, this one has {}", part.len());
                return Err(Invalid::new(message).at(place));
            }
            _ => {
                out.push('/');
                out.push_str(part);
            }
        }
    }
    if out.len() > WHOLE {
        return Err(Invalid::new(format!("a path has at most {WHOLE} bytes, this one has {}", out.len())));
    }
    Ok(if out.is_empty() { "/".to_owned() } else { out })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Parse, parse::laws};

    laws!(ImagePath: "/", "/app", "/app//x/", "/./a", "/with space/ä");

    #[test]
    fn values_are_normalised() {
        for (written, spelt) in [("/app//x/", "/app/x"), ("//", "/"), ("/./a", "/a")] {
            assert_eq!(ImagePath::parse(written).unwrap().as_str(), spelt);
        }
    }

    #[test]
    fn errors_are_precise() {
        let wrong = ImagePath::parse("app").unwrap_err();
        assert_eq!(
            (wrong.message.as_str(), wrong.help.as_deref()),
            ("a path in the container must start with `/`", Some("write `/app`"))
        );
        assert_eq!(ImagePath::parse("/a/../b").unwrap_err().at, Some(3..5));
        let long =
            |part: usize, times: usize| ImagePath::parse(&format!("/{}", "é".repeat(part)).repeat(times));
        assert!(long(127, 1).is_ok() && long(127, 15).is_ok());
        assert_eq!(
            long(128, 1).unwrap_err().message,
            "a path component has at most 255 bytes, this one has 256"
        );
        assert_eq!(long(127, 17).unwrap_err().message, "a path has at most 3967 bytes, this one has 4335");
    }

    #[test]
    fn paths_are_joined_and_compared() {
        let app = ImagePath::parse("/app").unwrap();
        assert_eq!(app.join("x/y").unwrap().as_str(), "/app/x/y");
        assert_eq!(app.join("./").unwrap(), app);
        assert_eq!(app.join("/opt").unwrap().as_str(), "/opt");
        assert_eq!(app.join("x/../y").unwrap_err().at, Some(2..4));
        assert!(
            app.join("x").unwrap().is_inside(&app) && !ImagePath::parse("/apple").unwrap().is_inside(&app)
        );
        assert_eq!(app.parent().unwrap().as_str(), "/");
        assert_eq!(app.file_name(), Some("app"));
    }
}
