//! The template of a rewritten URL: fixed text, and parameters of the operation in between.

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode, utf8_percent_encode};
use portcullis_model::api::{TemplateSegment, UrlTemplate};

use crate::path::{self, AmbiguousPath};
use crate::policies::parts::query::{self, RESERVED};

/// What Azure says of a parameter that the operation does not have.
pub(super) const STRAY: &str =
    "Only parameters specified in the original URL template can be used in the rewrite template";

/// What an author may leave unencoded, and neither a path nor a query can hold.
const UNFIT: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`');

/// All but the characters that may stand in a segment of a path (RFC 3986 §3.3).
const OUTSIDE_SEGMENT: &AsciiSet = &RESERVED
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// A path with parameters in it, and the query that comes with it.
#[derive(Debug)]
pub(super) struct Template {
    path: Path,
    query: Option<Box<[Piece]>>,
}

#[derive(Debug)]
enum Path {
    /// Without parameters, in normal form.
    Fixed(Bytes),
    Pieces(Box<[Piece]>),
}

#[derive(Debug)]
enum Piece {
    /// Encoded.
    Text(Box<str>),
    /// The name of a parameter.
    Parameter(Box<str>),
}

/// Why a template cannot be read, or cannot be filled for a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum UnusableTemplate {
    /// A `{` without `}`, the reverse, or nothing in between.
    #[error("a brace is not closed, or there is no name in it")]
    Brace,
    /// A parameter that the operation does not have.
    #[error("{STRAY}")]
    Stray,
    /// The path could be read in two ways.
    #[error("{0}")]
    Path(#[from] AmbiguousPath),
    /// A parameter's value would lead the path elsewhere.
    #[error("the value of a parameter cannot stand in the path")]
    Value,
}

/// The values of an operation's parameters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Binding<'r> {
    parameters: &'r [(&'r str, String)],
    /// The parameter that takes the rest of the path, slashes and all.
    rest: Option<&'r str>,
}

impl<'r> Binding<'r> {
    /// The values that a request gives the parameters of an operation's template.
    pub(super) fn new(
        parameters: &'r [(&'r str, String)],
        operation: Option<&'r UrlTemplate>,
    ) -> Self {
        let rest = match operation.and_then(|template| template.segments().last()) {
            Some(TemplateSegment::Rest { name }) => name.as_deref(),
            Some(TemplateSegment::Literal(_) | TemplateSegment::Parameter { .. }) | None => None,
        };
        Self { parameters, rest }
    }

    fn value(&self, name: &str) -> Result<&'r str, UnusableTemplate> {
        let mut all = self.parameters.iter();
        let found = all.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found
            .map(|(_, value)| value.as_str())
            .ok_or(UnusableTemplate::Stray)
    }

    fn takes_the_rest(&self, name: &str) -> bool {
        self.rest
            .is_some_and(|rest| rest.eq_ignore_ascii_case(name))
    }
}

impl Template {
    /// Reads a template; a missing leading slash is supplied.
    pub(super) fn parse(text: &str) -> Result<Self, UnusableTemplate> {
        let (path, query) = split(text);
        let pieces = pieces(&rooted(path))?;
        // Any value will do to see whether the fixed text makes a path.
        let sample = join(&pieces, |_, out| {
            out.push(b'x');
            Ok(())
        })?;
        let normal = path::normalize(&sample)?;
        let path = if pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) {
            Path::Fixed(normal)
        } else if has_dot_segments(&sample) {
            let why = "a template with parameters must not have `.` or `..` segments";
            return Err(AmbiguousPath(why).into());
        } else {
            Path::Pieces(pieces.into())
        };
        let query = query.map(self::pieces).transpose()?;
        Ok(Self {
            path,
            query: query.map(Into::into),
        })
    }

    /// The names of its parameters.
    pub(super) fn parameters(&self) -> impl Iterator<Item = &str> {
        let path: &[Piece] = match &self.path {
            Path::Fixed(_) => &[],
            Path::Pieces(pieces) => pieces,
        };
        path.iter()
            .chain(self.query.iter().flatten())
            .filter_map(|piece| match piece {
                Piece::Parameter(name) => Some(&**name),
                Piece::Text(_) => None,
            })
    }

    /// The path in normal form and the query, with the values of a request.
    pub(super) fn fill(
        &self,
        binding: &Binding<'_>,
    ) -> Result<(Bytes, Option<Bytes>), UnusableTemplate> {
        let path = match &self.path {
            Path::Fixed(path) => path.clone(),
            Path::Pieces(pieces) => fill_path(pieces, binding)?,
        };
        let query = self.query.as_ref().map(|pieces| {
            join(pieces, |name, out| {
                query::push_encoded(out, binding.value(name)?);
                Ok(())
            })
        });
        Ok((path, query.transpose()?))
    }
}

/// A value must fill its place and lead nowhere else: it is not empty, and neither it nor what it
/// makes of the text around it is a `.` or `..` segment.
fn fill_path(pieces: &[Piece], binding: &Binding<'_>) -> Result<Bytes, UnusableTemplate> {
    let filled = join(pieces, |name, out| {
        let value = binding.value(name)?;
        if binding.takes_the_rest(name) {
            for (at, segment) in value.split('/').enumerate() {
                out.extend_from_slice(if at == 0 { b"" } else { b"/" });
                push_segment(out, segment);
            }
        } else if value.is_empty() {
            return Err(UnusableTemplate::Value);
        } else {
            push_segment(out, value);
        }
        Ok(())
    })?;
    if has_dot_segments(&filled) {
        return Err(UnusableTemplate::Value);
    }
    path::normalize(&filled).map_err(|_| UnusableTemplate::Value)
}

fn push_segment(out: &mut Vec<u8>, segment: &str) {
    for piece in percent_encode(segment.as_bytes(), OUTSIDE_SEGMENT) {
        out.extend_from_slice(piece.as_bytes());
    }
}

fn has_dot_segments(path: &[u8]) -> bool {
    path.split(|byte| *byte == b'/')
        .any(|segment| matches!(segment, b"." | b".."))
}

fn join(
    pieces: &[Piece],
    mut fill: impl FnMut(&str, &mut Vec<u8>) -> Result<(), UnusableTemplate>,
) -> Result<Bytes, UnusableTemplate> {
    let mut out = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
            Piece::Parameter(name) => fill(name, &mut out)?,
        }
    }
    Ok(out.into())
}

/// Fixed text and parameters: `{name}` or `{*name}`.
fn pieces(text: &str) -> Result<Vec<Piece>, UnusableTemplate> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(UnusableTemplate::Brace)?;
        let name = name.strip_prefix('*').unwrap_or(name);
        if name.is_empty() || name.contains('{') || before.contains('}') {
            return Err(UnusableTemplate::Brace);
        }
        pieces.push(Piece::Text(encoded(before).into()));
        pieces.push(Piece::Parameter(name.into()));
        rest = after;
    }
    if rest.contains('}') {
        return Err(UnusableTemplate::Brace);
    }
    pieces.push(Piece::Text(encoded(rest).into()));
    Ok(pieces)
}

/// Path and query of a URL without host; a fragment never leaves a client.
pub(super) fn split(url: &str) -> (&str, Option<&str>) {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    url.split_once('?')
        .map_or((url, None), |(path, query)| (path, Some(query)))
}

/// With a leading slash.
pub(super) fn rooted(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}

/// With everything encoded that must be; what is encoded already stays.
pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNFIT).to_string()
}
