//! Tests of `host-setup.sh`: what it contains for each need, and what it does when it runs.

#![expect(clippy::disallowed_methods, reason = "the tests simulate a host with files")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::manifest::Engine;
use crate::plan::Services;
use crate::plan::service_tests::{jetson, planned};

use super::host_setup::host_setup;
use super::run_tests::{on_a_pc, on_jetson, service, with_podman};
use super::{compose, run_command};

fn script(services: &Services) -> String {
    host_setup(services).expect("the host needs a script").1
}

/// Installs fake programs of a host in `bin`. Each appends its arguments to `calls` and runs the given text.
fn host(folder: &Path, programs: &[(&str, &str)]) {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).expect("the folder is writable");
    let defaults = [
        ("sudo", "exec \"$@\""),
        ("docker", "case $* in info) echo ' Runtimes: nvidia runc' ;; esac"),
        ("nvidia-smi", ":"),
        ("nvidia-ctk", ":"),
        ("systemctl", ":"),
    ];
    for (name, text) in
        defaults.iter().filter(|(name, _)| programs.iter().all(|(own, _)| own != name)).chain(programs)
    {
        let path = bin.join(name);
        let calls = folder.join("calls");
        fs::write(&path, format!("#!/bin/bash\necho \"{name} $*\" >>'{}'\n{text}\n", calls.display()))
            .expect("the folder is writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("the file is ours");
    }
}

/// Runs the script of a project in a folder, which is also the home folder.
fn run(folder: &Path, services: &Services) -> Output {
    let path = folder.join(&services.host.script);
    fs::create_dir_all(path.parent().expect("it has a folder")).expect("the folder is writable");
    fs::write(&path, script(services)).expect("the folder is writable");
    let programs =
        format!("{}:{}", folder.join("bin").display(), std::env::var("PATH").expect("PATH is set"));
    let mut bash = Command::new("bash");
    bash.arg(&path).current_dir("/").env("PATH", programs).env("HOME", folder).env("USER", "me");
    bash.env_remove("DISPLAY").output().expect("bash runs")
}

fn calls(folder: &Path) -> String {
    fs::read_to_string(folder.join("calls")).unwrap_or_default()
}

#[test]
fn there_is_no_script_if_the_host_needs_nothing() {
    for rest in ["run { gpu #false }", "run { gpu #false; network \"host\"; env { A \"1\" } }"] {
        let services = on_a_pc(rest);
        assert!(host_setup(&services).is_none(), "{rest}");
        assert!(!compose(&services).contains("host-setup"), "{rest}");
        assert!(!run_command(&services, Engine::Docker).contains("host-setup"), "{rest}");
    }
    let services = on_a_pc("");
    let line = "# On the host, once: `bash .jcc/host-setup.sh`\n";
    assert_eq!(compose(&services).matches(line).count(), 1);
    assert!(
        run_command(&services, Engine::Docker).starts_with("# On the host, once: bash .jcc/host-setup.sh\n")
    );
}

#[test]
fn gpu_setup_depends_on_engine_and_platform() {
    let has = |services: &Services, words: &[&str]| {
        let text = script(services);
        words.iter().filter(|word| text.contains(**word)).map(|word| (*word).to_owned()).collect::<Vec<_>>()
    };
    let all = [
        "nvidia-smi",
        "C95B321B61E88C1809C4F759DDCAE044F796ECB0",
        "--runtime=docker",
        "cdi generate --output",
        "cdi generate --mode=csv",
        "--cdi.enabled",
        "setsebool",
        "pasta",
    ];
    assert_eq!(has(&on_a_pc(""), &all), [all[0], all[1], all[2], all[6]]);
    assert_eq!(
        has(&on_a_pc("run { gpu form=\"cdi\" }"), &all),
        [all[0], all[1], all[2], all[3], all[5], all[6]]
    );
    assert_eq!(has(&with_podman(""), &all), [all[0], all[1], all[3], all[7]]);
    assert_eq!(has(&with_podman("run { network \"host\" }"), &all), [all[0], all[1], all[3]]);
    assert_eq!(has(&on_jetson(""), &all), [all[2]]);
    let podman = "project \"x\"\ntarget { device \"jetson-agx-orin\"; engine \"podman\" }\n";
    assert_eq!(has(&planned(podman, &[jetson()], &[]).remove(0), &all), [all[4]]);
    assert!(host_setup(&on_jetson("run { gpu #false }")).is_none());
    assert_eq!(has(&on_jetson("run { gpu #false; service \"one\" { gpu } }"), &all), [all[2]]);
    // The script never installs a driver.
    let run = script(&on_a_pc(""));
    assert!(
        !run.lines().any(|line| line.trim_start().starts_with("sudo") && line.contains("driver")),
        "{run}"
    );
}

