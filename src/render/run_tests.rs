//! Tests of the options with which containers run, with manifests in memory.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::manifest::{BuildSecret, Engine};
use crate::plan::Services;
use crate::plan::service_tests::{jetson, pc, planned};

use super::{bake, compose, devcontainer, quadlet, run_command};

pub(super) fn on_jetson(rest: &str) -> Services {
    let manifest = format!("project \"x\"\ntarget {{ device \"jetson-agx-orin\" }}\n{rest}\n");
    planned(&manifest, &[jetson()], &[]).remove(0)
}

pub(super) fn on_a_pc(rest: &str) -> Services {
    planned(&format!("project \"x\"\ntarget {{ platform \"x86_64\" }}\n{rest}\n"), &[pc()], &[]).remove(0)
}

pub(super) fn with_podman(rest: &str) -> Services {
    let manifest = format!("project \"x\"\ntarget {{ platform \"x86_64\"; engine \"podman\" }}\n{rest}\n");
    planned(&manifest, &[pc()], &[]).remove(0)
}

/// Returns a service of the Compose file, parsed.
pub(super) fn service(services: &Services, name: &str) -> Value {
    let file: Value = serde_saphyr::from_str(&compose(services)).expect("valid YAML");
    file["services"][name].clone()
}

/// Returns a group with the default of its variable.
fn default_of(group: &str) -> String {
    let inner = group.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    inner.map_or(group, |inner| inner.split_once(":-").expect("it has a default").1).to_owned()
}

#[test]
fn default_groups_are_distinct() {
    let nodes = [
        "i2c 7",
        "spi",
        "gpio",
        "jtop",
        "docker-socket",
        "audio \"alsa\"",
        "camera \"/dev/video0\"",
        "device \"/dev/dri/renderD128\"",
        "device \"/dev/input/event0\"",
        "device \"/dev/bus/usb\"",
        "device \"/dev/ttyACM0\"",
        "group-add 29 29 \"render\" \"${A:-65000}\"",
    ];
    let pair =
        |(at, one): (usize, &&str)| nodes[..at].iter().map(|other| format!("{one}; {other}")).collect();
    let mut pairs: Vec<String> = nodes.iter().enumerate().flat_map::<Vec<String>, _>(pair).collect();
    pairs.push(nodes.join("; "));
    for run in pairs {
        let services = on_jetson(&format!("app {{ user \"me\" }}\nrun {{ {run} }}"));
        let groups = service(&services, "x")["group_add"].clone();
        let groups: Vec<String> = groups
            .as_array()
            .expect("groups")
            .iter()
            .map(|one| default_of(one.as_str().expect("text")))
            .collect();
        let distinct: BTreeSet<&String> = groups.iter().collect();
        assert_eq!(distinct.len(), groups.len(), "{run}: {groups:?}");
        assert!(!groups.contains(&"65534".to_owned()), "{run}: nogroup owns files on some hosts");
    }
}

#[test]
fn a_bridge_is_the_network_of_the_project() {
    let services =
        on_jetson("run { network \"bridge\"; port \"80:80\"; service \"db\" { image \"redis:7.4\" } }");
    assert!(service(&services, "x")["network_mode"].is_null());
    assert_eq!(service(&services, "x")["ports"][0], "80:80");
    assert_eq!(service(&services, "db")["network_mode"], "host");
    assert!(!run_command(&services, Engine::Docker).contains("--network bridge"));
}

#[test]
fn ports_and_shm_size_are_omitted_if_the_host_s_are_used() {
    let shared = on_jetson("run { port \"80:80\"; ipc \"host\"; shm-size \"8g\" }");
    let main = service(&shared, "x");
    assert_eq!(main["network_mode"], "host");
    assert!(main["ports"].is_null() && main["shm_size"].is_null(), "{main}");
    let pc = on_a_pc("run { port \"80:80\"; shm-size \"8g\" }");
    let main = service(&pc, "x");
    assert_eq!((&main["ports"][0], &main["shm_size"]), (&"80:80".into(), &"8g".into()));
    let both = with_podman("run { ipc \"host\"; shm-size \"8g\" }");
    assert!(quadlet(&both).values().all(|unit| !unit.contains("ShmSize")));
}

#[test]
fn gpio_uses_the_chips_of_the_header_by_default() {
    let devices = |run: &str| service(&on_jetson(&format!("run {{ {run} }}")), "x")["devices"].clone();
    assert_eq!(devices("gpio"), serde_json::json!(["/dev/gpiochip0", "/dev/gpiochip1"]));
    assert_eq!(devices("gpio 1"), serde_json::json!(["/dev/gpiochip1"]));
    assert_eq!(devices("gpio; gpio 1"), serde_json::json!(["/dev/gpiochip0", "/dev/gpiochip1"]));
    let pc = on_a_pc("run { gpio }");
    assert_eq!(service(&pc, "x")["devices"], serde_json::json!(["/dev/gpiochip0"]));
}

