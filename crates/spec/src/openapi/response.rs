//! Declared responses and their representations.

use portcullis_model::api::{Representation, ResponseDescription};

use super::{Dialect, Walk};
use crate::document::{Member, Node};
use crate::example::Written;

impl<'d> Walk<'d, '_> {
    /// The responses of an operation, in the order of the text.
    pub(super) fn responses(&mut self, operation: Node<'d>) -> Vec<ResponseDescription> {
        let members = self.members_of(operation.get("responses"), "`responses`");
        let mut responses: Vec<ResponseDescription> = Vec::with_capacity(members.len());
        for member in members {
            let status = match member.name {
                "default" => None,
                code => match status(code) {
                    Some(status) => Some(status),
                    None => continue,
                },
            };
            let Some(response) = self.follow(member.value) else {
                continue;
            };
            if responses.iter().any(|known| known.status == status) {
                continue;
            }
            let description = response.get("description").and_then(Node::scalar);
            responses.push(ResponseDescription {
                status,
                description: description.filter(|d| !d.is_empty()).map(str::to_owned),
                representations: match self.dialect {
                    Dialect::Two => self.by_produces(operation, response),
                    Dialect::Three => self.by_content(response),
                },
            });
        }
        responses
    }

    /// OpenAPI 3: each media type with its own schema and examples.
    fn by_content(&self, response: Node<'d>) -> Vec<Representation> {
        let content = response.get("content").into_iter().flat_map(Node::members);
        content
            .map(|Member { name, value, .. }| {
                let written = Written {
                    example: value.get("example"),
                    examples: value.get("examples"),
                    schema: value.get("schema"),
                };
                self.representation(name, written)
            })
            .collect()
    }

    /// OpenAPI 2: one schema for all media types, one example for each.
    fn by_produces(&self, operation: Node<'d>, response: Node<'d>) -> Vec<Representation> {
        let (schema, examples) = (response.get("schema"), response.get("examples"));
        if schema.is_none() && examples.is_none() {
            return Vec::new();
        }
        let produces = operation
            .get("produces")
            .or_else(|| self.root.get("produces"));
        let produces = produces.into_iter().flat_map(Node::items);
        let mut types: Vec<&str> = produces.filter_map(Node::string).collect();
        for example in examples.into_iter().flat_map(Node::members) {
            if !types.contains(&example.name) {
                types.push(example.name);
            }
        }
        if types.is_empty() {
            types.push("application/json");
        }
        types
            .into_iter()
            .map(|media_type| {
                let written = Written {
                    example: examples.and_then(|e| e.get(media_type)),
                    examples: None,
                    schema,
                };
                self.representation(media_type, written)
            })
            .collect()
    }

    fn representation(&self, media_type: &str, written: Written<'d>) -> Representation {
        Representation {
            content_type: media_type.to_owned(),
            example: written.body(media_type, self.references, self.samples),
        }
    }
}

/// `200`, or `2XX`, for which its first status stands; anything else is an extension.
fn status(code: &str) -> Option<u16> {
    let class = code.strip_suffix("XX").or_else(|| code.strip_suffix("xx"));
    let status = match class {
        Some(class) => class.parse::<u16>().ok()?.checked_mul(100)?,
        None => code.parse().ok()?,
    };
    (100..600).contains(&status).then_some(status)
}
