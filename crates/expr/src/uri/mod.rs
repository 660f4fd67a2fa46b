//! URIs as `System.Uri` takes them apart and shows them.

mod escape;

use std::fmt;

pub(crate) use escape::{escape_data, escape_uri, escape_uri_string, unescape_data};

use crate::exception::Exception;
use crate::text::Text;
use crate::types::Type;
use crate::value::NativeObject;

/// A `Uri`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Uri {
    pub(crate) original: String,
    /// What is known of an absolute URI; a relative one is only its text.
    pub(crate) parts: Option<Parts>,
}

/// An absolute URI taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parts {
    pub(crate) scheme: String,
    pub(crate) user_info: String,
    pub(crate) host: String,
    pub(crate) kind: HostKind,
    /// -1 if the scheme has none.
    pub(crate) port: i32,
    /// Escaped.
    pub(crate) path: String,
    /// With its `?`, escaped; empty if there is none.
    pub(crate) query: String,
    /// With its `#`, escaped; empty if there is none.
    pub(crate) fragment: String,
    /// Whether there is a `//` after the scheme.
    pub(crate) has_authority: bool,
}

/// `UriHostNameType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HostKind {
    Unknown = 0,
    Dns = 2,
    IPv4 = 3,
    IPv6 = 4,
}

/// Why a text is no URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Invalid {
    Empty,
    Format,
    Host,
    Port,
}

impl Invalid {
    pub(crate) fn exception(self) -> Exception {
        let what = match self {
            Self::Empty => "The URI is empty.",
            Self::Format => "The format of the URI could not be determined.",
            Self::Host => "The hostname could not be parsed.",
            Self::Port => "Invalid port specified.",
        };
        Exception::new("System.UriFormatException", format!("Invalid URI: {what}"))
    }
}

/// The port that a scheme has when none is given.
fn default_port(scheme: &str) -> i32 {
    match scheme {
        "http" | "ws" => 80,
        "https" | "wss" => 443,
        "ftp" => 21,
        "ldap" => 389,
        _ => -1,
    }
}

/// What kind of host a name is.
pub(crate) fn host_kind(host: &str) -> HostKind {
    if host.starts_with('[') || host.contains(':') {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        return match bare.parse::<std::net::Ipv6Addr>() {
            Ok(_) => HostKind::IPv6,
            Err(_) => HostKind::Unknown,
        };
    }
    if host.parse::<std::net::Ipv4Addr>().is_ok() {
        return HostKind::IPv4;
    }
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    if !name.is_empty() && name.len() <= 255 && name.split('.').all(label) {
        HostKind::Dns
    } else {
        HostKind::Unknown
    }
}

impl Uri {
    /// An absolute URI.
    pub(crate) fn absolute(text: &str) -> Result<Self, Invalid> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(Invalid::Empty);
        }
        let parts = Parts::parse(trimmed)?;
        Ok(Self {
            original: text.to_owned(),
            parts: Some(parts),
        })
    }

    /// A relative reference.
    pub(crate) fn relative(text: &str) -> Self {
        Self {
            original: text.to_owned(),
            parts: None,
        }
    }

    /// A reference resolved against a base.
    pub(crate) fn resolve(base: &Parts, reference: &str) -> Result<Self, Invalid> {
        if Parts::scheme_of(reference).is_some() {
            return Self::absolute(reference);
        }
        let joined = if let Some(rest) = reference.strip_prefix("//") {
            format!("{}://{rest}", base.scheme)
        } else if reference.starts_with('/') {
            format!("{}{reference}", base.authority())
        } else if reference.starts_with('?') {
            format!("{}{}{reference}", base.authority(), base.path)
        } else if reference.starts_with('#') || reference.is_empty() {
            format!("{}{}{}{reference}", base.authority(), base.path, base.query)
        } else {
            let folder = base
                .path
                .rfind('/')
                .and_then(|at| base.path.get(..=at))
                .unwrap_or("/");
            format!("{}{folder}{reference}", base.authority())
        };
        Self::absolute(&joined)
    }
}

impl Parts {
    /// The scheme that a text begins with, and what follows its colon.
    fn scheme_of(text: &str) -> Option<(&str, &str)> {
        let (scheme, rest) = text.split_once(':')?;
        let valid = scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
        valid.then_some((scheme, rest))
    }

