//! Names that policies use, turned into numbers at load.
//!
//! `context.Variables["x"]`, `Headers.GetValueOrDefault("X")` and `<set-variable name="x">` carry
//! their names as constants. Compilation interns them here, so that the request path compares
//! numbers. The table only ever grows: a number stays good across reloads.

use std::collections::HashMap;

use http::HeaderName;

/// A context variable, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarId(pub u32);

/// Every name that the loaded policies mention.
#[derive(Debug, Clone, Default)]
pub struct Names {
    variables: Vec<Box<str>>,
    variable_ids: HashMap<Box<str>, VarId>,
    headers: Vec<HeaderName>,
    header_ids: HashMap<HeaderName, u32>,
}

fn next_id(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

impl Names {
    /// The number of a variable; a new one for a new name. Names are case-sensitive.
    pub(crate) fn variable(&mut self, name: &str) -> VarId {
        if let Some(id) = self.variable_ids.get(name) {
            return *id;
        }
        let id = VarId(next_id(self.variables.len()));
        self.variables.push(name.into());
        self.variable_ids.insert(name.into(), id);
        id
    }

    /// The number of a variable that some policy mentions.
    pub(crate) fn find_variable(&self, name: &str) -> Option<VarId> {
        self.variable_ids.get(name).copied()
    }

    /// The name of a variable.
    pub(crate) fn variable_name(&self, id: VarId) -> &str {
        self.variables.get(id.0 as usize).map_or("", |name| name)
    }

    /// The number of a header; `None` if the text cannot be a header's name.
    pub(crate) fn header(&mut self, name: &str) -> Option<u32> {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        if let Some(id) = self.header_ids.get(&name) {
            return Some(*id);
        }
        let id = next_id(self.headers.len());
        self.headers.push(name.clone());
        self.header_ids.insert(name, id);
        Some(id)
    }

    /// The header with that number.
    pub(crate) fn header_name(&self, id: u32) -> Option<&HeaderName> {
        self.headers.get(id as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number() {
        let mut names = Names::default();
        let a = names.variable("a");
        let header = names.header("X-One");
        assert_ne!(a, names.variable("A"));
        assert_eq!(a, names.variable("a"));
        assert_eq!(header, names.header("x-one"));
        assert_eq!(names.header("no spaces"), None);
    }
}
