//! What an author reads: every mistake that a document can have, as it is reported; and the manual
//! pages of the policies, which must not have one.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use portcullis_model::code::{Code, policy as code};
use portcullis_model::policy::{PolicyFormat, PolicyText, Scope};
use portcullis_model::{Diagnostics, Sources};
use portcullis_policy::document::{self, Written};
use portcullis_policy::parse::{
    NamedValue, NamedValues, References, Surroundings, check_document, check_fragment,
    check_resolver,
};
use portcullis_policy::policies;

/// `method` is GET, `gone` has no value.
#[derive(Debug)]
struct Values;

impl NamedValues for Values {
    fn text(&self, name: &str) -> NamedValue<'_> {
        match name {
            "method" => NamedValue::Text("GET"),
            "gone" => NamedValue::Unavailable("it was exported without its value".to_owned()),
            _ => NamedValue::Unknown,
        }
    }

    fn names(&self) -> Vec<&str> {
        vec!["method", "gone"]
    }
}

/// All that is said about a text, two lines for each mistake; and the codes.
fn report(text: &str, scope: Option<Scope>) -> (String, Vec<Code>) {
    let mut sources = Sources::default();
    let text: Arc<str> = Arc::from(text);
    let text = PolicyText {
        source: sources.add("p.xml", Arc::clone(&text)),
        text,
        format: PolicyFormat::Raw,
    };
    let mut found = Diagnostics::default();
    let around = Surroundings {
        named_values: &Values,
        references: References::Known,
        scope,
    };
    match document::read(&text, &mut found) {
        Some(Written::Policies(document)) => {
            check_document(&document, around, &mut found);
        }
        Some(Written::Fragment(fragment)) => {
            check_fragment(&fragment, None, around, &mut found);
        }
        Some(Written::Resolver(document)) => {
            check_resolver(&document, around, &mut found);
        }
        None => {}
    }
    let lines = found.iter().map(|d| {
        let help = d.help.as_deref().unwrap_or("none");
        format!("{}\n  help: {help}", sources.one_line(d))
    });
    let says = lines.collect::<Vec<_>>().join("\n");
    (says, found.iter().map(|d| d.code).collect())
}

struct Case {
    what: &'static str,
    scope: Scope,
    text: &'static str,
    says: &'static str,
}

