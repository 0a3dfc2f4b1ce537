//! Checks the invariants of ARCHITECTURE.md that can be seen in the source code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use syn::visit::Visit;

/// The folders by rank: a folder uses only folders before it.
const RANKS: [&str; 15] = [
    "source",
    "diagnostic",
    "value",
    "syntax",
    "fs",
    "catalog",
    "manifest",
    "builtin",
    "check",
    "resolve",
    "plan",
    "render",
    "diff",
    "sbom",
    "cli",
];

/// Third-party crates and the folders that may use them.
const CRATE_FOLDERS: [(&str, &[&str]); 10] = [
    ("kdl", &["syntax"]),
    ("miette", &["diagnostic"]),
    ("pubgrub", &["resolve"]),
    ("petgraph", &["plan"]),
    ("minijinja", &["catalog", "render"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("toml", &["cli"]),
    ("serde_saphyr", &["render"]),
    ("rustix", &["fs"]),
];

/// The limit for lines in a file. The one for functions is `too-many-lines-threshold` in `clippy.toml`.
const MAX_FILE_LINES: usize = 500;

/// Type names that several modules define because they are associated types of third-party traits.
const SHARED_TYPE_NAMES: [&str; 2] = ["Target", "V"];

/// The types of the shared crates that other crates use without naming them.
const UNNAMED_TYPES: [&str; 7] =
    ["Matcher", "PackageTest", "SizeFact", "Shadow", "GpuKind", "Shown", "Forbidden"];

struct SourceFile {
    /// Relative to `src`, such as `resolve/model/build.rs`. The files of the crate `jcc-catalog` are those of a folder
    /// `catalog`.
    path: String,
    text: String,
}

impl SourceFile {
    fn folder(&self) -> &str {
        self.path.split_once('/').map_or("", |(folder, _)| folder)
    }

    fn is_test(&self) -> bool {
        self.path.contains("/tests") || self.path.ends_with("_tests.rs") || self.path.ends_with("testing.rs")
    }

    /// The lines of code with their numbers, without comments and the test module at the end.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(self.text.lines())
            .take_while(|(_, line)| *line != "#[cfg(test)]" || !self.text.contains("\nmod tests {"))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn sources() -> Vec<SourceFile> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    for folder in ["src", "crates/core/src"] {
        collect(&root.join(folder), &root.join(folder), &mut all);
    }
    let catalog = all.len();
    collect(&root.join("crates/catalog/src"), &root.join("crates/catalog/src"), &mut all);
    for file in &mut all[catalog..] {
        file.path = format!("catalog/{}", file.path);
    }
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all
}

fn collect(root: &Path, folder: &Path, all: &mut Vec<SourceFile>) {
    for entry in std::fs::read_dir(folder).expect("src/ exists") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            collect(root, &path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let name =
                path.strip_prefix(root).expect("it is below the root").to_string_lossy().replace('\\', "/");
            all.push(SourceFile { path: name, text });
        }
    }
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

/// Returns the module path of a file: `resolve::model` for `resolve/model/mod.rs`.
fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(str::to_owned).collect()
}

/// Collects the folders that a file uses, whatever the form of the import: on several lines, in nested
/// braces, or with any number of `super::`.
struct FolderUses {
    module: Vec<String>,
    found: Vec<(String, usize)>,
}

impl FolderUses {
    fn of(file: &SourceFile) -> Vec<(String, usize)> {
        let syntax = syn::parse_file(&file.text).expect("a source file is Rust");
        let mut uses = Self { module: module_of(&file.path), found: Vec::new() };
        uses.visit_file(&syntax);
        uses.found
    }

    fn path(&mut self, segments: &[&syn::Ident]) {
        let mut names = segments.iter().map(ToString::to_string).peekable();
        let mut module = self.module.clone();
        match names.next().as_deref() {
            Some("crate") => module.clear(),
            Some("super") => {
                module.pop();
                while names.next_if(|name| name == "super").is_some() {
                    module.pop();
                }
            }
            _ => return,
        }
        if let Some(folder) = module.into_iter().chain(names).next() {
            self.found.push((folder, segments[0].span().start().line));
        }
    }

    fn tree<'t>(&mut self, prefix: &mut Vec<&'t syn::Ident>, tree: &'t syn::UseTree) {
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(&path.ident);
                self.tree(prefix, &path.tree);
                prefix.pop();
            }
            syn::UseTree::Name(name) => self.leaf(prefix, &name.ident),
            syn::UseTree::Rename(name) => self.leaf(prefix, &name.ident),
            syn::UseTree::Glob(_) => self.path(prefix),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(prefix, tree)),
        }
    }

    fn leaf<'t>(&mut self, prefix: &mut Vec<&'t syn::Ident>, name: &'t syn::Ident) {
        prefix.push(name);
        self.path(prefix);
        prefix.pop();
    }
}

