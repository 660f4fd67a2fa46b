//! `System.Uri`, `System.UriBuilder`.

use std::cell::RefCell;

use super::object::enumeration;
use super::{Table, TableKind, m, outside};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, invalid_operation};
use crate::text::Text;
use crate::types::Type;
use crate::uri::{HostKind, Parts, Uri, escape_data, escape_uri_string, host_kind, unescape_data};
use crate::value::{NativeObject, Value, equals};

pub(super) static URI_KIND: Table = enumeration(
    "System.UriKind",
    &[("RelativeOrAbsolute", 0), ("Absolute", 1), ("Relative", 2)],
);
pub(super) static URI_PARTIAL: Table = enumeration(
    "System.UriPartial",
    &[("Scheme", 0), ("Authority", 1), ("Path", 2), ("Query", 3)],
);
pub(super) static HOST_NAME_TYPE: Table = enumeration(
    "System.UriHostNameType",
    &[
        ("Unknown", 0),
        ("Basic", 1),
        ("Dns", 2),
        ("IPv4", 3),
        ("IPv6", 4),
    ],
);

pub(super) static URI: Table = Table {
    name: "System.Uri",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new(string uriString)", |c| {
            let text = c.required_text(0, "uriString")?;
            make_uri(&text)
        }),
        m("new(string uriString, UriKind uriKind)", |c| {
            let text = c.required_text(0, "uriString")?;
            of_kind(&text, c.enumerated(1)).map_err(crate::uri::Invalid::exception)
        }),
        m("new(Uri baseUri, string relativeUri)", combine),
        m("new(Uri baseUri, Uri relativeUri)", combine),
        m(
            "static bool TryCreate(string uriString, UriKind uriKind, out Uri result)",
            |c| {
                let made = c
                    .optional_text(0)
                    .and_then(|text| of_kind(&text, c.enumerated(1)).ok());
                let success = made.is_some();
                c.put(2, made.unwrap_or_default());
                Ok(Value::Bool(success))
            },
        ),
        m(
            "static bool TryCreate(Uri baseUri, string relativeUri, out Uri result)",
            |c| {
                let made = combine(c).ok();
                let success = made.is_some();
                c.put(2, made.unwrap_or_default());
                Ok(Value::Bool(success))
            },
        ),
        m("string AbsolutePath", |c| part(c, |p| p.path.clone())),
        m("string AbsoluteUri", |c| part(c, Parts::absolute_uri)),
        m("string Authority", |c| part(c, Parts::host_and_port)),
        m("string DnsSafeHost", |c| part(c, bare_host)),
        m("string IdnHost", |c| part(c, bare_host)),
        m("string Fragment", |c| part(c, |p| p.fragment.clone())),
        m("string Host", |c| part(c, |p| p.host.clone())),
        m("UriHostNameType HostNameType", |c| {
            let kind = parts(c)?.kind;
            Ok(super::enums::of("System.UriHostNameType", kind as i32))
        }),
        m("bool IsAbsoluteUri", |c| {
            Ok(Value::Bool(uri(c)?.parts.is_some()))
        }),
        m("bool IsDefaultPort", |c| {
            Ok(Value::Bool(parts(c)?.is_default_port()))
        }),
        m("bool IsFile", |c| {
            Ok(Value::Bool(parts(c)?.scheme == "file"))
        }),
        m("bool IsLoopback", |c| {
            let host = bare_host(parts(c)?);
            let loopback = host == "localhost"
                || host
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback());
            Ok(Value::Bool(loopback))
        }),
        m("string LocalPath", |c| part(c, |p| unescape_data(&p.path))),
        m("string OriginalString", |c| {
            Ok(Value::from(uri(c)?.original.as_str()))
        }),
        m("string PathAndQuery", |c| {
            part(c, |p| format!("{}{}", p.path, p.query))
        }),
        m("int Port", |c| Ok(Value::Int(parts(c)?.port))),
        m("string Query", |c| part(c, |p| p.query.clone())),
        m("string Scheme", |c| part(c, |p| p.scheme.clone())),
        m("string[] Segments", |c| {
            let path = parts(c)?.path.clone();
            Ok(Value::strings(path.split_inclusive('/')))
        }),
        m("string UserInfo", |c| part(c, |p| p.user_info.clone())),
        m("string GetLeftPart(UriPartial part)", |c| {
            let which = c.enumerated(1);
            let parts = parts(c)?;
            Ok(Value::from(match which {
                0 => format!("{}://", parts.scheme),
                1 => parts.authority(),
                2 => format!("{}{}", parts.authority(), parts.path),
                _ => format!("{}{}{}", parts.authority(), parts.path, parts.query),
            }))
        }),
        m("bool IsBaseOf(Uri uri)", |c| {
            let base = parts(c)?;
            let other = c
                .arg(1)
                .as_native::<Uri>()
                .and_then(|uri| uri.parts.as_ref());
            let other = other.ok_or_else(|| argument_null("uri"))?;
            let folder = base
                .path
                .rfind('/')
                .and_then(|at| base.path.get(..=at))
                .unwrap_or("/");
            Ok(Value::Bool(
                base.scheme == other.scheme
                    && base.host == other.host
                    && base.port == other.port
                    && other.path.starts_with(folder),
            ))
        }),
        m("Uri MakeRelativeUri(Uri uri)", |c| {
            let base = parts(c)?.clone();
            let other = c
                .arg(1)
                .as_native::<Uri>()
                .and_then(|uri| uri.parts.clone());
            let other = other.ok_or_else(|| argument_null("uri"))?;
            Ok(Value::native(relative_to(&base, &other)))
        }),
        m("bool Equals(object comparand)", |c| {
            if let Value::String(text) = c.arg(1) {
                let other = make_uri(text).unwrap_or_default();
                return Ok(Value::Bool(equals(c.arg(0), &other)));
            }
            Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
        }),
        m("static bool operator ==(Uri uri1, Uri uri2)", |c| {
            Ok(Value::Bool(equals(c.arg(0), c.arg(1))))
        }),
        m("static bool operator !=(Uri uri1, Uri uri2)", |c| {
            Ok(Value::Bool(!equals(c.arg(0), c.arg(1))))
        }),
        m(
            "static string EscapeDataString(string stringToEscape)",
            |c| {
                let text = c.required_text(0, "stringToEscape")?;
                c.vm.charge_bytes(text.size().saturating_mul(3))?;
                Ok(Value::from(escape_data(&text.to_str())))
            },
        ),
        m(
            "static string EscapeUriString(string stringToEscape)",
            |c| {
                let text = c.required_text(0, "stringToEscape")?;
                c.vm.charge_bytes(text.size().saturating_mul(3))?;
                Ok(Value::from(escape_uri_string(&text.to_str())))
            },
        ),
        m(
            "static string UnescapeDataString(string stringToUnescape)",
            |c| {
                let text = c.required_text(0, "stringToUnescape")?;
                Ok(Value::from(unescape_data(&text.to_str())))
            },
        ),
        m(
            "static bool IsWellFormedUriString(string uriString, UriKind uriKind)",
            well_formed,
        ),
        m("static UriHostNameType CheckHostName(string name)", |c| {
            let kind = c
                .optional_text(0)
                .map_or(HostKind::Unknown, |text| host_kind(&text.to_str()));
            Ok(super::enums::of("System.UriHostNameType", kind as i32))
        }),
        m("static bool CheckSchemeName(string schemeName)", |c| {
            let valid = c.optional_text(0).is_some_and(|text| {
                let text = text.to_str();
                text.starts_with(|c: char| c.is_ascii_alphabetic())
                    && text
                        .chars()
                        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
            });
            Ok(Value::Bool(valid))
        }),
        outside("static string HexEscape(char character)", |c| {
            Ok(Value::from(format!("%{:02X}", c.char(0)?)))
        }),
    ],
};

