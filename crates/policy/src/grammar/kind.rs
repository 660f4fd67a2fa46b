//! What a value is: the kinds of literals, and what each accepts.

use std::fmt;

/// What a literal value must be. An expression's result is converted to the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Any text.
    Text,
    /// A text with more in it than white space; white space around it means nothing.
    Filled,
    /// An integer in a range, both ends included.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A decimal number in a range, both ends included.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// `true` or `false`.
    Bool,
    /// One of some words.
    OneOf(&'static [&'static str]),
    /// A whole number of seconds in a range, both ends included.
    Seconds {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// An HTTP status code.
    Status,
    /// An absolute URL.
    Url,
    /// The name of a header.
    HeaderName,
    /// An HTTP method.
    Method,
    /// The name of a context variable.
    VariableName,
    /// One character.
    Character,
    /// A point in time, `yyyy-MM-ddTHH:mm:ssZ`.
    DateTime,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// The name of something else in the configuration.
    Reference(Entity),
}

/// What a value can refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Entity {
    /// A backend.
    Backend,
    /// A certificate.
    Certificate,
    /// A policy fragment.
    Fragment,
    /// A logger.
    Logger,
    /// A schema.
    Schema,
}

impl Kind {
    /// A whole number from zero.
    pub(crate) const COUNT: Self = Self::Int {
        min: 0,
        max: i64::MAX,
    };
    /// A whole number from one.
    pub(crate) const POSITIVE: Self = Self::Int {
        min: 1,
        max: i64::MAX,
    };
    /// Any number of seconds from zero.
    pub(crate) const SECONDS: Self = Self::Seconds {
        min: 0,
        max: i32::MAX as i64,
    };
}

/// Why a literal is not of its kind; completes the sentence "`x` is not …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit(pub String);

impl Kind {
    /// Whether a literal is of this kind.
    pub(crate) fn accepts(self, text: &str) -> Result<(), Misfit> {
        let fits = match self {
            Self::Text => true,
            Self::Filled => !text.trim().is_empty(),
            Self::Int { min, max } | Self::Seconds { min, max } => {
                text.parse::<i64>().is_ok_and(|n| (min..=max).contains(&n))
            }
            Self::Number { min, max } => {
                text.parse::<f64>().is_ok_and(|n| (min..=max).contains(&n))
            }
            Self::Bool => matches!(text, "true" | "false" | "True" | "False"),
            Self::OneOf(words) => words.contains(&text),
            Self::Status => text.len() == 3 && text.parse::<u16>().is_ok_and(is_status),
            Self::Url => is_url(text),
            Self::HeaderName | Self::Method => !text.is_empty() && text.bytes().all(is_token),
            Self::VariableName | Self::Reference(_) => !text.is_empty(),
            Self::Character => text.chars().count() == 1,
            Self::DateTime => is_date_time(text),
            Self::IpAddress => text.parse::<std::net::IpAddr>().is_ok(),
        };
        if fits {
            Ok(())
        } else {
            Err(Misfit(self.to_string()))
        }
    }

    /// Some literal of this kind, for where the real one is not known yet.
    pub(crate) fn stand_in(self) -> String {
        match self {
            Self::Text
            | Self::Filled
            | Self::VariableName
            | Self::HeaderName
            | Self::Reference(_) => "x".to_owned(),
            Self::Int { min, max } | Self::Seconds { min, max } => min.max(1).min(max).to_string(),
            Self::Number { min, max } => min.max(1.0).min(max).to_string(),
            Self::Bool => "true".to_owned(),
            Self::OneOf(words) => words.first().copied().unwrap_or("x").to_owned(),
            Self::Status => "200".to_owned(),
            Self::Url => "http://localhost".to_owned(),
            Self::Method => "GET".to_owned(),
            Self::Character => "_".to_owned(),
            Self::DateTime => "0001-01-01T00:00:00Z".to_owned(),
            Self::IpAddress => "127.0.0.1".to_owned(),
        }
    }
}