#[test]
fn folders_are_created_and_owned_by_the_user() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    host(folder, &[("chown", ":")]);
    let services = on_a_pc(
        "app { user \"me\" uid=1200 gid=1300 }\nrun { gpu #false; volume \"./data\" \"/data\"; volume \"./a b's\" \"/maps\" mode=\"ro\"\n\
         volume \"/etc/localtime\" \"/etc/localtime\" mode=\"ro\"; volume \"named\" \"/named\"; volume \"${D:-./d}\" \"/d\"; models \"./models\" }",
    );
    let out = run(folder, &services);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    for created in ["data", "a b's", "d", "models"] {
        assert!(folder.join(created).is_dir(), "{created}");
    }
    for (path, owner) in
        [("./data", true), ("./d", true), ("./models", true), ("a b's", false), ("localtime", false)]
    {
        assert_eq!(
            calls(folder).contains(&format!("chown 1200:1300 {path}")),
            owner,
            "{path}: {}",
            calls(folder)
        );
    }
    assert!(!folder.join("named").exists() && !script(&services).contains("localtime"));
    // Folders that root or the caller of Podman creates belong to the right user anyway.
    for services in [
        on_a_pc("run { volume \"./data\" \"/data\" }"),
        with_podman("app { user \"me\" }\nrun { volume \"./data\" \"/data\" }"),
    ] {
        assert!(script(&services).contains("folder ./data\n"));
    }
}

#[test]
fn missing_files_and_empty_secrets_are_reported() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    host(folder, &[("chown", ":")]);
    let services = on_a_pc(
        "app { user \"me\" uid=1200 }\nrun { gpu #false; volume \"./a.yaml\" \"/etc/a.yaml\"; env-file \"robot.env\"\n\
         secret \"hf-token\" file=\"token.txt\"; secret \"key\" env=\"KEY\" }",
    );
    let out = run(folder, &services);
    let report = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(1));
    for line in ["/a.yaml is missing", "the secret hf-token is empty: write its value into ./token.txt"] {
        assert!(report.contains(line), "{line}: {report}");
    }
    assert_eq!(
        fs::metadata(folder.join("token.txt")).expect("the script created it").permissions().mode() & 0o777,
        0o600
    );
    assert!(!calls(folder).contains("chown"), "the caller writes the value first: {}", calls(folder));
    assert!(script(&services).contains("# The secret key is the value of $KEY when the containers start.\n"));
    for file in ["a.yaml", "robot.env", "token.txt"] {
        fs::write(folder.join(file), "x").expect("the folder is writable");
    }
    let out = run(folder, &services);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(calls(folder).contains("chown 1200:1200 ./token.txt"), "{}", calls(folder));
}