#[test]
fn the_hugging_face_token_variable_points_to_its_secret() {
    let variable = |secret: &str| {
        let services = on_a_pc(&format!("run {{ secret {secret}; env {{ OTHER \"1\" }} }}"));
        service(&services, "x")["environment"]["HF_TOKEN_PATH"].as_str().map(str::to_owned)
    };
    assert_eq!(variable("\"hf-token\" file=\"token.txt\"").as_deref(), Some("/run/secrets/hf-token"));
    assert_eq!(variable("\"hf_token\" env=\"HF_TOKEN\"").as_deref(), Some("/run/secrets/hf_token"));
    assert_eq!(variable("\"wandb\" env=\"WANDB_API_KEY\""), None);
    let own = on_a_pc("run { secret \"hf-token\" file=\"t\"; env { HF_TOKEN_PATH \"/mine\" } }");
    assert_eq!(service(&own, "x")["environment"]["HF_TOKEN_PATH"], "/mine");
}

#[test]
fn cdi_is_the_only_form_of_gpu_access_if_requested() {
    for (which, ids) in
        [("\"all\"", vec!["nvidia.com/gpu=all"]), ("0 1", vec!["nvidia.com/gpu=0", "nvidia.com/gpu=1"])]
    {
        for services in [
            on_a_pc(&format!("run {{ gpu {which} form=\"cdi\" }}")),
            on_jetson(&format!("run {{ gpu {which} form=\"cdi\" }}")),
        ] {
            let main = service(&services, "x");
            let device = &main["deploy"]["resources"]["reservations"]["devices"][0];
            assert_eq!((&device["driver"], &device["device_ids"]), (&"cdi".into(), &serde_json::json!(ids)));
            assert!(
                main["runtime"].is_null() && main["environment"]["NVIDIA_VISIBLE_DEVICES"].is_null(),
                "{main}"
            );
            let line = run_command(&services, Engine::Docker);
            assert!(line.contains(&format!("--device {}", ids[0])) && !line.contains("--gpus"), "{line}");
        }
    }
    assert_eq!(
        on_a_pc("run { gpu form=\"cdi\" }").main.gpu,
        on_a_pc("run { gpu \"all\" form=\"cdi\" }").main.gpu
    );
}

#[test]
fn the_dev_service_mounts_copied_folders_and_files() {
    let mounts = |rest: &str| {
        let dev = service(&on_a_pc(rest), "dev");
        let all = dev["volumes"].as_array().expect("mounts").clone();
        let pair = |mount: &Value| {
            format!("{} {}", mount["source"].as_str().unwrap_or(""), mount["target"].as_str().unwrap_or(""))
        };
        all.iter().map(pair).collect::<Vec<_>>()
    };
    assert_eq!(mounts("app { workdir \"/app\"; copy \".\" to=\".\" }\noutput { dev }"), [". /app"]);
    // Programs in the working directory and other files in system folders are not hidden by a mount.
    assert_eq!(mounts("app { workdir \"/opt/program\" }\noutput { dev }"), [". /workspaces/x"]);
    assert_eq!(
        mounts(
            "app { copy \"certs/site.pem\" to=\"/etc/\"; copy \"config\" to=\"/etc/\"; copy \"config\" to=\"/app/config\" }\noutput { dev }"
        ),
        [". /workspaces/x", "./certs/site.pem /etc/site.pem", "./config /app/config"]
    );
}

#[test]
fn a_dev_container_has_service_user_and_requested_options() {
    let services = on_a_pc(
        "app { workdir \"/app\"; copy \".\" to=\".\"; user \"me\" }\noutput { devcontainer \".devcontainer/devcontainer.json\" {\n\
         extension \"ms-python.python\"; feature \"ghcr.io/devcontainers/features/git:1\" { version \"latest\" }\n\
         post-create \"pip\" \"install\" \"-e\" \".\"; forward-port 8888 } }",
    );
    let text = devcontainer(&services, ".devcontainer/devcontainer.json");
    let json: String = text.lines().filter(|line| !line.starts_with("//")).collect();
    let value: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(
        (&value["service"], &value["remoteUser"], &value["workspaceFolder"]),
        (&"dev".into(), &"me".into(), &"/app".into())
    );
    assert_eq!(value["customizations"]["vscode"]["extensions"][0], "ms-python.python");
    assert_eq!(value["features"]["ghcr.io/devcontainers/features/git:1"]["version"], "latest");
    assert_eq!(value["postCreateCommand"], serde_json::json!(["pip", "install", "-e", "."]));
    assert_eq!(value["forwardPorts"], serde_json::json!([8888]));
    let plain = on_a_pc("output { devcontainer \"d.json\"; dev #false }");
    assert!(plain.dev.is_none());
    assert!(!devcontainer(&plain, "d.json").contains("forwardPorts"));
}

