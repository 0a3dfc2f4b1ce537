//! The templates of the outputs, built in.

use std::sync::{LazyLock, Mutex, PoisonError};

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

/// Reads templates of the folder `templates/dockerfile` into a table of names and texts.
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

/// Parsed once, whatever the number of targets.
static ALL: LazyLock<Templates> = LazyLock::new(Templates::new);

/// Every template of a Dockerfile, parsed when it is first filled.
pub(super) struct Templates(Mutex<Environment<'static>>);

/// Strict: a value that a template misses is a bug. Tags on lines of their own leave no blank line.
pub(super) fn strict() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build()
        .expect("the delimiters are the usual ones");
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

impl Templates {
    pub(super) fn all() -> &'static Self {
        &ALL
    }

    /// Parsed, strict: a value that a template misses is a bug.
    fn new() -> Self {
        let mut environment = strict();
        // Values were quoted for where they stand.
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        Self(Mutex::new(environment))
    }

    /// The text of a template with these values.
    pub(super) fn fill(&self, name: &str, values: Value) -> String {
        let mut environment = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The Dockerfile's own template takes in others, all of which come before it.
        let whole = name == "Dockerfile.j2";
        for (each, text) in
            DOCKERFILE.iter().chain(SUPPORT).filter(|(each, _)| *each == name || whole && is_part(each))
        {
            if environment.get_template(each).is_err() {
                environment.add_template(each, text).expect("a built-in template is well formed");
            }
        }
        let template = environment.get_template(name).expect("the template is in the table");
        template.render(values).expect("a built-in template finds its values")
    }
}

/// Whether the template of the Dockerfile takes it in.
fn is_part(name: &str) -> bool {
    name == "stage.j2" || name.starts_with("instruction/")
}
