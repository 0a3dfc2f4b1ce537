//! Tests that the Compose file contains only what is needed, without repetition, and other rules of the
//! services.

use serde_json::{Value, json};

use crate::manifest::Engine;
use crate::plan::Services;
use crate::plan::service_tests::{jetson, pc, planned, scripts};

use super::run_tests::{on_a_pc, on_jetson, service, with_podman};
use super::{caches, checks, compose, quadlet, run_command};

fn tested(rest: &str) -> Services {
    let manifest = format!("project \"x\"\ntarget {{ device \"jetson-agx-orin\" }}\n{rest}\n");
    planned(&manifest, &[jetson()], &scripts()).remove(0)
}

#[test]
fn options_with_default_values_are_omitted() {
    let text = compose(&on_a_pc("run { gpu #false }"));
    assert!(text.lines().count() <= 12, "{text}");
    for word in ["dockerfile", "target:", "network", "secrets", "environment", "profiles", "restart", "#   "]
    {
        assert!(!text.contains(word), "{word}: {text}");
    }
    assert!(compose(&tested("")).contains("      target: final\n"), "the stage `test` comes after it");
    assert!(compose(&on_a_pc("output { dev }")).contains("      target: final\n"));
    let other = compose(&on_a_pc("output { dockerfile \"docker/Dockerfile\" }"));
    assert!(other.contains("      dockerfile: docker/Dockerfile\n"), "{other}");
}

#[test]
fn each_reason_is_written_once() {
    let text = compose(&tested(
        "app { user \"me\" }\nrun { display \"x11\"; camera \"csi\"; models \"./models\"; jtop }",
    ));
    for reason in ["# run display", "# run models", "# run camera", "# run jtop"] {
        assert_eq!(text.matches(reason).count(), 1, "{reason}: {text}");
    }
    assert!(!text.contains("project.kdl: "), "{text}");
}

#[test]
fn the_variables_of_the_image_are_not_repeated() {
    let of = |services: &Services, name: &str, key: &str| service(services, name)["environment"][key].clone();
    let default =
        on_jetson("run { service \"own\" { gpu }; service \"other\" { image \"redis:7.4\"; gpu } }");
    for name in ["x", "own"] {
        assert_eq!(of(&default, name, "NVIDIA_VISIBLE_DEVICES"), Value::Null, "{name}");
        assert_eq!(of(&default, name, "NVIDIA_DRIVER_CAPABILITIES"), Value::Null, "{name}");
    }
    assert_eq!(of(&default, "other", "NVIDIA_VISIBLE_DEVICES"), "all");
    assert_eq!(of(&default, "other", "NVIDIA_DRIVER_CAPABILITIES"), "compute,utility");
    assert_eq!(of(&on_jetson("run { gpu 0 }"), "x", "NVIDIA_VISIBLE_DEVICES"), "0");
    // The variables of the image are those of the main service. A service that needs less sets its own.
    let display = on_jetson("run { display \"x11\"; service \"own\" { gpu } }");
    assert_eq!(of(&display, "x", "NVIDIA_DRIVER_CAPABILITIES"), Value::Null);
    assert_eq!(of(&display, "own", "NVIDIA_DRIVER_CAPABILITIES"), "compute,utility");
    let own = on_jetson("run { env { NVIDIA_DRIVER_CAPABILITIES \"all\" } }");
    assert_eq!(of(&own, "x", "NVIDIA_DRIVER_CAPABILITIES"), "all");
}

#[test]
fn the_test_service_inherits_from_the_main_service() {
    let services = tested(
        "run { name \"robot\"; port \"80:80\"; network \"bridge\"; restart \"always\"; volume \"./d\" \"/d\"; command \"serve\"\n\
         healthcheck \"true\"; env { A \"1\" }; tty; device \"/dev/ttyACM0\" }",
    );
    let (main, test) = (service(&services, "x"), service(&services, "test"));
    for key in ["image", "build", "environment", "devices", "runtime", "init", "platform"] {
        assert_eq!(main[key], test[key], "{key}");
        assert!(!main[key].is_null(), "{key}");
    }
    assert_eq!(test["profiles"], json!(["test"]));
    assert_eq!(test["restart"], "no");
    assert_eq!(test["ports"], json!([]));
    assert_eq!(test["command"], json!([]));
    assert_eq!(test["healthcheck"], json!({ "disable": true }));
    assert_eq!(test["container_name"], "robot-test");
    assert_eq!(test["entrypoint"], json!(["bash", "/run/test/run"]));
    let mounts = test["volumes"].as_array().expect("mounts");
    assert_eq!((&mounts[0], mounts.len()), (&main["volumes"][0], 2));
    assert_eq!(
        mounts[1],
        json!({ "type": "bind", "source": "./.jcc/test", "target": "/run/test", "read_only": true, "bind": { "create_host_path": false } })
    );
}

