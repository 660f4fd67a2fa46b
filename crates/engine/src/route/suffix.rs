//! The trie that leads from a path to an API.

use std::collections::HashMap;

use portcullis_model::id::Revision;

use portcullis_policy::path::decode_segment;

use super::{Spelling, bare, fold, split_first};

/// How a request says which version of an API it wants; texts are folded.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
    pub(crate) fn find<'t, 'p>(
        &'t self,
        path: &'p str,
        spelling: Spelling,
    ) -> Option<Suffix<'t, 'p>> {
        let mut node = self.nodes.first()?;
        let mut rest = path;
        let mut found = at_root(node, path);
        while let Some((segment, after)) = split_first(rest) {
            let segment = decode_segment(segment);
            let Some(next) = node.child(&segment, spelling) else {
                break;
            };
            node = self.nodes.get(next)?;
            rest = after;
            let revision = match asked_revision(&segment) {
                Asked::Nothing => None,
                Asked::Revision(revision) => Some(revision),
                Asked::Nonsense => return None,
            };
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

impl Node {
    /// The node below for a decoded segment.
    fn child(&self, segment: &str, spelling: Spelling) -> Option<usize> {
        let exact = self.children.get(&*fold(segment));
        let other = || match spelling {
            Spelling::Exact => without_revision(segment),
            Spelling::Lenient => bare(segment),
        };
        let child = exact.or_else(|| self.children.get(&*fold(other()?)));
        child.copied()
    }
}

/// `customers` of `customers;rev=3`, if there is no other parameter.
fn without_revision(segment: &str) -> Option<&str> {
    let (name, parameter) = segment.split_once(';')?;
    let (key, number) = parameter.split_once('=')?;
    let is_revision = key.eq_ignore_ascii_case("rev") && !number.contains(';');
    is_revision.then_some(name)
}

/// An API without suffix; its revision stands in a segment of its own: `/;rev=2/…`.
fn at_root<'t, 'p>(root: &'t Node, path: &'p str) -> Option<Suffix<'t, 'p>> {
    if root.entries.is_empty() {
        return None;
    }
    let own = split_first(path).map(|(segment, rest)| (decode_segment(segment), rest));
    let own = own.filter(|(segment, _)| segment.starts_with(';'));
    let (revision, rest) = match own.map(|(segment, rest)| (asked_revision(&segment), rest)) {
        Some((Asked::Revision(revision), rest)) => (Some(revision), rest),
        Some((Asked::Nonsense, _)) => return None,
        Some((Asked::Nothing, _)) | None => (None, path),
    };
    Some(Suffix {
        entries: &root.entries,
        revision,
        rest,
    })
}

/// Which revision a segment asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// None.
    Nothing,
    /// `;rev=3`.
    Revision(Revision),
    /// `;rev=x`: the current one is not what is meant.
    Nonsense,
}

/// The revision in the path parameters of a decoded segment: `customers;rev=3`.
fn asked_revision(segment: &str) -> Asked {
    let parameters = segment.split(';').skip(1);
    let mut asked = parameters.filter_map(|parameter| match parameter.split_once('=') {
        Some((name, number)) => name.eq_ignore_ascii_case("rev").then_some(number),
        None => None,
    });
    match (asked.next(), asked.next()) {
        (None, _) => Asked::Nothing,
        (Some(number), None) if number.bytes().all(|b| b.is_ascii_digit()) => {
            let number = number.parse().map(Revision);
            number.map_or(Asked::Nonsense, Asked::Revision)
        }
        (Some(_), _) => Asked::Nonsense,
    }
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
            .find(path, Spelling::Lenient)
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
            "/store%3Brev=2/orders",
            Some((0, Some(2), "/orders")),
        );
    }

    #[test]
    fn a_revision_is_written_in_digits() {
        let suffixes = ["store", ""];
        for nonsense in [
            "/store;rev=x/y",
            "/store;rev=+1/y",
            "/store;rev=",
            "/store;rev=1;rev=2",
            "/store;rev=4294967296",
            "/;rev=-1/y",
        ] {
            check(&suffixes, nonsense, None);
        }
    }

    #[test]
    fn the_spelling_of_a_suffix_leads_to_no_other_api() {
        let suffixes = ["store", "store/v1:beta", ""];
        check(&suffixes, "/store;x/y", Some((0, None, "/y")));
        check(&suffixes, "/store%20/y", Some((0, None, "/y")));
        check(&suffixes, "/store%3Bx", Some((0, None, "")));
        check(&suffixes, "/store/v1%3Abeta/y", Some((1, None, "/y")));
        check(&suffixes, "/;x/y", Some((2, None, "/;x/y")));
        check(&suffixes, "/storey", Some((2, None, "/storey")));
    }
}
