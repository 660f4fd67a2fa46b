//! `BasicAuthCredentials`: a name and a password from an `Authorization` header.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portcullis_expr::{Exception, HostCall, Outcome, Text, Value};

use super::ContextHost;
use super::objects::Made;
use super::table::{Class, Entry, call, get};

pub(super) const CLASS: Class = Class::named(
    "BasicAuthCredentials",
    &[
        get("string UserId", |cx, basic| {
            cx.of_basic(basic, |basic| basic.user.as_str())
        }),
        get("string Username", |cx, basic| {
            cx.of_basic(basic, |b| b.user.as_str())
        })
        .undocumented(),
        get("string Password", |cx, basic| {
            cx.of_basic(basic, |basic| basic.password.as_str())
        }),
    ],
);

pub(super) const EXTENSIONS: &[Entry] = &[
    call("BasicAuthCredentials AsBasic(this string input)", as_basic),
    call(
        "bool TryParseBasic(this string input, out BasicAuthCredentials result)",
        try_parse,
    ),
];

/// A name and a password.
pub(super) struct BasicCredentials {
    user: String,
    password: String,
}

impl std::fmt::Debug for BasicCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BasicCredentials(…)")
    }
}

impl BasicCredentials {
    /// Reads `Basic` and base64 of ISO-8859-1; the last colon divides.
    fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix("Basic ")?.trim();
        let bytes = STANDARD.decode(encoded).ok()?;
        let text: String = bytes.into_iter().map(char::from).collect();
        let (user, password) = text.rsplit_once(':').filter(|(user, _)| !user.is_empty())?;
        Some(Self {
            user: user.to_owned(),
            password: password.to_owned(),
        })
    }
}

impl ContextHost<'_, '_> {
    fn of_basic(&self, handle: u32, part: impl FnOnce(&BasicCredentials) -> &str) -> Value {
        self.ex.objects.basic(handle).map(part).into()
    }
}

fn parsed(cx: &mut ContextHost<'_, '_>, text: &Value) -> Result<Value, Exception> {
    let text = text.as_text().map(Text::to_str);
    match text.as_deref().and_then(BasicCredentials::parse) {
        Some(basic) => cx.ex.objects.keep(Made::Basic(Box::new(basic))),
        None => Ok(Value::Null),
    }
}

fn as_basic(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    parsed(cx, call.receiver)
}

fn try_parse(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let basic = parsed(cx, call.receiver)?;
    let found = !basic.is_null();
    if let Some(out) = call.args.first_mut() {
        *out = basic;
    }
    Ok(found.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_colon_divides_name_and_password() {
        let basic =
            |text: &str| BasicCredentials::parse(text).map(|basic| (basic.user, basic.password));
        let pair = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        assert_eq!(basic("Basic YTpi"), pair("a", "b"));
        assert_eq!(basic("Basic YTpiOmM="), pair("a:b", "c"));
        assert_eq!(basic("Basic cOU6eA=="), pair("på", "x"));
        for bad in [
            "",
            "basic YTpi",
            "Basic !!!",
            "Basic Og==",
            "Basic YWI=",
            "Bearer YTpi",
        ] {
            assert_eq!(basic(bad), None, "{bad}");
        }
    }
}