#[test]
fn bash_runs_the_test_script() {
    let files = checks::of_service(&tested(""));
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, [".jcc/test/run", ".jcc/test/run.d/torch"]);
    // Replace the loop over the files of packages by the file itself.
    let (start, rest) = files[0].1.split_once("\nfor ").expect("it has a loop over the files of packages");
    let (_, end) = rest.split_once("\ndone\n").expect("the loop ends");
    let text = format!("{start}\n{}{end}", files[1].1);
    let run = |stub: &str| {
        let script = format!("python3() {{ cat >/dev/null; {stub}; }}\nexport -f python3\ncd /; {text}");
        let out = std::process::Command::new("bash").args(["-c", &script]).output().expect("bash runs");
        (out.status.code(), String::from_utf8(out.stdout).expect("the output is UTF-8"))
    };
    assert_eq!(run("true"), (Some(1), "ok   torch: cuda\nFAIL mine\n".to_owned()));
    assert_eq!(run("false"), (Some(1), "FAIL torch: cuda\nFAIL mine\n".to_owned()));
    assert!(checks::of_service(&on_a_pc("")).is_empty());
}

#[test]
fn a_dev_container_adds_the_dev_service() {
    let services = on_a_pc(
        "run { gpu 0; read-only; restart \"always\" }\noutput { devcontainer \".devcontainer/devcontainer.json\" }",
    );
    let dev = service(&services, "dev");
    assert_eq!((&dev["build"]["target"], &dev["image"]), (&json!("dev"), &json!("x:latest-dev")));
    assert_eq!(
        (&dev["read_only"], &dev["restart"], &dev["command"]),
        (&json!(false), &json!("no"), &json!(["bash"]))
    );
    assert_eq!(dev["deploy"], service(&services, "x")["deploy"]);
    assert_eq!(service(&services, "x")["build"]["target"], "final");
}

#[test]
fn builds_use_the_host_network_only_if_needed() {
    let network = |services: &Services| service(services, "x")["build"]["network"].clone();
    assert_eq!(network(&on_a_pc("")), Value::Null);
    assert_eq!(network(&on_a_pc("cache")), "host");
    assert_eq!(network(&on_jetson("")), "host");
    assert!(
        compose(&on_jetson("cache"))
            .contains("network: host # Docker's default network fails on kernels of this release\n")
    );
    assert!(compose(&on_a_pc("cache { pip }")).contains("network: host # the caches listen on the host\n"));
    assert!(!run_command(&on_a_pc(""), Engine::Docker).contains("--network=host"));
    let mut newer = on_jetson("");
    newer.build.host_network = false;
    assert_eq!(network(&newer), Value::Null);
    assert!(super::bake(&[newer]).starts_with("# jcc 0.1.0 · project.kdl · do not edit, run `jcc compile`\n# `docker buildx bake` builds every target\n"));
}

#[test]
fn caches_are_in_an_included_compose_file() {
    let manifest = "project \"x\"\ntarget \"a\" { device \"jetson-agx-orin\" }\ntarget \"b\" { platform \"x86_64\"; cache { apt } }\n\
        cache\nbuild { secrets { ca-bundle } }\n";
    let both = planned(manifest, &[jetson(), pc()], &[]);
    let names =
        |services: &Services| caches::files(services).into_iter().map(|(path, _)| path).collect::<Vec<_>>();
    assert_eq!(
        names(&both[0]),
        [".jcc/a/caches.yaml", ".jcc/caches/apt/Dockerfile", ".jcc/caches/pip/Dockerfile"]
    );
    assert_eq!(names(&both[1]), [".jcc/b/caches.yaml", ".jcc/caches/apt/Dockerfile"]);
    assert!(names(&on_a_pc("")).is_empty() && !compose(&on_a_pc("")).contains("include"));
    assert_eq!(caches::files(&both[0])[1], caches::files(&both[1])[1], "targets share the Dockerfile");
    let parsed = |text: &str| serde_saphyr::from_str::<Value>(text).expect("valid YAML");
    let main = parsed(&compose(&both[0]));
    assert_eq!(main["include"], json!([{ "path": "../.jcc/a/caches.yaml", "project_directory": "." }]));
    let file = parsed(&caches::files(&both[0])[0].1);
    assert_eq!(file["services"]["apt-cache"]["build"]["context"], "../.jcc/caches/apt");
    let secret = json!([{ "source": "cache-ca-bundle", "target": "ca-bundle" }]);
    assert_eq!(file["services"]["pip-cache"]["secrets"], secret);
    assert_eq!(file["services"]["pip-cache"]["build"]["secrets"], secret);
    assert!(file["services"]["apt-cache"]["secrets"].is_null());
    // Compose rejects two secrets with the same name whose files it finds in different folders.
    assert_eq!(file["secrets"]["cache-ca-bundle"], main["secrets"]["ca-bundle"]);
    assert!(file["secrets"]["ca-bundle"].is_null());
    assert!(main["services"].get("apt-cache").is_none() && main["volumes"].is_null());
}

#[test]
fn the_head_names_tools_that_the_release_lacks() {
    let mut services = on_jetson("");
    assert!(!compose(&services).contains("Needs Docker"));
    services.head.bare_docker = true;
    assert_eq!(compose(&services).matches("# Needs Docker 25 with Buildx and Compose 2.20").count(), 1);
}