pub(super) static URI_BUILDER: Table = Table {
    name: "System.UriBuilder",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new()", |_| builder("http://localhost/")),
        m("new(string uri)", |c| {
            let text = c.required_text(0, "uri")?;
            let text = text.to_str();
            if text.contains("://") {
                builder(&text)
            } else {
                builder(&format!("http://{text}"))
            }
        }),
        m("new(Uri uri)", |c| builder(&parts(c)?.absolute_uri())),
        m("new(string schemeName, string hostName)", |c| {
            from_pieces(c, false, false)
        }),
        m("new(string scheme, string host, int portNumber)", |c| {
            from_pieces(c, true, false)
        }),
        m(
            "new(string scheme, string host, int port, string pathValue)",
            |c| from_pieces(c, true, true),
        ),
        m("Uri Uri", |c| {
            let text = building(c)?.borrow().absolute_uri();
            make_uri(&Text::from(text))
        }),
        m("string Scheme", |c| built(c, |p| p.scheme.clone())),
        m("set string Scheme", |c| set(c, |p, text| p.scheme = text)),
        m("string Host", |c| built(c, |p| p.host.clone())),
        m("set string Host", |c| set(c, |p, text| p.host = text)),
        m("int Port", |c| Ok(Value::Int(building(c)?.borrow().port))),
        m("set int Port", |c| {
            building(c)?.borrow_mut().port = c.int(1)?;
            Ok(Value::Null)
        }),
        m("string Path", |c| built(c, |p| p.path.clone())),
        m("set string Path", |c| {
            set(c, |p, text| {
                let path = crate::uri::escape_uri(&text);
                p.path = if path.starts_with('/') {
                    path
                } else {
                    format!("/{path}")
                };
            })
        }),
        m("string Query", |c| built(c, |p| p.query.clone())),
        m("set string Query", |c| {
            set(c, |p, text| p.query = marked('?', &text))
        }),
        m("string Fragment", |c| built(c, |p| p.fragment.clone())),
        m("set string Fragment", |c| {
            set(c, |p, text| p.fragment = marked('#', &text))
        }),
        m("string ToString()", |c| built(c, Parts::absolute_uri)),
    ],
};

/// Makes a URI, as `new Uri(text)` does.
pub(crate) fn make_uri(text: &Text) -> Outcome {
    Uri::absolute(&text.to_str())
        .map(Value::native)
        .map_err(crate::uri::Invalid::exception)
}