#[test]
fn podman_services_share_a_network_and_map_the_user() {
    let services = with_podman(
        "app { user \"me\" uid=1200 gid=1300 }\nrun { ulimit \"memlock\" -1; ulimit \"nofile\" 1024; ulimit \"stack\" -1\n\
         service \"db\" { image \"redis:7.4\" }; service \"far\" { image \"redis:7.4\"; network \"host\" } }",
    );
    let units = quadlet(&services);
    assert!(units["x.network"].contains("NetworkName=x"));
    assert!(units["x.container"].contains("Network=x.network\nNetworkAlias=x\n"));
    assert!(units["x-db.container"].contains("Network=x.network\nNetworkAlias=db\n"));
    assert!(units["x-far.container"].contains("Network=host\n"));
    assert!(units["x.container"].contains("UserNS=keep-id:uid=1200,gid=1300\n"));
    assert!(!units["x-db.container"].contains("UserNS"));
    assert!(!units["x.container"].contains("Ulimit=memlock"), "{}", units["x.container"]);
    assert!(
        units["x.container"].contains("Ulimit=nofile=1024:1024\n")
            && units["x.container"].contains("Ulimit=stack=-1:-1\n")
    );
    assert_eq!(service(&services, "x")["userns_mode"], "keep-id:uid=1200,gid=1300");
    assert!(run_command(&services, Engine::Podman).contains("--userns keep-id:uid=1200,gid=1300"));
    let alone = with_podman("run { ulimit \"memlock\" -1 }");
    assert!(!quadlet(&alone).contains_key("x.network"));
    let docker = on_a_pc("app { user \"me\" }\nrun { ulimit \"memlock\" -1 }");
    assert_eq!(service(&docker, "x")["ulimits"]["memlock"], -1);
    assert!(service(&docker, "x")["userns_mode"].is_null());
}

/// Returns the build secrets of a manifest, after checking that all outputs have the same.
fn secrets_of(rest: &str) -> Vec<String> {
    let services = on_a_pc(rest);
    let file: Value = serde_saphyr::from_str(&compose(&services)).expect("valid YAML");
    let top = file["secrets"].as_object().cloned().unwrap_or_default();
    let of_build = &file["services"]["x"]["build"]["secrets"];
    let named: Vec<String> = of_build
        .as_array()
        .map(|all| all.iter().map(|one| one.as_str().unwrap().to_owned()).collect())
        .unwrap_or_default();
    let bake = bake(std::slice::from_ref(&services));
    let line = run_command(&services, Engine::Docker);
    for secret in BuildSecret::ALL {
        let (id, variable) = (secret.as_str(), secret.variable());
        let has = named.iter().any(|one| one == id);
        assert_eq!(
            bake.contains(&format!("{variable} == \"\" ? [] : [{{ type = \"file\", id = \"{id}\"")),
            has,
            "{bake}"
        );
        assert_eq!(
            line.contains(&format!("--secret id={id},src=\"${{{variable}:-/dev/null}}\"")),
            has,
            "{line}"
        );
        assert_eq!(top.contains_key(id), has);
        let unit = &quadlet(&services)["x.build"];
        assert_eq!(unit.contains(&format!("Secret=id={id},src=${{{variable}}}\n")), has, "{unit}");
        assert_eq!(unit.contains(&format!("Environment={variable}=/dev/null\n")), has, "{unit}");
    }
    named
}

#[test]
fn builds_have_the_requested_secrets() {
    assert!(secrets_of("").is_empty());
    assert!(!compose(&on_a_pc("")).contains("secrets:"));
    assert_eq!(secrets_of("build { secrets { pip-conf; ca-bundle } }"), ["ca-bundle", "pip-conf"]);
    assert_eq!(
        secrets_of("build { secrets { netrc; apt-conf; pip-conf; ca-bundle } }"),
        ["apt-conf", "ca-bundle", "netrc", "pip-conf"]
    );
    // A login implies the `netrc` secret.
    for login in [
        "pip { index \"https://a.example.com/simple\" login=#true }",
        "pip { extra-index \"a\" \"https://a.example.com/simple\" login=#true }",
        "apt { source \"a\" { uri \"https://a.example.com\"; suite \"./\"; trusted; login } }",
    ] {
        assert_eq!(secrets_of(login), ["netrc"], "{login}");
        assert!(
            secrets_of(&format!("{login}\nbuild {{ secrets {{ netrc #false }} }}")).is_empty(),
            "{login}"
        );
    }
    assert!(secrets_of("pip { index \"https://a.example.com/simple\" }").is_empty());
}

