//! What a caller sends must not cost more than it is charged for: work grows with the text, or a limit
//! ends it.

#![allow(missing_docs, reason = "a test")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fmt::Write as _;

use portcullis_expr::{
    DateTime, Form, Host, HostCall, HostType, LIMIT_REACHED, Limits, MemberId, NoKeys, Object,
    Outcome, Program, SurfaceBuilder, Value, compile,
};

/// A host with one text: `input.Text`.
struct Input(String);

impl Host for Input {
    fn get(&mut self, _: Object, _: MemberId) -> Outcome {
        Ok(Value::string(&self.0))
    }

    fn call(&mut self, _: HostCall<'_>) -> Outcome {
        panic!("there is no method")
    }

    fn enumerate(&mut self, _: Object) -> Outcome<Vec<Value>> {
        panic!("there is no sequence")
    }

    fn now(&mut self) -> DateTime {
        panic!("there is no clock")
    }

    fn random(&mut self) -> u64 {
        7
    }
}

fn program(source: &str) -> Program {
    let mut builder = SurfaceBuilder::new();
    let input = builder.class("Input");
    builder.member(input, "string Text");
    builder.root(
        "input",
        Object {
            kind: HostType(0),
            handle: 0,
        },
    );
    let surface = builder.build().unwrap();
    let form = if source.contains("return ") {
        Form::Block
    } else {
        Form::Expression
    };
    let compiled = compile(source, form, &surface, &mut NoKeys);
    let problems = compiled.problems;
    compiled
        .program
        .unwrap_or_else(|| panic!("{source}: {problems:?}"))
}

fn run(program: &Program, text: &str, steps: u64) -> Outcome {
    let limits = Limits {
        steps,
        bytes: 8 << 20,
        ..Limits::default()
    };
    program.run(&mut Input(text.to_owned()), &limits)
}

/// The least steps with which the program ends by itself.
fn steps(program: &Program, text: &str) -> u64 {
    let (mut low, mut high) = (0_u64, 1 << 22);
    while low + 1 < high {
        let middle = low.midpoint(high);
        match run(program, text, middle) {
            Err(error) if error.type_name() == LIMIT_REACHED => low = middle,
            Err(error) => panic!("{error:?}"),
            Ok(_) => high = middle,
        }
    }
    high
}

fn assert_stopped(source: &str, ended: Outcome, why: &str) {
    let message = ended.err().map(|error| error.message().to_string());
    let expect = format!("the expression was stopped: {why}");
    assert_eq!(message, Some(expect), "{source}");
}

fn repeated(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

/// `<a x0="" x1="" …/>`
fn attributes(count: usize) -> String {
    format!("<a {}/>", repeated(count, |n| format!("x{n}='' ")))
}

/// As many declarations as elements that use the first.
fn namespaces(count: usize) -> String {
    let declared = repeated(count, |n| format!(" xmlns:n{n}='u{n}'"));
    format!("<a{declared}>{}</a>", "<n0:b/>".repeat(count))
}

fn object(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|n| format!("\"n{n}\":{n}")).collect();
    format!("{{{}}}", members.join(","))
}

fn array(count: usize) -> String {
    format!("[{}0]", "0,".repeat(count))
}

