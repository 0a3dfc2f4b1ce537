//! Rules of the Compose file that can be read off any of them.

use serde_json::Value;

use super::{dockerfiles, outputs};

/// Every Compose file, read as Compose reads it.
fn files() -> Vec<(String, Value)> {
    let read = |(name, text): (String, String)| {
        let value = serde_saphyr::from_str(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
        (name, value)
    };
    outputs("docker-compose.yaml").into_iter().map(read).collect()
}

/// Every service of every file: `example/file service` and what it is.
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
fn caches_are_a_profile_bound_to_loopback() {
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

/// Whether a file of caches is that of a Compose file: `fleet/.jcc/orin/caches.yaml` of `fleet/orin/docker-compose.yaml`.
fn is_beside(caches: &str, compose: &str) -> bool {
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.replace("/.jcc", ""));
    folder(caches) == folder(compose)
}

#[test]
fn tests_run_in_a_profile_of_their_own() {
    let tests: Vec<_> = services().into_iter().filter(|(name, _)| name.ends_with(" test")).collect();
    assert!(tests.len() > 4);
    for (name, test) in tests {
        assert_eq!(test["profiles"][0], "test", "{name}");
        assert!(test["restart"].is_null() || test["restart"] == "no", "{name}");
        assert_eq!(test["entrypoint"], serde_json::json!(["bash", "/run/test/run"]), "{name}");
    }
}

#[test]
fn one_form_of_gpu_access_a_service() {
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
    assert!(forms.iter().all(|sum| *sum > 0), "each form is shown: {forms:?}");
}

#[test]
fn what_is_the_hosts_is_bound_by_number_and_must_be_there() {
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

/// Compose fills the whole file in for each of its commands: one variable that must be set stops builds too.
#[test]
fn no_variable_must_be_set() {
    for (name, text) in outputs("docker-compose.yaml") {
        assert!(!text.replace("$$", "").contains(":?"), "{name}");
    }
}
