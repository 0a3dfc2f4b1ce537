use super::*;
use crate::source::Sources;

const ONE: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const TWO: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

fn found(text: &str) -> Result<Vec<(String, String)>, Vec<String>> {
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let id = sources.add("digests.txt", text.to_owned());
    let all = read(id, text, &mut log);
    let all = all.into_iter().map(|one| (one.name, one.digest.to_string())).collect();
    let problems: Vec<String> = log
        .sorted()
        .into_iter()
        .flat_map(|one| &one.labels)
        .map(|label| format!("{}: {}", sources.start(label.span).line, label.text))
        .collect();
    if problems.is_empty() { Ok(all) } else { Err(problems) }
}

fn pair(name: &str, digest: &str) -> (String, String) {
    (name.to_owned(), digest.to_owned())
}

#[test]
fn text_output_of_several_images_is_parsed() {
    let text = format!(
        "Name:      docker.io/library/ubuntu:22.04\nMediaType: application/vnd.oci.image.index.v1+json\nDigest:    {ONE}\n           \n\
         Manifests: \n  Name:        docker.io/library/ubuntu:22.04@{TWO}\n  MediaType:   application/vnd.oci.image.manifest.v1+json\n  Platform:    linux/amd64\n\n\
         Name:      nvcr.io/nvidia/l4t-base:r36.2.0\r\nMediaType: x\r\nDigest:    {TWO}\r\n"
    );
    let expected =
        [pair("docker.io/library/ubuntu:22.04", ONE), pair("nvcr.io/nvidia/l4t-base:r36.2.0", TWO)];
    assert_eq!(found(&text), Ok(expected.to_vec()));
}

#[test]
fn json_values_may_be_in_a_list_or_follow_each_other() {
    let of = |name: &str, digest: &str| {
        format!(
            "{{\"name\": \"{name}\",\n \"manifest\": {{\"schemaVersion\": 2, \"digest\": \"{digest}\", \"manifests\": [{{\"digest\": \"{TWO}\"}}]}}}}"
        )
    };
    let (one, other) = (of("docker.io/nvidia/cuda:12.8.1-base-ubuntu22.04", ONE), of("debian", TWO));
    let expected = vec![
        pair("docker.io/library/debian:latest", TWO),
        pair("docker.io/nvidia/cuda:12.8.1-base-ubuntu22.04", ONE),
    ];
    assert_eq!(found(&format!("{one}\n{other}\n")), Ok(expected.clone()));
    assert_eq!(found(&format!("{one}{other}")), Ok(expected.clone()));
    assert_eq!(found(&format!(" [{one}, {other}]")), Ok(expected));
}

#[test]
fn errors_are_reported_at_their_lines() {
    let problems = |text: &str| found(text).unwrap_err();
    assert_eq!(problems("hello\n"), ["1: no line starts with `Name:`"]);
    assert_eq!(problems(""), ["1: no line starts with `Name:`"]);
    assert_eq!(
        problems("Name: a:1\nName: b:1\n"),
        ["1: the image has no digest", "2: the image has no digest"]
    );
    assert_eq!(problems("Name: a:1\nDigest: sha256:12\n").len(), 1);
    assert_eq!(problems("{\"schemaVersion\": 2}"), ["1: the image has no name"]);
    assert_eq!(
        problems("{\"name\": \"a\"}\n{\"name\": 1}"),
        ["1: the image has no digest", "2: the image has no name"]
    );
    let twice = format!("Name: a:1\nDigest: {ONE}\nName: docker.io/library/a:1\nDigest: {TWO}\n");
    assert_eq!(
        problems(&twice),
        ["3: `docker.io/library/a:1` has a different digest here", "1: from the one here"]
    );
    assert!(problems("{\"name\": ")[0].starts_with("1: not JSON: "));
    let deep = "[".repeat(100_000);
    assert!(problems(&deep)[0].starts_with("1: not JSON: "), "nesting has a limit");
}

#[test]
fn names_are_completed_with_registry_and_tag() {
    for (written, known) in [
        ("ubuntu:22.04", "docker.io/library/ubuntu:22.04"),
        ("docker.io/ubuntu", "docker.io/library/ubuntu:latest"),
        ("index.docker.io/library/ubuntu:22.04", "docker.io/library/ubuntu:22.04"),
        ("nvidia/cuda:12", "docker.io/nvidia/cuda:12"),
        ("localhost:5000/a:1", "localhost:5000/a:1"),
    ] {
        assert_eq!(full_name(&ImageRef::parse(written).unwrap()), known);
    }
}