fn of_kind(text: &Text, kind: i32) -> Result<Value, crate::uri::Invalid> {
    let text = text.to_str();
    match (Uri::absolute(&text), kind) {
        (Ok(_), 2) => Err(crate::uri::Invalid::Format),
        (Ok(uri), _) => Ok(Value::native(uri)),
        (Err(why), 1) => Err(why),
        (Err(_), _) => Ok(Value::native(Uri::relative(&text))),
    }
}

fn uri<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Uri> {
    c.arg(0)
        .as_native::<Uri>()
        .ok_or_else(crate::exception::null_reference)
}

fn parts<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Parts> {
    uri(c)?
        .parts
        .as_ref()
        .ok_or_else(|| invalid_operation("This operation is not supported for a relative URI."))
}

fn part(c: &mut Call<'_, '_>, pick: fn(&Parts) -> String) -> Outcome {
    parts(c).map(|parts| Value::from(pick(parts)))
}

fn bare_host(parts: &Parts) -> String {
    parts
        .host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned()
}

fn combine(c: &mut Call<'_, '_>) -> Outcome {
    let base = match c.arg(0) {
        Value::Null => return Err(argument_null("baseUri")),
        _ => parts(c)?.clone(),
    };
    let reference = match c.arg(1) {
        Value::String(text) => text.to_str().into_owned(),
        other => match other.as_native::<Uri>() {
            Some(uri) => uri.original.clone(),
            None => String::new(),
        },
    };
    Uri::resolve(&base, &reference)
        .map(Value::native)
        .map_err(crate::uri::Invalid::exception)
}

fn relative_to(base: &Parts, other: &Parts) -> Uri {
    if base.scheme != other.scheme || base.host_and_port() != other.host_and_port() {
        return Uri {
            original: other.absolute_uri(),
            parts: Some(other.clone()),
        };
    }
    let from: Vec<&str> = base.path.split('/').collect();
    let to: Vec<&str> = other.path.split('/').collect();
    let folders = from.len().saturating_sub(1);
    let common = from
        .iter()
        .take(folders)
        .zip(to.iter().take(to.len().saturating_sub(1)))
        .take_while(|(a, b)| a == b)
        .count();
    let mut path = "../".repeat(folders - common);
    path.push_str(&to.get(common..).unwrap_or_default().join("/"));
    Uri::relative(&format!("{path}{}{}", other.query, other.fragment))
}

fn well_formed(c: &mut Call<'_, '_>) -> Outcome {
    let Some(text) = c.optional_text(0) else {
        return Ok(Value::Bool(false));
    };
    let text = text.to_str();
    let escaped = crate::uri::escape_uri(&text) == *text;
    let absolute = Uri::absolute(&text).is_ok();
    let kind = match c.enumerated(1) {
        1 => absolute,
        2 => !absolute,
        _ => true,
    };
    Ok(Value::Bool(kind && escaped))
}

// === UriBuilder ===

/// A `UriBuilder`.
#[derive(Debug)]
struct Builder(RefCell<Parts>);

impl NativeObject for Builder {
    fn ty(&self) -> Type {
        super::type_named("System.UriBuilder")
    }

    fn text(&self) -> Option<Text> {
        Some(Text::from(self.0.borrow().absolute_uri()))
    }
}

fn builder(text: &str) -> Outcome {
    match Uri::absolute(text)
        .map_err(crate::uri::Invalid::exception)?
        .parts
    {
        Some(parts) => Ok(Value::native(Builder(RefCell::new(parts)))),
        None => Err(crate::uri::Invalid::Format.exception()),
    }
}

fn from_pieces(c: &mut Call<'_, '_>, port: bool, path: bool) -> Outcome {
    let scheme = c.required_text(0, "scheme")?;
    let host = c.required_text(1, "host")?;
    let port = if port {
        format!(":{}", c.int(2)?)
    } else {
        String::new()
    };
    let path = if path {
        c.optional_text(3)
            .map(|p| p.to_string())
            .unwrap_or_default()
    } else {
        String::new()
    };
    builder(&format!(
        "{scheme}://{host}{port}/{}",
        path.trim_start_matches('/')
    ))
}

fn building<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a RefCell<Parts>> {
    c.arg(0)
        .as_native::<Builder>()
        .map(|b| &b.0)
        .ok_or_else(crate::exception::null_reference)
}

fn built(c: &mut Call<'_, '_>, pick: fn(&Parts) -> String) -> Outcome {
    Ok(Value::from(pick(&building(c)?.borrow())))
}

fn set(c: &mut Call<'_, '_>, change: fn(&mut Parts, String)) -> Outcome {
    let text = c
        .optional_text(1)
        .map(|text| text.to_string())
        .unwrap_or_default();
    change(&mut building(c)?.borrow_mut(), text);
    Ok(Value::Null)
}

fn marked(mark: char, text: &str) -> String {
    if text.is_empty() || text.starts_with(mark) {
        text.to_owned()
    } else {
        format!("{mark}{text}")
    }
}
