use std::fmt::Write as _;
use std::sync::Arc;

use portcullis_model::policy::{PolicyFormat, PolicyText};
use portcullis_model::{Diagnostics, Sources};

use super::*;
use crate::grammar::Kind;
use crate::policies;

/// `port` is 8080, `key` is a secret, `expression` an expression, `gone` has no value.
#[derive(Debug)]
struct Some_ {
    key: Secret,
}

impl NamedValues for Some_ {
    fn text(&self, name: &str) -> NamedValue<'_> {
        match name {
            "port" => NamedValue::Text("8080"),
            "host" => NamedValue::Text("a.example"),
            "quoted" => NamedValue::Text("\"q\""),
            "expression" => NamedValue::Text("@(1 + 1)"),
            "key" => NamedValue::Secret(&self.key),
            "gone" => NamedValue::Unavailable("it was exported without its value".to_owned()),
            _ => NamedValue::Unknown,
        }
    }

    fn names(&self) -> Vec<&str> {
        vec!["port", "host", "quoted", "expression", "key", "gone"]
    }
}

/// Checks one policy in inbound and gives what `read` makes of it, and what was wrong.
fn check<T>(
    references: References,
    policy: &str,
    read: impl FnOnce(&Checked<'_>) -> T,
) -> (Option<T>, Vec<String>) {
    let text: Arc<str> = format!("<policies><inbound>{policy}</inbound></policies>").into();
    let mut sources = Sources::default();
    let text = PolicyText {
        source: sources.add("p.xml", Arc::clone(&text)),
        text,
        format: PolicyFormat::Raw,
    };
    let mut found = Diagnostics::default();
    let values = Some_ {
        key: Secret::new("hunter2"),
    };
    let around = Surroundings {
        named_values: &values,
        references,
        scope: Some(Scope::Api),
    };
    let document = PolicyDocument::read(&text, &mut found).unwrap();
    let checked = check_document(&document, around, &mut found);
    let mut lines = checked.sections.iter().flatten().flatten();
    let first = lines.find_map(|line| match line {
        Line::Policy(policy) => Some(&**policy),
        Line::Base(_) => None,
    });
    let result = first.map(read);
    let lines = found.iter().map(|d| sources.one_line(d)).collect();
    (result, lines)
}

fn variable(references: References, value: &str) -> String {
    let policy = format!("<set-variable name=\"n\" value=\"{value}\" />");
    let (value, problems) = check(references, &policy, |checked| checked.text("value"));
    let value = match value.unwrap() {
        Some(Attr::Literal(text, _)) => text,
        Some(Attr::Expression(source)) => format!("{:?} {}", source.form, source.text()),
        None => "nothing".to_owned(),
    };
    problems
        .into_iter()
        .fold(value, |all, problem| all + "\n" + &problem)
}

#[test]
fn named_values_are_put_in_before_a_value_is_read() {
    let table = [
        ("plain", "plain"),
        ("{{port}}", "8080"),
        ("https://{{host}}:{{port}}/", "https://a.example:8080/"),
        ("{{expression}}", "Expression 1 + 1"),
        (
            "@(f(\"{{host}}\", {{port}}))",
            "Expression f(\"a.example\", 8080)",
        ),
        ("@(f({{quoted}}))", "Expression f(\"q\")"),
        ("{{ host }}", "{{ host }}"),
        (
            "{{prot}}",
            "nothing\np.xml:1:50: error[P0301]: cannot find a property `prot`: no named value has this name",
        ),
        (
            "{{gone}}",
            "nothing\np.xml:1:50: error[P0302]: the value of the named value `gone` is not available: \
             it was exported without its value",
        ),
    ];
    for (value, expected) in table {
        assert_eq!(variable(References::Known, value), expected, "{value}");
    }
}

#[test]
fn assumed_references_are_any_text_and_in_programs_a_literal() {
    let table = [
        ("{{prot}}/x", "{{prot}}/x"),
        ("${host}/{{port}}", "${host}/8080"),
        ("@(f(\"a{{prot}}\", {{prot}}))", "Expression f(\"ax\", 1)"),
        ("@($\"{a}{{prot}}\")", "Expression $\"{a}x\""),
        ("@($\"${price}\")", "Expression $\"${price}\""),
        ("@(f(\"${host}\", ${port}))", "Expression f(\"x\", 1)"),
        ("@(f(/* {{prot}} */ 2))", "Expression f(/* x */ 2)"),
        ("{{gone}}", "{{gone}}"),
    ];
    for (value, expected) in table {
        assert_eq!(variable(References::Assumed, value), expected, "{value}");
    }
}

#[test]
fn what_is_assumed_has_the_kind_that_is_needed() {
    let policy = "<rate-limit calls=\"{{calls}}\" renewal-period=\"${period}\" />";
    let (read, problems) = check(References::Assumed, policy, |checked| {
        (
            checked.int::<u32>("calls"),
            checked.seconds("renewal-period"),
        )
    });
    let (calls, period) = read.unwrap();
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(calls.unwrap().literal(), Some(&1));
    assert_eq!(
        period.unwrap().literal(),
        Some(&std::time::Duration::from_secs(1))
    );
}

#[test]
fn a_secret_is_not_printed() {
    let policy =
        "<authentication-basic username=\"{{key}}\" password=\"@(f(&quot;{{key}}&quot;))\" />";
    let (read, _) = check(References::Known, policy, |checked| {
        assert!(checked.is_secret("username") && checked.is_secret("password"));
        format!("{checked:?} {:?}", checked.text("password"))
    });
    assert!(!read.unwrap().contains("hunter2"));
    let (_, problems) = check(
        References::Known,
        "<rate-limit calls=\"{{key}}\" renewal-period=\"1\" />",
        |_| (),
    );
    assert_eq!(
        problems,
        [
            "p.xml:1:39: error[P0204]: the `calls` attribute is invalid: `{{key}}` is not a whole \
          number of at least 0"
        ]
    );
}

#[test]
fn values_are_read_by_type_with_defaults() {
    let policy = "<cors allow-credentials=\"true\"><allowed-origins><origin> * </origin></allowed-origins>\
                  <allowed-methods><method>@(m)</method></allowed-methods></cors>";
    let (_, problems) = check(References::Known, policy, |checked| {
        assert_eq!(checked.name(), "cors");
        assert_eq!(
            checked.bool("allow-credentials").unwrap().literal(),
            Some(&true)
        );
        assert_eq!(
            checked
                .bool("terminate-unmatched-request")
                .unwrap()
                .literal(),
            Some(&true)
        );
        assert!(!checked.has("terminate-unmatched-request"));
        let methods = checked.child("allowed-methods").unwrap();
        assert_eq!(
            methods
                .int::<u32>("preflight-result-max-age")
                .unwrap()
                .literal(),
            Some(&0)
        );
        let method = methods.child("method").unwrap().body().unwrap();
        assert!(matches!(method, Attr::Expression(source) if source.text() == "m"));
        let origins = checked.child("allowed-origins").unwrap();
        let origin = origins.child("origin").unwrap().body().unwrap();
        assert_eq!(origin.literal().map(String::as_str), Some("*"));
        assert_eq!(checked.expressions().len(), 1);
    });
    assert_eq!(problems, Vec::<String>::new());
}

fn body_of(checked: &Checked<'_>) -> Option<Attr<String>> {
    checked.body()
}

#[test]
fn a_body_is_text_markup_program_or_template() {
    let table = [
        (" a\n", " a\n"),
        (
            "<a b=\"&lt;\">{{host}}&amp;</a>",
            "<a b=\"&lt;\">a.example&amp;</a>",
        ),
        ("&lt;a&gt;", "<a>"),
        (" @{ return 1; } ", "Block  return 1; "),
        ("<![CDATA[<a>]]>", "<a>"),
    ];
    for (body, expected) in table {
        let policy = format!("<set-body>{body}</set-body>");
        let (read, problems) = check(References::Known, &policy, body_of);
        let read = match read.unwrap().unwrap() {
            Attr::Literal(text, _) => text,
            Attr::Expression(source) => format!("{:?} {}", source.form, source.text()),
        };
        assert_eq!((read.as_str(), problems), (expected, Vec::new()), "{body}");
    }
    let policy = "<set-body template=\"liquid\">{{host}} {{body.a}} @(x)</set-body>";
    let (read, problems) = check(References::Known, policy, body_of);
    assert!(matches!(read.unwrap(), Some(Attr::Literal(t, _)) if t == "a.example {{body.a}} @(x)"));
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn a_place_in_a_program_is_a_place_in_the_document() {
    let policy = "<set-variable name=\"n\" value=\"@(a &lt; {{port}} + b)\" />";
    let (places, _) = check(References::Known, policy, |checked| {
        let Some(Attr::Expression(source)) = checked.text("value") else {
            panic!("not an expression");
        };
        assert_eq!(source.text(), "a < 8080 + b");
        [source.place(0..1), source.place(4..6), source.place(11..12)].map(|s| (s.start, s.end))
    });
    let text = format!("<policies><inbound>{policy}");
    let place = |part: &str| {
        let at = u32::try_from(text.find(part).unwrap()).unwrap();
        (at, at + u32::try_from(part.trim().len()).unwrap())
    };
    let (b, end) = place(" b)");
    assert_eq!(
        places.unwrap(),
        [place("a &lt;").0, place("{{port}}").0, b + 1]
            .map(|at| at)
            .into_iter()
            .zip([place("a &lt;").0 + 1, place("{{port}}").1, end])
            .collect::<Vec<_>>()[..]
    );
}

#[test]
fn policies_know_their_path() {
    let policy = "<choose id=\"c\"><when condition=\"true\"><set-method>A</set-method></when>\
                  <when condition=\"true\"><set-method>A</set-method><set-method>B</set-method></when></choose>";
    let (_, problems) = check(References::Known, policy, |checked| {
        assert_eq!((checked.path(), checked.id()), ("choose", Some("c")));
        let paths: Vec<&str> = checked
            .children("when")
            .flat_map(|when| when.nested().iter().map(Checked::path))
            .collect();
        assert_eq!(
            paths,
            [
                "choose/when[1]/set-method",
                "choose/when[2]/set-method[1]",
                "choose/when[2]/set-method[2]"
            ]
        );
    });
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn a_policy_with_a_mistake_in_it_is_not_sound() {
    let policy = "<choose><when condition=\"true\"><set-status /></when></choose>";
    let (sound, _) = check(References::Known, policy, |checked| {
        let when = checked.child("when").unwrap();
        (checked.is_sound(), when.nested()[0].is_sound())
    });
    assert_eq!(sound, Some((false, false)));
}

/// Writes an element with everything that it needs, from its specification alone.
fn minimal(spec: &crate::grammar::ElementSpec) -> String {
    use crate::grammar::{Content, Need, Nested, Take, TextNeed};
    if spec.content == Content::Foreign {
        return format!("<{} />", spec.name);
    }
    let chosen = |name: &str| {
        spec.choices.iter().any(|c| match c.take {
            Take::ExactlyOne | Take::AtLeastOne => c.of.first() == Some(&name),
            Take::AllUnless { .. } => c.of.contains(&name),
            Take::AtMostOne | Take::AllOrNone | Take::AllIf { .. } => false,
        })
    };
    let mut out = format!("<{}", spec.name);
    for attribute in spec.attributes {
        if attribute.need != Need::Optional || chosen(attribute.name) {
            write!(out, " {}=\"{}\"", attribute.name, attribute.kind.stand_in()).unwrap();
        }
    }
    out.push('>');
    if spec.text.need == TextNeed::Required {
        out += &spec.text.kind.stand_in();
    }
    for child in spec.children {
        for _ in 0..child.min.max(u16::from(chosen(child.spec.name))) {
            out += &minimal(child.spec);
        }
    }
    if let Nested::Only(nested) = spec.policies {
        for policy in nested.iter().filter(|p| p.min > 0) {
            out += &minimal(&policies::find(policy.name).unwrap().spec.root);
        }
    }
    out + &format!("</{}>", spec.name)
}

#[test]
fn what_a_specification_asks_for_is_enough_and_nothing_of_it_can_be_left_out() {
    let complain = |entry: &policies::PolicyEntry, element: &str| -> Vec<String> {
        let spec = entry.spec;
        let (text, section) = match spec.sections.iter().next() {
            Some(section) => (
                format!("<policies><{section}>{element}</{section}></policies>"),
                section,
            ),
            None => (element.to_owned(), Section::Inbound),
        };
        let text = PolicyText {
            source: portcullis_model::SourceId(0),
            text: text.into(),
            format: PolicyFormat::Raw,
        };
        let around = Surroundings {
            named_values: &NoNamedValues,
            references: References::Known,
            scope: spec.scopes.iter().next(),
        };
        let mut found = Diagnostics::default();
        match crate::document::read(&text, &mut found) {
            Some(crate::document::Written::Policies(document)) => {
                assert_eq!(document.statements(section).count(), 1);
                check_document(&document, around, &mut found);
            }
            Some(crate::document::Written::Resolver(document)) => {
                check_resolver(&document, around, &mut found);
            }
            Some(crate::document::Written::Fragment(_)) | None => return Vec::new(),
        }
        found.iter().map(|d| d.message.clone()).collect()
    };
    for entry in policies::POLICIES {
        // Stands in others only.
        if entry.spec.element() == "publish-event" {
            continue;
        }
        let element = minimal(&entry.spec.root);
        assert_eq!(complain(entry, &element), Vec::<String>::new(), "{element}");
        for attribute in entry.spec.root.attributes {
            let written = format!(" {}=\"{}\"", attribute.name, attribute.kind.stand_in());
            let without = element.replacen(&written, "", 1);
            let optional = without == element;
            assert!(
                optional || !complain(entry, &without).is_empty(),
                "{without}"
            );
        }
        let unknown = element.replacen('>', " unheard-of=\"1\">", 1);
        if entry.spec.root.content == crate::grammar::Content::Checked {
            assert_eq!(
                complain(entry, &unknown),
                ["the `unheard-of` attribute is not declared"]
            );
        }
    }
    assert_eq!(Kind::Bool.stand_in(), "true");
}
