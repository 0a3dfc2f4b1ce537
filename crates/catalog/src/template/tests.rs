use std::collections::BTreeMap;

use super::*;
use crate::diagnostic::plain;
use crate::source::Sources;
use crate::value::Name;

fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn template(text: &str, sources: &mut Sources) -> Template {
    let written = format!("\"{text}\"");
    let length = written.len();
    let source = sources.add("t.kdl", written);
    Template { text: text.to_owned().into(), span: Span::new(source, 0..length) }
}

fn view(log: &mut Log, sources: &mut Sources) -> TemplateView {
    let mut view = TemplateView::new();
    view.text("arch", "arm64");
    view.package(&name("cuda"), &version("12.6"), None);
    view.package(&name("flash-attention"), &version("2.7.4"), None);
    view.sm(&[version("8.7"), version("10.0")]);
    view.option(&name("qt"), "5");
    let values = [("url", "https://x/{{ file }}"), ("file", "a-{{ version }}.{{ build }}"), ("build", "24")];
    let values = values.map(|(key, text)| (key.to_owned().into(), template(text, sources)));
    view.own(&version("2.5.1"), &BTreeMap::from(values), log);
    view
}

fn expand(text: &str) -> String {
    let (mut log, mut sources) = (Log::new(), Sources::new());
    let view = view(&mut log, &mut sources);
    let expanded = template(text, &mut sources).expand(&view, &mut log);
    match expanded {
        Some(expanded) if log.is_empty() => expanded,
        _ => plain(&log, &sources),
    }
}

#[test]
fn values_are_put_in() {
    assert_eq!(expand("plain"), "plain");
    assert_eq!(
        expand("{{ version }} {{ version.major }}.{{ version.minor }}.{{ version.patch }}"),
        "2.5.1 2.5.1"
    );
    assert_eq!(
        expand("cu{{ cuda.major }}{{ cuda.minor }} {{ cuda }} {{ cuda.version }} {{ arch }}"),
        "cu126 12.6 12.6 arm64"
    );
    assert_eq!(expand("{{ url }}"), "https://x/a-2.5.1.24");
    assert_eq!(expand("{{ sm | join(';') }} {{ sm_list }} {{ sm_flat }}"), "8.7;10.0 8.7;10.0 87;100");
    assert_eq!(
        expand("{{ sm[0].major }} {% for one in sm %}{{ one.major }}{{ one.minor }},{% endfor %}"),
        "8 87,100,"
    );
    assert_eq!(expand("{{ packages['flash-attention'].version }} {{ flash_attention }}"), "2.7.4 2.7.4");
    assert_eq!(expand("{{ 'NO' if option.qt == 'none' else 'YES' }}"), "YES");
    assert_eq!(expand("{{ 1 if cuda is matching('>=12.4, <12.10') else 0 }}"), "1");
}

#[test]
fn what_is_wrong_is_reported_at_its_place() {
    insta::assert_snapshot!(expand("a {{ versoin }}"));
    insta::assert_snapshot!(expand("a {{ option.qtt }}"));
    insta::assert_snapshot!(expand("a {{ version"));
    insta::assert_snapshot!(expand("a {{ version | frobnicate }}"));
    insta::assert_snapshot!(expand(
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}"
    ));
    insta::assert_snapshot!(expand("{{ packages.numpy.version }}"));
    insta::assert_snapshot!(expand("{% include 'other' %}"));
}

#[test]
fn values_that_need_each_other_are_reported() {
    let (mut log, mut sources) = (Log::new(), Sources::new());
    let values = [("a", "{{ b }}"), ("b", "{{ a }}")]
        .map(|(key, text)| (key.to_owned().into(), template(text, &mut sources)));
    TemplateView::new().own(&version("1"), &BTreeMap::from(values), &mut log);
    insta::assert_snapshot!(plain(&log, &sources));
}

#[test]
fn names_are_checked_without_values() {
    let mut names = Names::new();
    names.package(&name("ubuntu"), ["codename"]);
    names.options([&name("qt")]);
    names.value("commit");
    let reported = |text: &str| {
        let (mut log, mut sources) = (Log::new(), Sources::new());
        template(text, &mut sources).check_names(&names, &mut log);
        plain(&log, &sources)
    };
    assert_eq!(
        reported(
            "{{ version }}{{ ubuntu.codename }}{{ option.qt }}{{ commit }}{{ packages['x-y'].version }}"
        ),
        ""
    );
    assert_eq!(
        reported("{% for one in sm %}{{ one.major }}{% endfor %}{{ device.model }}{{ cpu if false else 1 }}")
            .lines()
            .count(),
        2
    );
    insta::assert_snapshot!(reported("commit {{ comit }} {{ ubuntu.codenam }} {{ option.q }}"));
    insta::assert_snapshot!(reported("{{ a"));
}