/// Completes the sentence "the value is …".
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Text => f.write_str("a text"),
            Self::Filled => f.write_str("a text that is not empty"),
            Self::Int { min, max } => range(f, "a whole number", min, max),
            Self::Seconds { min, max } => range(f, "a whole number of seconds", min, max),
            Self::Number { min, max } if max >= f64::MAX => {
                write!(f, "a number of at least {min}")
            }
            Self::Number { min, max } => write!(f, "a number from {min} to {max}"),
            Self::Bool => f.write_str("`true` or `false`"),
            Self::OneOf(words) => match words {
                [only] => write!(f, "`{only}`"),
                words => write!(f, "one of `{}`", words.join("`, `")),
            },
            Self::Status => f.write_str("an HTTP status code from 100 to 999"),
            Self::Url => f.write_str("an absolute URL such as `https://host/path`"),
            Self::HeaderName => f.write_str("the name of a header"),
            Self::Method => f.write_str("an HTTP method"),
            Self::VariableName => f.write_str("the name of a variable"),
            Self::Character => f.write_str("one character"),
            Self::DateTime => f.write_str("a time such as `2030-01-31T00:00:00Z`"),
            Self::IpAddress => f.write_str("an IP address"),
            Self::Reference(entity) => write!(f, "the id of a {entity}"),
        }
    }
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Backend => "backend",
            Self::Certificate => "certificate",
            Self::Fragment => "fragment",
            Self::Logger => "logger",
            Self::Schema => "schema",
        })
    }
}

fn range(f: &mut fmt::Formatter<'_>, what: &str, min: i64, max: i64) -> fmt::Result {
    match (min, max) {
        (i64::MIN, i64::MAX) => f.write_str(what),
        (min, max) if max >= i64::from(i32::MAX) => write!(f, "{what} of at least {min}"),
        (min, max) => write!(f, "{what} from {min} to {max}"),
    }
}

fn is_status(code: u16) -> bool {
    (100..=999).contains(&code)
}

/// A URL as a policy can use it: a scheme that we speak and a host.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let known = ["http", "https", "ws", "wss"]
        .iter()
        .any(|s| scheme.eq_ignore_ascii_case(s));
    known && !host.is_empty() && !text.contains(char::is_whitespace)
}

/// RFC 9110 §5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_date_time(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00Z";
    text.len() == FORM.len()
        && text.bytes().zip(FORM).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            form => byte == *form,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_accepted_by_kind() {
        let table: &[(Kind, &[&str], &[&str])] = &[
            (
                Kind::Int { min: 1, max: 50 },
                &["1", "50"],
                &["0", "51", "", "1.0", " 1", "x"],
            ),
            (
                Kind::Number { min: 0.0, max: 1.0 },
                &["0", "0.05", "1"],
                &["1.1", "-1", "x", "NaN"],
            ),
            (Kind::Bool, &["true", "false", "True"], &["1", "yes", ""]),
            (Kind::OneOf(&["a", "b"]), &["a", "b"], &["A", "c", ""]),
            (Kind::SECONDS, &["0", "300"], &["-1", "1s", "99999999999"]),
            (
                Kind::Status,
                &["200", "429", "999"],
                &["20", "99", "1000", "abc", "+20"],
            ),
            (
                Kind::Url,
                &["http://a", "https://a:1/b?c", "wss://a"],
                &["a", "/a", "http://", "ftp://a", "http://a b"],
            ),
            (Kind::Filled, &["a", "a b"], &["", " "]),
            (Kind::HeaderName, &["X-A", "ETag"], &["", "X A", "X:"]),
            (Kind::Character, &["_", "é"], &["", "ab"]),
            (
                Kind::DateTime,
                &["2030-01-31T00:00:00Z"],
                &["2030-01-31", "2030-01-31T00:00:00"],
            ),
            (
                Kind::IpAddress,
                &["10.0.0.1", "::1"],
                &["10.0.0", "10.0.0.0/8", "host"],
            ),
        ];
        for (kind, good, bad) in table {
            for text in *good {
                assert_eq!(kind.accepts(text), Ok(()), "{text:?} as {kind}");
            }
            for text in *bad {
                assert!(kind.accepts(text).is_err(), "{text:?} as {kind}");
            }
            assert_eq!(kind.accepts(&kind.stand_in()), Ok(()), "{kind}");
        }
    }
}
