//! The trie that leads from a path to an API.

use std::collections::HashMap;

use portcullis_model::id::Revision;

use super::{fold, split_first};

/// How a request says which version of an API it wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Version {
    /// There is only one, or the version stands in the path already.
    None,
    /// The header of this name says this.
    Header {
        name: http::HeaderName,
        version: Option<Box<str>>,
    },
    /// The query parameter of this name says this.
    Query {
        name: Box<str>,
        version: Option<Box<str>>,
    },
}

/// Every URL suffix and what stands there.
#[derive(Debug, Default)]
pub(crate) struct SuffixTable {
    nodes: Vec<Node>,
}

#[derive(Debug, Default)]
struct Node {
    children: HashMap<Box<str>, usize>,
    entries: Vec<SuffixEntry>,
}

/// One revision of one API at a suffix.
#[derive(Debug)]
pub(crate) struct SuffixEntry {
    pub(crate) api: usize,
    pub(crate) version: Version,
    pub(crate) revision: Revision,
    pub(crate) is_current: bool,
}

/// Where a path leads.
#[derive(Debug)]
pub(crate) struct Suffix<'t, 'p> {
    /// What stands at the suffix.
    pub(crate) entries: &'t [SuffixEntry],
    /// The revision that the path asks for (`;rev=N`).
    pub(crate) revision: Option<Revision>,
    /// The path below the suffix: empty or starting with `/`.
    pub(crate) rest: &'p str,
}

impl SuffixTable {
    /// Adds an API at `segments`.
    pub(crate) fn add<'a>(&mut self, segments: impl Iterator<Item = &'a str>, entry: SuffixEntry) {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut at = 0;
        for segment in segments {
            let next = self.nodes.len();
            let Some(node) = self.nodes.get_mut(at) else {
                return;
            };
            at = *node.children.entry(fold(segment).into()).or_insert(next);
            if at == next {
                self.nodes.push(Node::default());
            }
        }
        if let Some(node) = self.nodes.get_mut(at) {
            node.entries.push(entry);
        }
    }

    /// The longest suffix of the table that `path` begins with.
    pub(crate) fn find<'t, 'p>(&'t self, path: &'p str) -> Option<Suffix<'t, 'p>> {
        let mut node = self.nodes.first()?;
        let mut rest = path;
        let mut found = at_root(node, path);
        while let Some((segment, after)) = split_first(rest) {
            let (name, revision) = split_revision(segment);
            let Some(next) = node.children.get(&*fold(name)) else {
                break;
            };
            node = self.nodes.get(*next)?;
            rest = after;
            if !node.entries.is_empty() {
                found = Some(Suffix {
                    entries: &node.entries,
                    revision,
                    rest,
                });
            }
            if revision.is_some() {
                // `;rev=N` ends the suffix: nothing deeper is looked at.
                return found.filter(|f| f.revision == revision);
            }
        }
        found
    }
}

/// An API without suffix; its revision stands in a segment of its own: `/;rev=2/…`.
fn at_root<'t, 'p>(root: &'t Node, path: &'p str) -> Option<Suffix<'t, 'p>> {
    if root.entries.is_empty() {
        return None;
    }
    let (revision, rest) = match split_first(path) {
        Some((segment, rest)) if segment.starts_with(';') => (split_revision(segment).1, rest),
        _ => (None, path),
    };
    Some(Suffix {
        entries: &root.entries,
        revision,
        rest,
    })
}

/// `customers;rev=3` is the segment `customers` and the revision 3.
fn split_revision(segment: &str) -> (&str, Option<Revision>) {
    let parts = segment.rsplit_once(';').and_then(|(name, parameter)| {
        let number = parameter.strip_prefix("rev=")?.parse().ok()?;
        Some((name, Some(Revision(number))))
    });
    parts.unwrap_or((segment, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(suffixes: &[&str]) -> SuffixTable {
        let mut table = SuffixTable::default();
        for (api, suffix) in suffixes.iter().enumerate() {
            let entry = SuffixEntry {
                api,
                version: Version::None,
                revision: Revision(1),
                is_current: true,
            };
            table.add(suffix.split('/').filter(|s| !s.is_empty()), entry);
        }
        table
    }

    fn check(suffixes: &[&str], path: &str, expect: Option<(usize, Option<u32>, &str)>) {
        let table = table(suffixes);
        let found = table
            .find(path)
            .map(|s| (s.entries[0].api, s.revision.map(|r| r.0), s.rest));
        assert_eq!(found, expect, "{path}");
    }

    #[test]
    fn the_longest_suffix_wins() {
        let suffixes = ["store", "store/orders"];
        check(&suffixes, "/store/x", Some((0, None, "/x")));
        check(&suffixes, "/store/orders/1", Some((1, None, "/1")));
        check(&suffixes, "/STORE/Orders", Some((1, None, "")));
        check(&suffixes, "/stores", None);
        check(&suffixes, "/", None);
    }

    #[test]
    fn a_revision_stands_at_the_end_of_the_suffix() {
        let suffixes = ["store", "store/orders", ""];
        check(&suffixes, "/store;rev=3/x", Some((0, Some(3), "/x")));
        check(&suffixes, "/store/orders;rev=2", Some((1, Some(2), "")));
        check(
            &suffixes,
            "/store;rev=2/orders/1",
            Some((0, Some(2), "/orders/1")),
        );
        check(&suffixes, "/;rev=4/x", Some((2, Some(4), "/x")));
        check(&suffixes, "/else", Some((2, None, "/else")));
        check(
            &suffixes,
            "/store;rev=x/y",
            Some((2, None, "/store;rev=x/y")),
        );
    }
}
