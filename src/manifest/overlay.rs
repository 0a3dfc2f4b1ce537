//! Merges one scope into another. Items are added to lists, single values are overridden, and named items
//! replace those with the same name.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Spanned;
use crate::value::Name;

use super::scope::Scope;
use super::{App, Apt, Env, Header, Output, Pin, Pip, Request, RunOptions, ServiceOptions, Target, Venv};

/// Replaces our value if the other one is set.
pub(super) fn override_value<T>(ours: &mut Option<T>, theirs: Option<T>) {
    if theirs.is_some() {
        *ours = theirs;
    }
}

/// Adds the other items. An item with the same key replaces ours.
pub(super) fn merge_named<T, K: Ord + Clone>(ours: &mut Vec<T>, theirs: Vec<T>, key: impl Fn(&T) -> &K) {
    merge_named_with(ours, theirs, key, |ours, theirs| *ours = theirs);
}

/// Adds the other items. An item with the same key is merged into ours with `join`.
fn merge_named_with<T, K: Ord + Clone>(
    ours: &mut Vec<T>,
    theirs: Vec<T>,
    key: impl Fn(&T) -> &K,
    join: impl Fn(&mut T, T),
) {
    if ours.is_empty() || theirs.is_empty() {
        ours.extend(theirs);
        return;
    }
    let mut places: BTreeMap<K, usize> = BTreeMap::new();
    for (at, one) in ours.iter().enumerate() {
        places.entry(key(one).clone()).or_insert(at);
    }
    for one in theirs {
        match places.get(key(&one)) {
            Some(at) => join(&mut ours[*at], one),
            None => ours.push(one),
        }
    }
}

fn merge_env(ours: &mut Env, theirs: Env) {
    merge_named(ours, theirs, |pair| &pair.0.value);
}

impl Scope {
    /// Merges a scope that has precedence into this one.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self { pins, base, build, packages, apt, pip, app, run, tests, cache, allows } = other;
        merge_pins(&mut self.pins, pins);
        override_value(&mut self.base, base);
        self.build.secrets.overlay(build.secrets);
        merge_packages(&mut self.packages, packages);
        self.apt.add(apt);
        self.pip.add(pip);
        match (&mut self.app, app) {
            (Some(ours), Some(theirs)) => ours.overlay(theirs),
            (ours, theirs) => override_value(ours, theirs),
        }
        self.run.overlay(run);
        merge_named(&mut self.tests, tests, |test| &test.name.value);
        override_value(&mut self.cache, cache);
        self.allows.extend(allows);
    }
}

/// Adds the other pins. They replace our pins of the same names.
fn merge_pins(ours: &mut Vec<Pin>, theirs: Vec<Pin>) {
    let names: BTreeSet<&Name> = theirs.iter().map(|pin| &pin.name.value).collect();
    ours.retain(|pin| !names.contains(&pin.name.value));
    ours.extend(theirs);
}

/// Adds the other requests. If they have a requirement on the same package, it replaces ours; variants and
/// options of both apply, and the later ones have precedence.
fn merge_packages(ours: &mut Vec<Request>, theirs: Vec<Request>) {
    let with_requirement = theirs.iter().filter(|request| request.has_requirement());
    let replaced: BTreeSet<&Name> = with_requirement.map(|request| &request.name.value).collect();
    let kept: Vec<Request> = std::mem::take(ours)
        .into_iter()
        .map(|one| if replaced.contains(&one.name.value) { one.without_requirement() } else { one })
        .collect();
    *ours = kept;
    ours.extend(theirs);
}

impl Apt {
    /// Merges another `apt` node.
    pub(super) fn add(&mut self, other: Self) {
        let Self { install, sources, ppas, recommends, snapshot, extra_arg } = other;
        self.install.extend(install);
        merge_named(&mut self.sources, sources, |source| &source.name.value);
        merge_named(&mut self.ppas, ppas, |ppa| &ppa.0.value);
        override_value(&mut self.recommends.0, recommends.0);
        override_value(&mut self.snapshot, snapshot);
        override_value(&mut self.extra_arg.0, extra_arg.0);
    }
}

impl Pip {
    /// Merges another `pip` node.
    pub(super) fn add(&mut self, other: Self) {
        let Self { install, requirements, index, index_login, extra_indexes, installer, venvs } = other;
        self.install.extend(install);
        self.requirements.extend(requirements);
        if index.is_some() {
            (self.index, self.index_login) = (index, index_login);
        }
        merge_named(&mut self.extra_indexes, extra_indexes, |index| &index.name.value);
        override_value(&mut self.installer, installer);
        merge_named_with(&mut self.venvs, venvs, |venv| &venv.name.value, Venv::overlay);
    }
}

impl Venv {
    fn overlay(&mut self, other: Self) {
        let Self { name, install, requirements, span } = other;
        self.name = name;
        self.install.extend(install);
        self.requirements.extend(requirements);
        self.span = span;
    }
}

impl App {
    fn overlay(&mut self, other: Self) {
        let Self {
            workdir,
            copies,
            requirements,
            env,
            runs,
            user,
            expose,
            entrypoint,
            command,
            healthcheck,
            volumes,
            span,
        } = other;
        override_value(&mut self.workdir, workdir);
        self.copies.extend(copies);
        self.requirements.extend(requirements);
        merge_env(&mut self.env, env);
        self.runs.extend(runs);
        override_value(&mut self.user, user);
        self.expose.extend(expose);
        override_value(&mut self.entrypoint, entrypoint);
        override_value(&mut self.command, command);
        override_value(&mut self.healthcheck, healthcheck);
        self.volumes.extend(volumes);
        self.span = span;
    }
}

