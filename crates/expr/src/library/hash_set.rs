//! `System.Collections.Generic.HashSet<T>`.

use std::rc::Rc;

use super::interfaces::count;
use super::string::int;
use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::Outcome;
use crate::types::{DefId, Type};
use crate::value::{Comparer, Set, Table as Entries, Value};

pub(super) static HASH_SET: Table = Table {
    name: "System.Collections.Generic.HashSet<T>",
    kind: TableKind::Class,
    parents: &["ISet<T>", "IReadOnlyCollection<T>"],
    documented: true,
    members: &[
        m("new()", |c| Ok(new(c, Comparer::Default))),
        m("new(IEqualityComparer<T> comparer)", |c| {
            Ok(new(c, super::comparers::of(c.arg(0))))
        }),
        m("new(IEnumerable<T> collection)", from_sequence),
        m(
            "new(IEnumerable<T> collection, IEqualityComparer<T> comparer)",
            from_sequence,
        ),
        m("int Count", count),
        m("bool Add(T item)", add),
        m("bool Remove(T item)", remove),
        m("bool Contains(T item)", |c| {
            Ok(Value::Bool(c.set(0)?.table().contains(c.arg(1))))
        }),
        m("void Clear()", |c| {
            c.set(0)?.table_mut().clear();
            Ok(Value::Null)
        }),
        m("void UnionWith(IEnumerable<T> other)", |c| {
            let set = c.set(0)?;
            for item in other(c)? {
                c.vm.charge_items(1)?;
                insert(&set, item);
            }
            Ok(Value::Null)
        }),
        m("void ExceptWith(IEnumerable<T> other)", |c| {
            let set = c.set(0)?;
            for item in other(c)? {
                set.table_mut().remove(&item);
            }
            Ok(Value::Null)
        }),
        m("void IntersectWith(IEnumerable<T> other)", |c| {
            let set = c.set(0)?;
            let kept = other_set(c, &set)?;
            c.vm.charge_items(set.table().len())?;
            for item in set.to_values() {
                if !kept.contains(&item) {
                    set.table_mut().remove(&item);
                }
            }
            Ok(Value::Null)
        }),
        m("bool IsSubsetOf(IEnumerable<T> other)", |c| {
            let set = c.set(0)?;
            let other = other_set(c, &set)?;
            c.vm.charge_items(set.table().len())?;
            Ok(Value::Bool(
                set.to_values().iter().all(|item| other.contains(item)),
            ))
        }),
        m("bool IsSupersetOf(IEnumerable<T> other)", |c| {
            let set = c.set(0)?;
            let other = other_set(c, &set)?;
            c.vm.charge_items(set.table().len())?;
            let all = other.iter().all(|(item, _)| set.table().contains(item));
            Ok(Value::Bool(all))
        }),
        m("bool Overlaps(IEnumerable<T> other)", |c| {
            let set = c.set(0)?;
            let other = other_set(c, &set)?;
            c.vm.charge_items(set.table().len())?;
            let any = other.iter().any(|(item, _)| set.table().contains(item));
            Ok(Value::Bool(any))
        }),
        m("bool SetEquals(IEnumerable<T> other)", |c| {
            let set = c.set(0)?;
            let other = other_set(c, &set)?;
            c.vm.charge_items(set.table().len())?;
            let same = other.len() == set.table().len()
                && other.iter().all(|(item, _)| set.table().contains(item));
            Ok(Value::Bool(same))
        }),
        m("int RemoveWhere(Predicate<T> match)", |c| {
            let set = c.set(0)?;
            let test = c.required(1, "match")?;
            c.vm.charge_items(set.table().len())?;
            let found = super::array::matching(c.vm, set.to_values(), &test)?;
            for (_, item) in &found {
                set.table_mut().remove(item);
            }
            Ok(int(found.len()))
        }),
    ],
};

fn new(c: &Call<'_, '_>, comparer: Comparer) -> Value {
    let ty = Type::generic(DefId::HASH_SET, [c.type_arg(0)]);
    Value::Set(Rc::new(Set::new(ty, Entries::new(comparer))))
}

fn insert(set: &Set, item: Value) -> bool {
    if set.table().contains(&item) {
        return false;
    }
    set.table_mut().insert(item, Value::Null)
}

fn from_sequence(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(0, "collection")?;
    let items = c.vm.collect(&source)?;
    let set = new(c, super::comparers::of(c.arg(1)));
    if let Value::Set(set) = &set {
        for item in items {
            insert(set, item);
        }
    }
    Ok(set)
}

fn other(c: &mut Call<'_, '_>) -> Outcome<Vec<Value>> {
    let source = c.required(1, "other")?;
    c.vm.collect(&source)
}

/// The other sequence as a set that compares as this one.
fn other_set(c: &mut Call<'_, '_>, set: &Set) -> Outcome<Entries> {
    let mut entries = Entries::new(set.table().comparer());
    for item in other(c)? {
        entries.insert(item, Value::Null);
    }
    Ok(entries)
}

pub(super) fn add(c: &mut Call<'_, '_>) -> Outcome {
    c.vm.charge_items(1)?;
    Ok(Value::Bool(insert(&*c.set(0)?, c.arg(1).clone())))
}

pub(super) fn remove(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::Bool(
        c.set(0)?.table_mut().remove(c.arg(1)).is_some(),
    ))
}
