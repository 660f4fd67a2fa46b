//! Objects of the library that `context` hands out: made by the library's own members, from a text.

use std::sync::OnceLock;

use portcullis_expr::{
    Compiled, DateTime, Form, Host, HostCall, HostType, Limits, MemberId, NoKeys, Object, Outcome,
    Program, SurfaceBuilder, Text, Type, Value, compile,
};

use super::throw::not_supported;

/// `new Uri(text)`
pub(crate) fn uri(text: &Text) -> Outcome {
    static MADE: Made = Made::new();
    made(&MADE, "new Uri(input.Text)", text)
}

/// `XElement.Parse(text)` or `XDocument.Parse(text)`; an `XNode` is an element.
pub(crate) fn xml(text: &Text, ty: &Type) -> Outcome {
    static ELEMENT: Made = Made::new();
    static DOCUMENT: Made = Made::new();
    if *ty == Type::XDOCUMENT {
        made(&DOCUMENT, "XDocument.Parse(input.Text)", text)
    } else {
        made(&ELEMENT, "XElement.Parse(input.Text)", text)
    }
}

/// `JObject.Parse(text)`, `JArray.Parse(text)` or `JToken.Parse(text)`.
pub(crate) fn json(text: &Text, ty: &Type) -> Outcome {
    portcullis_expr::json::parse_as(text, ty).map(Value::Json)
}

/// A program that makes an object of `input.Text`; `None` where the library cannot do it yet.
type Made = OnceLock<Option<Program>>;

fn made(program: &Made, source: &'static str, text: &Text) -> Outcome {
    match program.get_or_init(|| compiled(source)) {
        Some(program) => program.run(&mut Input(text), &Limits::default()),
        None => Err(not_supported(format!("`{source}` is not supported yet"))),
    }
}

fn compiled(source: &str) -> Option<Program> {
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
    let Compiled { program, .. } = compile(
        source,
        Form::Expression,
        &builder.build().ok()?,
        &mut NoKeys,
    );
    program
}

/// The text that a program makes an object of.
struct Input<'a>(&'a Text);

impl Host for Input<'_> {
    fn get(&mut self, _: Object, _: MemberId) -> Outcome {
        Ok(Value::String(self.0.clone()))
    }

    fn call(&mut self, _: HostCall<'_>) -> Outcome {
        Err(not_supported("no such method"))
    }

    fn enumerate(&mut self, _: Object) -> Outcome<Vec<Value>> {
        Err(not_supported("no such sequence"))
    }

    fn now(&mut self) -> DateTime {
        DateTime::MIN
    }

    fn random(&mut self) -> u64 {
        0
    }
}
