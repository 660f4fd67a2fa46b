//! `Jwt`: a token taken apart. Nothing is verified here; `validate-jwt` does that.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use portcullis_expr::{DateTime, Exception, HostCall, Outcome, Text, Value};
use serde_json::{Map, Value as Json};

use super::ContextHost;
use super::dictionary::{LISTS, Lists, Name, members, pairs};
use super::objects::Made;
use super::query::same_name;
use super::table::{Class, Entry, Kind, call, get};

pub(super) const CLASS: Class = Class::named(
    "Jwt",
    &[
        get("string Algorithm", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.algorithm.as_deref().into())
        }),
        get("IEnumerable<string> Audiences", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| {
                Value::strings(
                    jwt.claim("aud")
                        .unwrap_or_default()
                        .iter()
                        .map(String::as_str),
                )
            })
        }),
        get("Claims Claims", |_, jwt| Kind::Claims.object(jwt)),
        get("DateTime? ExpirationTime", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.time("exp"))
        }),
        get("string Id", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.first("jti").into())
        }),
        get("string Issuer", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.first("iss").into())
        }),
        get("DateTime? IssuedAt", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.time("iat"))
        }),
        get("DateTime? NotBefore", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.time("nbf"))
        }),
        get("string Subject", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.first("sub").into())
        }),
        get("string Type", |cx, jwt| {
            cx.of_jwt(jwt, |jwt| jwt.kind.as_deref().into())
        }),
    ],
);

const CLAIM_MEMBERS: &[Entry] = &{
    const ALL: [Entry; 7] = members::<Claims>();
    ALL
};

pub(super) const CLAIMS_CLASS: Class = Class::hidden("Claims", LISTS, CLAIM_MEMBERS)
    .with_parents(&[LISTS])
    .listing(pairs::<Claims>);

pub(super) const EXTENSIONS: &[Entry] = &[
    call("Jwt AsJwt(this string input)", as_jwt),
    call(
        "bool TryParseJwt(this string input, out Jwt result)",
        try_parse,
    ),
];

/// A token's header and claims.
#[derive(Debug)]
pub(super) struct Jwt {
    algorithm: Option<Box<str>>,
    kind: Option<Box<str>>,
    /// In the order of the token.
    claims: Vec<(String, Vec<String>)>,
}

impl Jwt {
    /// Reads `header.payload…`, with or without `Bearer ` in front.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let token = match text.split_at_checked(7) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("bearer ") => rest.trim(),
            _ => text,
        };
        let mut parts = token.split('.');
        let header = json_of(parts.next()?)?;
        let claims = json_of(parts.next()?)?;
        let text = |name: &str| header.get(name).and_then(Json::as_str).map(Into::into);
        Some(Self {
            algorithm: text("alg"),
            kind: text("typ"),
            claims: claims
                .into_iter()
                .map(|(name, value)| (name, texts_of(value)))
                .collect(),
        })
    }

    fn claim(&self, name: &str) -> Option<&[String]> {
        let exact = self.claims.iter().find(|(claim, _)| claim == name);
        let found = exact.or_else(|| self.claims.iter().find(|(claim, _)| same_name(claim, name)));
        found.map(|(_, values)| values.as_slice())
    }

    fn first(&self, name: &str) -> Option<&str> {
        self.claim(name)?.first().map(String::as_str)
    }

    /// A claim that counts seconds since 1970.
    fn time(&self, name: &str) -> Value {
        let seconds = self.first(name).and_then(|text| {
            text.parse::<i64>()
                .ok()
                .or_else(|| whole(text.parse::<f64>().ok()?))
        });
        seconds.map_or(Value::Null, |seconds| {
            Value::DateTime(DateTime::from_unix_nanos(
                i128::from(seconds) * 1_000_000_000,
            ))
        })
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(seconds: f64) -> Option<i64> {
    (seconds.abs() < 1e15).then_some(seconds as i64)
}

fn json_of(part: &str) -> Option<Map<String, Json>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let bytes = GeneralPurpose::new(&URL_SAFE, config).decode(part).ok()?;
    match serde_json::from_slice(&bytes).ok()? {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

/// A claim's values: one per element of an array, none for `null`.
fn texts_of(value: Json) -> Vec<String> {
    match value {
        Json::Null => Vec::new(),
        Json::Array(items) => items.into_iter().map(text_of).collect(),
        other => vec![text_of(other)],
    }
}

fn text_of(value: Json) -> String {
    match value {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

impl ContextHost<'_, '_> {
    fn of_jwt(&self, handle: u32, part: impl FnOnce(&Jwt) -> Value) -> Value {
        self.ex.objects.jwt(handle).map_or(Value::Null, part)
    }
}

/// Claim names are compared without regard to case.
pub(super) struct Claims;

impl Lists for Claims {
    fn missing() -> Value {
        Value::strings([])
    }

    fn each(
        cx: &ContextHost<'_, '_>,
        handle: u32,
        name: &Name<'_>,
        show: &mut dyn FnMut(&str),
    ) -> bool {
        let values = cx
            .ex
            .objects
            .jwt(handle)
            .and_then(|jwt| jwt.claim(name.text));
        for value in values.unwrap_or_default() {
            show(value);
        }
        values.is_some()
    }

    fn all(cx: &ContextHost<'_, '_>, handle: u32) -> Vec<(String, Vec<String>)> {
        cx.ex
            .objects
            .jwt(handle)
            .map(|jwt| jwt.claims.clone())
            .unwrap_or_default()
    }
}

fn parsed(cx: &mut ContextHost<'_, '_>, text: &Value) -> Result<Value, Exception> {
    let Some(jwt) = text
        .as_text()
        .map(Text::to_str)
        .as_deref()
        .and_then(Jwt::parse)
    else {
        return Ok(Value::Null);
    };
    cx.ex.objects.keep(Made::Jwt(Box::new(jwt)))
}

fn as_jwt(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    parsed(cx, call.receiver)
}

fn try_parse(cx: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let jwt = parsed(cx, call.receiver)?;
    let found = !jwt.is_null();
    if let Some(out) = call.args.first_mut() {
        *out = jwt;
    }
    Ok(found.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(payload: &str) -> String {
        let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
        format!(
            "{}.{}.sig",
            encode(r#"{"alg":"RS256","typ":"JWT"}"#),
            encode(payload)
        )
    }

    #[test]
    fn claims_become_lists_of_texts() {
        let payload = r#"{"s":"x","n":3,"b":true,"l":["a","b"],"o":{"k":[1]},"z":null}"#;
        let jwt = Jwt::parse(&token(payload)).unwrap();
        assert_eq!(jwt.algorithm.as_deref(), Some("RS256"));
        for (name, values) in [
            ("s", &["x"][..]),
            ("N", &["3"]),
            ("b", &["true"]),
            ("l", &["a", "b"]),
            ("o", &[r#"{"k":[1]}"#]),
            ("z", &[]),
        ] {
            assert_eq!(jwt.claim(name).unwrap(), values, "{name}");
        }
        assert_eq!(jwt.claim("missing"), None);
    }

    #[test]
    fn what_is_no_token_is_none() {
        let good = token("{}");
        for text in [format!("Bearer {good}"), format!("bEARER  {good}"), good] {
            assert!(Jwt::parse(&text).is_some(), "{text}");
        }
        for bad in [
            "",
            " ",
            "abc",
            "a.b",
            "e30.W10",
            "e30.!!",
            "Bearer",
            "Basic e30.e30",
        ] {
            assert!(Jwt::parse(bad).is_none(), "{bad}");
        }
    }
}