#[test]
fn a_secret_of_several_users_has_a_common_group() {
    let lines = |rest: &str| -> Vec<String> {
        let services = on_a_pc(&format!("app {{ user \"me\" uid=1200 }}\nrun {{ gpu #false\n{rest} }}"));
        let script = script(&services);
        script.lines().filter(|line| line.starts_with("secret ")).map(|line| line[7..].to_owned()).collect()
    };
    let with = |other: &str| {
        lines(&format!(
            "secret \"a\" file=\"t.txt\"; service \"other\" {{ {other}; secret \"b\" file=\"t.txt\" }}"
        ))
    };
    // The same user, or root, needs no group.
    assert_eq!(with("init"), ["a ./t.txt 1200:1200", "b ./t.txt 1200:1200"]);
    assert_eq!(with("user \"root\""), ["a ./t.txt 1200:1200", "b ./t.txt 1200:1200"]);
    assert_eq!(with("user \"1300:1200\""), ["a ./t.txt 1200:1200 640", "b ./t.txt 1200:1200 640"]);
    assert_eq!(
        with("user \"1300:1300\"; group-add 1200"),
        ["a ./t.txt 1200:1200 640", "b ./t.txt 1200:1200 640"]
    );
    // The owner needs no group: any group of the other users is enough.
    assert_eq!(with("user \"1300:1300\""), ["a ./t.txt 1200:1300 640", "b ./t.txt 1200:1300 640"]);
    let third = "secret \"a\" file=\"t.txt\"; service \"one\" { user \"1300:50\"; secret \"a\" file=\"t.txt\" }\n\
                 service \"two\" { user \"1400:1400\"; group-add 50; secret \"a\" file=\"t.txt\" }";
    assert_eq!(lines(third), ["a ./t.txt 1200:50 640"]);
}

#[test]
fn a_secret_with_a_group_is_readable_by_the_group() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    host(folder, &[("chown", ":")]);
    fs::write(folder.join("token.txt"), "x").expect("the folder is writable");
    let services = on_a_pc(
        "app { user \"me\" uid=1200 }\nrun { gpu #false; secret \"t\" file=\"token.txt\"\n\
         service \"other\" { user \"1300:1300\"; secret \"t\" file=\"token.txt\" } }",
    );
    let out = run(folder, &services);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    assert!(calls(folder).contains("chown 1200:1300 ./token.txt"), "{}", calls(folder));
    let mode = fs::metadata(folder.join("token.txt")).expect("it exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

/// If the script created a folder where a file is needed, engines would mount the folder until somebody
/// removes it.
#[test]
fn paths_that_may_be_files_are_not_created_as_folders() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    host(folder, &[("chown", ":")]);
    let files =
        ["./.env", "./config.yaml", "./conf", "~/.netrc", "~/.Xauthority", "./sub/app.toml", "./machine-id"];
    let targets =
        ["/app/.env", "/etc/config", "/etc/app.conf", "/root/.netrc", "/x11", "/app.toml", "/etc/machine-id"];
    let mounts = files.iter().zip(targets).map(|(from, to)| format!("volume \"{from}\" \"{to}\"; "));
    let services = on_a_pc(&format!(
        "app {{ user \"me\" uid=1200 }}\nrun {{ gpu #false; {}volume \"./data.v2/\" \"/data.v2\"; volume \"./maps\" \"/maps\" }}",
        mounts.collect::<String>()
    ));
    let out = run(folder, &services);
    let report = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(1), "{report}");
    for file in files {
        let place = folder.join(file.trim_start_matches("~/"));
        assert!(!place.exists() && script(&services).contains(&format!("file {file}\n")), "{file}: {report}");
    }
    assert_eq!(report.matches(" is missing: create this file").count(), files.len(), "{report}");
    assert!(
        folder.join("data.v2").is_dir() && folder.join("maps").is_dir(),
        "a trailing slash marks a folder"
    );
}

/// Compose rejects a list of groups with duplicate IDs.
#[test]
fn each_group_id_is_written_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    // spidev and gpiochip have the same group, as with Jetson.GPIO's udev rules. On this host, `render` has
    // the ID of `video`.
    host(
        folder,
        &[("stat", "case $* in *i2c-7) echo 110 ;; *) echo 999 ;; esac"), ("getent", "echo render:x:44:")],
    );
    let services = on_jetson("app { user \"me\" }\nrun { i2c 7; spi; gpio; camera \"/dev/video0\" }");
    for _ in 0..2 {
        let out = run(folder, &services);
        let report = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(
            report.contains("!! /dev/i2c-7 is missing, but `run i2c` in the manifest needs it"),
            "{report}"
        );
        assert_eq!(out.status.code(), Some(1), "{report}");
    }
    let written = fs::read_to_string(folder.join(".env")).expect("the script wrote it");
    assert_eq!(written, "JCC_GID_GPIO=999\nJCC_GID_I2C=110\n");
    assert!(!script(&on_jetson("run { i2c 7 }")).contains("JCC_GID"), "root needs no group");
}

