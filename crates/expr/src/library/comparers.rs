//! `System.StringComparer` and the comparer interfaces.

use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::types::Type;
use crate::value::{Comparer, NativeObject, Value};

use super::string::Comparison;

pub(super) static STRING_COMPARER: Table = Table {
    name: "System.StringComparer",
    kind: TableKind::Class,
    parents: &["IEqualityComparer<string>", "IComparer<string>"],
    documented: true,
    members: &[
        m("static StringComparer Ordinal", |_| {
            Ok(comparer(Comparison::Ordinal))
        }),
        m("static StringComparer OrdinalIgnoreCase", |_| {
            Ok(comparer(Comparison::OrdinalIgnoreCase))
        }),
        m("static StringComparer InvariantCulture", |_| {
            Ok(comparer(Comparison::Culture))
        }),
        m("static StringComparer InvariantCultureIgnoreCase", |_| {
            Ok(comparer(Comparison::CultureIgnoreCase))
        }),
        m("static StringComparer CurrentCulture", |_| {
            Ok(comparer(Comparison::Culture))
        }),
        m("static StringComparer CurrentCultureIgnoreCase", |_| {
            Ok(comparer(Comparison::CultureIgnoreCase))
        }),
        m("int Compare(string x, string y)", |c| {
            let how = how(c)?;
            Ok(Value::Int(super::string::order(c.arg(1), c.arg(2), how)))
        }),
        m("bool Equals(string x, string y)", |c| {
            let how = how(c)?;
            Ok(Value::Bool(
                super::string::order(c.arg(1), c.arg(2), how) == 0,
            ))
        }),
    ],
};

pub(super) static EQUALITY_COMPARER: Table = super::object::bare(
    "System.Collections.Generic.IEqualityComparer<in T>",
    TableKind::Interface,
    &[],
);
pub(super) static COMPARER: Table = super::object::bare(
    "System.Collections.Generic.IComparer<in T>",
    TableKind::Interface,
    &[],
);

/// A `StringComparer`.
#[derive(Debug)]
struct StringComparer(Comparison);

impl NativeObject for StringComparer {
    fn ty(&self) -> Type {
        super::type_named("System.StringComparer")
    }
}

fn comparer(how: Comparison) -> Value {
    Value::native(StringComparer(how))
}

fn how(c: &Call<'_, '_>) -> Outcome<Comparison> {
    match c.arg(0).as_native::<StringComparer>() {
        Some(comparer) => Ok(comparer.0),
        None => Err(crate::exception::null_reference()),
    }
}

/// How a collection that was given this comparer compares its keys.
pub(super) fn of(value: &Value) -> Comparer {
    match comparison(value) {
        Comparison::OrdinalIgnoreCase | Comparison::CultureIgnoreCase => Comparer::IgnoreCase,
        Comparison::Ordinal | Comparison::Culture => Comparer::Default,
    }
}

/// How strings are ordered by this comparer; with the culture if there is none.
pub(super) fn comparison(value: &Value) -> Comparison {
    value
        .as_native::<StringComparer>()
        .map_or(Comparison::Culture, |comparer| comparer.0)
}
