//! The rules, one per file.

mod can_network;
mod contradicting_python;
mod docker_socket;
mod forbidden_package;
mod host_sysctl;
mod left_out;
mod literal_variable;
mod missing_hash;
mod no_key;
mod not_offered;
mod plain_http;
mod privileged;
mod reserved_output;
mod runs_as_root;
mod same_container;
mod same_device;
mod same_mount;
mod same_output;
mod same_port;
mod service_cycle;
mod session_user;
mod shared_network_port;
mod spaced_program;
mod system_mount;
mod taken_service;
mod two_values;
mod unchecked_key;
mod unknown_service;
mod unpinned_python;
mod unsigned_archive;
mod unused_port;
mod unused_shm_size;

use super::Rule;

pub static RULES: &[Rule] = &[
    not_offered::RULE,
    privileged::RULE,
    docker_socket::RULE,
    runs_as_root::RULE,
    two_values::RULE,
    literal_variable::RULE,
    unused_shm_size::RULE,
    unused_port::RULE,
    spaced_program::RULE,
    can_network::RULE,
    host_sysctl::RULE,
    session_user::RULE,
    unknown_service::RULE,
    service_cycle::RULE,
    taken_service::RULE,
    same_mount::RULE,
    same_port::RULE,
    same_container::RULE,
    shared_network_port::RULE,
    system_mount::RULE,
    same_device::RULE,
    no_key::RULE,
    unsigned_archive::RULE,
    unchecked_key::RULE,
    plain_http::RULE,
    forbidden_package::RULE,
    contradicting_python::RULE,
    unpinned_python::RULE,
    missing_hash::RULE,
    same_output::RULE,
    reserved_output::RULE,
    left_out::RULE,
];
