//! Origins in their one form.

use std::borrow::Cow;

/// `scheme://host[:port]` in lower case, without the port that the scheme implies and without a
/// slash at the end. A text that is no URL, such as `null`, stays as it is.
pub(super) fn normal(text: &str) -> Cow<'_, str> {
    let text = text.trim().trim_end_matches('/');
    let text = match text.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("http") => without(text, ":80"),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => without(text, ":443"),
        _ => text,
    };
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        Cow::Borrowed(text)
    }
}

fn without<'t>(text: &'t str, port: &str) -> &'t str {
    text.strip_suffix(port).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_an_origin_has_one_form() {
        for (text, expect) in [
            ("https://a.test", "https://a.test"),
            ("https://a.test/", "https://a.test"),
            (" HTTPS://A.Test:443/ ", "https://a.test"),
            ("http://a.test:80", "http://a.test"),
            ("http://a.test:8080", "http://a.test:8080"),
            ("http://a.test:443", "http://a.test:443"),
            ("https://a.test:80", "https://a.test:80"),
            ("https://[2001:db8::80]", "https://[2001:db8::80]"),
            ("null", "null"),
            ("https://a.test/path", "https://a.test/path"),
        ] {
            assert_eq!(normal(text), expect, "{text}");
        }
    }
}
