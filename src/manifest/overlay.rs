//! One block over another: lists add, single values override, what has a name replaces what bore that name.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Spanned;
use crate::value::Name;

use super::scope::Scope;
use super::{App, Apt, Env, Header, Output, Pin, Pip, Request, RunOptions, ServiceOptions, Target, Venv};

/// Takes the other's value, where it has one.
pub(super) fn over<T>(ours: &mut Option<T>, theirs: Option<T>) {
    if theirs.is_some() {
        *ours = theirs;
    }
}

/// Adds the others; one with the same name replaces ours.
pub(super) fn over_named<T, K: Ord + Clone>(ours: &mut Vec<T>, theirs: Vec<T>, key: impl Fn(&T) -> &K) {
    over_named_with(ours, theirs, key, |ours, theirs| *ours = theirs);
}

/// Adds the others; one with the same name is merged into ours.
fn over_named_with<T, K: Ord + Clone>(
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

fn over_env(ours: &mut Env, theirs: Env) {
    over_named(ours, theirs, |pair| &pair.0.value);
}

impl Scope {
    /// Puts the other block over this one.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self { pins, base, build, packages, apt, pip, app, run, tests, cache, allows } = other;
        over_pins(&mut self.pins, pins);
        over(&mut self.base, base);
        self.build.secrets.overlay(build.secrets);
        over_packages(&mut self.packages, packages);
        self.apt.add(apt);
        self.pip.add(pip);
        match (&mut self.app, app) {
            (Some(ours), Some(theirs)) => ours.overlay(theirs),
            (ours, theirs) => over(ours, theirs),
        }
        self.run.overlay(run);
        over_named(&mut self.tests, tests, |test| &test.name.value);
        over(&mut self.cache, cache);
        self.allows.extend(allows);
    }
}

/// A pin of a name that the other block pins too gives way.
fn over_pins(ours: &mut Vec<Pin>, theirs: Vec<Pin>) {
    let names: BTreeSet<&Name> = theirs.iter().map(|pin| &pin.name.value).collect();
    ours.retain(|pin| !names.contains(&pin.name.value));
    ours.extend(theirs);
}

/// A requirement gives way to that of the other block; variant and options of both stand, the later ones last.
fn over_packages(ours: &mut Vec<Request>, theirs: Vec<Request>) {
    let narrow = theirs.iter().filter(|request| request.is_narrow());
    let narrow: BTreeSet<&Name> = narrow.map(|request| &request.name.value).collect();
    let kept: Vec<Request> = std::mem::take(ours)
        .into_iter()
        .map(|one| if narrow.contains(&one.name.value) { one.any_version() } else { one })
        .collect();
    *ours = kept;
    ours.extend(theirs);
}

impl Apt {
    /// Adds what another `apt` says.
    pub(super) fn add(&mut self, other: Self) {
        let Self { install, sources, ppas, recommends, snapshot, extra_arg } = other;
        self.install.extend(install);
        over_named(&mut self.sources, sources, |source| &source.name.value);
        over_named(&mut self.ppas, ppas, |ppa| &ppa.0.value);
        over(&mut self.recommends.0, recommends.0);
        over(&mut self.snapshot, snapshot);
        over(&mut self.extra_arg.0, extra_arg.0);
    }
}

impl Pip {
    /// Adds what another `pip` says.
    pub(super) fn add(&mut self, other: Self) {
        let Self { install, requirements, index, index_login, extra_indexes, installer, venvs } = other;
        self.install.extend(install);
        self.requirements.extend(requirements);
        if index.is_some() {
            (self.index, self.index_login) = (index, index_login);
        }
        over_named(&mut self.extra_indexes, extra_indexes, |index| &index.name.value);
        over(&mut self.installer, installer);
        over_named_with(&mut self.venvs, venvs, |venv| &venv.name.value, Venv::overlay);
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
        over(&mut self.workdir, workdir);
        self.copies.extend(copies);
        self.requirements.extend(requirements);
        over_env(&mut self.env, env);
        self.runs.extend(runs);
        over(&mut self.user, user);
        self.expose.extend(expose);
        over(&mut self.entrypoint, entrypoint);
        over(&mut self.command, command);
        over(&mut self.healthcheck, healthcheck);
        self.volumes.extend(volumes);
        self.span = span;
    }
}