    fn parse(text: &str) -> Result<Self, Invalid> {
        let (scheme, rest) = Self::scheme_of(text).ok_or(Invalid::Format)?;
        let scheme = scheme.to_ascii_lowercase();
        let (rest, fragment) = split_before(rest, '#');
        let (rest, query) = split_before(rest, '?');
        let hierarchical = matches!(
            scheme.as_str(),
            "http" | "https" | "ws" | "wss" | "ftp" | "net.tcp"
        );
        let Some(after) = rest.strip_prefix("//") else {
            if hierarchical {
                return Err(Invalid::Host);
            }
            return Ok(Self {
                scheme,
                user_info: String::new(),
                host: String::new(),
                kind: HostKind::Unknown,
                port: -1,
                path: escape_uri(rest),
                query: escape_uri(query),
                fragment: escape_uri(fragment),
                has_authority: false,
            });
        };
        let at = after.find(['/', '\\']).unwrap_or(after.len());
        let (authority, path) = after.split_at_checked(at).unwrap_or((after, ""));
        let (user_info, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (host, port) = split_port(host_port)?;
        let kind = host_kind(host);
        if (host.is_empty() || kind == HostKind::Unknown) && scheme != "file" {
            return Err(Invalid::Host);
        }
        let path = if hierarchical {
            path.replace('\\', "/")
        } else {
            path.to_owned()
        };
        let path = if path.is_empty() {
            "/".to_owned()
        } else {
            remove_dots(&path)
        };
        Ok(Self {
            port: port.unwrap_or_else(|| default_port(&scheme)),
            scheme,
            user_info: user_info.to_owned(),
            host: host.to_lowercase(),
            kind,
            path: escape_uri(&path),
            query: escape_uri(query),
            fragment: escape_uri(fragment),
            has_authority: true,
        })
    }

    pub(crate) fn is_default_port(&self) -> bool {
        self.port == default_port(&self.scheme)
    }

    /// `host` or `host:port`.
    pub(crate) fn host_and_port(&self) -> String {
        if self.is_default_port() || self.port < 0 {
            self.host.clone()
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// `scheme://user@host:port`.
    pub(crate) fn authority(&self) -> String {
        if !self.has_authority {
            return format!("{}:", self.scheme);
        }
        let user = if self.user_info.is_empty() {
            String::new()
        } else {
            format!("{}@", self.user_info)
        };
        format!("{}://{user}{}", self.scheme, self.host_and_port())
    }

    /// `AbsoluteUri`.
    pub(crate) fn absolute_uri(&self) -> String {
        format!(
            "{}{}{}{}",
            self.authority(),
            self.path,
            self.query,
            self.fragment
        )
    }

    /// Whether both name the same resource: fragments and user do not count.
    pub(crate) fn same(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.host == other.host
            && self.port == other.port
            && self.path == other.path
            && self.query == other.query
    }
}

impl fmt::Display for Uri {
    /// `ToString()`: escapes of harmless characters are undone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.parts {
            None => f.write_str(&self.original),
            Some(parts) => f.write_str(&escape::unescape_safe(&parts.absolute_uri())),
        }
    }
}

impl NativeObject for Uri {
    fn ty(&self) -> Type {
        Type::URI
    }

    fn text(&self) -> Option<Text> {
        Some(Text::from(self.to_string()))
    }

    fn equals(&self, other: &dyn NativeObject) -> Option<bool> {
        let other = (other as &dyn std::any::Any).downcast_ref::<Self>()?;
        Some(match (&self.parts, &other.parts) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => self.original == other.original,
            _ => false,
        })
    }

    fn hash(&self) -> Option<u64> {
        Some(crate::value::hash(&crate::Value::from(self.to_string())))
    }
}

/// What comes before a character, and the rest with it.
fn split_before(text: &str, c: char) -> (&str, &str) {
    let at = text.find(c).unwrap_or(text.len());
    text.split_at_checked(at).unwrap_or((text, ""))
}

fn split_port(text: &str) -> Result<(&str, Option<i32>), Invalid> {
    let bracket = text.rfind(']').unwrap_or(0);
    let Some(colon) = text.rfind(':').filter(|at| *at >= bracket) else {
        return Ok((text, None));
    };
    let (host, port) = text.split_at_checked(colon).unwrap_or((text, ""));
    let digits = port.strip_prefix(':').unwrap_or_default();
    if digits.is_empty() {
        return Ok((host, None));
    }
    let port: u16 = digits.parse().map_err(|_| Invalid::Port)?;
    Ok((host, Some(i32::from(port))))
}

/// Resolves `.` and `..`.
fn remove_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let segments: Vec<&str> = path.split('/').collect();
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.iter().enumerate() {
        match *segment {
            "." if index == last => kept.push(""),
            "." => {}
            ".." => {
                if kept.len() > 1 {
                    kept.pop();
                }
                if index == last {
                    kept.push("");
                }
            }
            other => kept.push(other),
        }
    }
    let joined = kept.join("/");
    if joined.starts_with('/') {
        joined
    } else {
        format!("/{joined}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_uris_apart() {
        let uri = Uri::absolute("HTTP://EXAMPLE.Test:80/A/../B/./c").unwrap();
        assert_eq!(uri.parts.unwrap().absolute_uri(), "http://example.test/B/c");
        for (text, expect) in [
            ("", Invalid::Empty),
            ("http://", Invalid::Host),
            ("http://example.test:99999/", Invalid::Port),
            ("example.test/x", Invalid::Format),
        ] {
            assert_eq!(Uri::absolute(text).unwrap_err(), expect, "{text}");
        }
        let base = Uri::absolute("https://example.test/a/b/c")
            .unwrap()
            .parts
            .unwrap();
        for (reference, expect) in [
            ("../d?x=1", "https://example.test/a/d?x=1"),
            ("/d", "https://example.test/d"),
            ("//other.test/z", "https://other.test/z"),
            ("https://other.test/z", "https://other.test/z"),
        ] {
            assert_eq!(Uri::resolve(&base, reference).unwrap().to_string(), expect);
        }
    }
}
