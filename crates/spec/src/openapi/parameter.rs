//! Required query parameters of an operation.

use portcullis_model::diagnostic::Span;

use super::{Entry, Walk};
use crate::document::{Kind, Node};

/// One declared parameter.
struct Parameter<'d> {
    name: &'d str,
    place: &'d str,
    /// Whether a request must have it under exactly this name.
    required: bool,
    span: Span,
}

impl<'d> Walk<'d, '_> {
    /// The query parameters that must be there: those of the path first, each with its place.
    pub(super) fn required_query(&mut self, entry: &Entry<'d>) -> Vec<(&'d str, Span)> {
        let mut parameters: Vec<Parameter<'d>> = Vec::new();
        for list in [entry.shared, entry.node.get("parameters")] {
            let Some(list) = list.filter(|l| self.is(*l, Kind::Array, "`parameters`")) else {
                continue;
            };
            for item in list.items() {
                let Some(parameter) = self.follow(item).and_then(parameter) else {
                    continue;
                };
                let same =
                    |p: &&mut Parameter<'d>| p.name == parameter.name && p.place == parameter.place;
                match parameters.iter_mut().find(same) {
                    // The operation's own parameter replaces the path's.
                    Some(known) => *known = parameter,
                    None => parameters.push(parameter),
                }
            }
        }
        parameters
            .into_iter()
            .filter(|p| p.required && p.place == "query")
            .map(|p| (p.name, p.span))
            .collect()
    }
}

fn parameter(node: Node<'_>) -> Option<Parameter<'_>> {
    let name = node.get("name")?;
    // `deepObject` writes `name[member]`: no request has the name itself.
    let spread = node.get("style").and_then(Node::string) == Some("deepObject");
    Some(Parameter {
        name: name.scalar()?,
        place: node.get("in")?.string()?,
        required: !spread && node.get("required").and_then(Node::boolean) == Some(true),
        span: name.span(),
    })
}