#[test]
fn a_target_can_add_and_remove_secrets() {
    let manifest = "project \"x\"\nbuild { secrets { netrc } }\n\
        target \"a\" { device \"jetson-agx-orin\"; build { secrets { ca-bundle } } }\n\
        target \"b\" { platform \"x86_64\"; build { secrets { netrc #false; pip-conf } } }\n";
    let both = planned(manifest, &[jetson(), pc()], &[]);
    let of = |at: usize| both[at].build.secrets.clone();
    assert_eq!(of(0), [BuildSecret::CaBundle, BuildSecret::Netrc]);
    assert_eq!(of(1), [BuildSecret::PipConf]);
    let bake = bake(&both);
    let (common, each) = bake.split_once("target \"orin\"").expect("a target");
    assert!(
        !common.contains("secret = concat") && each.matches("  secret = concat(\n").count() == 2,
        "{bake}"
    );
    // A secret of the service keeps its name unless the build has one with this name.
    let named = |rest: &str| {
        service(&on_a_pc(&format!("{rest}\nrun {{ secret \"netrc\" file=\"n\" }}")), "x")["secrets"].clone()
    };
    assert_eq!(named(""), serde_json::json!(["netrc"]));
    assert_eq!(
        named("build { secrets { netrc } }"),
        serde_json::json!([{ "source": "run-netrc", "target": "netrc" }])
    );
}

/// Returns the unit of a service.
fn unit(services: &Services, name: &str) -> String {
    quadlet(services).remove(name).unwrap_or_else(|| panic!("{name}: {:?}", quadlet(services).keys()))
}

#[test]
fn units_name_the_units_that_they_depend_on() {
    let services = with_podman(
        "run { depends-on \"db\"; service \"web\" { depends-on \"x\" \"db\" }; service \"db\" { image \"redis:7.4\" } }",
    );
    let web = unit(&services, "x-web.container");
    assert!(web.contains("Requires=x.service\nAfter=x.service\n"), "{web}");
    assert!(web.contains("Requires=x-db.service\nAfter=x-db.service\n"), "{web}");
    assert!(web.contains("Description=web of x\n"), "{web}");
    let main = unit(&services, "x.container");
    assert!(main.contains("Description=x\n") && main.contains("Requires=x-db.service\n"), "{main}");
    let units = quadlet(&services);
    for line in units.values().flat_map(|text| text.lines()).filter(|line| line.starts_with("Requires=")) {
        let name = line.trim_start_matches("Requires=").replace(".service", ".container");
        assert!(units.contains_key(&name), "{line}");
    }
}

#[test]
fn podman_services_use_the_socket_of_podman() {
    let services = with_podman("app { user \"me\" }\nrun { gpu #false; docker-socket }");
    let text = unit(&services, "x.container");
    assert!(text.contains("Volume=%t/podman/podman.sock:/var/run/docker.sock\n"), "{text}");
    assert!(text.contains("Requires=podman.socket\nAfter=podman.socket\n"), "{text}");
    assert!(text.contains("SecurityLabelDisable=true\n") && !text.contains("GroupAdd"), "{text}");
    let mount = &service(&services, "x")["volumes"][0];
    assert_eq!(mount["source"], "${XDG_RUNTIME_DIR:-/run/user/1000}/podman/podman.sock");
    let setup = super::host_setup::host_setup(&services).expect("the socket must be enabled").1;
    assert!(setup.contains("systemctl --user enable --now podman.socket"), "{setup}");
    let docker = on_a_pc("run { gpu #false; docker-socket }");
    assert_eq!(service(&docker, "x")["volumes"][0]["source"], "/var/run/docker.sock");
}

#[test]
fn commands_are_for_the_folder_of_the_compose_file() {
    let manifest =
        "project \"x\"\ntarget \"a\" { platform \"x86_64\" }\ntarget \"b\" { platform \"x86_64\" }\n";
    let services = planned(manifest, &[pc(), pc()], &[]).remove(0);
    let command = run_command(&services, Engine::Docker);
    let expected =
        "# Run in the folder a\n# On the host, once: bash ../.jcc/a/host-setup.sh\n# docker build ";
    assert!(command.starts_with(expected), "{command}");
    assert!(command.contains(" --file ../a/Dockerfile ..\n"), "{command}");
    assert!(compose(&services).contains("# On the host, once: `bash ../.jcc/a/host-setup.sh`\n"));
}
