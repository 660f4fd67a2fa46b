//! Names of operations, as an import makes them.

use std::collections::HashSet;

/// The most characters of a resource name made from an `operationId`.
///
/// Four less than the service allows, so that a suffix has room.
const MAX_NAME: usize = 76;

/// The highest number that is appended to tell equal names apart.
const MAX_SUFFIX: u16 = 999;

/// The resource name that an import makes of an `operationId`.
///
/// Lower case; each run of characters that are neither letters nor digits becomes one `-`; none at
/// the ends; at most 76 characters. Empty if no letter or digit is in it.
pub fn resource_name(operation_id: &str) -> String {
    let mut name = String::with_capacity(operation_id.len());
    let mut gap = false;
    for c in operation_id.chars() {
        if c.is_alphanumeric() {
            if gap && !name.is_empty() {
                name.push('-');
            }
            gap = false;
            name.extend(c.to_lowercase());
        } else {
            gap = true;
        }
    }
    if name.len() > MAX_NAME {
        name = name.chars().take(MAX_NAME).collect();
    }
    name
}

/// The names that are taken within one API.
#[derive(Debug, Default)]
pub(crate) struct Names(HashSet<String>);

impl Names {
    /// The name of an operation, with `-1` … `-999` appended if it is taken; `None` if all are.
    ///
    /// An operation without an `operationId` is named after its method and path.
    pub(crate) fn claim(&mut self, id: Option<&str>, method: &str, path: &str) -> Option<String> {
        let name = id
            .map(resource_name)
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| resource_name(&format!("{method} {path}")));
        if self.0.insert(name.clone()) {
            return Some(name);
        }
        let free = (1..=MAX_SUFFIX)
            .map(|n| format!("{name}-{n}"))
            .find(|numbered| !self.0.contains(numbered))?;
        self.0.insert(free.clone());
        Some(free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_id_becomes_a_resource_name() {
        let long = "x".repeat(100);
        for (written, name) in [
            ("getItems", "getitems"),
            ("Get_Items.v2", "get-items-v2"),
            ("GET-/foo/{bar}?buzz={quix}", "get-foo-bar-buzz-quix"),
            ("--a--", "a"),
            ("***", ""),
            ("Straße Öl", "straße-öl"),
            (&long, &"x".repeat(76)),
        ] {
            assert_eq!(resource_name(written), name, "{written}");
        }
    }

    #[test]
    fn equal_names_are_told_apart_by_a_number() {
        let mut names = Names::default();
        let mut claim = |id| names.claim(id, "get", "/a/{b}").unwrap();
        assert_eq!(claim(Some("list")), "list");
        assert_eq!(claim(Some("List")), "list-1");
        assert_eq!(claim(Some("list!")), "list-2");
        assert_eq!(claim(None), "get-a-b");
        assert_eq!(claim(Some("?")), "get-a-b-1");
    }
}
