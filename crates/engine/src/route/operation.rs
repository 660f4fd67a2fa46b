//! The trie that leads from a path below an API to an operation.

use std::collections::HashMap;

use portcullis_model::api::{TemplateSegment, TemplateValue, UrlTemplate};
use portcullis_policy::path::decode_segment;

use super::{Spelling, after_prefix, bare, before_suffix, fold, query_values, split_first};

/// The operations of one API, by path and method.
#[derive(Debug, Default)]
pub(crate) struct OperationTable {
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    literals: HashMap<Box<str>, usize>,
    parameters: Vec<Parameter>,
    /// Operations whose template ends here.
    ends: Vec<End>,
    /// Operations whose template takes the rest of the path from here.
    rests: Vec<End>,
}

/// A segment with a parameter in it; `prefix` and `suffix` are decoded, in lower case.
#[derive(Debug, PartialEq, Eq)]
struct Parameter {
    prefix: Box<str>,
    suffix: Box<str>,
    node: usize,
}

#[derive(Debug)]
struct End {
    method: http::Method,
    operation: usize,
    query: Box<[(Box<str>, TemplateValue)]>,
}

/// An operation that matches, with its parameters' values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Matched {
    pub(crate) operation: usize,
    /// Values of path parameters in the order of the template, then those of query parameters.
    pub(crate) values: Vec<String>,
}

/// What the search carries along.
struct Search<'r> {
    method: &'r http::Method,
    query: &'r str,
    spelling: Spelling,
}

impl OperationTable {
    /// Adds an operation.
    pub(crate) fn add(&mut self, method: http::Method, template: &UrlTemplate, operation: usize) {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let query = template
            .query()
            .iter()
            .map(|(n, v)| (n.as_str().into(), v.clone()))
            .collect();
        let end = End {
            method,
            operation,
            query,
        };
        let mut at = 0;
        for segment in template.segments() {
            at = match segment {
                TemplateSegment::Literal(text) => self.literal(at, text),
                TemplateSegment::Parameter { prefix, suffix, .. } => {
                    self.parameter(at, prefix, suffix)
                }
                TemplateSegment::Rest { .. } => {
                    if let Some(node) = self.nodes.get_mut(at) {
                        insert(&mut node.rests, end);
                    }
                    return;
                }
            };
        }
        if let Some(node) = self.nodes.get_mut(at) {
            insert(&mut node.ends, end);
        }
    }

    fn literal(&mut self, at: usize, text: &str) -> usize {
        let next = self.nodes.len();
        let Some(node) = self.nodes.get_mut(at) else {
            return at;
        };
        let key = fold(&decode_segment(text)).into();
        let to = *node.literals.entry(key).or_insert(next);
        if to == next {
            self.nodes.push(Node::default());
        }
        to
    }

    fn parameter(&mut self, at: usize, prefix: &str, suffix: &str) -> usize {
        let next = self.nodes.len();
        let Some(node) = self.nodes.get_mut(at) else {
            return at;
        };
        let [prefix, suffix] =
            [prefix, suffix].map(|text| fold(&decode_segment(text)).into_owned());
        if let Some(known) = node
            .parameters
            .iter()
            .find(|p| *p.prefix == prefix && *p.suffix == suffix)
        {
            return known.node;
        }
        node.parameters.push(Parameter {
            prefix: prefix.into(),
            suffix: suffix.into(),
            node: next,
        });
        // More fixed text in the segment is more specific.
        node.parameters
            .sort_by_key(|p| std::cmp::Reverse(p.prefix.len() + p.suffix.len()));
        self.nodes.push(Node::default());
        next
    }

    /// The operation for a path below the API (empty, or starting with `/`, in normal form).
    pub(crate) fn find(
        &self,
        method: &http::Method,
        path: &str,
        query: Option<&str>,
        spelling: Spelling,
    ) -> Option<Matched> {
        // `resource` and `resource/` are the same.
        let path = path.strip_suffix('/').unwrap_or(path);
        let search = Search {
            method,
            query: query.unwrap_or(""),
            spelling,
        };
        let mut values = Vec::new();
        let operation = self.descend(self.nodes.first()?, path, &search, &mut values)?;
        Some(Matched { operation, values })
    }

