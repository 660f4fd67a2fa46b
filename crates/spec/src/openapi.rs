//! OpenAPI 2, 3.0 and 3.1: the walk over paths and methods.

mod parameter;
mod response;
mod security;
mod server;

use std::collections::HashSet;

use portcullis_model::api::Operation;
use portcullis_model::code::{Code, spec as codes};
use portcullis_model::diagnostic::{Diagnostic, Diagnostics, SourceId, Span};
use portcullis_model::id::OperationId;

use crate::description::{Description, QueryParameters};
use crate::document::{Kind, Member, Node};
use crate::limits::Limits;
use crate::operation::Names;
use crate::reference::{References, Unresolved};
use crate::sample::Samples;
use crate::template::{Made, Unplaced, template};

/// What the caller decides.
#[derive(Debug)]
pub(crate) struct Setting<'l> {
    pub(crate) source: SourceId,
    pub(crate) query_parameters: QueryParameters,
    pub(crate) limits: &'l Limits,
}

/// Which OpenAPI it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Two,
    Three,
}

/// The methods that can be members of a path item.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Reads the description that stands at `root`.
pub(crate) fn read(
    root: Node<'_>,
    setting: &Setting<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Description> {
    let references = References::new(root, setting.limits.references);
    let samples = Samples::new(
        &references,
        setting.limits.sample_depth,
        setting.limits.sample_nodes,
    );
    let dialect = match dialect(root) {
        Ok(dialect) => dialect,
        Err((span, message)) => {
            let unknown = setting.error(codes::UNKNOWN_DESCRIPTION, span, message);
            diagnostics.push(unknown.with_help(
                "an OpenAPI description has `openapi: 3.0.3` (or `swagger: '2.0'`) at its top level",
            ));
            return None;
        }
    };
    let walk = Walk {
        root,
        dialect,
        references: &references,
        samples: &samples,
        setting,
        diagnostics,
        names: Names::default(),
        seen: HashSet::new(),
        operations: Vec::new(),
    };
    Some(walk.description())
}

impl Setting<'_> {
    fn error(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.source, span, message)
    }

    fn warning(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::warning(code, self.source, span, message)
    }
}

fn dialect(root: Node<'_>) -> Result<Dialect, (Span, String)> {
    if root.kind() != Kind::Object {
        let found = root.kind().described();
        return Err((
            root.span(),
            format!("an API description is an object, this is {found}"),
        ));
    }
    let (name, version) = match (root.get("openapi"), root.get("swagger")) {
        (Some(version), _) => ("openapi", version),
        (None, Some(version)) => ("swagger", version),
        (None, None) => {
            let message = "this is not an OpenAPI description: it has no member `openapi`";
            return Err((Span::at(root.span().start as usize), message.to_owned()));
        }
    };
    match (name, version.scalar().unwrap_or("")) {
        ("swagger", "2.0" | "2") => Ok(Dialect::Two),
        ("openapi", v) if v == "3" || v.starts_with("3.") => Ok(Dialect::Three),
        (_, other) => Err((
            version.span(),
            format!("`{other}` is not a version of OpenAPI that is known here"),
        )),
    }
}

/// One walk over one description.
struct Walk<'d, 'w> {
    root: Node<'d>,
    dialect: Dialect,
    references: &'w References<'d>,
    samples: &'w Samples<'d, 'w>,
    setting: &'w Setting<'w>,
    diagnostics: &'w mut Diagnostics,
    names: Names,
    /// Methods with templates, lower case.
    seen: HashSet<String>,
    operations: Vec<Operation>,
}

/// One method of one path.
struct Entry<'d> {
    path: Member<'d>,
    method: &'static str,
    /// What the method's member holds.
    node: Node<'d>,
    /// The `parameters` of the path item.
    shared: Option<Node<'d>>,
}