const CASES: &[Case] = &[
    Case {
        what: "an element that is not closed",
        scope: Scope::Api,
        text: "<policies>
  <inbound>
    <choose>
  </inbound>
</policies>",
        says: "p.xml:3:5: error[P0001]: the element `choose` is not closed
  help: write `</choose>` where it ends, or `<choose … />`
p.xml:3:6: error[P0207]: the element `choose` has incomplete content: `when` is missing
  help: add `<when>`",
    },
    Case {
        what: "an end tag of another element",
        scope: Scope::Api,
        text: "<policies>
  <JObject>
  </value>
  </JObject>
</policies>",
        says: "p.xml:3:3: error[P0001]: the `JObject` start tag does not match the end tag of `value`
  help: remove `</value>`, or write `</JObject>`
p.xml:2:4: error[P0102]: `JObject` is not a section of a policy document
  help: the sections are `inbound`, `backend`, `outbound`, `on-error`",
    },
    Case {
        what: "a quote within a value",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-variable name="a" value="say "hi"" /></inbound></policies>"#,
        says: r#"p.xml:1:55: error[P0001]: the attribute `hi` has no value
  help: write `hi="…"`
p.xml:1:57: error[P0001]: `""` must not stand in the tag of `set-variable`
  help: a quote within a value is written as `&quot;`"#,
    },
    Case {
        what: "elements that nest too deeply",
        scope: Scope::Api,
        text: "<choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose><choose>",
        says: "p.xml:1:514: error[P0002]: the document has too many elements, or they nest too deeply
  help: move parts of it into fragments
p.xml:1:2: error[P0101]: `choose` is not the root of a policy text
  help: the outermost element is `policies` or `fragment`",
    },
    Case {
        what: "a document type",
        scope: Scope::Api,
        text: "<!DOCTYPE policies>
<policies />",
        says: "p.xml:1:1: error[P0003]: a policy document must not declare a document type or entities
  help: remove the declaration, or put text that is meant literally into `<![CDATA[…]]>`",
    },
    Case {
        what: "a bare ampersand",
        scope: Scope::Api,
        text: r#"<policies><inbound><rewrite-uri template="/a?b=1&c=2" /></inbound></policies>"#,
        says: "p.xml:1:49: error[P0004]: `&` starts no entity that a policy document knows
  help: write `&amp;` for the character itself",
    },
    Case {
        what: "an attribute that stands twice",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-method id="a" id="b">GET</set-method></inbound></policies>"#,
        says: "p.xml:1:39: error[P0005]: `set-method` has the attribute `id` twice
  help: remove one of the two",
    },
    Case {
        what: "an expression without end",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-variable name="a" value="@(f(1)" /></inbound></policies>"#,
        says: "p.xml:1:50: error[P0006]: the expression does not end, or its brackets do not match
  help: close every bracket, string and comment in it",
    },
    Case {
        what: "a section without a document",
        scope: Scope::Api,
        text: "<inbound />",
        says: "p.xml:1:2: error[P0101]: policy section is not allowed in the specified scope: `inbound` is outermost
  help: the outermost element is `policies` or `fragment`",
    },
    Case {
        what: "another root",
        scope: Scope::Api,
        text: "<policy />",
        says: "p.xml:1:2: error[P0101]: `policy` is not the root of a policy text
  help: the outermost element is `policies` or `fragment`",
    },
    Case {
        what: "an unknown section",
        scope: Scope::Api,
        text: "<policies><inbund /></policies>",
        says: "p.xml:1:12: error[P0102]: `inbund` is not a section of a policy document
  help: did you mean `inbound`?",
    },
    Case {
        what: "a policy outside of a section",
        scope: Scope::Api,
        text: r#"<policies><set-header name="a" /></policies>"#,
        says: "p.xml:1:12: error[P0102]: `set-header` is not a section of a policy document
  help: put the policy into one of the sections `inbound`, `backend`, `outbound`, `on-error`",
    },
    Case {
        what: "a section that stands twice",
        scope: Scope::Api,
        text: "<policies>
<inbound />
<inbound />
</policies>",
        says: "p.xml:3:2: error[P0103]: the section `inbound` stands twice
  help: join the two into one",
    },
    Case {
        what: "text in a section",
        scope: Scope::Api,
        text: "<policies><inbound> set-method </inbound></policies>",
        says: "p.xml:1:21: error[P0104]: the element `inbound` cannot contain text
  help: remove the text, or put it into a comment `<!-- … -->`",
    },
    Case {
        what: "text in a policy",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-header name="a">b</set-header></inbound></policies>"#,
        says: r#"p.xml:1:41: error[P0104]: the element `set-header` cannot contain text
  help: possible elements are `value`
p.xml:1:21: error[P0208]: `set-header` needs `value` too
  help: add what is missing, or write `exists-action="delete"`"#,
    },
    Case {
        what: "base in a branch",
        scope: Scope::Api,
        text: r#"<policies><inbound><choose><when condition="true"><base /></when></choose></inbound></policies>"#,
        says: "p.xml:1:52: error[P0105]: `base` must not stand in `when`
  help: `<base />` stands directly in a section of a policy document",
    },
    Case {
        what: "base twice",
        scope: Scope::Api,
        text: "<policies><inbound><base /><base /></inbound></policies>",
        says: "p.xml:1:29: error[P0105]: `base` stands twice in `inbound`
  help: the policies of the broader scope can run once; remove one `<base />`",
    },
    Case {
        what: "base with something in it",
        scope: Scope::Api,
        text: r#"<policies><inbound><base id="a"><set-method>GET</set-method></base></inbound></policies>"#,
        says: "p.xml:1:26: error[P0202]: the `id` attribute is not declared
  help: `base` has no attributes
p.xml:1:21: error[P0105]: `base` must be empty
  help: write `<base />` and put policies before or after it",
    },
    Case {
        what: "base in a fragment",
        scope: Scope::Api,
        text: "<fragment><base /></fragment>",
        says: "p.xml:1:12: error[P0105]: `base` must not stand in `fragment`
  help: `<base />` stands directly in a section of a policy document",
    },
    Case {
        what: "two policies in backend",
        scope: Scope::Api,
        text: "<policies><backend>
<base />
<forward-request />
</backend></policies>",
        says: "p.xml:3:2: error[P0106]: `forward-request` is a second element in `backend`
  help: the backend section holds one element: move the others to inbound, or wrap all in one policy such as `retry` or `choose`",
    },
    Case {
        what: "a fragment in a fragment",
        scope: Scope::Api,
        text: r#"<fragment><include-fragment fragment-id="a" /></fragment>"#,
        says: "p.xml:1:12: error[P0107]: a fragment cannot include another fragment
  help: include both from the policy document",
    },
    Case {
        what: "an unknown policy",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-haeder name="a" /></inbound></policies>"#,
        says: "p.xml:1:21: error[P0201]: no policy is called `set-haeder`
  help: did you mean `set-header`?",
    },
    Case {
        what: "a policy that is like no other",
        scope: Scope::Api,
        text: "<policies><inbound><teleport /></inbound></policies>",
        says: "p.xml:1:21: error[P0201]: no policy is called `teleport`
  help: `docs/policies` lists every policy",
    },
    Case {
        what: "an unknown attribute",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-header name="a" exist-action="skip"><value>b</value></set-header></inbound></policies>"#,
        says: "p.xml:1:41: error[P0202]: the `exist-action` attribute is not declared
  help: did you mean `exists-action`?",
    },
    Case {
        what: "an attribute of a section",
        scope: Scope::Api,
        text: r#"<policies><inbound id="a" /></policies>"#,
        says: "p.xml:1:20: error[P0202]: the `id` attribute is not declared
  help: `inbound` has no attributes",
    },
    Case {
        what: "a missing attribute",
        scope: Scope::Api,
        text: "<policies><inbound><set-header><value>b</value></set-header></inbound></policies>",
        says: r#"p.xml:1:21: error[P0203]: the required attribute `name` is missing
  help: add `name="…"` to `set-header`: the name of the header"#,
    },
    Case {
        what: "an attribute that is expected",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-status code="404" /></inbound></policies>"#,
        says: r#"p.xml:1:21: warning[P0203]: `set-status` is expected to have the attribute `reason`
  help: add `reason="…"`: the reason phrase"#,
    },
    Case {
        what: "a number that is none",
        scope: Scope::Product,
        text: r#"<policies><inbound><rate-limit calls="many" renewal-period="60" /></inbound></policies>"#,
        says: "p.xml:1:39: error[P0204]: the `calls` attribute is invalid: `many` is not a whole number of at least 0
  help: write a whole number of at least 0",
    },
    Case {
        what: "a number out of range",
        scope: Scope::Product,
        text: r#"<policies><inbound><rate-limit calls="1" renewal-period="3600" /></inbound></policies>"#,
        says: "p.xml:1:58: error[P0204]: the `renewal-period` attribute is invalid: `3600` is not a whole number of seconds from 1 to 300
  help: write a whole number of seconds from 1 to 300",
    },
    Case {
        what: "a word that is not listed",
        scope: Scope::Api,
        text: r#"<policies><inbound><ip-filter action="deny"><address>10.0.0.1</address></ip-filter></inbound></policies>"#,
        says: "p.xml:1:39: error[P0204]: the `action` attribute is invalid: `deny` is not one of `allow`, `forbid`
  help: write one of `allow`, `forbid`, or an expression `@(…)`",
    },
    Case {
        what: "a text that is no address",
        scope: Scope::Api,
        text: r#"<policies><inbound><ip-filter action="allow"><address>10.0.0.0/8</address></ip-filter></inbound></policies>"#,
        says: "p.xml:1:55: error[P0204]: the text of `address` is invalid: `10.0.0.0/8` is not an IP address
  help: write an IP address, or an expression `@(…)`",
    },
    Case {
        what: "an expression where none is allowed",
        scope: Scope::Product,
        text: r#"<policies><inbound><rate-limit calls="@(10)" renewal-period="60" /></inbound></policies>"#,
        says: "p.xml:1:39: error[P0205]: the `calls` attribute cannot be a policy expression
  help: write a literal value, or refer to a named value as `{{name}}`",
    },
    Case {
        what: "an unknown child",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-header name="a"><vaule>b</vaule></set-header></inbound></policies>"#,
        says: r#"p.xml:1:42: error[P0206]: the element `set-header` has invalid child element `vaule`
  help: did you mean `value`?
p.xml:1:21: error[P0208]: `set-header` needs `value` too
  help: add what is missing, or write `exists-action="delete"`"#,
    },
    Case {
        what: "an element in one that holds none",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-status code="200" reason="OK"><value /></set-status></inbound></policies>"#,
        says: "p.xml:1:56: error[P0206]: the element `set-status` has invalid child element `value`
  help: `set-status` holds no elements",
    },
    Case {
        what: "a missing child",
        scope: Scope::Api,
        text: "<policies><inbound><choose></choose></inbound></policies>",
        says: "p.xml:1:21: error[P0207]: the element `choose` has incomplete content: `when` is missing
  help: add `<when>`",
    },
    Case {
        what: "a child too many",
        scope: Scope::Api,
        text: r#"<policies><inbound><choose><when condition="true" /><otherwise /><otherwise /></choose></inbound></policies>"#,
        says: "p.xml:1:67: error[P0207]: `choose` can hold only one `otherwise`
  help: remove one, or join them into one",
    },
    Case {
        what: "two of which one is wanted",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-backend-service base-url="http://a" backend-id="b" /></inbound></policies>"#,
        says: "p.xml:1:61: error[P0208]: `set-backend-service` takes exactly one of `base-url`, `backend-id`
  help: keep one and remove the others",
    },
    Case {
        what: "none of which one is wanted",
        scope: Scope::Api,
        text: "<policies><inbound><set-backend-service /></inbound></policies>",
        says: "p.xml:1:21: error[P0208]: `set-backend-service` takes exactly one of `base-url`, `backend-id`
  help: none is given: add one",
    },
    Case {
        what: "one of which all are wanted",
        scope: Scope::Api,
        text: r#"<policies><inbound><llm-token-limit counter-key="a" estimate-prompt-tokens="true" token-quota="1" /></inbound></policies>"#,
        says: "p.xml:1:83: error[P0208]: `llm-token-limit` takes all or none of `token-quota`, `token-quota-period`
  help: add what is missing, or remove the one that is given",
    },
    Case {
        what: "a policy in another section",
        scope: Scope::Api,
        text: "<policies><inbound><forward-request /></inbound></policies>",
        says: "p.xml:1:21: error[P0209]: `forward-request` is not allowed in the section `inbound`
  help: it may stand in `backend`",
    },
    Case {
        what: "a policy in another scope",
        scope: Scope::Api,
        text: r#"<policies><inbound><quota calls="1" renewal-period="60" /></inbound></policies>"#,
        says: "p.xml:1:21: error[P0210]: `quota` is not allowed in the specified scope `api`
  help: it may stand in documents of scope `product`",
    },
    Case {
        what: "a policy twice in a section",
        scope: Scope::Api,
        text: r#"<policies><outbound><jsonp callback-parameter-name="b" /><jsonp callback-parameter-name="a" /></outbound></policies>"#,
        says: "p.xml:1:59: error[P0211]: `jsonp` may be used only once in a policy section
  help: remove one of the two, or join them into one",
    },
    Case {
        what: "a policy twice in a document",
        scope: Scope::Product,
        text: r#"<policies><inbound><rate-limit calls="1" renewal-period="1" /><choose><when condition="true"><rate-limit calls="1" renewal-period="1" /></when><otherwise><rate-limit calls="1" renewal-period="1" /></otherwise></choose></inbound></policies>"#,
        says: "p.xml:1:95: error[P0211]: `rate-limit` may be used only once in a policy document
  help: remove one of the two, or join them into one
p.xml:1:156: error[P0211]: `rate-limit` may be used only once in a policy document
  help: remove one of the two, or join them into one",
    },
    Case {
        what: "a policy in one that holds others",
        scope: Scope::Api,
        text: r#"<policies><inbound><return-response><set-variable name="a" value="b" /></return-response></inbound></policies>"#,
        says: "p.xml:1:38: error[P0212]: `set-variable` is not allowed in `return-response`
  help: possible elements are `set-status`, `set-header`, `set-body`",
    },
    Case {
        what: "an expression within text",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-header name="a"><value>Bearer @(token)</value></set-header></inbound></policies>"#,
        says: r#"p.xml:1:55: warning[P0213]: the expression stands within other text and is not evaluated
  help: make the whole value one expression: `@("text" + …)`"#,
    },
    Case {
        what: "an element without its text",
        scope: Scope::Api,
        text: "<policies><inbound><set-method> </set-method></inbound></policies>",
        says: "p.xml:1:21: error[P0214]: the element `set-method` is empty
  help: write an HTTP method between the tags",
    },
    Case {
        what: "an unknown named value",
        scope: Scope::Api,
        text: "<policies><inbound><set-method>{{methd}}</set-method></inbound></policies>",
        says: "p.xml:1:32: error[P0301]: cannot find a property `methd`: no named value has this name
  help: did you mean `{{method}}`?",
    },
    Case {
        what: "a named value without a value",
        scope: Scope::Api,
        text: "<policies><inbound><set-method>{{gone}}</set-method></inbound></policies>",
        says: "p.xml:1:32: error[P0302]: the value of the named value `gone` is not available: it was exported without its value
  help: provide the value where the named value says it comes from",
    },
    Case {
        what: "what a mode asks for",
        scope: Scope::Api,
        text: r#"<policies><inbound><send-request response-variable-name="a" /></inbound></policies>"#,
        says: r#"p.xml:1:21: error[P0208]: `send-request` needs `set-url` too
  help: add what is missing, or write `mode="copy"`"#,
    },
    Case {
        what: "what an action asks for",
        scope: Scope::Api,
        text: r#"<policies><inbound><set-header name="a" exists-action="append" /></inbound></policies>"#,
        says: r#"p.xml:1:21: error[P0208]: `set-header` needs `value` too
  help: add what is missing, or write `exists-action="delete"`"#,
    },
    Case {
        what: "what a value asks for",
        scope: Scope::Api,
        text: r#"<policies><inbound><get-authorization-context provider-id="a" authorization-id="b" context-variable-name="c" identity-type="jwt" /></inbound></policies>"#,
        says: "p.xml:1:110: error[P0208]: `get-authorization-context` needs `identity` too
  help: add what is missing",
    },
    Case {
        what: "a resolver in a section",
        scope: Scope::Api,
        text: "<policies><inbound><http-data-source><http-request><set-method>GET</set-method><set-url>http://a</set-url></http-request></http-data-source></inbound></policies>",
        says: "p.xml:1:21: error[P0212]: `http-data-source` is not allowed here
  help: it stands only in GraphQL resolvers",
    },
];