    /// Depth first, most specific first. Every node has one way from the root, so the search looks
    /// at each at most once.
    fn descend(
        &self,
        node: &Node,
        path: &str,
        search: &Search<'_>,
        values: &mut Vec<String>,
    ) -> Option<usize> {
        let Some((segment, rest)) = split_first(path) else {
            return search
                .choose(&node.ends, values)
                .or_else(|| search.choose_rest(node, "", values));
        };
        let segment = decode_segment(segment);
        let bare = match search.spelling {
            Spelling::Exact => None,
            Spelling::Lenient => bare(&segment),
        };
        for text in [Some(&*segment), bare].into_iter().flatten() {
            let literal = node.literals.get(&*fold(text));
            if let Some(next) = literal.and_then(|n| self.nodes.get(*n))
                && let Some(found) = self.descend(next, rest, search, values)
            {
                return Some(found);
            }
        }
        for parameter in &node.parameters {
            let bound = parameter.bind(&segment);
            let Some(value) = bound.or_else(|| parameter.bind(bare?)) else {
                continue;
            };
            values.push(value.to_owned());
            let next = self.nodes.get(parameter.node)?;
            if let Some(found) = self.descend(next, rest, search, values) {
                return Some(found);
            }
            values.pop();
        }
        search.choose_rest(node, path, values)
    }
}

/// More query parameters first, then in the order of creation.
fn insert(ends: &mut Vec<End>, end: End) {
    let at = ends
        .iter()
        .position(|e| e.query.len() < end.query.len())
        .unwrap_or(ends.len());
    ends.insert(at, end);
}

impl Parameter {
    /// The part of the decoded segment that the parameter stands for; not empty.
    fn bind<'p>(&self, segment: &'p str) -> Option<&'p str> {
        let value = before_suffix(after_prefix(segment, &self.prefix)?, &self.suffix)?;
        Some(value).filter(|value| !value.is_empty())
    }
}

