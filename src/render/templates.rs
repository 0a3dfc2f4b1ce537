//! The built-in templates of the outputs.

use std::sync::{LazyLock, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

/// Includes files of `templates/dockerfile` as a table of names and texts.
macro_rules! table {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../templates/dockerfile/", $name)))),*]
    };
}

const DOCKERFILE: &[(&str, &str)] = table! {
    "Dockerfile.j2" "stage.j2"
    "instruction/env.j2" "instruction/file.j2" "instruction/line.j2" "instruction/run.j2"
    "instruction/verbatim.j2"
    "script/apt.j2" "script/before.j2" "script/cmake.j2" "script/colcon.j2" "script/collect.j2" "script/deb.j2"
    "script/git.j2" "script/key.j2" "script/ldconfig.j2" "script/linker-file.j2" "script/make.j2" "script/mkdir.j2"
    "script/ninja.j2" "script/pip.j2" "script/python.j2" "script/shell.j2" "script/snapshot.j2" "script/symlink.j2"
    "script/unpack.j2" "script/venv.j2" "script/wheel.j2"
    "tools/apt.sources.j2"
};

/// Templates of the support folder.
const SUPPORT: &[(&str, &str)] = &[
    ("support/tests.j2", include_str!("../../templates/support/tests.j2")),
    ("support/tests-of-package.j2", include_str!("../../templates/support/tests-of-package.j2")),
    ("support/check-libraries.j2", include_str!("../../templates/support/check-libraries.j2")),
];

/// The templates for all targets, so that each is parsed at most once.
static ALL: LazyLock<Templates> = LazyLock::new(Templates::new);

/// The templates. Each is parsed when it is first rendered.
pub(super) struct Templates(Mutex<Environment<'static>>);

/// Returns an environment that fails on undefined values and removes lines that contain only a tag.
pub(super) fn strict() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the default delimiters are valid");
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

impl Templates {
    pub(super) fn all() -> &'static Self {
        &ALL
    }

    fn new() -> Self {
        let mut environment = strict();
        // The code that fills a template has quoted the values.
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        Self(Mutex::new(environment))
    }

    /// Renders a template with these values.
    pub(super) fn fill(&self, name: &str, values: Value) -> String {
        let mut environment = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_needed = |other: &str| other == name || name == "Dockerfile.j2" && is_included(other);
        for (each, text) in DOCKERFILE.iter().chain(SUPPORT).filter(|(each, _)| is_needed(each)) {
            if environment.get_template(each).is_err() {
                environment.add_template(each, text).expect("built-in templates are valid");
            }
        }
        let template = environment.get_template(name).expect("the template is in the table");
        template.render(values).expect("the values of a built-in template are complete")
    }
}

/// Whether `Dockerfile.j2` includes this template.
fn is_included(name: &str) -> bool {
    name == "stage.j2" || name.starts_with("instruction/")
}
