//! Tests of the command of an image, of warnings about it, and of the owners of mounted folders.

use super::compiled::{compiled, dockerfile_and_report, stage};

const ORIN: &str = "target { device \"jetson-agx-orin\"; jetpack \"6.2\" }";
const PC: &str = "target { platform \"x86_64\" }";

/// Returns the first labels of the diagnostics with this code.
fn reported(code: &str, target: &str, rest: &str) -> Vec<String> {
    let manifest = format!("project \"x\"\n{target}\n{rest}\n");
    let (text, report) = dockerfile_and_report(&[("project.kdl", &manifest)]);
    assert!(text.is_some(), "{report}");
    let start = format!("plan::{code} ");
    let diagnostics = report.split("\njcc::").map(|one| one.trim_start_matches("jcc::"));
    let of_code = diagnostics.filter(|one| one.starts_with(&start));
    of_code.map(|one| one.lines().nth(1).unwrap_or_default().trim().to_owned()).collect()
}

fn dockerfile(target: &str, rest: &str) -> String {
    compiled(&[("project.kdl", &format!("project \"x\"\n{target}\n{rest}\n"))]).expect("it compiles")
}

#[test]
fn a_restart_with_nothing_to_start_is_reported() {
    let idle = |rest: &str| reported("nothing-to-start", ORIN, rest);
    assert_eq!(idle("run { restart \"always\" }"), ["project.kdl:3: no long-running command is set"]);
    assert_eq!(idle("app { user \"me\" }\nrun {\n restart \"on-failure:3\" }").len(), 1);
    assert_eq!(idle("run { service \"again\" { restart \"unless-stopped\" } }").len(), 1);
    for fine in [
        "run { restart \"no\" }",
        "run { command \"sleep\" \"infinity\"; restart \"always\" }",
        "app { command \"sleep\" \"infinity\" }\nrun { restart \"always\" }",
        "app { entrypoint \"sleep\" \"infinity\" }\nrun { restart \"always\" }",
        "run { tty; restart \"always\" }",
        "run { service \"other\" { image \"redis:7.4\"; restart \"always\" } }",
        "packages { ollama }\nrun { restart \"always\" }",
    ] {
        assert!(idle(fine).is_empty(), "{fine}");
    }
    // A base image of the user may have a command. With two servers, none is started.
    let own =
        "base image=\"example.com/server:1\" { provides { ubuntu \"22.04\" } }\nrun { restart \"always\" }";
    assert!(reported("nothing-to-start", PC, own).is_empty());
    assert_eq!(
        reported("nothing-to-start", PC, "packages { ollama; openssh }\nrun { restart \"always\" }").len(),
        1
    );
}

#[test]
fn an_image_starts_the_server_of_its_only_server_package() {
    assert!(dockerfile(PC, "packages { ollama }").contains("\nCMD [\"ollama\", \"serve\"]\n"));
    let notebooks =
        "\nCMD [\"jupyter\", \"lab\", \"--ip\", \"0.0.0.0\", \"--no-browser\", \"--allow-root\"]\n";
    assert!(dockerfile(ORIN, "packages { jupyterlab; pandas }").contains(notebooks));
    assert!(
        reported("nothing-to-start", PC, "packages { jupyterlab }\nrun { restart \"always\" }").is_empty()
    );
    assert!(!dockerfile(PC, "packages { jupyterlab; ollama }").contains("\nCMD"));
    let named = dockerfile(PC, "packages { ollama }\napp { command \"bash\" }");
    assert!(named.contains("CMD [\"bash\"]") && !named.contains("\"serve\""), "{named}");
    assert!(!dockerfile(PC, "packages { ollama }\napp { entrypoint \"tini\" }").contains("CMD"));
    assert!(!dockerfile(PC, "packages { ollama; openssh }").contains("\nCMD"));
    assert!(!dockerfile(PC, "packages { tmux }").contains("\nCMD"));
}

#[test]
fn a_health_check_with_a_missing_program_is_reported() {
    let missing = |rest: &str| reported("missing-program", ORIN, rest);
    for wrong in [
        "run { healthcheck \"curl -f http://127.0.0.1:8000 || exit 1\" }",
        "app { healthcheck \"/usr/bin/wget\" \"-q\" \"http://127.0.0.1\" }",
        "apt { install \"curl\" }\nrun { healthcheck \"curl -f http://127.0.0.1 | jq -e .ready\" }",
        "run { service \"one\" { healthcheck \"bash\" \"-c\" \"! pgrep -x serve\" } }",
    ] {
        assert_eq!(missing(wrong).len(), 1, "{wrong}");
    }
    for fine in [
        "apt { install \"curl\" }\nrun { healthcheck \"curl -f http://127.0.0.1\" }",
        "app { run \"apt-get install -y curl\"; healthcheck \"curl\" \"-f\" \"http://127.0.0.1\" }",
        "run { healthcheck \"python3\" \"-c\" \"import main\" }",
        "run { healthcheck \"test -e /tmp/curl\" }",
        "run { service \"other\" { image \"nginx:1.27\"; healthcheck \"curl -f http://127.0.0.1\" } }",
    ] {
        assert!(missing(fine).is_empty(), "{fine}");
    }
}

