//! Context variables: a few numbered slots, searched by number.

use portcullis_expr::Value;

use crate::names::{Names, VarId};

/// The variables of one request.
///
/// Requests set a handful, so a scan over numbers beats a map.
#[derive(Debug, Default)]
pub struct Variables {
    slots: Vec<(VarId, Value)>,
    /// Variables whose names no loaded policy mentions as a constant.
    dynamic: Vec<(Box<str>, Value)>,
}

impl Variables {
    /// The value of a variable, if it is set.
    pub(crate) fn get(&self, id: VarId) -> Option<&Value> {
        self.slots
            .iter()
            .find(|(slot, _)| *slot == id)
            .map(|(_, value)| value)
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, id: VarId, value: Value) {
        match self.slots.iter_mut().find(|(slot, _)| *slot == id) {
            Some((_, old)) => *old = value,
            None => self.slots.push((id, value)),
        }
    }

    /// The value of a variable whose name was computed.
    pub(crate) fn find(&self, names: &Names, name: &str) -> Option<&Value> {
        match names.find_variable(name) {
            Some(id) => self.get(id),
            None => self
                .dynamic
                .iter()
                .find(|(n, _)| &**n == name)
                .map(|(_, value)| value),
        }
    }

    /// Sets a variable whose name was computed.
    pub(crate) fn set_named(&mut self, names: &Names, name: &str, value: Value) {
        match names.find_variable(name) {
            Some(id) => self.set(id, value),
            None => match self.dynamic.iter_mut().find(|(n, _)| &**n == name) {
                Some((_, old)) => *old = value,
                None => self.dynamic.push((name.into(), value)),
            },
        }
    }

    /// Every variable that is set, in the order in which they were first set.
    pub(crate) fn iter<'a>(
        &'a self,
        names: &'a Names,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let slots = self
            .slots
            .iter()
            .map(|(id, value)| (names.variable_name(*id), value));
        slots.chain(self.dynamic.iter().map(|(name, value)| (&**name, value)))
    }
}
