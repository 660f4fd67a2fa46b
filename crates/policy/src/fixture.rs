//! A request described in JSON, for evaluating expressions outside a gateway.
//!
//! [`eval_line`] reads a line of a file of vectors, lays its changes over the request that it names,
//! and runs its expression over the exchange that these describe: the same
//! [`crate::exchange::Exchange`] and the same [`crate::scheme`] as in a gateway, with a clock that
//! stands still.

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
pub(crate) struct Fixture {
    described: Json,
    known: Known,
}

impl Fixture {
    /// Reads a description; the error names the member that cannot be used.
    pub(crate) fn parse(described: &Json) -> Result<Self, String> {
        Self::of(described.clone())
    }

    /// A description with changes: objects merge member by member, anything else replaces.
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
