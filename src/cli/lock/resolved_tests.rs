use super::*;
use crate::plan::{ClosureState, StageName};
use crate::value::{Name, Url};

fn call(file: &str, after: &[usize], roots: Vec<InstallRoot>) -> InstallCall {
    InstallCall {
        file: file.to_owned(),
        stage: StageName::fixed("final"),
        after: after.to_vec(),
        index: None,
        extra_indexes: Vec::new(),
        deps: true,
        constrained: true,
        roots,
    }
}

fn environment(calls: Vec<InstallCall>) -> PythonEnvironment {
    PythonEnvironment {
        name: StageName::fixed("final"),
        python: Some("3.10".to_owned()),
        machine: "aarch64".to_owned(),
        glibc: Some("2.35".to_owned()),
        index: None,
        calls,
        constraints: Vec::new(),
        provided: Vec::new(),
        state: ClosureState::Unlocked,
    }
}

fn spec(spec: &str) -> InstallRoot {
    InstallRoot::Spec(spec.to_owned())
}

const RESOLVED: &str = "\
jinja2==3.1.6             # via -r requirements.in, server
markupsafe==3.0.2         # via jinja2
own @ git+https://example.com/own@0123456789012345678901234567890123456789  # via jcc-python-environment (pyproject.toml)
server==2.0
torch @ https://example.com/torch-2.0-cp310-cp310-linux_aarch64.whl  # via server, -c constraints.txt
";

/// Returns a package of `pylock.toml` with one wheel; its hash repeats this digit.
fn package(name: &str, version: &str, digit: char) -> String {
    let hash = digit.to_string().repeat(64);
    format!(
        "[[packages]]\nname = \"{name}\"\nversion = \"{version}\"\n\
        sdist = {{ url = \"https://a.example/x.tar.gz\", hashes = {{ sha256 = \"{}\" }} }}\n\
        wheels = [{{ url = \"https://a.example/x.whl\", hashes = {{ sha256 = \"{hash}\" }} }}]\n",
        "f".repeat(64)
    )
}

#[test]
fn each_call_gets_what_earlier_calls_have_not_installed() {
    let url = Url::parse("https://example.com/torch-2.0-cp310-cp310-linux_aarch64.whl").unwrap();
    let torch = InstallRoot::Wheel { name: "torch".to_owned(), url, sha256: None };
    let environment = environment(vec![
        call("python", &[], vec![spec("server==2.0"), torch]),
        call("final", &[0], vec![spec("Jinja2"), spec("own @ git+https://example.com/own")]),
        call("test", &[], vec![spec("markupsafe")]),
    ]);
    let dists = read(RESOLVED).unwrap();
    let lock = "lock-version = \"1.0\"\n".to_owned()
        + &package("jinja2", "3.1.6", 'a')
        + &package("MarkupSafe", "3.0.2", 'b')
        + "[[packages]]\nname = \"server\"\nversion = \"2.0\"\nsdist = { hashes = { sha256 = \""
        + &"c".repeat(64)
        + "\" } }\n";
    let all = divide(&environment, &dists, &files(&lock).unwrap()).unwrap();
    let lines = |file: &str| -> Vec<String> {
        let text = all[file].as_str().replace(&"a".repeat(64), "A").replace(&"b".repeat(64), "B");
        text.replace(&"c".repeat(64), "C").lines().skip(1).map(str::to_owned).collect()
    };
    assert_eq!(all.keys().collect::<Vec<_>>(), ["final", "final.repositories", "python", "test"]);
    assert_eq!(
        lines("python"),
        [
            "jinja2==3.1.6 --hash=sha256:A  # via server",
            "markupsafe==3.0.2 --hash=sha256:B  # via jinja2",
            "server==2.0 --hash=sha256:C  # source",
        ]
    );
    assert_eq!(lines("final"), [""; 0], "an earlier call installed all of it");
    assert_eq!(
        lines("final.repositories"),
        ["own @ git+https://example.com/own@0123456789012345678901234567890123456789"]
    );
    assert_eq!(lines("test"), ["markupsafe==3.0.2 --hash=sha256:B  # via jinja2"], "no earlier call");
}

#[test]
fn files_without_sha256_are_errors() {
    let package = "[[packages]]\nname = \"a\"\nversion = \"1\"\nwheels = [{ hashes = { md5 = \"0\" } }]\n";
    assert_eq!(files(package).unwrap_err(), "the index has no SHA-256 for the files of `a`");
    assert!(files("a = ").unwrap_err().starts_with("uv wrote no TOML"), "{:?}", files("a = "));
    let environment = environment(vec![call("final", &[], vec![spec("a")])]);
    let dists = read("a==1\n").unwrap();
    let why = divide(&environment, &dists, &BTreeMap::new()).unwrap_err();
    assert_eq!(why, "uv did not list the files of `a`");
}

#[test]
fn secrets_are_errors() {
    let dists =
        read("a @ git+https://me:hunter2hunter2@example.com/a@0123456789012345678901234567890123456789\n");
    let environment = environment(vec![call("final", &[], vec![spec("a @ git+https://example.com/a")])]);
    let why = divide(&environment, &dists.unwrap(), &BTreeMap::new()).unwrap_err();
    assert!(why.ends_with("contains a secret") && !why.contains("hunter2"), "{why}");
}

#[test]
fn built_wheels_are_not_in_the_closure() {
    let package = Name::parse("server").unwrap();
    let built = InstallRoot::Built { package: package.clone(), spec: "server==2.0".to_owned() };
    let tree = InstallRoot::Tree { package, dists: vec!["torch".to_owned()] };
    let environment = environment(vec![call("final", &[], vec![built, tree])]);
    let dists = read("jinja2==3.1.6  # via server\nserver==2.0\n").unwrap();
    let lock = package_of_jinja();
    let all = divide(&environment, &dists, &files(&lock).unwrap()).unwrap();
    assert_eq!(all["final"].lines.iter().map(ClosureLine::name).collect::<Vec<_>>(), ["jinja2"]);
    assert_eq!(environment.trees().count(), 1);
}

fn package_of_jinja() -> String {
    package("jinja2", "3.1.6", 'a')
}