impl<'d> Walk<'d, '_> {
    fn description(mut self) -> Description {
        self.paths();
        let info = |name| {
            self.root
                .get("info")?
                .get(name)?
                .scalar()
                .map(str::to_owned)
        };
        Description {
            title: info("title").unwrap_or_default(),
            version: info("version").unwrap_or_default(),
            description: info("description").filter(|d| !d.trim().is_empty()),
            servers: match self.dialect {
                Dialect::Two => server::from_parts(self.root),
                Dialect::Three => server::from_list(self.root),
            },
            security: security::schemes(self.root, self.references),
            operations: self.operations,
        }
    }

    fn paths(&mut self) {
        let before = self.diagnostics.len();
        let paths = self.root.get("paths");
        for path in self.members_of(paths, "`paths`") {
            if !path.name.starts_with("x-") && !self.path(path) {
                break;
            }
        }
        if self.operations.is_empty() && self.diagnostics.len() == before {
            let span = paths.map_or(Span::at(0), Node::span);
            let message = "the API description has no operations";
            self.warn(codes::NO_OPERATIONS, span, message.to_owned());
        }
    }

    /// Reads one path; false when there are too many operations.
    fn path(&mut self, path: Member<'d>) -> bool {
        let item = match self.references.follow(path.value) {
            Ok(item) => item,
            Err(unresolved) => {
                let error = self.unresolved(unresolved);
                self.diagnostics.push(error);
                return true;
            }
        };
        for member in self.members_of(Some(item), "a path") {
            let method = METHODS
                .into_iter()
                .find(|m| m.eq_ignore_ascii_case(member.name));
            let Some(method) = method else { continue };
            if self.operations.len() >= self.setting.limits.operations {
                let most = self.setting.limits.operations;
                let message = format!("the API description has more than {most} operations");
                let error =
                    self.setting
                        .error(codes::OVERSIZED_DESCRIPTION, path.name_span, message);
                self.diagnostics.push(error);
                return false;
            }
            self.operation(&Entry {
                path,
                method,
                node: member.value,
                shared: item.get("parameters"),
            });
        }
        true
    }

    fn operation(&mut self, entry: &Entry<'d>) {
        if !self.is(entry.node, Kind::Object, "an operation") {
            return;
        }
        let required = match self.setting.query_parameters {
            QueryParameters::Template => self.required_query(entry),
            QueryParameters::Query => Vec::new(),
        };
        let names = required.iter().map(|(name, _)| *name);
        let Made { template, unplaced } = match template(entry.path.name, names) {
            Ok(made) => made,
            Err(invalid) => return self.unserved(entry, &invalid.to_string()),
        };
        for (name, why) in unplaced {
            let at = required.iter().find(|(n, _)| *n == name);
            self.unplaced(
                name,
                why,
                at.map_or(entry.path.name_span, |(_, span)| *span),
            );
        }
        let template_text = template.as_str().trim_end_matches('/').to_lowercase();
        if !self
            .seen
            .insert(format!("{} {template_text}", entry.method))
        {
            return self.repeated(entry);
        }
        let text = |name| entry.node.get(name).and_then(Node::scalar);
        let written_id = text("operationId").filter(|id| !id.trim().is_empty());
        let claimed = self.names.claim(written_id, entry.method, entry.path.name);
        let id = claimed.and_then(|name| OperationId::parse(&name).ok());
        let Some(id) = id else {
            return self.unserved(entry, "no resource name can be made for it");
        };
        let method = entry.method.to_ascii_uppercase();
        let title = text("summary").map(str::trim).filter(|s| !s.is_empty());
        let operation = Operation {
            id,
            name: title.or(written_id).map_or_else(
                || format!("{method} {}", entry.path.name),
                |title| title.chars().take(MAX_TITLE).collect(),
            ),
            description: text("description")
                .filter(|d| !d.is_empty())
                .map(str::to_owned),
            responses: self.responses(entry.node),
            method,
            template,
        };
        self.operations.push(operation);
    }

    fn unserved(&mut self, entry: &Entry<'d>, reason: &str) {
        let (method, path) = (entry.method.to_ascii_uppercase(), entry.path.name);
        let message = format!("`{method} {path}` cannot be served: {reason}");
        let span = entry.path.name_span;
        let error = self.setting.error(codes::UNSERVED_OPERATION, span, message);
        self.diagnostics.push(
            error.with_help("each path segment takes one parameter, each with a name of its own"),
        );
    }

    fn repeated(&mut self, entry: &Entry<'d>) {
        let (method, path) = (entry.method.to_ascii_uppercase(), entry.path.name);
        let message = format!("`{method} {path}` stands twice; the later one is left out");
        self.warn(codes::REPEATED_OPERATION, entry.path.name_span, message);
    }

    fn unplaced(&mut self, name: &str, why: Unplaced, span: Span) {
        let reason = match why {
            Unplaced::Separator => "its name contains one of `&={}#*`",
            Unplaced::Doubled => "the path has a parameter of that name",
        };
        let message = format!(
            "the required query parameter `{name}` is not part of the URL template: {reason}"
        );
        self.warn(codes::UNPLACED_PARAMETER, span, message);
    }

    fn unresolved(&self, unresolved: Unresolved<'d>) -> Diagnostic {
        let Unresolved { node, reason } = unresolved;
        let pointer = node.string().unwrap_or("$ref");
        let message = format!("the reference `{pointer}` leads nowhere: {reason}");
        self.setting
            .error(codes::UNRESOLVED_REFERENCE, node.span(), message)
            .with_help("only references within the text are followed: bundle the description into one file")
    }

    /// The value behind a reference; one that leads nowhere is a warning.
    fn follow(&mut self, node: Node<'d>) -> Option<Node<'d>> {
        match self.references.follow(node) {
            Ok(node) => Some(node),
            Err(unresolved) => {
                let mut warning = self.unresolved(unresolved);
                warning.severity = portcullis_model::diagnostic::Severity::Warning;
                self.diagnostics.push(warning);
                None
            }
        }
    }

    fn warn(&mut self, code: Code, span: Span, message: String) {
        self.diagnostics
            .push(self.setting.warning(code, span, message));
    }

    /// The members of what should be an object, if it is there.
    fn members_of(&mut self, node: Option<Node<'d>>, what: &str) -> Vec<Member<'d>> {
        match node {
            Some(node) if self.is(node, Kind::Object, what) => node.members().collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the value has the kind; it is an error otherwise. Nothing at all is not an error.
    fn is(&mut self, node: Node<'d>, kind: Kind, what: &str) -> bool {
        let found = node.kind();
        if found != kind && found != Kind::Null {
            let (expected, found) = (kind.described(), found.described());
            let message = format!("{what} is {expected} in OpenAPI, this is {found}");
            let error = self
                .setting
                .error(codes::UNEXPECTED_VALUE, node.span(), message);
            self.diagnostics.push(error);
        }
        found == kind
    }
}

/// The longest display name of an operation that the service keeps.
const MAX_TITLE: usize = 300;

#[cfg(test)]
mod tests;
