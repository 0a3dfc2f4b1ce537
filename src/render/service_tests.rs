//! Services of manifests in memory, as text.

use crate::plan::service_tests::{jetson, pc, planned, scripts};

use super::{Signature, compose};

const SMALL: &str = r#"
project "tiny" version="0.1.0"
target "bench" { platform "x86_64" }
run { gpu #false }
"#;

pub(super) const ROBOT: &str = r#"
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
pip { index "https://pypi.example.com/simple" }
output { dev }
"#;

#[test]
fn a_small_one() {
    let text = compose(&planned(SMALL, &[pc()], &[])[0]);
    assert_eq!(Signature::of(&text), Signature::Own);
    insta::assert_snapshot!(text);
}

#[test]
fn everything_on_a_jetson() {
    insta::assert_snapshot!(compose(&planned(ROBOT, &[jetson()], &scripts())[0]));
}