impl<'ast> Visit<'ast> for FolderUses {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&mut Vec::new(), &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<&syn::Ident> = path.segments.iter().map(|segment| &segment.ident).collect();
        self.path(&segments);
        syn::visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let is_test = module
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("cfg") && quoted(&attribute.meta).contains("test"));
        if is_test {
            return;
        }
        self.module.push(module.ident.to_string());
        syn::visit::visit_item_mod(self, module);
        self.module.pop();
    }
}

fn quoted(meta: &syn::Meta) -> String {
    meta.require_list().map_or_else(|_| String::new(), |list| list.tokens.to_string())
}

#[test]
fn folders_use_only_folders_of_lower_rank() {
    let rank = |folder: &str| RANKS.iter().position(|one| *one == folder);
    let mut faults = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        let Some(own) = rank(file.folder()) else { continue };
        for (folder, line) in FolderUses::of(file) {
            if rank(&folder).is_some_and(|other| other > own) {
                faults.push(format!("src/{}:{line} uses `{folder}`, which comes later", file.path));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn all_import_forms_are_recognised() {
    let uses = |text: &str| {
        let file = SourceFile { path: "resolve/model/build.rs".to_owned(), text: text.to_owned() };
        FolderUses::of(&file).into_iter().map(|(folder, _)| folder).collect::<Vec<_>>()
    };
    assert_eq!(
        uses("use crate::{\n    value::Name,\n    render::{\n        all,\n    },\n};"),
        ["value", "render"]
    );
    assert_eq!(uses("use super::super::super::plan::Plan;"), ["plan"]);
    assert_eq!(uses("use super::Model;"), ["resolve"]);
    assert_eq!(uses("fn f() { crate::cli::run(); }"), ["cli"]);
}

/// Collects the names of the types that a file defines.
#[derive(Default)]
struct TypeNames(Vec<String>);

impl<'ast> Visit<'ast> for TypeNames {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let name = match item {
            syn::Item::Struct(item) => &item.ident,
            syn::Item::Enum(item) => &item.ident,
            syn::Item::Trait(item) => &item.ident,
            syn::Item::Type(item) => &item.ident,
            _ => return syn::visit::visit_item(self, item),
        };
        self.0.push(name.to_string());
        syn::visit::visit_item(self, item);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        self.0.push(item.ident.to_string());
    }
}

#[test]
fn type_names_are_unique() {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        let mut types = TypeNames::default();
        types.visit_file(&syn::parse_file(&file.text).expect("a source file is Rust"));
        for name in types.0 {
            names.entry(name).or_default().insert(file.path.clone());
        }
    }
    names.retain(|name, files| files.len() > 1 && !SHARED_TYPE_NAMES.contains(&name.as_str()));
    assert!(names.is_empty(), "{names:#?}");
}

/// Collects the names of the `pub` items of a file.
#[derive(Default)]
struct PublicNames(Vec<String>);

impl PublicNames {
    fn add(&mut self, visibility: &syn::Visibility, name: &syn::Ident) {
        if matches!(visibility, syn::Visibility::Public(_)) {
            self.0.push(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for PublicNames {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        match item {
            syn::Item::Struct(item) => self.add(&item.vis, &item.ident),
            syn::Item::Enum(item) => self.add(&item.vis, &item.ident),
            syn::Item::Trait(item) => self.add(&item.vis, &item.ident),
            syn::Item::Type(item) => self.add(&item.vis, &item.ident),
            syn::Item::Fn(item) => self.add(&item.vis, &item.sig.ident),
            syn::Item::Const(item) => self.add(&item.vis, &item.ident),
            _ => {}
        }
        syn::visit::visit_item(self, item);
    }

    fn visit_impl_item_fn(&mut self, method: &'ast syn::ImplItemFn) {
        self.add(&method.vis, &method.sig.ident);
    }

    fn visit_impl_item_const(&mut self, constant: &'ast syn::ImplItemConst) {
        self.add(&constant.vis, &constant.ident);
    }
}

#[test]
fn public_items_of_the_shared_crates_are_used() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let read = |folders: &[&str]| {
        let mut files = Vec::new();
        for folder in folders {
            collect(&root.join(folder), &root.join(folder), &mut files);
        }
        files
    };
    let crates: [(&str, &[&str]); 2] = [
        ("crates/core/src", &["src", "build", "tests", "crates/catalog/src"]),
        ("crates/catalog/src", &["src", "build", "tests"]),
    ];
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut faults = Vec::new();
    for (shared, users) in crates {
        let users = read(users);
        let used: BTreeSet<&str> = users.iter().flat_map(|file| file.text.split(|c| !is_word(c))).collect();
        for file in read(&[shared]).iter().filter(|file| !file.is_test()) {
            let mut names = PublicNames::default();
            names.visit_file(&syn::parse_file(&file.text).expect("a source file is Rust"));
            let unused = names
                .0
                .into_iter()
                .filter(|name| !used.contains(name.as_str()) && !UNNAMED_TYPES.contains(&name.as_str()));
            faults.extend(unused.map(|name| format!("{shared}/{}: nothing uses `{name}`", file.path)));
        }
    }
    assert_none(&faults);
}

#[test]
fn every_folder_has_a_rank() {
    let folders: BTreeSet<String> = sources()
        .iter()
        .filter(|file| !file.folder().is_empty())
        .map(|file| file.folder().to_owned())
        .collect();
    let ranked: BTreeSet<String> = RANKS.iter().map(|one| (*one).to_owned()).collect();
    assert!(folders.is_subset(&ranked), "{folders:?} has one without a rank");
}

#[test]
fn third_party_crates_are_used_in_their_folders_only() {
    let mut faults = Vec::new();
    for file in &sources() {
        for (name, folders) in CRATE_FOLDERS {
            if folders.contains(&file.folder()) {
                continue;
            }
            for (number, line) in file.code() {
                if line.contains(&format!("{name}::")) {
                    faults.push(format!(
                        "src/{}:{number} uses `{name}`, which belongs in {folders:?}",
                        file.path
                    ));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn miette_is_named_in_one_file() {
    let files: Vec<String> = sources()
        .into_iter()
        .filter(|file| file.code().any(|(_, line)| line.contains("miette")))
        .map(|file| file.path)
        .collect();
    assert_eq!(files, ["diagnostic/render/human.rs"]);
}

#[test]
fn files_are_short() {
    let faults: Vec<String> = sources()
        .iter()
        .filter(|file| file.text.lines().count() > MAX_FILE_LINES)
        .map(|file| format!("src/{} has {} lines", file.path, file.text.lines().count()))
        .collect();
    assert_none(&faults);
}

/// Returns the names of all packages, platforms, devices, base images and indexes of the catalogue.
fn catalogue_names() -> BTreeSet<String> {
    let mut sources = jcc::internals::source::Sources::new();
    let catalog = jcc::internals::builtin::catalog(&mut sources);
    let kinds = [
        jcc::internals::catalog::DefinitionKind::Package,
        jcc::internals::catalog::DefinitionKind::Platform,
        jcc::internals::catalog::DefinitionKind::Device,
        jcc::internals::catalog::DefinitionKind::Base,
        jcc::internals::catalog::DefinitionKind::Index,
    ];
    kinds
        .into_iter()
        .flat_map(|kind| catalog.entries(kind).map(|entry| entry.name.to_string()).collect::<Vec<_>>())
        .collect()
}

#[test]
fn code_contains_no_catalogue_names() {
    // Names that are also keywords of the languages: axes, installers, and tools that steps are named after.
    let language: BTreeSet<&str> = [
        "python", "ubuntu", "debian", "cuda", "l4t", "jetpack", "driver", "docker", "uv", "cmake", "pip",
        "cudnn", "tensorrt", "vpi", // The name of the engines' GPU runtime and device driver.
        "nvidia",
    ]
    .into();
    let names: Vec<String> =
        catalogue_names().into_iter().filter(|name| !language.contains(name.as_str())).collect();
    let mut faults = Vec::new();
    for file in sources().iter().filter(|file| !file.is_test()) {
        for (number, line) in file.code() {
            for name in &names {
                if line.contains(&format!("\"{name}\"")) {
                    faults.push(format!(
                        "src/{}:{number} contains `{name}`, a name of the catalogue",
                        file.path
                    ));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn the_library_does_not_access_environment_clock_or_streams() {
    let mut faults: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for file in sources().iter().filter(|file| !file.is_test() && file.path != "main.rs") {
        for (number, line) in file.code() {
            let accesses =
                ["std::env::", "SystemTime", "Instant::now", "println!", "eprintln!", "process::exit"];
            let uses_files = file.folder() != "fs" && line.contains("std::fs");
            let starts =
                file.path != "cli/programs.rs" && line.contains("process::") && line.contains("Command");
            if accesses.iter().any(|word| line.contains(word)) || uses_files || starts {
                faults.entry(file.path.clone()).or_default().push(number);
            }
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

/// ARCHITECTURE.md names the tests of each rule by function or by file.
#[test]
fn tests_named_in_the_architecture_exist() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md")).expect("it exists");
    let mut all = Vec::new();
    collect(&root, &root.join("src"), &mut all);
    collect(&root, &root.join("crates"), &mut all);
    collect(&root.join("tests"), &root.join("tests"), &mut all);
    let (_, rules) = page.split_once("## Invariants").expect("it lists them");
    let mut faults = Vec::new();
    for word in rules.split('`').skip(1).step_by(2) {
        let function = word.contains('_')
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let file = word.starts_with("tests/") || word.starts_with("src/");
        let is_there = if function {
            all.iter().any(|file| file.text.contains(&format!("fn {word}(")))
        } else {
            let path = word.split(' ').next().unwrap_or_default();
            !file || root.join(path).exists()
        };
        if !is_there {
            faults.push(format!("ARCHITECTURE.md names `{word}`, which does not exist"));
        }
    }
    assert_none(&faults);
}