impl RunOptions {
    /// Merges a `run` or `service` node that has precedence.
    pub(super) fn overlay(&mut self, other: Self) {
        override_value(&mut self.gpu, other.gpu);
        override_value(&mut self.gpu_form, other.gpu_form);
        override_value(&mut self.display, other.display);
        override_value(&mut self.audio, other.audio);
        override_value(&mut self.session_uid, other.session_uid);
        self.cameras.extend(other.cameras);
        self.devices.extend(other.devices);
        self.can.extend(other.can);
        override_value(&mut self.network, other.network);
        override_value(&mut self.ipc, other.ipc);
        override_value(&mut self.pid, other.pid);
        override_value(&mut self.shm_size, other.shm_size);
        override_value(&mut self.memory, other.memory);
        merge_named(&mut self.ulimits, other.ulimits, |limit| &limit.value.name);
        override_value(&mut self.privileged.0, other.privileged.0);
        self.cap_add.extend(other.cap_add);
        self.security_opt.extend(other.security_opt);
        self.group_add.extend(other.group_add);
        self.device_cgroup_rules.extend(other.device_cgroup_rules);
        merge_named(&mut self.volumes, other.volumes, |volume| &volume.to.value);
        self.tmpfs.extend(other.tmpfs);
        // A port of both scopes is listed once.
        let known: BTreeSet<String> = self.ports.iter().map(|port| port.value.to_string()).collect();
        self.ports.extend(other.ports.into_iter().filter(|port| !known.contains(&port.value.to_string())));
        // `env` and `host-env` set the same variables: a variable of the other scope replaces ours, whichever
        // sets it.
        self.env.retain(|one| other.host_env.iter().all(|host| host.name.value != one.0.value));
        self.host_env.retain(|host| other.env.iter().all(|one| one.0.value != host.name.value));
        merge_env(&mut self.env, other.env);
        merge_named(&mut self.host_env, other.host_env, |host| &host.name.value);
        self.env_files.extend(other.env_files);
        merge_named(&mut self.secrets, other.secrets, |secret| &secret.name.value);
        override_value(&mut self.jtop.0, other.jtop.0);
        override_value(&mut self.docker_socket.0, other.docker_socket.0);
        override_value(&mut self.models, other.models);
        override_value(&mut self.command, other.command);
        override_value(&mut self.restart, other.restart);
        override_value(&mut self.user, other.user);
        override_value(&mut self.name, other.name);
        self.depends_on.extend(other.depends_on);
        override_value(&mut self.init, other.init);
        override_value(&mut self.tty, other.tty);
        override_value(&mut self.read_only, other.read_only);
        override_value(&mut self.healthcheck, other.healthcheck);
        self.process.overlay(other.process);
        merge_named_with(
            &mut self.services,
            other.services,
            |service| &service.name.value,
            ServiceOptions::overlay,
        );
        override_value(&mut self.span, other.span);
    }
}

impl ServiceOptions {
    fn overlay(&mut self, other: Self) {
        let Self { name, image, run, span } = other;
        self.name = name;
        override_value(&mut self.image, image);
        self.run.overlay(run);
        self.span = span;
    }
}

impl Header {
    /// Merges a `project` node that has precedence.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self { name, version, description, image, labels } = other;
        self.name = name;
        override_value(&mut self.version, version);
        override_value(&mut self.description, description);
        override_value(&mut self.image, image);
        merge_named(&mut self.labels, labels, |label| &label.0.value);
    }
}

impl Target {
    /// Merges a `target` node of the same name that has precedence.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self { name, device, platform, gpu, axes, storage, engine, span } = other;
        self.name = name;
        override_value(&mut self.device, device);
        override_value(&mut self.platform, platform);
        if !gpu.is_empty() {
            self.gpu = gpu;
        }
        merge_named(&mut self.axes, axes, |axis| &axis.axis.value);
        override_value(&mut self.storage, storage);
        override_value(&mut self.engine, engine);
        self.span = span;
    }
}

impl Output {
    /// Merges an `output` node that has precedence.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self {
            dockerfile,
            compose,
            bake,
            devcontainer,
            editor,
            engine,
            frontend,
            require_grade,
            require,
            dev,
            ignore,
            ignore_file,
        } = other;
        override_value(&mut self.dockerfile, dockerfile);
        override_value(&mut self.compose, compose);
        override_value(&mut self.bake, bake);
        override_value(&mut self.devcontainer, devcontainer);
        self.editor.overlay(editor);
        override_value(&mut self.engine, engine);
        override_value(&mut self.frontend, frontend);
        override_value(&mut self.require_grade, require_grade);
        override_value(&mut self.require, require);
        override_value(&mut self.dev.0, dev.0);
        self.ignore.extend(ignore);
        self.ignore_file.extend(ignore_file);
    }
}

/// Adds the values that are not in the list yet.
pub(super) fn add_new<T: PartialEq>(ours: &mut Vec<Spanned<T>>, theirs: Vec<Spanned<T>>) {
    for one in theirs {
        if ours.iter().all(|other| other.value != one.value) {
            ours.push(one);
        }
    }
}