#[test]
fn missing_devices_and_sockets_are_reported_with_their_nodes() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    host(folder, &[]);
    let services = on_jetson(
        "app { user \"me\" }\nrun { i2c 77; jtop; camera \"csi\"; device \"/dev/null\"; device \"${ARM:-/dev/arm}\" }",
    );
    let out = run(folder, &services);
    let report = String::from_utf8_lossy(&out.stderr).into_owned();
    for (path, node) in
        [("/dev/i2c-77", "run i2c"), ("/run/jtop.sock", "run jtop"), ("/tmp/argus_socket", "run camera")]
    {
        let line = format!("!! {path} is missing, but `{node}` in the manifest needs it");
        assert!(report.contains(&line), "{line}: {report}");
    }
    assert!(
        !report.contains("stat:") && !report.contains("/dev/null") && !report.contains("/dev/arm"),
        "{report}"
    );
    assert_eq!(out.status.code(), Some(1));
    // A device alone needs no script.
    assert!(host_setup(&on_a_pc("run { gpu #false; device \"/dev/ttyACM0\" }")).is_none());
}

/// The programs of a Jetson whose toolkit has no `nvidia-ctk`, as with `JetPack` 4. Docker's answer depends on
/// whether it was restarted.
const OLD_BOARD: [(&str, &str); 4] = [
    ("nvidia-ctk", "exit 127"),
    ("nvidia-container-runtime", ":"),
    (
        "docker",
        "case $* in info) echo ' Server Version: 27.5.1'; if [[ -e restarted ]]; then echo ' Runtimes: nvidia runc'; else echo ' Runtimes: runc'; fi ;; *--short*) echo 2.29.7 ;; esac",
    ),
    ("systemctl", "touch restarted"),
];

#[test]
fn the_runtime_is_registered_without_a_recent_toolkit() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    // `cat` and `install` stand for Docker's configuration.
    let settings =
        "case $* in */daemon.json) echo '{\"log-driver\": \"local\"}' ;; *) exec /bin/cat \"$@\" ;; esac";
    let install =
        "case $* in *daemon.json) cp \"${@: -2:1}\" daemon.json ;; *) exec /usr/bin/install \"$@\" ;; esac";
    host(folder, &[&OLD_BOARD[..], &[("cat", settings), ("install", install)]].concat());
    let services = on_jetson("");
    let out = run(folder, &services);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let written = fs::read_to_string(folder.join("daemon.json")).expect("the script wrote it");
    let written: serde_json::Value = serde_json::from_str(&written).expect("valid JSON");
    assert_eq!(written["log-driver"], "local");
    assert_eq!(written["runtimes"]["nvidia"]["path"], "nvidia-container-runtime");
    assert!(!calls(folder).contains("apt-get"), "the toolkit is installed: {}", calls(folder));
    let before = calls(folder).matches("systemctl").count();
    assert!(run(folder, &services).status.success());
    assert_eq!(calls(folder).matches("systemctl").count(), before, "the runtime is registered");
}

#[test]
fn a_host_that_is_not_ready_is_reported() {
    let report = |docker: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        host(folder.path(), &[("docker", docker)]);
        let out = run(folder.path(), &on_jetson(""));
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (code, text) = report("case $* in info) echo ' Runtimes: runc' ;; esac");
    assert!(code == Some(1) && text.contains("!! Docker has no runtime nvidia"), "{text}");
    let old = "case $* in info) printf ' Server Version: 20.10.7\\n Runtimes: nvidia\\n' ;; *--short*) echo v2.17.3 ;; esac";
    let (code, text) = report(old);
    assert!(code == Some(1) && text.contains("!! Docker 20.10.7 is too old"), "{text}");
    assert!(text.contains("!! Compose v2.17.3 is too old"), "{text}");
    let (code, text) = report(
        "case $* in info) printf ' Server Version: 25.0.0\\n Runtimes: io.containerd.runc.v2 nvidia runc\\n' ;; *--short*) echo 2.20.0 ;; esac",
    );
    assert_eq!((code, text.as_str()), (Some(0), ""));
}

