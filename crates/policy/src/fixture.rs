//! A request described in JSON, for evaluating expressions outside a gateway.
//!
//! [`Fixture::parse`] reads a description, [`Fixture::with`] lays changes over it, and
//! [`Fixture::evaluate`] runs an expression over the exchange that it describes: the same
//! [`crate::exchange::Exchange`] and the same [`crate::scheme`] as in a gateway, with a clock that
//! stands still. [`eval_line`] does so for one line of a file of vectors.

mod date;
mod field;
mod known;
mod line;
mod message;
mod opened;
mod ports;
mod value;

use serde_json::Value as Json;

pub use line::eval_line;

use field::Field;
use known::Known;

/// A request described in JSON.
#[derive(Debug)]
pub struct Fixture {
    described: Json,
    known: Known,
}

impl Fixture {
    /// Reads a description; the error names the member that cannot be used.
    pub fn parse(described: &Json) -> Result<Self, String> {
        Self::of(described.clone())
    }

    /// The description with changes: objects merge member by member, anything else replaces.
    pub fn with(&self, changes: &Json) -> Result<Self, String> {
        Self::overlaid(self.described.clone(), changes)
    }

    /// A description with changes, read once.
    fn overlaid(mut described: Json, changes: &Json) -> Result<Self, String> {
        merge(&mut described, changes);
        Self::of(described)
    }

    fn of(described: Json) -> Result<Self, String> {
        if !described.is_object() {
            return Err("a request context is a JSON object".to_owned());
        }
        let known = Known::read(&Field::root(&described))?;
        Ok(Self { described, known })
    }
}

fn merge(into: &mut Json, changes: &Json) {
    let (Json::Object(into), Json::Object(changes)) = (&mut *into, changes) else {
        *into = changes.clone();
        return;
    };
    for (name, change) in changes {
        merge(into.entry(name.clone()).or_insert(Json::Null), change);
    }
}

#[cfg(test)]
mod tests;
