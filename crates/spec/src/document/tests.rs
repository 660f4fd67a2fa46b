use super::*;

fn json(text: &str) -> Document {
    Document::parse_json(text, &Limits::DEFAULT).unwrap()
}

fn yaml(text: &str) -> String {
    let document = Document::parse_yaml(text, &Limits::DEFAULT).unwrap();
    document.root().to_json()
}

fn at(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap()
}

fn refused(text: &str) -> (usize, String) {
    let malformed = Document::parse(text, &Limits::DEFAULT).unwrap_err();
    (malformed.span.start as usize, malformed.message)
}

#[test]
fn json_comes_out_as_it_went_in() {
    for text in [
        "null",
        "[]",
        "{}",
        r#"{"a":[1,-2.5e+3,{"b":null}],"c":true,"d":false}"#,
        r#""""#,
        r#""é\n\"\\""#,
    ] {
        assert_eq!(json(text).root().to_json(), text);
    }
}

#[test]
fn escapes_mean_characters() {
    for (text, meant) in [
        (r#""\u00e9\/\b\f\r\t""#, "é/\u{8}\u{c}\r\t"),
        (r#""a\ud83d\ude00b""#, "a😀b"),
        (r#""\ud83d""#, "\u{fffd}"),
        (r#""\ud83d\u0041""#, "\u{fffd}A"),
    ] {
        assert_eq!(json(text).root().string(), Some(meant), "{text}");
    }
}

#[test]
fn members_know_where_they_stand() {
    let text = "{ \"a\": [1, \"x\"],\n  \"b\" : { } }";
    let document = json(text);
    let places: Vec<(&str, &str)> = document
        .root()
        .members()
        .map(|m| (at(text, m.name_span), at(text, m.value.span())))
        .collect();
    assert_eq!(places, [("\"a\"", "[1, \"x\"]"), ("\"b\"", "{ }")]);
}

#[test]
fn the_later_of_two_equal_names_counts() {
    let document = json(r#"{"a":1,"a":2}"#);
    assert_eq!(document.root().get("a").unwrap().scalar(), Some("2"));
}

#[test]
fn broken_json_is_refused_at_its_place() {
    for (text, at, message) in [
        ("", 0, "expected a value, found the end of the text"),
        ("{\"a\" 1}", 5, "expected `:`, found `1`"),
        (
            "{\"a\":1,}",
            7,
            "expected a name in quotation marks, found `}`",
        ),
        ("[1 2]", 3, "expected `,` or `]`, found `2`"),
        ("{\"a\":1 \"b\"}", 7, "expected `,` or `}`, found `\"`"),
        ("{\"a\":01}", 5, "expected a number, found `0`"),
        ("{\"a\":tru}", 5, "expected a value, found `t`"),
        ("{\"a\":\"b", 5, "a string is not closed"),
        ("[\"\\x\"]", 2, "an unknown escape in a string"),
        (
            "[\"\\u12\"]",
            2,
            "`\\u` is followed by four hexadecimal digits",
        ),
        (
            "[\"\n\"]",
            2,
            "expected an escape instead of a control character, found `\\n`",
        ),
        ("{} x", 3, "expected the end of the text, found `x`"),
        ("[1}", 2, "expected `,` or `]`, found `}`"),
    ] {
        let malformed = Document::parse_json(text, &Limits::DEFAULT).unwrap_err();
        let found = (malformed.span.start, malformed.message.as_str());
        assert_eq!(found, (at, message), "{text}");
    }
}

#[test]
fn yaml_scalars_follow_the_core_schema() {
    for (text, meant) in [
        ("", "null"),
        ("a: ~\nb:\nc: null", r#"{"a":null,"b":null,"c":null}"#),
        (
            "a: true\nb: yes\nc: 'true'",
            r#"{"a":true,"b":"yes","c":"true"}"#,
        ),
        (
            "a: 1.10\nb: 0755\nc: 0x1f\nd: -1e3",
            r#"{"a":1.10,"b":"0755","c":"0x1f","d":-1e3}"#,
        ),
        ("a: !!str 1\n200: ok", r#"{"a":"1","200":"ok"}"#),
        (
            "a: |\n  one\n  two\nb: >-\n  one\n  two",
            r#"{"a":"one\ntwo\n","b":"one two"}"#,
        ),
        ("- 'it''s'\n- \"a\\tb\"", r#"["it's","a\tb"]"#),
        ("---\na: 1\n---\nb: 2", r#"{"a":1}"#),
    ] {
        assert_eq!(yaml(text), meant, "{text}");
    }
}

#[test]
fn yaml_aliases_are_written_out_and_merge_keys_applied() {
    for (text, meant) in [
        ("a: &x {b: [1]}\nc: *x", r#"{"a":{"b":[1]},"c":{"b":[1]}}"#),
        ("a: &x 1\nb: *x", r#"{"a":1,"b":1}"#),
        (
            "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n  r: 4",
            r#"{"a":{"p":1,"q":2},"b":{"q":3,"r":4,"p":1}}"#,
        ),
        (
            "a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y], z: {k: 1}}\nd: 5",
            r#"{"a":{"p":1},"b":{"p":2,"q":2},"c":{"z":{"k":1},"p":1,"q":2},"d":5}"#,
        ),
    ] {
        assert_eq!(yaml(text), meant, "{text}");
    }
}

#[test]
fn yaml_values_know_where_they_stand() {
    let text = "é: 1\nb:\n  c: \"x\"\n";
    let document = Document::parse(text, &Limits::DEFAULT).unwrap();
    let inner = document.root().get("b").unwrap().get("c").unwrap();
    assert_eq!(at(text, inner.span()), "\"x\"");
}

#[test]
fn broken_yaml_is_refused_at_its_place() {
    let (at, message) = refused("a: 1\nb: [1, 2\nc: 3\n");
    assert!(at > 5 && !message.is_empty(), "{at} {message}");
    let (_, message) = refused("a: *nowhere");
    assert!(message.contains("anchor"), "{message}");
    let (_, message) = refused("a: &x [1, *x]");
    assert!(message.contains("inside"), "{message}");
}

#[test]
fn documents_beyond_the_limits_are_refused() {
    let limits = Limits {
        bytes: 100,
        nodes: 20,
        depth: 5,
        ..Limits::DEFAULT
    };
    let bomb = "a: &a [1,1,1,1]\nb: &b [*a,*a,*a]\nc: [*b,*b,*b]\n";
    for (text, message) in [
        (
            " ".repeat(101),
            "the text has 101 bytes, more than the 100 that are read",
        ),
        (
            "[".repeat(6),
            "more than 5 arrays and objects within each other",
        ),
        (format!("[{}1]", "1,".repeat(30)), "more than 20 values"),
        (bomb.to_owned(), "more than 20 values"),
    ] {
        let malformed = Document::parse(text, &limits).unwrap_err();
        assert_eq!(
            (malformed.cause, malformed.message.as_str()),
            (Cause::Limit, message)
        );
    }
}

#[test]
fn deep_yaml_is_refused_and_not_run_into() {
    let deep = format!("{}1", "- ".repeat(100_000));
    assert!(Document::parse(deep, &Limits::DEFAULT).is_err());
    let flow = format!("a: {}", "[".repeat(100_000));
    assert!(Document::parse(flow, &Limits::DEFAULT).is_err());
}

/// A description with some of everything, in both languages.
const JSON: &str = r##"{"openapi":"3.0.0","info":{"title":"a\u00e9\n"},"paths":{"/a/{b}":{"get":
{"parameters":[{"name":"q","in":"query","required":true}],"responses":{"200":{"content":
{"application/json":{"schema":{"$ref":"#/components/schemas/S"}}}}}}}},
"components":{"schemas":{"S":{"properties":{"s":{"$ref":"#/components/schemas/S"},"n":{"minimum":-1.5e3}}}}}}"##;
const YAML: &str = "openapi: 3.0.0\nx: &a {p: [1, 'two', \"th\\tree\"]}\npaths:\n  /a/{b}:\n    <<: *a\n    \
                    get:\n      summary: |\n        text\n      responses:\n        200: {description: é}\n";

#[test]
fn no_cut_or_changed_text_is_more_than_a_diagnostic() {
    let mut texts = Vec::new();
    for whole in [JSON, YAML] {
        for at in (0..whole.len()).filter(|at| whole.is_char_boundary(*at)) {
            texts.push(whole.get(..at).unwrap().to_owned());
            for put in [
                "{", "]", "\"", "\\", ":", "-", "*", "&", "\n", "\t", "\0", "é", "#", "$ref",
            ] {
                let (before, after) = whole.split_at(at);
                texts.push(format!("{before}{put}{after}"));
            }
        }
    }
    for text in texts {
        let mut diagnostics = portcullis_model::Diagnostics::default();
        let source = portcullis_model::SourceId(0);
        crate::parse(text.as_str(), source, &mut diagnostics);
        for diagnostic in &diagnostics {
            let span = diagnostic.span;
            assert!(
                span.start <= span.end && span.end as usize <= text.len(),
                "{text}"
            );
        }
    }
}
