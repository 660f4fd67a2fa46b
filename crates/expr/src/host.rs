//! The ports: what an evaluation asks of its host.

use crate::exception::Outcome;
use crate::surface::{Key, MemberId};
use crate::types::Type;
use crate::value::{DateTime, Object, Value};

/// What stands behind the types of a [`crate::Surface`]: the request, or a fixture in a test.
pub trait Host {
    /// Reads a property.
    fn get(&mut self, object: Object, member: MemberId) -> Outcome;

    /// Calls a method, an indexer or an extension method.
    fn call(&mut self, call: HostCall<'_>) -> Outcome;

    /// Lists the items of an object whose type was declared as a sequence.
    fn enumerate(&mut self, object: Object) -> Outcome<Vec<Value>>;

    /// The current instant, in universal time.
    fn now(&mut self) -> DateTime;

    /// Random bits, fit for identifiers and keys.
    fn random(&mut self) -> u64;
}

/// One call of a host member.
#[derive(Debug)]
pub struct HostCall<'a> {
    /// The object, or the first argument of an extension method (which may be `null`).
    pub receiver: &'a Value,
    /// What is called.
    pub member: MemberId,
    /// The key that stands in the source as a literal, interned when the expression was compiled.
    pub key: Option<Key>,
    /// The type arguments of a generic method.
    pub types: &'a [Type],
    /// The arguments in the order of the declaration, defaults filled in. The place of an `out`
    /// parameter takes its value.
    pub args: &'a mut [Value],
}

/// Interns constant keys at compile time, so that `Headers.GetValueOrDefault("X")` looks nothing up
/// by text when it runs.
pub trait Keys {
    /// The number of a key of that member, if the host wants one.
    fn intern(&mut self, member: MemberId, key: &str) -> Option<Key>;
}

/// Interns nothing.
#[derive(Debug, Default)]
pub struct NoKeys;

impl Keys for NoKeys {
    fn intern(&mut self, _: MemberId, _: &str) -> Option<Key> {
        None
    }
}
