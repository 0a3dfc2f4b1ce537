//! Rules of the Compose files that can be checked on the files themselves.

use serde_json::Value;

use super::{dockerfiles, outputs};

/// Parses every Compose file.
fn files() -> Vec<(String, Value)> {
    let read = |(name, text): (String, String)| {
        let value = serde_saphyr::from_str(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        (name, value)
    };
    outputs("docker-compose.yaml").into_iter().map(read).collect()
}

/// Returns every service of every file, named `example/file service`.
fn services() -> Vec<(String, Value)> {
    let of = |(name, file): (String, Value)| {
        let services = file["services"].as_object().cloned().unwrap_or_default();
        services.into_iter().map(move |(service, value)| (format!("{name} {service}"), value))
    };
    files().into_iter().flat_map(of).collect()
}

#[test]
fn the_main_service_is_built_and_started() {
    let files = files();
    assert_eq!(files.len(), dockerfiles().len());
    for (name, file) in files {
        let services = file["services"].as_object().expect("there are services");
        let main = services.values().find(|one| one["profiles"].is_null()).expect("one is always started");
        for key in ["context", "args"] {
            assert!(!main["build"][key].is_null(), "{name}: {key}");
        }
        assert_eq!(main["build"]["args"]["SOURCE_DATE_EPOCH"].as_str().map(str::len), Some(10), "{name}");
    }
}

#[test]
fn cache_services_have_a_profile_and_listen_on_loopback() {
    let mut count = 0;
    for (name, text) in outputs("caches.yaml") {
        let file: Value = serde_saphyr::from_str(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        let services = file["services"].as_object().expect("there are services");
        for (service, cache) in services {
            count += 1;
            assert_eq!(cache["profiles"][0], "cache", "{name} {service}");
            assert!(!cache["healthcheck"].is_null() && !cache["volumes"].is_null(), "{name}");
            assert!(file["volumes"].as_object().is_some_and(|all| all.contains_key(service)), "{name}");
            assert!(cache["image"].is_null() && cache["ports"].is_null(), "{name}");
        }
    }
    assert!(count > 4);
    let images: Vec<_> =
        outputs("Dockerfile").into_iter().filter(|(name, _)| name.contains("/.jcc/caches/")).collect();
    assert!(images.len() >= 4);
    for (name, text) in images {
        assert!(text.contains("\nFROM debian:") && text.contains("127.0.0.1"), "{name}: {text}");
    }
    for (name, file) in files() {
        let includes = file["include"].as_array().map_or(0, Vec::len);
        let asked = outputs("caches.yaml").iter().any(|(cache, _)| is_beside(cache, &name));
        assert_eq!(includes, usize::from(asked), "{name}");
    }
}

/// Returns whether a file of cache services belongs to a Compose file: `fleet/.jcc/orin/caches.yaml` belongs
/// to `fleet/orin/docker-compose.yaml`.
fn is_beside(caches: &str, compose: &str) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.replace("/.jcc", ""));
    folder(caches) == folder(compose)
}

#[test]
fn tests_run_in_a_separate_profile() {
    let tests: Vec<_> = services().into_iter().filter(|(name, _)| name.ends_with(" test")).collect();
    assert!(tests.len() > 4);
    for (name, test) in tests {
        assert_eq!(test["profiles"][0], "test", "{name}");
        assert!(test["restart"].is_null() || test["restart"] == "no", "{name}");
        assert_eq!(test["entrypoint"], serde_json::json!(["bash", "/run/test/run"]), "{name}");
    }
}

#[test]
fn each_service_has_one_form_of_gpu_access() {
    let mut forms = [0; 3];
    for (name, service) in services() {
        let runtime = service["runtime"] == "nvidia";
        let reservation = !service["deploy"]["resources"]["reservations"]["devices"].is_null();
        let devices = service["devices"].as_array().cloned().unwrap_or_default();
        let cdi =
            devices.iter().any(|device| device.as_str().is_some_and(|text| text.contains("nvidia.com/gpu")));
        let used = [runtime, reservation, cdi];
        assert!(used.iter().filter(|one| **one).count() <= 1, "{name}");
        for (sum, one) in forms.iter_mut().zip(used) {
            *sum += usize::from(one);
        }
    }
    assert!(forms.iter().all(|sum| *sum > 0), "an example uses each form: {forms:?}");
}

#[test]
fn bind_mounts_must_exist_and_groups_are_numeric() {
    for (name, service) in services() {
        for mount in
            service["volumes"].as_array().into_iter().flatten().filter(|mount| mount["type"] == "bind")
        {
            assert_eq!(mount["bind"]["create_host_path"], false, "{name}: {mount}");
        }
        for group in service["group_add"].as_array().into_iter().flatten() {
            let text = group.as_str().unwrap_or_default();
            let variable = text.starts_with("${") && text.contains(":-");
            assert!(
                variable || text == "keep-groups" || text.chars().all(|c| c.is_ascii_digit()),
                "{name}: {text}"
            );
        }
    }
}

/// Compose interpolates the whole file for every command, so one required variable would also stop builds.
#[test]
fn no_variable_is_required() {
    for (name, text) in outputs("docker-compose.yaml") {
        assert!(!text.replace("$$", "").contains(":?"), "{name}");
    }
}
