//! Tests that every key of a Compose service is a node of `run`, or is reported with a help that says what to
//! write.

use super::fs::Folder;
use crate::diagnostic::{Diagnostic, Log};
use crate::manifest::load;
use crate::source::Sources;

/// The keys of a service.
/// Source: <https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json>
const KEYS: &str = "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs \
    container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset \
    credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint \
    env_file environment expose external_links extra_hosts gpus group_add healthcheck hostname image init \
    ipc isolation label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit \
    models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop \
    privileged profiles provider pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open \
    stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes \
    volumes_from working_dir";

fn reports(run: &str) -> Vec<Diagnostic> {
    let text = format!("project \"demo\"\ntarget {{ platform \"x86_64\" }}\nrun {{ {run} }}\n");
    let (mut sources, mut log) = (Sources::new(), Log::new());
    let folder = Folder::of(&[("project.kdl", &text)]);
    _ = load(&folder.0, "project.kdl", &folder, &mut sources, &mut log);
    log.sorted().into_iter().cloned().collect()
}

fn unknown(run: &str) -> Option<Diagnostic> {
    reports(run).into_iter().find(|one| one.code.as_str() == "jcc::manifest::unknown-node")
}

#[test]
fn every_key_of_a_service_is_a_node_or_has_a_help() {
    let mut without = Vec::new();
    for key in KEYS.split_whitespace() {
        if let Some(report) = unknown(&format!("{key} \"x\""))
            && !report.help.iter().any(|help| help.contains('`') && !help.starts_with("allowed here"))
        {
            without.push(format!("{key}: {:?}", report.help));
        }
    }
    assert!(without.is_empty(), "{}", without.join("\n"));
}

#[test]
fn help_shows_how_to_write_compose_syntax() {
    for (written, right) in [
        (
            "ports:\n- \"8080:80\"\n- \"9090:90\"",
            "lists are written without `-`: `port \"8080:80\" \"9090:90\"`",
        ),
        (
            "volumes:\n- \"./a:/a\"\n- \"./b:/b:ro\"",
            "`volume \"./a\" \"/a\"; volume \"./b\" \"/b\" mode=\"ro\"`",
        ),
        ("environment:\n- \"A=b\"", "lists are written without `-`: `env { A \"b\" }`"),
        ("volumes \"./a:/a\"", "write `volume \"./a\" \"/a\"`"),
        ("labels \"a=b\"", "write `label \"a\" \"b\"`"),
        ("labels { a \"b\" }", "`label` takes no block: write `label \"KEY\" \"VALUE\"` for each entry"),
        ("shm_size \"8g\"", "did you mean `shm-size`?"),
        ("network_mode \"host\"", "did you mean `network`?"),
        ("runtime \"nvidia\"", "write `gpu`"),
    ] {
        let report = unknown(written).expect("not a node of `run`");
        assert!(report.help.iter().any(|help| help.contains(right)), "{written}: {:?}", report.help);
    }
    // Each mistake is reported once: a list at its key, two values in one text at the node.
    for one in [
        "ports:\n- \"8080:80\"\n- \"9090:90\"",
        "label \"a=b\"",
        "sysctl \"net.core.somaxconn=1\"",
        "env \"A\" \"b\"",
        "volume \"data:/data\"",
    ] {
        let all: Vec<String> = reports(one).into_iter().map(|one| one.message).collect();
        assert_eq!(all.len(), 1, "{one}: {all:?}");
    }
}
