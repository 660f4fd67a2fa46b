//! A path and its required query parameters become a URL template.

use std::fmt::Write as _;

use portcullis_model::api::{InvalidUrlTemplate, UrlTemplate};

/// Why a required query parameter cannot be part of the template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unplaced {
    /// Its name contains a character that separates query parameters.
    Separator,
    /// A parameter of the path has the same name.
    Doubled,
}

/// A URL template and the parameters that are not part of it.
#[derive(Debug)]
pub(crate) struct Made<'p> {
    pub(crate) template: UrlTemplate,
    pub(crate) unplaced: Vec<(&'p str, Unplaced)>,
}

/// The template of a path together with the query parameters that must be there.
///
/// Parameters that cannot be part of it are left out and named.
pub(crate) fn template<'p>(
    path: &str,
    required: impl IntoIterator<Item = &'p str>,
) -> Result<Made<'p>, InvalidUrlTemplate> {
    let bare = UrlTemplate::parse(path)?;
    let mut required = required.into_iter().peekable();
    let mut unplaced = Vec::new();
    if required.peek().is_none() {
        let template = bare;
        return Ok(Made { template, unplaced });
    }
    let mut taken: Vec<String> = bare.parameters().map(str::to_lowercase).collect();
    let mut text = String::from(path);
    for name in required {
        let lower = name.to_lowercase();
        if name.is_empty() || name.contains(['&', '=', '{', '}', '#', '*']) {
            unplaced.push((name, Unplaced::Separator));
        } else if taken.contains(&lower) {
            unplaced.push((name, Unplaced::Doubled));
        } else {
            taken.push(lower);
            let separator = if text.contains('?') { '&' } else { '?' };
            // Writing to a string does not fail.
            let _ = write!(text, "{separator}{name}={{{name}}}");
        }
    }
    let template = UrlTemplate::parse(&text)?;
    Ok(Made { template, unplaced })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_query_parameters_join_the_template() {
        for (path, required, text, left_out) in [
            ("/a", &[][..], "/a", 0),
            ("/a", &["x", "y"], "/a?x={x}&y={y}", 0),
            ("/a?kind=b", &["x"], "/a?kind=b&x={x}", 0),
            ("/a/{id}", &["ID", "x"], "/a/{id}?x={x}", 1),
            ("/a", &["x=y"], "/a", 1),
        ] {
            let made = template(path, required.iter().copied()).unwrap();
            let found = (made.template.as_str(), made.unplaced.len());
            assert_eq!(found, (text, left_out), "{path}");
        }
    }
}