/// Each would make gigabytes, or go as deep as it is long, from a short text.
#[test]
fn no_template_grows_without_bound() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("{{{{ {}1{} }}}}", open.repeat(times), close.repeat(times))
    };
    let doubling = "{% set a = a ~ a %}".repeat(60);
    let all = [
        "{{ 'a' * 1000000000 }}".to_owned(),
        "{{ [1] * 1000000000 }}".to_owned(),
        "{{ 2 ** 1000 }}".to_owned(),
        "{{ 'a' ~ 'a' }}".to_owned(),
        "{{ version.text + 'a' }}".to_owned(),
        "{{ '%1000000000d' | format(1) }}".to_owned(),
        "{{ 'a' | center(1000000000) }}".to_owned(),
        "{{ 'a' | indent(1000000000) }}".to_owned(),
        format!("{{{{ 'aaaaaaaa'{} }}}}", " | replace('a', 'aaaaaaaaaaaaaaaa')".repeat(20)),
        format!("{{{{ 'a'{} }}}}", " | replace('', 'aaaaaaaaaaaaaaaa')".repeat(20)),
        format!("{{{{ range(100000) | join('{}') }}}}", "x".repeat(500)),
        "{{ 'ab' | join('c') | join('d') | join(range(100000) | join('x')) }}".to_owned(),
        "{% for a in range(9999) %}{{ url }}{% endfor %}".to_owned(),
        format!("{{% set a = 'aaaa' %}}{doubling}{{{{ a }}}}"),
        "{% macro a() %}{{ a() }}{{ a() }}{% endmacro %}{{ a() }}".to_owned(),
        "{% for a in sm recursive %}{{ loop(sm) }}{% endfor %}".to_owned(),
        "{{ {'a': {'b': 1}} * 100000000 }}".to_owned(),
        "{% raw %}{{{% endraw %}".to_owned(),
        deep("(", ")", 30_000),
        deep("not ", "", 30_000),
        deep("-", "", 30_000),
        deep("[", "]", 30_000),
        deep("1-", "", 30_000),
        deep("1 if 1 else ", "", 30_000),
        deep("a.", "", 30_000),
        deep("(", ")", 400),
        deep("[", "]", 400),
        "{% if 1 %}".repeat(300),
    ];
    for text in all {
        let report = expand(&text);
        assert!(
            report.contains("template-syntax]") || report.contains("template-failed]"),
            "{text:.80}: {report:.200}"
        );
        let (mut log, mut sources) = (Log::new(), Sources::new());
        template(&text, &mut sources).check_names(&Names::new(), &mut log);
        assert!(log.has_errors() || text.len() < 1000, "{text:.80}");
    }
}

/// The longest of what is allowed is computed, on the small stack that a test has.
#[test]
fn what_is_within_the_bounds_is_computed() {
    let chain = format!("{{{{ 1{} }}}}", "-1".repeat(400));
    assert_eq!(expand(&chain), "-399");
    assert_eq!(expand(&format!("{{{{ 'x'{} }}}}", " | trim".repeat(120))), "x");
    assert_eq!(expand(&format!("{{{{ {}1 }}}}", "0 or ".repeat(190))), "1");
    assert_eq!(expand(&format!("{{{{ {}0 }}}}", "not ".repeat(199))), "True");
    assert_eq!(expand("{{ version | replace('.', '_') }} {{ '}}' }} {{ \"*\" }}{# + * ~ { #}"), "2_5_1 }} *");
    assert_eq!(expand(&"{{ arch }}".repeat(400)), "arm64".repeat(400));
    assert_eq!(expand("{%- if cuda.major > 11 -%} a {%- elif 0 %}b{% else %}c{%+ endif +%}"), "a");
}

/// Values that refer to each other twice, again and again.
#[test]
fn values_that_double_each_other_end() {
    let (mut log, mut sources) = (Log::new(), Sources::new());
    let mut values =
        BTreeMap::from([("a0".to_owned().into(), template("{{ version }}aaaaaaaaaaaaaaaa", &mut sources))]);
    for number in 1..60 {
        let text = format!("{{{{ a{0} }}}}{{{{ a{0} }}}}", number - 1);
        values.insert(format!("a{number}").into(), template(&text, &mut sources));
    }
    TemplateView::new().own(&version("1"), &values, &mut log);
    let report = plain(&log, &sources);
    assert!(report.contains("longer than 16384 bytes"), "{report:.300}");
}

#[test]
fn templates_of_names_are_what_the_engine_makes_of_them() {
    let (mut log, mut sources) = (Log::new(), Sources::new());
    let view = view(&mut log, &mut sources);
    for text in [
        "{{ version }}",
        "v{{version}}-{{ cuda.major }}.{{ cuda.minor }}/{{ url }}",
        "{{ option.qt }} {{ cuda }} {{ flash_attention.version }} {{ sm }} } }} {",
        "{{ arch }}\n",
    ] {
        let template = template(text, &mut sources);
        let filled = names_only::filled(text, &view);
        assert!(filled.is_some(), "{text}");
        assert_eq!(filled, template.filled(&view).ok(), "{text}");
    }
    for text in [
        "{{ nothing }}",
        "{{ cuda.nothing }}",
        "{{ cuda.nothing.at }}",
        "{{ version | upper }}",
        "{{- version }}",
        "{{ packages['cuda'] }}",
        "{% if arch %}{{ arch }}{% endif %}",
        "{# {{ arch }} #}",
        "{{ true }}",
        "{{ arch",
        "{{ }}",
        "{{ 'a' }}",
        "{{{ arch }}}",
    ] {
        assert_eq!(names_only::filled(text, &view), None, "{text}");
    }
}
