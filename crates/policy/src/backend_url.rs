//! Base URLs of backends, read once.

use http::{HeaderValue, Uri};

use crate::facts::Scheme;
use crate::host::{BackendTarget, BackendTls};
use crate::path;
use bytes::Bytes;

/// A text that is not the base URL of a backend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBackendUrl {
    /// It is no URL.
    #[error("`{0}` is not an absolute URL such as `https://orders.internal/v1`")]
    NotAUrl(String),
    /// Another scheme than `http` and `https`.
    #[error("the scheme `{0}` is not supported: use `http` or `https`")]
    Scheme(String),
    /// It carries a user name or password.
    #[error("a base URL must not carry credentials: set an `Authorization` header instead")]
    Credentials,
    /// Its path could be read in two ways.
    #[error("unusable path in the base URL: {0}")]
    Path(#[from] path::AmbiguousPath),
}

/// Reads `https://orders.internal/v1`; a trailing slash does not count.
pub fn parse(url: &str) -> Result<BackendTarget, InvalidBackendUrl> {
    let not_a_url = || InvalidBackendUrl::NotAUrl(url.to_owned());
    let uri: Uri = url.trim().parse().map_err(|_| not_a_url())?;
    let scheme = match uri.scheme_str().map(str::to_ascii_lowercase).as_deref() {
        Some("http" | "ws") => Scheme::Http,
        Some("https" | "wss") => Scheme::Https,
        Some(other) => return Err(InvalidBackendUrl::Scheme(other.to_owned())),
        None => return Err(not_a_url()),
    };
    let authority = uri.authority().ok_or_else(not_a_url)?;
    if authority.as_str().contains('@') {
        return Err(InvalidBackendUrl::Credentials);
    }
    let host = authority.host();
    if host.is_empty() {
        return Err(not_a_url());
    }
    let port = authority
        .port_u16()
        .unwrap_or_else(|| scheme.default_port());
    let shown = if port == scheme.default_port() {
        host.to_owned()
    } else {
        format!("{host}:{port}")
    };
    let path = path::without_dot_segments(&Bytes::copy_from_slice(uri.path().as_bytes()))?;
    let base_path = String::from_utf8_lossy(&path).trim_end_matches('/').into();
    Ok(BackendTarget {
        id: None,
        scheme,
        host: host.trim_start_matches('[').trim_end_matches(']').into(),
        port,
        authority: HeaderValue::try_from(shown).map_err(|_| not_a_url())?,
        base_path,
        base_query: uri.query().filter(|q| !q.is_empty()).map(Into::into),
        headers: Box::default(),
        query: Box::default(),
        tls: BackendTls::default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_url_is_taken_apart() {
        let target = parse("https://Orders.internal:8443/v1/?code=x").unwrap();
        assert_eq!((target.port, &*target.base_path), (8443, "/v1"));
        assert_eq!(target.authority, "Orders.internal:8443");
        assert_eq!(target.base_query.as_deref(), Some("code=x"));
        let plain = parse("http://[::1]").unwrap();
        assert_eq!(
            (&*plain.host, plain.port, &*plain.base_path),
            ("::1", 80, "")
        );
        assert_eq!(plain.authority, "[::1]");
    }

    #[test]
    fn what_is_no_base_url_is_refused() {
        for bad in [
            "",
            "orders",
            "/x",
            "ftp://x",
            "https://",
            "https://u:p@x",
            "http://x/%2f",
            "http://x/a/../b",
            "http://x/a/%2e%2e",
            "http://x/a/..;/b",
            "http://x/a\\b",
            "http://x\r\nX: y",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
