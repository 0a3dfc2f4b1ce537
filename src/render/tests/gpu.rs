//! Tests of the GPU variables of an image.

use super::compiled::compiled;

/// Returns the `NVIDIA_` variables of the final stage.
fn environment(target: &str, more: &str) -> Vec<String> {
    let manifest = format!("project \"demo\"\ntarget {{ {target} }}\n{more}\n");
    let text = compiled(&[("project.kdl", &manifest)]).unwrap();
    let last = text.split_once(" AS final").map_or(text.as_str(), |(_, last)| last);
    let words = last.split_whitespace().filter(|word| word.starts_with("NVIDIA_"));
    words.map(str::to_owned).collect()
}

const JETSON: &str = "device \"jetson-agx-orin\"; jetpack \"6.2\"";
const PC: &str = "platform \"x86_64\"; ubuntu \"22.04\"; driver \">=570\"; gpu \"8.6\"";

#[test]
fn images_set_the_driver_capabilities_that_they_need() {
    let all = "NVIDIA_VISIBLE_DEVICES=all";
    let of = |words: &str| [format!("NVIDIA_DRIVER_CAPABILITIES={words}"), all.to_owned()];
    let sorted = |target: &str, more: &str| {
        let mut words = environment(target, more);
        words.sort();
        words
    };
    assert_eq!(sorted(JETSON, ""), of("compute,utility"));
    assert_eq!(sorted(JETSON, "run { display \"x11\" }"), of("compute,utility,graphics,display"));
    assert_eq!(sorted(JETSON, "run { camera \"csi\" }"), of("compute,utility,video"));
    assert_eq!(
        sorted(PC, "base image=\"acme/base:1\" { provides { ubuntu \"22.04\" } }"),
        of("compute,utility")
    );
}

#[test]
fn variables_of_the_base_image_and_the_project_are_kept() {
    let cuda = "base \"nvidia/cuda-base\"";
    assert_eq!(environment(PC, cuda), [""; 0]);
    let display = environment(PC, &format!("{cuda}\nrun {{ display \"x11\" }}"));
    assert_eq!(display, ["NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics,display"]);
    let own = "app { env { NVIDIA_VISIBLE_DEVICES \"none\" } }";
    let mut own = environment(JETSON, own);
    own.sort();
    assert_eq!(own, ["NVIDIA_DRIVER_CAPABILITIES=compute,utility", "NVIDIA_VISIBLE_DEVICES=none"]);
    assert_eq!(environment(JETSON, "run { gpu #false }"), [""; 0]);
}