#[test]
fn little_shared_memory_is_reported() {
    let little = |rest: &str| reported("shared-memory", ORIN, rest);
    assert_eq!(little("packages {\n torchvision\n}").len(), 1);
    assert_eq!(little("packages { pytorch }\nrun { ipc \"private\" }").len(), 1);
    for fine in [
        "packages { pytorch }\nrun { shm-size \"8g\" }",
        "packages { pytorch }\nrun { ipc \"host\" }",
        "packages { pytorch }\nrun { ipc \"service:db\"; service \"db\" { image \"redis:7.4\"; ipc \"shareable\" } }",
        "packages { tmux }",
    ] {
        assert!(little(fine).is_empty(), "{fine}");
    }
}

#[test]
fn parent_folders_of_mount_points_belong_to_the_user() {
    let text = dockerfile(
        ORIN,
        "app { user \"me\" uid=1200; workdir \"/app\" }\n\
         run { volume \"./hub\" \"/home/me/.cache/huggingface/hub\"; volume \"named\" \"/app/state/db\"; tmpfs \"/home/me/a/b\"\n\
         volume \"./keys\" \"/home/me/.ssh/authorized_keys\"; volume \"./x\" \"/srv/x/y\"\n\
         service \"other\" { image \"redis:7.4\"; volume \"other\" \"/home/me/other/one\" } }",
    );
    let line = stage(&text, "final").lines().find(|line| line.contains("/run/add-user.sh me "));
    let made: Vec<&str> = line
        .expect("the user is created")
        .split(" --makes ")
        .skip(1)
        .filter(|path| *path != "/home/me")
        .collect();
    assert_eq!(
        made,
        [
            "/app/state",
            "/app/state/db",
            "/home/me/.cache",
            "/home/me/.cache/huggingface",
            "/home/me/.ssh",
            "/home/me/a"
        ]
    );
}

#[test]
fn host_variables_are_not_in_the_image() {
    let text = dockerfile(PC, "run { host-env \"SITE\" default=\"north\"; host-env \"ROBOT\" }");
    assert!(!text.contains("SITE") && !text.contains("north") && !text.contains("ROBOT"), "{text}");
}

#[test]
fn a_volume_belongs_to_the_user_who_writes_to_it() {
    let text = dockerfile(
        ORIN,
        "app { user \"me\" uid=1200 }\n\
         run { volume \"read\" \"/seen\" mode=\"ro\"; volume \"both\" \"/both\"; volume \"none\" \"/none\" mode=\"ro\"\n\
         service \"other\" { user \"1300:1301\"; volume \"read\" \"/written\"; volume \"both\" \"/both\"; volume \"own\" \"/own\" } }",
    );
    let line = stage(&text, "final").lines().find(|line| line.contains("/run/add-user.sh me "));
    let folders = line.and_then(|line| line.split_once(" 1200 1200 ")).expect("the user is created").1;
    assert_eq!(folders, "--makes /both --makes /none");
    let made: Vec<&str> = text.lines().filter(|line| line.contains("install -d")).collect();
    let of_others = ["/own", "/seen", "/written"];
    assert_eq!(
        made,
        of_others.map(|folder| format!("test -e {folder} || install -d -o 1300 -g 1301 {folder}"))
    );
}

#[test]
fn a_volume_belongs_to_the_user_of_the_service_if_the_image_runs_as_root() {
    let made = |rest: &str| -> Vec<String> {
        let text = dockerfile(ORIN, rest);
        let lines = stage(&text, "final").lines().filter(|line| line.contains("install -d"));
        lines.map(|line| line.trim_start_matches("RUN --network=none ").trim().to_owned()).collect()
    };
    let of = |folder: &str, user: &str, group: &str| {
        format!("test -e {folder} || install -d -o {user} -g {group} {folder}")
    };
    assert_eq!(made("run { user 1234; volume \"state\" \"/state\" }"), [of("/state", "1234", "0")]);
    assert_eq!(
        made(
            "app { command \"true\" }\nrun { user \"1234:1235\"; volume \"b\" \"/b/c\"; volume \"a\" \"/a\" }"
        ),
        [of("/a", "1234", "1235"), of("/b/c", "1234", "1235")]
    );
    let named = of("/state", "www-data", "\"$(id -g www-data)\"");
    assert_eq!(made("run { user \"www-data\"; volume \"state\" \"/state\" }"), std::slice::from_ref(&named));
    assert_eq!(
        made("app { user \"me\"; command \"true\" }\nrun { user \"www-data\"; volume \"state\" \"/state\" }"),
        [named]
    );
    for rest in [
        "run { volume \"state\" \"/state\" }",
        "run { user \"root\"; volume \"state\" \"/state\" }",
        "run { user 1234; volume \"./state\" \"/state\"; volume \"read\" \"/read\" mode=\"ro\" }",
        "run { user \"${WHO}\"; volume \"state\" \"/state\" }",
        "run { service \"other\" { image \"redis:7.4\"; user 1234; volume \"state\" \"/state\" } }",
    ] {
        assert_eq!(made(rest), [""; 0], "{rest}");
    }
}

