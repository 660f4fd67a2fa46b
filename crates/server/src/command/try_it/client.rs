//! The smallest HTTP/1.1 client that can show what a gateway answers: one call, one connection.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use socket2::{Domain, Socket, Type};

/// How long a call may take: everything is on this machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// The longest response that is read.
const RESPONSE_LIMIT: u64 = 1 << 20;

/// A call.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) to: SocketAddr,
    /// The address that it comes from; the kernel's choice if it does not matter.
    pub(super) from: Option<Ipv4Addr>,
    pub(super) method: &'a str,
    /// Path and query.
    pub(super) target: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: &'a str,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) reason: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

impl Response {
    /// The first header of this name.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether a text stands anywhere in it.
    pub(super) fn mentions(&self, text: &str) -> bool {
        self.body.contains(text) || self.headers.iter().any(|(_, value)| value.contains(text))
    }
}

/// Makes one call.
pub(super) fn call(request: &Request<'_>) -> Result<Response> {
    let mut stream = connect(request)?;
    stream
        .write_all(written(request).as_bytes())
        .context("cannot send")?;
    let mut bytes = Vec::new();
    stream
        .take(RESPONSE_LIMIT)
        .read_to_end(&mut bytes)
        .context("cannot read the response")?;
    parse(&bytes)
}

fn connect(request: &Request<'_>) -> Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(request.to), Type::STREAM, None)?;
    if let Some(from) = request.from {
        socket
            .bind(&SocketAddr::from((from, 0)).into())
            .with_context(|| {
                format!(
                    "this machine has no address {from} (macOS: `sudo ifconfig lo0 alias {from}`)"
                )
            })?;
    }
    socket
        .connect_timeout(&request.to.into(), PATIENCE)
        .with_context(|| format!("cannot connect to {}", request.to))?;
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn written(request: &Request<'_>) -> String {
    let Request {
        to,
        method,
        target,
        headers,
        body,
        ..
    } = request;
    let mut text = format!("{method} {target} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n");
    for (name, value) in *headers {
        // Writing to a string does not fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    if !body.is_empty() {
        let _ = write!(text, "Content-Length: {}\r\n", body.len());
    }
    text + "\r\n" + body
}

fn parse(bytes: &[u8]) -> Result<Response> {
    let end = bytes.windows(4).position(|at| at == b"\r\n\r\n");
    let (head, body) = bytes
        .split_at_checked(end.context("the response has no end")?)
        .unwrap_or_default();
    let head = std::str::from_utf8(head).context("the response's head is no text")?;
    let mut lines = head.split("\r\n");
    let (status, reason) = status_line(lines.next().unwrap_or_default())?;
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let response = Response {
        status,
        reason,
        headers,
        body: String::new(),
    };
    let body = body.get(4..).unwrap_or_default();
    let is_chunked = response
        .header("Transfer-Encoding")
        .is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
    let body = if is_chunked {
        unchunked(body)?
    } else {
        body.to_vec()
    };
    Ok(Response {
        body: String::from_utf8_lossy(&body).into_owned(),
        ..response
    })
}

fn status_line(line: &str) -> Result<(u16, String)> {
    let wrong = || anyhow!("`{line}` is no status line");
    let rest = line.strip_prefix("HTTP/1.1 ").ok_or_else(wrong)?;
    let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
    Ok((status.parse().map_err(|_| wrong())?, reason.to_owned()))
}

/// Takes chunked framing away (RFC 9112 §7.1).
fn unchunked(mut rest: &[u8]) -> Result<Vec<u8>> {
    const CUT_OFF: &str = "the response is cut off";
    let mut body = Vec::new();
    loop {
        let end = rest
            .windows(2)
            .position(|at| at == b"\r\n")
            .context(CUT_OFF)?;
        let (size, after) = rest.split_at_checked(end).context(CUT_OFF)?;
        let size = usize::from_str_radix(std::str::from_utf8(size)?.trim(), 16)
            .context("the response has a malformed chunk")?;
        let chunk = after.get(2..).context(CUT_OFF)?;
        if size == 0 {
            return Ok(body);
        }
        let Some((data, after)) = chunk.split_at_checked(size) else {
            bail!(CUT_OFF)
        };
        body.extend_from_slice(data);
        rest = after.get(2..).context(CUT_OFF)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_read_in_both_framings() {
        for (text, body) in [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi"),
            (
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
                "hi",
            ),
            ("HTTP/1.1 200 OK\r\n\r\n", ""),
        ] {
            let response = parse(text.as_bytes()).unwrap();
            assert_eq!(
                (response.status, response.body.as_str()),
                (200, body),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_response_is_an_error() {
        for text in [
            "",
            "HTTP/1.1 200 OK\r\n",
            "SSH-2.0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi",
        ] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }
}
