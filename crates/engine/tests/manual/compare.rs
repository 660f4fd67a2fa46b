//! Messages as a page writes them, compared with messages as they are.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use portcullis_testkit::request::{header_line, split_message};
use portcullis_testkit::upstream::{Answer, Content, Response};

/// Stands for any text.
const ANY: char = '…';

/// A message as a page writes it; what it does not list is not compared.
#[derive(Debug)]
pub(crate) struct Expected {
    /// The request or status line, in words.
    pub(crate) line: Vec<String>,
    headers: Vec<(HeaderName, String)>,
    absent: Vec<HeaderName>,
    body: Option<String>,
}

impl Expected {
    /// Reads the text of a block.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let (head, body) = split_message(text);
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default();
        let mut expected = Self {
            line: line.split_whitespace().map(str::to_owned).collect(),
            headers: Vec::new(),
            absent: Vec::new(),
            body: body.map(str::to_owned),
        };
        for line in lines {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let absent = name.strip_prefix('!');
            let parsed = HeaderName::from_bytes(absent.unwrap_or(name).as_bytes());
            let parsed = parsed.map_err(|_| format!("`{line}` is no header line"))?;
            match absent {
                Some(_) => expected.absent.push(parsed),
                None => expected.headers.push((parsed, value.trim().to_owned())),
            }
        }
        Ok(expected)
    }

    /// What of headers and body is not as expected.
    pub(crate) fn differences(&self, headers: &HeaderMap, body: &Bytes) -> Vec<String> {
        let mut problems = Vec::new();
        for (name, _) in &self.headers {
            let named = self.headers.iter().filter(|(other, _)| other == name);
            let expect: Vec<&str> = named.map(|(_, value)| &**value).collect();
            let got: Vec<_> = headers
                .get_all(name)
                .iter()
                .map(|v| text(v.as_bytes()))
                .collect();
            let same = expect.len() == got.len()
                && expect
                    .iter()
                    .zip(&got)
                    .all(|(pattern, text)| fits(pattern, text));
            let problem = format!("{name} is {got:?}, not {expect:?}");
            if !same && !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        for name in self
            .absent
            .iter()
            .filter(|name| headers.contains_key(*name))
        {
            problems.push(format!("{name} is there: {:?}", headers.get(name)));
        }
        let body = text(body);
        if let Some(expect) = self.body.as_ref().filter(|expect| !fits(expect, &body)) {
            problems.push(format!("the body is {body:?}, not {expect:?}"));
        }
        problems
    }
}

/// A scripted response from its text: status line, headers, a blank line, a body.
pub(crate) fn answer(text: &str) -> Result<Answer, String> {
    let (head, body) = split_message(text);
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let status = line.split_whitespace().nth(1).unwrap_or_default();
    let status = status
        .parse()
        .map_err(|_| format!("`{line}` is no status line"))?;
    let mut response = Response::status(status);
    for line in lines {
        let (name, value) = header_line(line)?;
        response.headers.append(name, value);
    }
    if let Some(body) = body {
        response.body = Content::Whole(Bytes::copy_from_slice(body.as_bytes()));
    }
    Ok(response.into())
}

/// `HTTP/1.1 200 OK` against a status; the reason counts if it is written.
pub(crate) fn status_differs(
    line: &[String],
    status: StatusCode,
    reason: Option<&str>,
) -> Option<String> {
    let reason = reason.or(status.canonical_reason()).unwrap_or_default();
    let got = format!("{} {reason}", status.as_str());
    let expect = line.get(1..).unwrap_or_default().join(" ");
    let same = if line.len() > 2 {
        expect == got
    } else {
        expect == status.as_str()
    };
    (!same).then(|| format!("the status is {got:?}, not {expect:?}"))
}

/// Whether a text is as a pattern says.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split(ANY);
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn an_ellipsis_stands_for_any_text() {
    for (pattern, text, expect) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("…", "", true),
        ("a…", "abc", true),
        ("…c", "abc", true),
        ("a…c…e", "abcde", true),
        ("a…c…e", "abde", false),
        ("a…a", "a", false),
    ] {
        assert_eq!(fits(pattern, text), expect, "{pattern} {text}");
    }
}

#[test]
fn what_is_listed_is_compared() {
    let expected = Expected::read("X 1\nA: 1\nA: 2\n!B\n\nbody\n").unwrap();
    let mut headers = HeaderMap::new();
    headers.append("a", "1".parse().unwrap());
    let body = Bytes::from("body");
    assert_eq!(expected.differences(&headers, &body).len(), 1);
    headers.append("a", "2".parse().unwrap());
    headers.append("c", "3".parse().unwrap());
    assert!(expected.differences(&headers, &body).is_empty());
    headers.append("b", "4".parse().unwrap());
    assert_eq!(
        expected.differences(&headers, &Bytes::from("else")).len(),
        2
    );
}

#[test]
fn a_reason_counts_if_it_is_written() {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let check = |line, reason| status_differs(&words(line), StatusCode::OK, reason).is_none();
    assert!(check("HTTP/1.1 200", None) && check("HTTP/1.1 200", Some("Fine")));
    assert!(check("HTTP/1.1 200 OK", None) && check("HTTP/1.1 200 So far", Some("So far")));
    assert!(!check("HTTP/1.1 200 OK", Some("Fine")) && !check("HTTP/1.1 201", None));
}
