//! `$ref` within one text: JSON pointers, resolved with an index per container.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::document::Node;

/// Resolves references of one document.
#[derive(Debug)]
pub(crate) struct References<'d> {
    root: Node<'d>,
    /// How many references are followed one after the other.
    hops: usize,
    /// The members of each container that was looked into: `#/components/schemas`.
    containers: RefCell<HashMap<&'d str, HashMap<&'d str, Node<'d>>>>,
}

/// A reference that leads nowhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unresolved<'d> {
    /// The value of `$ref`.
    pub(crate) node: Node<'d>,
    /// Why.
    pub(crate) reason: &'static str,
}

impl<'d> References<'d> {
    pub(crate) fn new(root: Node<'d>, hops: usize) -> Self {
        Self {
            root,
            hops,
            containers: RefCell::default(),
        }
    }

    /// The value itself, or what its `$ref` leads to.
    pub(crate) fn follow(&self, node: Node<'d>) -> Result<Node<'d>, Unresolved<'d>> {
        let mut here = node;
        for _ in 0..=self.hops {
            let Some((reference, pointer)) = pointer(here) else {
                return Ok(here);
            };
            let Some(path) = pointer.strip_prefix('#') else {
                let reason = "it leads out of this text";
                return Err(Unresolved {
                    node: reference,
                    reason,
                });
            };
            here = self.find(path).ok_or(Unresolved {
                node: reference,
                reason: "nothing stands there",
            })?;
        }
        let reason = "it leads in a circle";
        Err(Unresolved { node, reason })
    }

    fn find(&self, path: &'d str) -> Option<Node<'d>> {
        let Some((parent, name)) = path.rsplit_once('/') else {
            return path.is_empty().then_some(self.root);
        };
        if let Some(members) = self.containers.borrow().get(parent) {
            return lookup(members, name);
        }
        let container = parent
            .split('/')
            .skip(1)
            .try_fold(self.root, |node, token| child(node, token))?;
        let members = match container.items().next() {
            Some(_) => return child(container, name),
            None => container.members().map(|m| (m.name, m.value)).collect(),
        };
        let found = lookup(&members, name);
        self.containers.borrow_mut().insert(parent, members);
        found
    }
}

/// The `$ref` of a value.
pub(crate) fn pointer(node: Node<'_>) -> Option<(Node<'_>, &str)> {
    // A reference has few members beside it; a schema with many is not scanned for one.
    let member = node.members().take(4).find(|m| m.name == "$ref")?;
    Some((member.value, member.value.string()?))
}

fn lookup<'d>(members: &HashMap<&'d str, Node<'d>>, token: &str) -> Option<Node<'d>> {
    let found = members.get(token).copied();
    found.or_else(|| members.get(unescaped(token).as_str()).copied())
}

fn child<'d>(node: Node<'d>, token: &str) -> Option<Node<'d>> {
    let by_index = || node.items().nth(token.parse().ok()?);
    node.get(token)
        .or_else(|| node.get(&unescaped(token)))
        .or_else(by_index)
}

/// `~1` is `/`, `~0` is `~`, and `%7B` and its like stand for themselves decoded.
fn unescaped(token: &str) -> String {
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = std::str::from_utf8(tail.get(..2).unwrap_or_default())
            .ok()
            .filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (b'%', Some(code)) = (first, code) {
            bytes.push(code);
            rest = tail.get(2..).unwrap_or_default();
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    let decoded = String::from_utf8_lossy(&bytes);
    decoded.replace("~1", "/").replace("~0", "~")
}
