//! The kinds of machine that the catalogue supports.

/// A kind of machine.
pub(super) struct Machine {
    pub(super) name: &'static str,
    /// The nodes of its `target`.
    pub(super) target: &'static str,
    /// Its column on the page of the catalogue, if it has one.
    pub(super) column: Option<&'static str>,
}

const fn machine(name: &'static str, column: Option<&'static str>, target: &'static str) -> Machine {
    Machine { name, target, column }
}

/// All machines: Jetsons with the oldest release first, then PCs and servers.
pub(super) const MACHINES: &[Machine] = &[
    machine("nano-jp4-22.04", None, r#"device "jetson-nano"; jetpack "4.6.4"; ubuntu "22.04""#),
    machine("nano-jp4", Some("JetPack 4.6"), r#"device "jetson-nano"; jetpack "4.6.4""#),
    machine("orin-jp5.0", None, r#"device "jetson-agx-orin"; jetpack "5.0.2""#),
    machine("xavier-jp5", None, r#"device "jetson-agx-xavier"; jetpack "5.1.2""#),
    machine("orin-jp5", Some("JetPack 5.1"), r#"device "jetson-agx-orin"; jetpack "5.1.2""#),
    machine("orin-jp6.0", None, r#"device "jetson-agx-orin"; jetpack "6.0""#),
    machine("orin-jp6.2", Some("JetPack 6.2"), r#"device "jetson-agx-orin"; jetpack "6.2""#),
    machine("orin-jp6.2-24.04", None, r#"device "jetson-agx-orin"; jetpack "6.2"; ubuntu "24.04""#),
    machine("thor-jp7.0", None, r#"device "jetson-agx-thor"; jetpack "7.0""#),
    machine("thor-jp7.1", None, r#"device "jetson-agx-thor"; jetpack "7.1""#),
    machine("orin-jp7.2", None, r#"device "jetson-agx-orin"; jetpack "7.2""#),
    machine("thor-jp7.2", Some("JetPack 7.2"), r#"device "jetson-agx-thor"; jetpack "7.2""#),
    machine("x86-18.04", None, r#"platform "x86_64"; ubuntu "18.04"; driver ">=580"; gpu "8.6""#),
    machine("x86-20.04", None, r#"platform "x86_64"; ubuntu "20.04"; driver ">=580"; gpu "8.6""#),
    machine("x86-22.04", None, r#"platform "x86_64"; ubuntu "22.04"; driver ">=580"; gpu "8.6""#),
    machine("x86-24.04", Some("x86_64"), r#"platform "x86_64"; ubuntu "24.04"; driver ">=595"; gpu "8.9""#),
    machine("x86-h100", None, r#"platform "x86_64"; ubuntu "24.04"; driver ">=595"; gpu "9.0""#),
    machine("sbsa-24.04", Some("sbsa"), r#"platform "sbsa"; ubuntu "24.04"; driver ">=595"; gpu "9.0""#),
    machine("spark", None, r#"platform "sbsa"; ubuntu "24.04"; driver ">=580"; gpu "12.1""#),
];
