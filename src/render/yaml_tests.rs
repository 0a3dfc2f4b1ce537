//! Tests that written values are read back unchanged.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn awkward() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "22:22",
        "yes",
        "no",
        "on",
        "~",
        "null",
        "2024-01-01",
        "0755",
        "0x1f",
        "1e3",
        ".5",
        "1_000",
        "=",
        "<<",
        "!x",
        "&a",
        "*a",
        "- a",
        "a: b",
        "a #b",
        "#",
        "'",
        "\"",
        "\\",
        "\n",
        "\r",
        "\t",
        " ",
        "é漢",
        "\u{85}",
        "\u{2028}",
        "[a",
        "{a",
        "]",
        ",",
        "%x",
        "@x",
        "`x",
        "|",
        ">",
        "?",
        "---",
        "...",
        "true",
        "190:20:30",
        "\u{feff}",
        "\u{7}",
    ]);
    prop_oneof![
        known.clone().prop_map(str::to_owned),
        prop::collection::vec(prop_oneof![known.prop_map(str::to_owned), "[ -~]{1,4}"], 0..5)
            .prop_map(|parts| parts.concat()),
        any::<String>(),
    ]
}

#[test]
fn a_question_mark_in_a_flow_sequence_is_quoted() {
    let mut map = Map::default();
    map.put("test", Yaml::Flow(vec!["a? b".to_owned(), "a?b".to_owned()]));
    assert_eq!(document(&map), "test: [\"a? b\", a?b]\n");
}

#[test]
fn a_mapping_merges_the_keys_of_another() {
    let (mut one, mut other, mut root) = (Map::default(), Map::default(), Map::default());
    one.text("a", "1").text("b", "2");
    other.merge(&anchor("x.y")).text("b", "3").behind("why");
    root.put("one", Yaml::Map(one)).anchor(&anchor("x.y")).behind("the first").put("other", Yaml::Map(other));
    let out = document(&root);
    assert_eq!(out, "one: &x-y # the first\n  a: \"1\"\n  b: \"2\"\nother:\n  <<: *x-y\n  b: \"3\" # why\n");
    let read: serde_json::Value = serde_saphyr::from_str(&out).expect("valid YAML");
    assert_eq!(read["other"], serde_json::json!({ "a": "1", "b": "3" }));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_text_is_read_back(text in awkward(), flow in prop::collection::vec(awkward(), 1..4)) {
        let mut map = Map::default();
        let mut inner = Map::default();
        inner.text(&text, &*text);
        map.put("flow", Yaml::Flow(flow.clone())).comment(&text);
        map.list("list", vec![Item::noted(Yaml::Text(text.clone()), &text), Item::text("x")]);
        map.put("map", Yaml::Map(inner));
        let out = document(&map);
        let read: BTreeMap<String, serde_json::Value> = serde_saphyr::from_str(&out).map_err(|why| TestCaseError::fail(format!("{why}\n{out}")))?;
        prop_assert_eq!(&read["flow"], &serde_json::json!(flow), "{}", out);
        prop_assert_eq!(&read["list"], &serde_json::json!([text, "x"]), "{}", out);
        let wanted = serde_json::json!({ &text: text });
        prop_assert_eq!(&read["map"], &wanted, "{}", out);
    }
}