#[test]
fn a_server_that_needs_root_is_not_started_as_another_user() {
    let start = "\nCMD [\"start-sshd\"]\n";
    assert!(dockerfile(ORIN, "packages { openssh }").contains(start));
    assert!(dockerfile(ORIN, "packages { openssh }\napp { user \"root\" }").contains(start));
    assert!(
        dockerfile(ORIN, "packages { openssh }\napp { user \"dev\" }\nrun { user \"root\" }").contains(start)
    );
    assert!(!dockerfile(ORIN, "packages { openssh }\napp { user \"dev\" }").contains("\nCMD"));
    // Another server is then the only one.
    let other = dockerfile(ORIN, "packages { openssh; ollama }\napp { user \"dev\" }");
    assert!(other.contains("\nCMD [\"ollama\", \"serve\"]\n"), "{other}");
    let idle = "packages { openssh }\napp { user \"dev\" }\nrun { restart \"always\" }";
    assert_eq!(reported("nothing-to-start", ORIN, idle).len(), 1);
}

#[test]
fn folders_are_added_to_the_path_variables_of_packages() {
    let ros =
        dockerfile(ORIN, "packages { ros \"humble\" }\napp { env { PYTHONPATH \"/app/lib\"; A \"/app\" } }");
    assert!(
        ros.contains("\nENV PYTHONPATH=/app/lib:${PYTHONPATH}\n") && ros.contains("\nENV A=/app\n"),
        "{ros}"
    );
    let both =
        dockerfile(ORIN, "packages { ros \"humble\" }\napp { env { AMENT_PREFIX_PATH \"/a/x:/a/y\" } }");
    assert!(both.contains("\nENV AMENT_PREFIX_PATH=/a/x:/a/y:${AMENT_PREFIX_PATH}\n"), "{both}");
    assert!(dockerfile(PC, "app { env { PATH \"/app/bin\" } }").contains("\nENV PATH=/app/bin:${PATH}\n"));
    // Without a package that sets it, and for other values, it is set.
    assert!(
        dockerfile(PC, "app { env { PYTHONPATH \"/app/lib\" } }").contains("\nENV PYTHONPATH=/app/lib\n")
    );
    let words = dockerfile(ORIN, "packages { ros \"humble\" }\napp { env { PYTHONPATH \"lib\" } }");
    assert!(words.contains("\nENV PYTHONPATH=lib\n"), "{words}");
    let service = "packages { ros \"humble\" }\nrun { env { PYTHONPATH \"/app/lib\"; B \"/x\" } }";
    assert_eq!(
        reported("replaced-path", ORIN, service),
        ["project.kdl:4: without the folders of ros humble"]
    );
    assert!(reported("replaced-path", PC, "run { env { PYTHONPATH \"/app/lib\" } }").is_empty());
}

#[test]
fn the_whole_project_is_copied_without_the_folder_of_jcc() {
    let text = dockerfile(
        ORIN,
        "app { workdir \"/app\"; user \"me\"; copy \".\" to=\"/app\"; copy \".\" to=\"/opt/x/\" chmod=\"0755\" }",
    );
    let app = stage(&text, "app");
    assert!(
        app.contains("\nCOPY . /project\n")
            && app.contains("\nRUN --network=none <<'EOF'\nset -euo pipefail\nrm -rf /project/.jcc\n"),
        "{app}"
    );
    assert_eq!(text.matches("\nCOPY . ").count(), 1);
    let last = stage(&text, "final");
    assert!(last.contains("\nCOPY --from=app --chown=1000:1000 /project /app\n"), "{last}");
    assert!(last.contains("\nCOPY --from=app --chmod=0755 /project /opt/x\n"), "{last}");
    assert!(!text.contains("--exclude"), "{text}");
    let part = compiled(&[
        ("project.kdl", &format!("project \"x\"\n{ORIN}\napp {{ copy \"src\" to=\"/app\" }}\n")),
        ("src/main.py", ""),
    ]);
    assert!(!part.unwrap().contains(" AS app"));
}