impl RunOptions {
    /// Puts the other one over this.
    pub(super) fn overlay(&mut self, other: Self) {
        over(&mut self.gpu, other.gpu);
        over(&mut self.gpu_form, other.gpu_form);
        over(&mut self.display, other.display);
        over(&mut self.audio, other.audio);
        over(&mut self.session_uid, other.session_uid);
        self.cameras.extend(other.cameras);
        self.devices.extend(other.devices);
        self.can.extend(other.can);
        over(&mut self.network, other.network);
        over(&mut self.ipc, other.ipc);
        over(&mut self.pid, other.pid);
        over(&mut self.shm_size, other.shm_size);
        over(&mut self.memory, other.memory);
        over_named(&mut self.ulimits, other.ulimits, |limit| &limit.value.name);
        over(&mut self.privileged.0, other.privileged.0);
        self.cap_add.extend(other.cap_add);
        self.security_opt.extend(other.security_opt);
        self.group_add.extend(other.group_add);
        self.device_cgroup_rules.extend(other.device_cgroup_rules);
        over_named(&mut self.volumes, other.volumes, |volume| &volume.to.value);
        self.tmpfs.extend(other.tmpfs);
        // The same port of two layers is one.
        let known: BTreeSet<String> = self.ports.iter().map(|port| port.value.to_string()).collect();
        self.ports.extend(other.ports.into_iter().filter(|port| !known.contains(&port.value.to_string())));
        // A variable has one value: the other layer's, whether that writes it or takes the host's.
        self.env.retain(|one| other.host_env.iter().all(|host| host.name.value != one.0.value));
        self.host_env.retain(|host| other.env.iter().all(|one| one.0.value != host.name.value));
        over_env(&mut self.env, other.env);
        over_named(&mut self.host_env, other.host_env, |host| &host.name.value);
        self.env_files.extend(other.env_files);
        over_named(&mut self.secrets, other.secrets, |secret| &secret.name.value);
        over(&mut self.jtop.0, other.jtop.0);
        over(&mut self.docker_socket.0, other.docker_socket.0);
        over(&mut self.models, other.models);
        over(&mut self.command, other.command);
        over(&mut self.restart, other.restart);
        over(&mut self.user, other.user);
        over(&mut self.name, other.name);
        self.depends_on.extend(other.depends_on);
        over(&mut self.init, other.init);
        over(&mut self.tty, other.tty);
        over(&mut self.read_only, other.read_only);
        over(&mut self.healthcheck, other.healthcheck);
        self.process.overlay(other.process);
        over_named_with(
            &mut self.services,
            other.services,
            |service| &service.name.value,
            ServiceOptions::overlay,
        );
        over(&mut self.span, other.span);
    }
}

impl ServiceOptions {
    fn overlay(&mut self, other: Self) {
        let Self { name, image, run, span } = other;
        self.name = name;
        over(&mut self.image, image);
        self.run.overlay(run);
        self.span = span;
    }
}

impl Header {
    /// Puts the other one over this.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self { name, version, description, image, labels } = other;
        self.name = name;
        over(&mut self.version, version);
        over(&mut self.description, description);
        over(&mut self.image, image);
        over_named(&mut self.labels, labels, |label| &label.0.value);
    }
}

impl Target {
    /// Puts the other one over this.
    pub(super) fn overlay(&mut self, other: Self) {
        let Self { name, device, platform, gpu, axes, storage, engine, span } = other;
        self.name = name;
        over(&mut self.device, device);
        over(&mut self.platform, platform);
        if !gpu.is_empty() {
            self.gpu = gpu;
        }
        over_named(&mut self.axes, axes, |axis| &axis.axis.value);
        over(&mut self.storage, storage);
        over(&mut self.engine, engine);
        self.span = span;
    }
}

impl Output {
    /// Puts the other one over this.
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
            dev,
            ignore,
            ignore_file,
        } = other;
        over(&mut self.dockerfile, dockerfile);
        over(&mut self.compose, compose);
        over(&mut self.bake, bake);
        over(&mut self.devcontainer, devcontainer);
        self.editor.overlay(editor);
        over(&mut self.engine, engine);
        over(&mut self.frontend, frontend);
        over(&mut self.require_grade, require_grade);
        over(&mut self.dev.0, dev.0);
        self.ignore.extend(ignore);
        self.ignore_file.extend(ignore_file);
    }
}

/// Adds folders that are not there yet.
pub(super) fn add_new<T: PartialEq>(ours: &mut Vec<Spanned<T>>, theirs: Vec<Spanned<T>>) {
    for one in theirs {
        if ours.iter().all(|other| other.value != one.value) {
            ours.push(one);
        }
    }
}