#[test]
fn restarted_services_have_bounded_logs() {
    let logging = |rest: &str| service(&on_a_pc(rest), "x")["logging"].clone();
    assert_eq!(logging("run { restart \"always\" }"), json!({ "driver": "local" }));
    assert_eq!(logging("run { restart \"no\" }"), Value::Null);
    assert_eq!(logging(""), Value::Null);
    assert_eq!(
        logging("run { restart \"always\"; logging \"json-file\" max-size=\"10m\" max-file=3 }"),
        json!({ "driver": "json-file", "options": { "max-size": "10m", "max-file": "3" } })
    );
    // Podman has no driver `local`; it writes to the journal, whose size is limited.
    assert_eq!(service(&with_podman("run { restart \"always\" }"), "x")["logging"], Value::Null);
}

#[test]
fn services_of_other_users_get_no_new_privileges() {
    let options = |rest: &str| service(&on_a_pc(rest), "x")["security_opt"].clone();
    let user = "app { user \"me\" }";
    assert_eq!(options(user), json!(["no-new-privileges:true"]));
    for own in [
        "run { user \"0\" }",
        "run { security-opt \"no-new-privileges:false\" }",
        "run { command \"sudo\" \"serve\" }",
        "apt { install \"sudo\" }",
        "run { privileged }",
    ] {
        let options = options(&format!("{user}\n{own}")).to_string();
        assert!(!options.contains("no-new-privileges:true"), "{own}: {options}");
    }
    assert_eq!(options("app { command \"serve\" }"), Value::Null);
    let other = on_a_pc(&format!(
        "{user}\nrun {{ service \"db\" {{ image \"redis:7.4\" }}; service \"own\" {{ command \"a\" }} }}"
    ));
    assert!(service(&other, "db")["security_opt"].is_null());
    assert_eq!(service(&other, "own")["security_opt"], json!(["no-new-privileges:true"]));
    let podman = with_podman(user);
    assert!(quadlet(&podman)["x.container"].contains("\nNoNewPrivileges=true\n"));
    assert!(run_command(&podman, Engine::Podman).contains("--security-opt no-new-privileges:true"));
}

const PROCESS: &str = "run { network \"bridge\"; logging \"journald\" tag=\"robot\"; stop-grace-period \"1m30s\"; stop-signal \"SIGINT\"; cpus 1.5; pids-limit 200\n\
    cap-drop \"ALL\"; sysctl \"net.core.somaxconn\" 1024; hostname \"yard-robot\"; extra-hosts \"map=192.168.1.5\" \"up:host-gateway\"\n\
    label \"com.example.cost\" \"$5 & more\"; profiles \"yard\" }";

#[test]
fn process_options_are_written_for_every_engine() {
    let main = service(&on_a_pc(PROCESS), "x");
    for (key, value) in [
        ("logging", json!({ "driver": "journald", "options": { "tag": "robot" } })),
        ("stop_grace_period", json!("1m30s")),
        ("stop_signal", json!("SIGINT")),
        ("cpus", json!(1.5)),
        ("pids_limit", json!(200)),
        ("cap_drop", json!(["ALL"])),
        ("sysctls", json!({ "net.core.somaxconn": "1024" })),
        ("hostname", json!("yard-robot")),
        ("extra_hosts", json!(["map=192.168.1.5", "up=host-gateway"])),
        ("labels", json!({ "com.example.cost": "$$5 & more" })),
        ("profiles", json!(["yard"])),
    ] {
        assert_eq!(main[key], value, "{key}");
    }
    let line = run_command(&on_a_pc(PROCESS), Engine::Docker);
    for option in [
        "--log-driver journald",
        "--log-opt tag=robot",
        "--stop-timeout 90",
        "--stop-signal SIGINT",
        "--cpus 1.5",
        "--pids-limit 200",
        "--cap-drop ALL",
        "--sysctl net.core.somaxconn=1024",
        "--hostname yard-robot",
        "--add-host map:192.168.1.5",
        "--add-host up:host-gateway",
        "--label $'com.example.cost=$5 & more'",
    ] {
        assert!(line.contains(option), "{option}: {line}");
    }
    let unit = &quadlet(&with_podman(PROCESS))["x.container"];
    for option in [
        "LogDriver=journald\nLogOpt=tag=robot\n",
        "StopTimeout=90\n",
        "PodmanArgs=--stop-signal SIGINT\n",
        "PodmanArgs=--cpus 1.5\n",
        "PidsLimit=200\n",
        "DropCapability=ALL\n",
        "Sysctl=net.core.somaxconn=1024\n",
        "HostName=yard-robot\n",
        "PodmanArgs=--add-host map:192.168.1.5\n",
        "Label=\"com.example.cost=$$5 & more\"\n",
    ] {
        assert!(unit.contains(option), "{option}: {unit}");
    }
}

#[test]
fn units_with_a_profile_do_not_start_automatically() {
    let unit = |rest: &str| quadlet(&with_podman(rest))["x.container"].clone();
    assert!(unit("run { restart \"always\" }").contains("WantedBy=default.target"));
    assert!(!unit("run { restart \"always\"; profiles \"yard\" }").contains("WantedBy"));
}
