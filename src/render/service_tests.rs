//! Tests of the service files, with manifests in memory.

use std::process::Command;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::manifest::Engine;
use crate::plan::service_tests::{jetson, pc, planned, scripts};
use crate::plan::{Annotated, Interpolated, MountFrom, MountUse, Services};

use super::host_setup::host_setup;
use super::{bake, compose, devcontainer, dockerignore, quadlet, run_command};

/// The first line of every file.
const HEAD: &str = "# jcc 0.1.0 · project.kdl · do not edit, run `jcc compile`\n";

const SMALL: &str = r#"
project "tiny" version="0.1.0"
target "bench" { platform "x86_64" }
run { gpu #false }
"#;

const ROBOT: &str = r#"
project "yard.robot" version="0.3.0" { image "ghcr.io/acme/robot" }
target "orin" { device "jetson-agx-orin" }
app { workdir "/app"; user "robot" groups="video" }
run {
    display "x11"
    audio "pulse"
    camera "csi" "/dev/video0"
    device "/dev/ttyACM0" to="/dev/arm"
    i2c 1 7
    spi
    gpio
    can "can0"
    ipc "host"
    shm-size "8g"
    memory "6g"
    ulimit "memlock" -1
    ulimit "nofile" 1024 2048
    cap-add "SYS_NICE"
    security-opt "seccomp=unconfined"
    group-add "render" 999
    device-cgroup-rule "c 166:* rmw"
    volume "./data" "/data" mode="ro"
    volume "${MAPS:-./maps}" "/maps"
    volume "cache" "/cache"
    tmpfs "/tmp"
    port "22:22" "127.0.0.1:8080:80"
    models "./models"
    host-env "ROBOT" default="r1 $x"
    host-env "SITE"
    env { ROS_DOMAIN_ID "7"; PRICE "$5 and ${HOME}"; NOTE "a: b\n#c"; NO "no" }
    env-file ".env" required=#false
    secret "hf-token" file="${HF:-token.txt}"
    secret "netrc" env="NETRC"
    jtop
    command "python3" "main.py" "--cost=$5"
    healthcheck "curl -f http://localhost" interval="30s" retries=3
    restart "unless-stopped"
    depends-on "broker"
    tty
    service "broker" { image "eclipse-mosquitto:2.0.20"; port "1883:1883"; healthcheck "true"; network "bridge" }
    service "test" { command "python3" "web.py" }
}
build { secrets { apt-conf; ca-bundle } }
pip { index "https://pypi.example.com/simple" login=#true }
output { dev }
"#;

#[test]
fn a_minimal_project() {
    let text = compose(&planned(SMALL, &[pc()], &[])[0]);
    assert!(text.starts_with(HEAD));
    insta::assert_snapshot!(text);
}

#[test]
fn everything_on_a_jetson() {
    insta::assert_snapshot!(compose(&robot()));
}

const TWO: &str = r#"
project "two" version="1.2+build"
target "orin" { device "jetson-agx-orin" }
target "bench" { platform "x86_64"; run { gpu "0" "GPU-abc"; display "wayland"; audio "alsa"; docker-socket } }
app { copy "certs/site.pem" to="/etc/" ; user "me" }
run { volume "./data" "/data"; volume "~/maps, all" "/maps"; secret "token" file="token.txt"; env-file "robot.env"; network "service:db"
    service "db" { image "postgres:17"; gpu "all"; network "host"; volume "db" "/var/lib" } }
output { compose "deploy/compose.yaml"; dockerfile "deploy/Dockerfile"; devcontainer ".devcontainer/devcontainer.json" }
"#;

fn robot() -> Services {
    planned(ROBOT, &[jetson()], &scripts()).remove(0)
}

fn two() -> Vec<Services> {
    planned(TWO, &[jetson(), pc()], &[])
}

#[test]
fn several_targets() {
    let two = two();
    let bake = bake(&two);
    assert!(bake.starts_with(HEAD));
    insta::assert_snapshot!(bake);
    insta::assert_snapshot!(compose(&two[1]));
    insta::assert_snapshot!(dockerignore(&two[0], &["jcc.lock".into(), "docker-bake.hcl".into()], &[]));
    let editor = devcontainer(&two[0], ".devcontainer/devcontainer.json");
    assert!(editor.starts_with(&HEAD.replacen('#', "//", 1)));
    insta::assert_snapshot!(editor);
    insta::assert_snapshot!(run_command(&two[1], Engine::Docker));
}

#[test]
fn podman_adds_groups_unless_it_keeps_those_of_the_caller() {
    let rendered = |run: &str| {
        let manifest =
            format!("project \"x\"\ntarget {{ platform \"x86_64\"; engine \"podman\" }}\nrun {{ {run} }}\n");
        let services = planned(&manifest, &[pc()], &[]).remove(0);
        let units = quadlet(&services).into_values().collect::<String>();
        let script = host_setup(&services).expect("the GPU needs a script").1;
        script + &compose(&services) + &units + &run_command(&services, Engine::Podman)
    };
    let added = rendered("group-add 3000 \"render\"");
    for line in
        ["    group_add: [\"3000\", render]\n", "GroupAdd=3000\n", "GroupAdd=render\n", "--group-add 3000 "]
    {
        assert!(added.contains(line), "{line}\n{added}");
    }
    assert!(!added.contains("keep-groups") && !added.contains("Podman passes on the groups"), "{added}");
    // If it keeps the caller's groups, it cannot add others, and the script says so.
    for run in ["group-add 3000; device \"/dev/ttyACM0\"", "group-add 20 3000; device \"/dev/ttyACM0\""] {
        let kept = rendered(run);
        for line in [
            "    group_add: [keep-groups] # keeps the caller's groups\n",
            "GroupAdd=keep-groups\n",
            "--group-add keep-groups ",
        ] {
            assert!(kept.contains(line), "{line}\n{kept}");
        }
        assert!(
            kept.contains(": of 3000 the container has those") && !kept.contains("GroupAdd=3000"),
            "{kept}"
        );
    }
}

#[test]
fn run_commands_of_docker_and_podman() {
    insta::assert_snapshot!(run_command(&robot(), Engine::Docker));
    insta::assert_snapshot!(run_command(&robot(), Engine::Podman));
}

#[test]
fn units_of_quadlet() {
    let manifest = ROBOT.replace("output { dev }", "output { engine \"podman\" }");
    let services = planned(&manifest, &[jetson()], &scripts()).remove(0);
    let units = quadlet(&services);
    assert!(units.values().all(|unit| unit.starts_with(HEAD)));
    let all: Vec<String> = units.iter().map(|(name, text)| format!("== {name}\n{text}")).collect();
    insta::assert_snapshot!(all.join("\n"));
    insta::assert_snapshot!(compose(&services));
}

/// Generates texts with characters that need quoting.
fn awkward() -> impl Strategy<Value = String> {
    let known = [
        "'", "\"", "\\", "$x", "${HOME}", "`id`", "\n", "\r", " ", "é漢", "!", "~", "*", "#", "}", "%{", ",",
        "=", "-n",
    ];
    let part =
        prop_oneof![prop::sample::select(known.to_vec()).prop_map(str::to_owned), "[ -~]{1,4}", "[^\0]{1,3}"];
    prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

fn texts(count: usize) -> Vec<String> {
    let mut runner = TestRunner::deterministic();
    let mut text = || awkward().new_tree(&mut runner).expect("a generated text").current();
    (0..count).map(|_| text()).collect()
}

#[test]
fn bash_reads_back_the_command() {
    let texts = texts(150);
    let mut services = planned(SMALL, &[pc()], &[]).remove(0);
    for (at, text) in texts.iter().enumerate() {
        services.main.env.insert(format!("V{at:03}"), Annotated::plain(Interpolated::literal(text.clone())));
        let both = Interpolated::with_variables("$SET").then(text);
        services
            .main
            .env
            .insert(format!("W{at:03}"), Annotated::plain(both.join(Interpolated::or("UNSET", text))));
    }
    let path = MountUse {
        from: MountFrom::Host(Interpolated::with_variables("~/a, \"b\"")),
        to: Interpolated::literal("/x y"),
        read_only: true,
    };
    services.main.mounts.push(Annotated::plain(path));
    services.main.command = Some(texts.clone());
    let line = run_command(&services, Engine::Docker);
    let script = format!("docker() {{ printf '%s\\0' \"$@\"; }}\n{line}");
    let mut bash = Command::new("bash");
    bash.args(["-euo", "pipefail", "-c", &script]).env("SET", "s$t").env_remove("UNSET").env("LC_ALL", "C");
    let out = bash.output().expect("bash runs");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let out = String::from_utf8(out.stdout).expect("the output is UTF-8");
    let words: Vec<&str> = out.split_terminator('\0').collect();
    assert_eq!(words[words.len() - texts.len()..], texts);
    for (at, text) in texts.iter().enumerate() {
        assert!(words.contains(&&*format!("V{at:03}={text}")), "{text:?}");
        assert!(words.contains(&&*format!("W{at:03}=s$t{text}{text}")), "{text:?} {line}");
    }
    assert!(
        words.iter().any(|word| word.starts_with("type=bind,\"src=") || word.starts_with("type=bind,src="))
    );
}

/// Parses a quoted text as HCL does. It must not contain a template.
fn hcl_parses(quoted: &str) -> String {
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).expect("in quotes");
    assert!(!inner.contains("${") && !inner.contains("%{") && !inner.contains('\n'), "{inner}");
    let json: String = serde_json::from_str(&format!("\"{inner}\"")).expect("HCL's escapes are JSON's");
    json
}

#[test]
fn hcl_reads_back_every_text() {
    for text in texts(300) {
        assert_eq!(hcl_parses(&super::bake::quoted(&text)), text);
    }
}