#[test]
fn the_x11_cookie_persists_over_reboots() {
    let services = on_jetson("app { user \"me\" uid=1200 }\nrun { display \"x11\" }");
    let main = service(&services, "x");
    assert_eq!(main["environment"]["XAUTHORITY"], "/run/x11/cookie");
    let mounts = main["volumes"].as_array().expect("mounts");
    assert_eq!(mounts[1]["source"], "~/.local/state/jcc/x11");
    assert_eq!(mounts[1]["target"], "/run/x11");
    let text = script(&services);
    assert!(
        text.contains("folder=~/.local/state/jcc\n") && text.contains("chmod 644 \"$folder/x11/cookie\""),
        "{text}"
    );
    assert!(!compose(&services).contains("/tmp/.jcc"));
    let folder = tempfile::tempdir().expect("a folder");
    host(folder.path(), &[]);
    let out = run(folder.path(), &services);
    assert!(String::from_utf8_lossy(&out.stderr).contains("DISPLAY is not set"), "{out:?}");
}

#[test]
fn desktop_sockets_are_those_of_the_session_user() {
    let services = on_jetson("run { display \"wayland\"; audio \"pulse\"; session-uid 1200 }");
    let main = service(&services, "x");
    assert_eq!(main["environment"]["PULSE_SERVER"], "unix:${XDG_RUNTIME_DIR:-/run/user/1200}/pulse/native");
    assert!(script(&services).contains("user=$(id --name --user 1200 2>/dev/null)"));
    let other = on_jetson("run { audio \"pipewire\" }");
    assert_eq!(service(&other, "x")["environment"]["XDG_RUNTIME_DIR"], "${XDG_RUNTIME_DIR:-/run/user/1000}");
    let alsa = on_jetson("run { audio \"alsa\"; display \"x11\" }");
    assert!(!script(&alsa).contains("linger"));
}

#[test]
fn limits_that_podman_inherits_are_raised_for_the_user() {
    let services = with_podman("run { ulimit \"memlock\" -1; ulimit \"rtprio\" -1 }");
    let text = script(&services);
    assert!(text.contains("[Service]\\nLimitMEMLOCK=infinity\\nLimitRTPRIO=infinity\\n"), "{text}");
    assert!(!script(&on_a_pc("run { ulimit \"memlock\" -1 }")).contains("LimitMEMLOCK"));
}

#[test]
fn every_script_is_valid_bash() {
    let every_need = "app { user \"me\" }\nrun { display \"x11\"; audio \"pulse\"; can \"can0\"; i2c 7; jtop; models \"./m\"; secret \"s\" file=\"s\"\n\
        env-file \"robot.env\"; volume \"./x\" \"/x\"; ulimit \"memlock\" -1; group-add 3000 }";
    let hosts: [fn(&str) -> Services; 3] = [on_a_pc, with_podman, on_jetson];
    for (host, needs) in hosts.iter().flat_map(|host| [(host, every_need), (host, "")]) {
        let text = script(&host(needs));
        for placeholder in ["@TO_COMPOSE@", "@MODE@", "@SCRIPT@", "@UID@", "@KNOWN@", "@LIMITS@"] {
            assert!(!text.contains(placeholder), "{placeholder}: {text}");
        }
        let out = Command::new("bash").args(["-n", "-c", &text]).output().expect("bash runs");
        assert!(out.status.success() && out.stderr.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    }
}

#[test]
fn the_script_of_a_target_runs_in_the_folder_of_its_compose_file() {
    let manifest = "project \"x\"\ntarget \"a\" { device \"jetson-agx-orin\" }\ntarget \"b\" { device \"jetson-agx-orin\" }\n\
        run { models \"./models\" }\noutput { compose \"deploy/compose.yaml\" }\n";
    let both = planned(manifest, &[jetson(), jetson()], &[]);
    for (services, name) in both.iter().zip(["a", "b"]) {
        assert_eq!(services.host.script, format!(".jcc/{name}/host-setup.sh"));
        let text = script(services);
        assert!(text.contains(&format!("cd \"$(dirname \"$0\")/../../deploy/{name}\"\n")), "{text}");
        assert!(text.contains("folder ../../models\n"), "{text}");
    }
}