#[test]
fn every_mistake_is_reported_with_place_and_help() {
    for case in CASES {
        let (says, _) = report(case.text, Some(case.scope));
        assert_eq!(says, case.says, "{}", case.what);
    }
}

#[test]
fn every_code_of_documents_has_a_case() {
    let cases = CASES.iter().flat_map(|c| report(c.text, Some(c.scope)).1);
    let shown: HashSet<&str> = cases.map(Code::id).collect();
    // They come of compiling, not of reading.
    let elsewhere = [
        code::NOT_RUNNABLE.id(),
        code::ANY_ORIGIN_WITH_CREDENTIALS.id(),
    ];
    for code in Code::all().map(Code::id).filter(|id| id.starts_with('P')) {
        assert!(
            shown.contains(code) || elsewhere.contains(&code),
            "{code} has no case"
        );
    }
}

#[test]
fn messages_are_one_line_without_full_stop() {
    for case in CASES {
        for line in report(case.text, Some(case.scope)).0.lines() {
            assert!(!line.ends_with('.') && line.contains(": "), "{line}");
        }
    }
}

// === The examples of the module docs ===

/// The module documentation of each policy's file, by element name.
#[expect(
    clippy::disallowed_methods,
    reason = "tests read the sources that they are about"
)]
fn manual() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/policies");
    let mut pages = Vec::new();
    let folders = std::fs::read_dir(root).unwrap().map(|e| e.unwrap().path());
    for folder in folders.filter(|p| p.is_dir()) {
        let files = std::fs::read_dir(folder).unwrap();
        for file in files.map(|e| e.unwrap().path()).filter(|p| p.is_file()) {
            let source = std::fs::read_to_string(&file).unwrap();
            if !source.contains(" SPEC: PolicySpec") {
                continue;
            }
            let docs = source.lines().map_while(|line| line.strip_prefix("//!"));
            let docs = docs.map(|line| line.strip_prefix(' ').unwrap_or(line));
            let name = file.file_stem().unwrap().to_str().unwrap();
            pages.push((name.replace('_', "-"), docs.collect::<Vec<_>>().join("\n")));
        }
    }
    pages
}

#[test]
fn the_example_of_every_policy_is_right() {
    for (element, page) in manual() {
        let example = page
            .split("```xml\n")
            .nth(1)
            .and_then(|e| e.split("```").next());
        let example = example.unwrap_or_else(|| panic!("{element} has no example"));
        assert!(
            example.contains(&format!("<{element}")),
            "{element}: {example}"
        );
        let spec = policies::find(&element).unwrap().spec;
        let scope = spec.scopes.iter().next();
        let text = match spec.sections.iter().next() {
            // What stands only in others shows them.
            None => example.to_owned(),
            Some(_) if example.contains("<forward-request") => {
                format!("<policies><backend>{example}</backend></policies>")
            }
            Some(section) => format!("<policies><{section}>{example}</{section}></policies>"),
        };
        assert_eq!(report(&text, scope).0, "", "{element}");
    }
}
