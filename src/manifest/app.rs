//! `app` and `test`.

use crate::source::{Span, Spanned};
use crate::value::{Duration, FileMode, Id, ImagePath, Name, Port, ProjectPath, UserName};

use super::{Env, Requirements};

/// The user's own code on top.
#[derive(Debug, Clone, PartialEq)]
pub struct App {
    /// Where it lives in the image.
    pub workdir: Option<Spanned<ImagePath>>,
    /// `copy "SRC" to="DST"`, in order.
    pub copies: Vec<Copy>,
    /// `requirements "FILE"`, as in `pip`; its layer comes before the copies.
    pub requirements: Vec<Requirements>,
    /// `env`.
    pub env: Env,
    /// `run "SHELL LINE"`, in order, after the copies.
    pub runs: Vec<Spanned<String>>,
    /// Whom the image runs as.
    pub user: Option<User>,
    /// `expose PORT`.
    pub expose: Vec<Spanned<Port>>,
    /// `entrypoint`, exec form.
    pub entrypoint: Option<Spanned<Vec<String>>>,
    /// `command`, exec form.
    pub command: Option<Spanned<Vec<String>>>,
    /// `healthcheck`.
    pub healthcheck: Option<HealthCheck>,
    /// `volume "PATH"`.
    pub volumes: Vec<Spanned<ImagePath>>,
    /// The whole node.
    pub span: Span,
}

/// `copy "SRC" to="DST" [chmod=…]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Copy {
    /// Inside the project; a folder's content is copied, as Docker does.
    pub from: Spanned<ProjectPath>,
    /// In the image; a relative one was joined to the working directory.
    pub to: Spanned<ImagePath>,
    /// Whether `to` names a folder to copy into (it was written with a `/` at its end).
    pub into: bool,
    /// Octal.
    pub chmod: Option<Spanned<FileMode>>,
}

/// `user "robot" uid=1000 gid=1000 groups="video render"`.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The login name.
    pub name: Spanned<UserName>,
    /// 1000 when absent.
    pub uid: Id,
    /// The uid when absent.
    pub gid: Id,
    /// Groups of the image that the user joins.
    pub groups: Vec<Spanned<UserName>>,
}

/// `healthcheck "CMD" … interval="30s"`.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthCheck {
    /// Exec form; one word with spaces is run by a shell.
    pub test: Spanned<Vec<String>>,
    /// Between two checks.
    pub interval: Option<Spanned<Duration>>,
    /// A check that takes longer failed.
    pub timeout: Option<Spanned<Duration>>,
    /// Failures in this time at the start do not count.
    pub start_period: Option<Spanned<Duration>>,
    /// So many failures in a row are unhealthy.
    pub retries: Option<Spanned<u32>>,
}

/// `test "NAME" { run "…" }`, beside those of the packages.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// The name.
    pub name: Spanned<Name>,
    /// `build`: without a GPU, in the `test` stage; otherwise in the running container.
    pub build: bool,
    /// Shell lines.
    pub run: Vec<Spanned<String>>,
    /// Python code.
    pub python: Vec<Spanned<String>>,
    /// The whole node.
    pub span: Span,
}
