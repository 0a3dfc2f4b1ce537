use super::*;
use crate::value::parse::laws;

laws!(PepRequirement: "numpy", "Open3D", "numpy==1.26.4", "torch[opt, dev] >= 2.5, < 2.9", "torch (>=2.5)", "a~=2.5.1", "a===x",
    "open3d @ https://example.com/open3d.whl", "a @ git+https://x/y@z#egg=a ; python_version<'3.9'", "a==1!2.0",
    "numpy<2; python_version >= \"3.9\" and (os_name == 'posix')", "a==2.5.*", "x!=1.0", "a-b_c.d");

fn allows(requirement: &str, version: &str) -> Option<bool> {
    PepRequirement::parse(requirement).unwrap().allows(&Version::parse(version).unwrap())
}

#[test]
fn parts_are_accessible() {
    let requirement =
        PepRequirement::parse(" Ruamel_.Yaml [jinja2 , x] >= 0.17 , <1 ; os_name=='nt' ").unwrap();
    assert_eq!((requirement.name(), requirement.normalised_name().as_str()), ("Ruamel_.Yaml", "ruamel-yaml"));
    assert_eq!(requirement.extras(), ["jinja2", "x"]);
    assert_eq!(
        requirement.specifiers(),
        [(PepOp::AtLeast, "0.17".to_owned()), (PepOp::Below, "1".to_owned())]
    );
    assert_eq!(requirement.marker(), Some("os_name=='nt'"));
    assert_eq!(requirement.to_string(), "Ruamel_.Yaml[jinja2,x]>=0.17,<1; os_name=='nt'");
    let from = PepRequirement::parse("a@https://x/a%3Bb.whl ; extra=='c'").unwrap();
    assert_eq!((from.url(), from.marker()), (Some("https://x/a%3Bb.whl"), Some("extra=='c'")));
    // pip reads any `;` of such a line as the start of a marker.
    for glued in
        ["a@https://x/a;b.whl", "a @ https://x/a.whl;extra=='c'", "a @ https://x/a.whl#sha256=00; extra=='c'"]
    {
        let wrong = PepRequirement::parse(glued).unwrap_err();
        assert!(wrong.help.unwrap_or_default().contains("`%3B`"), "{glued}");
    }
}

#[test]
fn versions_are_compared_like_pip() {
    for (requirement, yes, no) in [
        ("a", "1 2-rc1", ""),
        ("a==2.5.1", "2.5.1 2.5.1.0 2.5.1+cu128", "2.5 2.5.2 2.5.1rc1 2.5.1.post1"),
        ("a==2.5.1+cu118", "2.5.1+cu118", "2.5.1 2.5.1+cu128"),
        ("a==2.5.*", "2.5 2.5.9 2.5.0a0", "2.4 2.6 2.6a0"),
        ("a!=2.5.*", "2.4 2.6", "2.5 2.5.0a0"),
        ("a>=2.5", "2.5 3 2.5+x", "2.5.0a0 2.4"),
        ("a>2.5", "2.5.1", "2.5 2.5+x 2.5.post1"),
        ("a>2.5.post1", "2.5.post2", "2.5.post1"),
        ("a<2.9", "2.8", "2.9 2.9rc1"),
        ("a<=2.9", "2.9 2.9+x", "2.9.1"),
        ("a~=2.5.1", "2.5.1 2.5.9", "2.5.0 2.6"),
        ("a~=2.5", "2.5 2.9", "3 2.4"),
        ("a===2.5.0", "2.5.0", "2.5"),
        ("a>=1,<2,!=1.5", "1 1.9", "1.5 2"),
    ] {
        yes.split_whitespace()
            .for_each(|v| assert_eq!(allows(requirement, v), Some(true), "{requirement} {v}"));
        no.split_whitespace()
            .for_each(|v| assert_eq!(allows(requirement, v), Some(false), "{requirement} {v}"));
    }
}

#[test]
fn undecidable_comparisons_return_none() {
    assert_eq!(allows("a @ https://x/a.whl", "1"), None);
    assert_eq!(allows("a==1!2", "2"), None);
    assert_eq!(allows("a<2; os_name=='nt'", "2"), None);
    assert_eq!(allows("a<2; os_name=='nt'", "1"), Some(true));
    assert_eq!(allows("a<2,==1!2", "3"), Some(false));
}

#[test]
fn errors_are_precise() {
    let mut out = String::new();
    for text in [
        "",
        "-e .",
        "./x.whl",
        "https://x/a.whl",
        "git+https://x/y@z",
        "a=1.0",
        "a=>1.0",
        "a 1.0",
        "a^1",
        "a>=1 <2",
        "a>=",
        "a>=1,",
        "a>=x",
        "a>=1.*",
        "a~=1",
        "a[b",
        "a[b c]",
        "a @",
        "a @ x y",
        "a;",
        "a; x=='1",
        "a; (x",
        "a-==1",
        "==1",
        "a>1 # note",
        "é",
    ] {
        let invalid = PepRequirement::parse(text).unwrap_err();
        let at = invalid.at.clone().map_or("all", |at| &text[at]);
        out.push_str(&format!("{text} [{at}] {} ({})\n", invalid.message, invalid.help.unwrap_or_default()));
    }
    insta::assert_snapshot!(out);
}