impl Search<'_> {
    fn choose(&self, ends: &[End], values: &mut Vec<String>) -> Option<usize> {
        ends.iter()
            .filter(|end| end.method == *self.method)
            .find_map(|end| {
                let bound = self.bind_query(end)?;
                values.extend(bound);
                Some(end.operation)
            })
    }

    fn choose_rest(&self, node: &Node, rest: &str, values: &mut Vec<String>) -> Option<usize> {
        node.rests
            .iter()
            .filter(|end| end.method == *self.method)
            .find_map(|end| {
                let bound = self.bind_query(end)?;
                let rest = rest.strip_prefix('/').unwrap_or(rest);
                values.push(decode_segment(rest).into_owned());
                values.extend(bound);
                Some(end.operation)
            })
    }

    /// The values of the query parameters that a template wants; `None` if one is missing.
    fn bind_query(&self, end: &End) -> Option<Vec<String>> {
        let mut bound = Vec::new();
        for (name, wanted) in &end.query {
            let mut values = query_values(self.query, name);
            match wanted {
                TemplateValue::Parameter(_) => bound.push(values.next()?),
                TemplateValue::Literal(text) => {
                    values.find(|v| v.eq_ignore_ascii_case(text))?;
                }
            }
        }
        Some(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `METHOD template` lines make a table; gives the template that matched and its values.
    fn find(operations: &[&str], request: &str) -> Option<(String, Vec<String>)> {
        let mut table = OperationTable::default();
        for (at, line) in operations.iter().enumerate() {
            let (method, template) = line.split_once(' ').unwrap();
            table.add(
                method.parse().unwrap(),
                &UrlTemplate::parse(template).unwrap(),
                at,
            );
        }
        let (method, target) = request.split_once(' ').unwrap();
        let (path, query) = target
            .split_once('?')
            .map_or((target, None), |(p, q)| (p, Some(q)));
        let matched = table.find(&method.parse().unwrap(), path, query, Spelling::Lenient)?;
        Some((operations[matched.operation].to_owned(), matched.values))
    }

    fn check(operations: &[&str], request: &str, expect: Option<(&str, &[&str])>) {
        let expect =
            expect.map(|(o, v)| (o.to_owned(), v.iter().map(|v| (*v).to_owned()).collect()));
        assert_eq!(find(operations, request), expect, "{request}");
    }

    const STORE: [&str; 7] = [
        "GET /orders",
        "POST /orders",
        "GET /orders/{id}",
        "GET /orders/latest",
        "GET /orders/{id}/items/{item}.json",
        "GET /files/{*path}",
        "DELETE /*",
    ];

    #[test]
    fn fixed_text_beats_a_parameter_and_a_parameter_beats_the_rest() {
        check(
            &STORE,
            "GET /orders/latest",
            Some(("GET /orders/latest", &[])),
        );
        check(&STORE, "GET /orders/7", Some(("GET /orders/{id}", &["7"])));
        check(
            &STORE,
            "DELETE /orders/7",
            Some(("DELETE /*", &["orders/7"])),
        );
        check(&STORE, "DELETE /", Some(("DELETE /*", &[""])));
        check(
            &STORE,
            "GET /orders/7/items/a.json",
            Some(("GET /orders/{id}/items/{item}.json", &["7", "a"])),
        );
        check(
            &STORE,
            "GET /files/a/b%20c",
            Some(("GET /files/{*path}", &["a/b c"])),
        );
    }

    #[test]
    fn a_method_that_the_path_does_not_have_is_no_match() {
        check(&STORE, "PUT /orders", None);
        check(&STORE, "HEAD /orders", None);
    }

    #[test]
    fn text_is_compared_without_regard_to_case_and_a_trailing_slash_does_not_matter() {
        check(&STORE, "GET /Orders/", Some(("GET /orders", &[])));
        check(
            &STORE,
            "GET /orders/AbC",
            Some(("GET /orders/{id}", &["AbC"])),
        );
        check(&STORE, "GET /orders//", None);
    }

    #[test]
    fn operations_are_told_apart_by_the_query_parameters_they_want() {
        let search = [
            "GET /s",
            "GET /s?a={x}",
            "GET /s?a={x}&b={y}",
            "GET /s?kind=big",
        ];
        check(&search, "GET /s", Some(("GET /s", &[])));
        check(
            &search,
            "GET /s?z=1&A=v%20w",
            Some(("GET /s?a={x}", &["v w"])),
        );
        check(
            &search,
            "GET /s?b=2&a=1",
            Some(("GET /s?a={x}&b={y}", &["1", "2"])),
        );
        check(&search, "GET /s?kind=BIG", Some(("GET /s?kind=big", &[])));
    }

    #[test]
    fn the_spelling_of_a_segment_leads_to_no_less_specific_operation() {
        let operations = [
            "GET /users:purge",
            "GET /admin",
            "GET /admin/{id}",
            "GET /{id}",
            "GET /{id}/{rest}",
            "GET /v:{n}",
            "GET /{name}.json",
            "GET /caf\u{e9}",
            "GET /\u{e9}t\u{e9}-{n}",
            "GET /b%20c",
            "GET /e;f",
            "GET /{*any}",
        ];
        for (request, operation, values) in [
            ("/users%3Apurge", "/users:purge", &[][..]),
            ("/USERS%3APURGE", "/users:purge", &[]),
            ("/users:purge;x=1", "/users:purge", &[]),
            ("/admin;x", "/admin", &[]),
            ("/admin;", "/admin", &[]),
            ("/admin%3Bx", "/admin", &[]),
            ("/admin%20", "/admin", &[]),
            ("/admin%20;x%20", "/admin", &[]),
            ("/Admin;x/7", "/admin/{id}", &["7"]),
            ("/v%3A7", "/v:{n}", &["7"]),
            ("/a.json;x", "/{name}.json", &["a"]),
            ("/caf%C3%A9", "/caf\u{e9}", &[]),
            ("/CAF%C3%89", "/caf\u{e9}", &[]),
            ("/%C3%89T%C3%89-7", "/\u{e9}t\u{e9}-{n}", &["7"]),
            // The long s, whose upper case is that of `s`.
            ("/u%C5%BFers:purge", "/users:purge", &[]),
            ("/b%20c", "/b%20c", &[]),
            ("/e;f", "/e;f", &[]),
            ("/e%3Bf", "/e;f", &[]),
            // What is like nothing more specific is a value, as it was sent.
            ("/seven;x", "/{id}", &["seven;x"]),
            ("/sev%3Aen%20", "/{id}", &["sev:en "]),
            ("/100%2525", "/{id}", &["100%25"]),
            ("/a/;x", "/{id}/{rest}", &["a", ";x"]),
        ] {
            let operation = format!("GET {operation}");
            check(
                &operations,
                &format!("GET {request}"),
                Some((&*operation, values)),
            );
        }
    }

    #[test]
    fn a_dead_end_is_left_for_a_less_specific_way() {
        let operations = ["GET /a/{x}/c", "POST /a/b/d", "GET /{*rest}"];
        check(&operations, "GET /a/b/c", Some(("GET /a/{x}/c", &["b"])));
        check(
            &operations,
            "GET /a/b/d",
            Some(("GET /{*rest}", &["a/b/d"])),
        );
    }
}
