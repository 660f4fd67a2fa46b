//! Typed ids: the resource names of the management API, compared without regard to case.

use std::fmt;
use std::sync::Arc;

/// The longest resource name the management API accepts.
pub const MAX_ID_LENGTH: usize = 256;

/// A text that cannot be the name of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId {
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason)
    }
}

impl std::error::Error for InvalidId {}

fn parse(text: &str) -> Result<Arc<str>, InvalidId> {
    if text.is_empty() {
        return Err(InvalidId {
            reason: "an id must not be empty",
        });
    }
    if text.len() > MAX_ID_LENGTH {
        return Err(InvalidId {
            reason: "an id has at most 256 characters",
        });
    }
    if text
        .chars()
        .any(|c| c.is_control() || matches!(c, '*' | '#' | '&' | '+' | ':' | '<' | '>' | '?' | '/'))
    {
        return Err(InvalidId {
            reason: "an id must not contain control characters or any of `*#&+:<>?/`",
        });
    }
    Ok(Arc::from(text))
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Accepts what the management API accepts as a resource name.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }

            /// The name as it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.eq_ignore_ascii_case(&other.0)
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                for byte in self.0.bytes() {
                    state.write_u8(byte.to_ascii_lowercase());
                }
                state.write_u8(0xff);
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                let key = |id: &Self| id.0.to_ascii_lowercase();
                key(self).cmp(&key(other))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

ids! {
    /// An API, without its revision: `flights`.
    ApiId,
    /// An operation within an API: `get-flight`.
    OperationId,
    /// A product.
    ProductId,
    /// A subscription.
    SubscriptionId,
    /// A group of users.
    GroupId,
    /// A named value's resource name (its display name is what policies use).
    NamedValueId,
    /// A backend entity.
    BackendId,
    /// A version set.
    VersionSetId,
    /// A policy fragment.
    FragmentId,
}

impl ApiId {
    /// The id of no API; it is empty, so no API can have it.
    pub fn none() -> Self {
        Self(Arc::from(""))
    }
}

impl ProductId {
    /// The id of a product whose name could not be read; it is empty, so no other has it.
    pub fn none() -> Self {
        Self(Arc::from(""))
    }
}

/// A revision of an API: 1, 2, 3 …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Revision(pub u32);

impl Default for Revision {
    fn default() -> Self {
        Self(1)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_equal_without_regard_to_case() {
        assert_eq!(
            ApiId::parse("Flights").unwrap(),
            ApiId::parse("flights").unwrap()
        );
        assert_ne!(
            ApiId::parse("flight").unwrap(),
            ApiId::parse("flights").unwrap()
        );
    }

    #[test]
    fn an_id_with_a_slash_or_nothing_in_it_is_refused() {
        for bad in ["", "a/b", "a?b", "a\u{1}"] {
            assert!(ApiId::parse(bad).is_err(), "{bad:?}");
        }
    }
}
