//! `OrderBy` and `ThenBy`.

use super::{pull, source};
use crate::eval::{Call, Vm};
use crate::exception::{Outcome, argument_plain};
use crate::library::array::merge_sort;
use crate::library::comparers::comparison;
use crate::library::ordering::compare_as;
use crate::library::string::Comparison;
use crate::library::{Table, TableKind};
use crate::sequence::{Cursor, Plan, Sequence};
use crate::types::{DefId, Type};
use crate::value::Value;

pub(in crate::library) static ORDERED: Table = Table {
    name: "System.Linq.IOrderedEnumerable<out TElement>",
    kind: TableKind::Interface,
    parents: &["IEnumerable<TElement>"],
    documented: true,
    members: &[],
};

/// How a sequence is ordered.
#[derive(Clone)]
pub(crate) struct Ordering {
    source: Value,
    keys: Vec<Key>,
}

#[derive(Clone)]
struct Key {
    selector: Value,
    descending: bool,
    strings: Comparison,
}

impl Plan for Ordering {
    fn open(&self, vm: &mut Vm<'_>) -> Outcome<Box<dyn Cursor>> {
        let mut sorted = self.sorted(vm)?.into_iter();
        pull(move |_| Ok(sorted.next()))
    }

    fn ordering(&self) -> Option<&Ordering> {
        Some(self)
    }
}

impl Ordering {
    fn sorted(&self, vm: &mut Vm<'_>) -> Outcome<Vec<Value>> {
        let items = vm.collect(&self.source)?;
        let mut keyed = Vec::with_capacity(items.len());
        for item in items {
            let mut fields = Vec::with_capacity(self.keys.len() + 1);
            for key in &self.keys {
                fields.push(vm.invoke(&key.selector, std::slice::from_ref(&item))?);
            }
            fields.push(item);
            keyed.push(Value::record(Type::OBJECT, fields));
        }
        let sorted = merge_sort(vm, keyed, &mut |_, a, b| self.in_order(a, b))?;
        Ok(sorted
            .iter()
            .filter_map(|record| match record {
                Value::Record(record) => record.fields().last().cloned(),
                _ => None,
            })
            .collect())
    }

    /// Whether `a` may stand before `b`.
    fn in_order(&self, a: &Value, b: &Value) -> Outcome<bool> {
        let (Value::Record(a), Value::Record(b)) = (a, b) else {
            return Ok(true);
        };
        for ((key, x), y) in self.keys.iter().zip(a.fields()).zip(b.fields()) {
            let order = compare_as(x, y, key.strings)
                .ok_or_else(|| argument_plain("At least one object must implement IComparable."))?;
            let order = if key.descending {
                order.reverse()
            } else {
                order
            };
            if order.is_ne() {
                return Ok(order.is_lt());
            }
        }
        Ok(true)
    }
}

fn ordered(c: &Call<'_, '_>, ordering: Ordering) -> Outcome {
    let ty = Type::generic(DefId::ORDERED, [c.type_arg(0)]);
    let source = ordering.source.clone();
    Sequence::lazy(ty, &[&source], ordering)
}

fn key(c: &Call<'_, '_>, descending: bool) -> Outcome<Key> {
    let selector = c.required(1, "keySelector")?;
    Ok(Key {
        selector,
        descending,
        strings: comparison(c.arg(2)),
    })
}

pub(super) fn order_by(c: &mut Call<'_, '_>, descending: bool) -> Outcome {
    let ordering = Ordering {
        source: source(c)?,
        keys: vec![key(c, descending)?],
    };
    ordered(c, ordering)
}

pub(super) fn then_by(c: &mut Call<'_, '_>, descending: bool) -> Outcome {
    let source = source(c)?;
    let key = key(c, descending)?;
    let known = match &source {
        Value::Sequence(sequence) => sequence.plan().ordering().cloned(),
        _ => None,
    };
    let mut ordering = known.unwrap_or(Ordering {
        source,
        keys: Vec::new(),
    });
    ordering.keys.push(key);
    ordered(c, ordering)
}