/// A piece within that many levels.
fn nested(depth: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn reading_costs_steps_in_proportion_to_the_text() {
    for (source, text) in [
        (
            "XElement.Parse(input.Text)",
            attributes as fn(usize) -> String,
        ),
        ("XElement.Parse(input.Text)", namespaces),
        ("JObject.Parse(input.Text)", object),
        ("JObject.Parse(input.Text).DeepClone()", object),
        (
            "JToken.DeepEquals(JObject.Parse(input.Text), JObject.Parse(input.Text))",
            object,
        ),
        (
            "{ var o = new JObject(); o.Merge(JObject.Parse(input.Text)); return o.Count; }",
            object,
        ),
        ("JObject.Parse(input.Text).ToString()", object),
        ("JArray.Parse(input.Text).Distinct().Count()", array),
        ("JArray.Parse(input.Text).GroupBy(x => x).Count()", array),
        (
            "JArray.Parse(input.Text).SelectTokens(\"$..[?(@ == 1)]\").Count()",
            array,
        ),
    ] {
        let program = program(source);
        let (once, thrice) = (steps(&program, &text(300)), steps(&program, &text(900)));
        assert!(thrice < once * 4, "{source}: {once}, then {thrice}");
    }
}

#[test]
fn looking_up_a_name_costs_the_same_in_any_object() {
    let program = program(
        "{ var o = JObject.Parse(input.Text); var n = 0; \
         foreach (var p in o.Properties()) { if (o.ContainsKey(p.Name)) n++; } return n; }",
    );
    let (once, thrice) = (
        steps(&program, &object(500)),
        steps(&program, &object(1500)),
    );
    assert!(thrice < once * 4, "{once}, then {thrice}");
    let found = run(&program, &object(500), 1 << 32).unwrap();
    assert!(matches!(found, Value::Int(500)), "{found:?}");
}

#[test]
fn finds_properties_of_large_objects_after_changes() {
    let source = "{ var o = JObject.Parse(input.Text); var a = o[\"n20\"]; o.Remove(\"n3\"); \
                  o[\"new\"] = 1; o.AddFirst(new JProperty(\"first\", 2)); \
                  o.Property(\"n5\").Replace(new JProperty(\"other\", 3)); \
                  return a + \" \" + o[\"n3\"] + o[\"n4\"] + o[\"n39\"] + \" \" + o[\"new\"] + o[\"first\"] \
                  + o[\"n5\"] + o[\"other\"]; }";
    let found = run(&program(source), &object(40), 1 << 32).unwrap();
    assert_eq!(found.as_text().unwrap().to_str(), "20 439 123");
}

#[test]
fn what_is_searched_one_by_one_is_charged() {
    for (source, text) in [
        // Each lookup walks over all declarations.
        ("XElement.Parse(input.Text).ToString()", namespaces(10_000)),
        (
            "JsonConvert.SerializeXNode(XElement.Parse(input.Text))",
            namespaces(10_000),
        ),
        (
            "JsonConvert.DeserializeXNode(input.Text).ToString()",
            format!("{{\"a\":{}}}", object(10_000).replace("\"n", "\"@n")),
        ),
        // Each next node is found among all of them.
        (
            "{ var n = XElement.Parse(input.Text).FirstNode; while (n != null) n = n.NextNode; return 1; }",
            format!("<a>{}</a>", "<b/>".repeat(10_000)),
        ),
        (
            "{ var x = JArray.Parse(input.Text); foreach (var t in x) { var p = t.Path; } return 1; }",
            array(10_000),
        ),
        (
            "{ var l = input.Text.Split(','); var s = l.ToList(); var n = 0; \
             foreach (var x in l) { if (!s.Contains(x + 'y')) n++; } return n; }",
            array(10_000),
        ),
    ] {
        let ended = run(&program(source), &text, Limits::default().steps);
        assert_stopped(source, ended, "it takes too many steps");
    }
}

#[test]
fn copies_and_indentation_are_charged_as_memory() {
    let mut many = String::new();
    for n in 0..12_000 {
        write!(many, "<c{n}/>").unwrap();
    }
    let deep = nested(900, "<a>", &many, "</a>");
    let wide = nested(60, "[", &array(150_000), "]");
    for (source, text) in [
        ("XElement.Parse(input.Text).ToString()", &deep),
        ("XElement.Parse(input.Text)", &deep),
        ("JArray.Parse(input.Text)", &wide),
        (
            "{ var x = JArray.Parse(input.Text); var all = new JArray(); \
             foreach (var t in x) all.Add(new JObject(new JProperty(\"x\", new JArray(x)))); return all.Count; }",
            &array(1000),
        ),
        (
            "{ var x = XElement.Parse(input.Text); foreach (var e in x.Elements().ToList()) x.Add(x); return 1; }",
            &format!("<a>{}</a>", "<b/>".repeat(100)),
        ),
        (
            "{ var x = JArray.Parse(input.Text); for (var i = 0; i < 100; i++) x.Add(x); return 1; }",
            &array(1),
        ),
        (
            "JArray.Parse(input.Text).GroupJoin(JArray.Parse(input.Text), x => 1, y => 1, (x, ys) => 1).Count()",
            &array(10_000),
        ),
        (
            "JArray.Parse(input.Text).SelectTokens(\"$[?(@ == $[-1:])]\").Count()",
            &array(10_000),
        ),
        ("Regex.Replace(input.Text, \"0\", \"$_\")", &array(5_000)),
    ] {
        let ended = run(&program(source), text, 1 << 32);
        assert_stopped(source, ended, "it uses too much memory");
    }
}

#[test]
fn refuses_duplicate_attributes_among_many() {
    let program = program("XElement.Parse(input.Text)");
    let many = repeated(40, |n| format!("x{n}='' "));
    for text in [
        format!("<a {many} x7=''/>"),
        format!("<a xmlns:p='u' xmlns:q='u' {many} p:y='' q:y=''/>"),
    ] {
        let error = run(&program, &text, 1 << 32).unwrap_err();
        let message = error.message().to_string();
        assert!(
            message.contains("is a duplicate attribute name"),
            "{message}"
        );
    }
    let text = format!("<a xmlns:p='u' xmlns:q='v' {many} p:y='' q:y='' y=''/>");
    assert!(run(&program, &text, 1 << 32).is_ok());
}
