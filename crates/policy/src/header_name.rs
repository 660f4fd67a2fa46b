//! Names of headers as servers see them that put headers into variables.
//!
//! CGI, and with it WSGI, Rack, PHP and others, hands `X-User` and `X_User` on under one name
//! (`HTTP_X_USER`), and joins what they say. So a header that a policy sets or removes must not be
//! there under another spelling.

use std::borrow::Cow;

use http::{HeaderMap, HeaderName};

/// Whether a name, in lower case, has a character that such servers take for `-`.
pub fn is_odd(name: &str) -> bool {
    !name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The name with `-` in place of every such character.
pub fn folded(name: &str) -> Cow<'_, str> {
    if !is_odd(name) {
        return Cow::Borrowed(name);
    }
    let fold = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    Cow::Owned(name.chars().map(fold).collect())
}

/// Whether such servers take one name for the other.
pub(crate) fn is_taken_for(one: &HeaderName, other: &HeaderName) -> bool {
    let (one, other) = (one.as_str(), other.as_str());
    one.len() == other.len() && folded(one) == folded(other)
}

/// Removes every header that such servers would take for `name` and that is not it: `X_User` for
/// `X-User`, and `Api-Key` for `api_key`.
///
/// Allocates only if there is one.
pub(crate) fn remove_look_alikes(headers: &mut HeaderMap, name: &HeaderName) {
    let is_look_alike = |other: &&HeaderName| *other != name && is_taken_for(other, name);
    let found: Vec<HeaderName> = headers.keys().filter(is_look_alike).cloned().collect();
    for name in found {
        headers.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_other_spellings_of_a_name_go_whichever_of_them_it_is() {
        let names = [
            "x-user-id",
            "x_user_id",
            "x-user_id",
            "x.user.id",
            "x-user-ids",
            "x_user",
        ];
        for (name, left) in [
            ("x-user-id", &["x-user-id", "x-user-ids", "x_user"][..]),
            ("x_user_id", &["x-user-ids", "x_user", "x_user_id"]),
            ("x.user.id", &["x-user-ids", "x.user.id", "x_user"]),
            ("x-user", &names[..5]),
            ("x-userid", &names),
        ] {
            let mut headers = HeaderMap::new();
            for name in names {
                let name = HeaderName::from_static(name);
                headers.insert(name, HeaderValue::from_static("1"));
            }
            remove_look_alikes(&mut headers, &HeaderName::from_static(name));
            let mut got: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
            got.sort_unstable();
            let mut left = left.to_vec();
            left.sort_unstable();
            assert_eq!(got, left, "{name}");
        }
    }
}
