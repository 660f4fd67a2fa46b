//! The collection interfaces: members that ask the object that is behind them.

use super::{Table, TableKind, m};
use crate::eval::{Call, Vm};
use crate::exception::{Outcome, argument_null, index_out_of_range, key_not_found, not_supported};
use crate::host::HostCall;
use crate::member::{Body, INDEXER};
use crate::types::{DefId, Type};
use crate::value::{Value, equals};

pub(super) static ENUMERABLE: Table = interface("System.Collections.IEnumerable", &[], &[]);
pub(super) static ENUMERABLE_OF: Table = interface(
    "System.Collections.Generic.IEnumerable<out T>",
    &["System.Collections.IEnumerable"],
    &[],
);
pub(super) static COLLECTION_OF: Table = interface(
    "System.Collections.Generic.ICollection<T>",
    &["IEnumerable<T>"],
    &[
        m("int Count", count),
        m("bool IsReadOnly", |c| {
            Ok(Value::Bool(!matches!(
                c.arg(0),
                Value::List(_) | Value::Set(_)
            )))
        }),
        m("bool Contains(T item)", contains),
        m("void Add(T item)", add),
        m("void Clear()", clear),
        m("bool Remove(T item)", remove),
    ],
);
pub(super) static LIST_INTERFACE: Table = interface(
    "System.Collections.Generic.IList<T>",
    &["ICollection<T>"],
    &[
        m("T this[int index]", item),
        m("set T this[int index]", set_item),
        m("int IndexOf(T item)", index_of),
    ],
);
pub(super) static READ_ONLY_COLLECTION: Table = interface(
    "System.Collections.Generic.IReadOnlyCollection<out T>",
    &["IEnumerable<T>"],
    &[m("int Count", count)],
);
pub(super) static READ_ONLY_LIST: Table = interface(
    "System.Collections.Generic.IReadOnlyList<out T>",
    &["IReadOnlyCollection<T>"],
    &[m("T this[int index]", item)],
);
pub(super) static SET_INTERFACE: Table = interface(
    "System.Collections.Generic.ISet<T>",
    &["ICollection<T>"],
    &[],
);
pub(super) static DICTIONARY_INTERFACE: Table = interface(
    "System.Collections.Generic.IDictionary<TKey, TValue>",
    &["ICollection<KeyValuePair<TKey, TValue>>"],
    &[
        m("TValue this[TKey key]", value_of),
        m("set TValue this[TKey key]", super::dictionary::set_value),
        m("bool ContainsKey(TKey key)", contains_key),
        m("bool TryGetValue(TKey key, out TValue value)", try_value),
        m("ICollection<TKey> Keys", keys),
        m("ICollection<TValue> Values", values),
        m("void Add(TKey key, TValue value)", super::dictionary::add),
        m("bool Remove(TKey key)", super::dictionary::remove),
    ],
);
pub(super) static READ_ONLY_DICTIONARY: Table = interface(
    "System.Collections.Generic.IReadOnlyDictionary<TKey, TValue>",
    &["IReadOnlyCollection<KeyValuePair<TKey, TValue>>"],
    &[
        m("TValue this[TKey key]", value_of),
        m("bool ContainsKey(TKey key)", contains_key),
        m("bool TryGetValue(TKey key, out TValue value)", try_value),
        m("IEnumerable<TKey> Keys", keys),
        m("IEnumerable<TValue> Values", values),
    ],
);
pub(super) static FORMATTABLE: Table = interface(
    "System.IFormattable",
    &[],
    &[m(
        "string ToString(string format, IFormatProvider formatProvider)",
        super::integer::to_string,
    )],
);
pub(super) static COMPARABLE: Table = interface(
    "System.IComparable",
    &[],
    &[m("int CompareTo(object obj)", super::integer::compare)],
);
pub(super) static FORMAT_PROVIDER: Table = interface("System.IFormatProvider", &[], &[]);
pub(super) static DISPOSABLE: Table = interface(
    "System.IDisposable",
    &[],
    &[m("void Dispose()", super::nothing)],
);
pub(super) static COLLECTION: Table = interface(
    "System.Collections.ICollection",
    &["System.Collections.IEnumerable"],
    &[m("int Count", count)],
);

const fn interface(
    name: &'static str,
    parents: &'static [&'static str],
    members: &'static [super::Entry],
) -> Table {
    Table {
        name,
        kind: TableKind::Interface,
        parents,
        documented: true,
        members,
    }
}

/// Calls a member of a host object by name.
fn host_member(
    vm: &mut Vm<'_>,
    receiver: &Value,
    name: &str,
    args: &mut [Value],
) -> Option<Outcome> {
    let Value::Host(object) = receiver else {
        return None;
    };
    let members = vm.surface.host(object.kind)?.members(name);
    let member = members
        .iter()
        .find(|member| member.params.len() == args.len())?;
    let Body::Host { id, .. } = member.body else {
        return None;
    };
    Some(
        if member.params.is_empty() && member.kind == crate::member::MemberKind::Property {
            vm.host.get(*object, id)
        } else {
            vm.host.call(HostCall {
                receiver,
                member: id,
                key: None,
                types: &[],
                args,
            })
        },
    )
}

/// How many items a collection has.
pub(super) fn length(vm: &mut Vm<'_>, value: &Value) -> Outcome<Option<usize>> {
    Ok(Some(match value {
        Value::Array(array) => array.len(),
        Value::List(list) => list.items().len(),
        Value::Dictionary(dictionary) => dictionary.table().len(),
        Value::Set(set) => set.table().len(),
        Value::Json(token) => token.children().len(),
        Value::String(text) => text.length(),
        Value::Native(object) => match object.items() {
            Some(items) => {
                vm.meter.ticks(items.len())?;
                items.len()
            }
            None => return Ok(None),
        },
        Value::Host(object) => vm.host.enumerate(*object)?.len(),
        _ => return Ok(None),
    }))
}

pub(super) fn count(c: &mut Call<'_, '_>) -> Outcome {
    let value = c.arg(0).clone();
    match length(c.vm, &value)? {
        Some(count) => Ok(super::string::int(count)),
        None => Ok(super::string::int(c.vm.collect(&value)?.len())),
    }
}

fn contains(c: &mut Call<'_, '_>) -> Outcome {
    let (source, wanted) = (c.arg(0).clone(), c.arg(1).clone());
    let items = c.vm.collect(&source)?;
    Ok(Value::Bool(items.iter().any(|item| equals(item, &wanted))))
}

fn fixed() -> crate::exception::Exception {
    not_supported("Collection was of a fixed size.")
}

fn add(c: &mut Call<'_, '_>) -> Outcome {
    match c.arg(0) {
        Value::List(_) => super::list::add(c),
        Value::Set(_) => super::hash_set::add(c),
        Value::Json(_) => super::json::array_add(c),
        _ => Err(fixed()),
    }
}

fn clear(c: &mut Call<'_, '_>) -> Outcome {
    match c.arg(0) {
        Value::List(list) => list.items_mut().clear(),
        Value::Set(set) => set.table_mut().clear(),
        Value::Dictionary(dictionary) => dictionary.table_mut().clear(),
        Value::Json(token) => token.clear(),
        _ => return Err(fixed()),
    }
    Ok(Value::Null)
}

fn remove(c: &mut Call<'_, '_>) -> Outcome {
    match c.arg(0) {
        Value::List(_) => super::list::remove(c),
        Value::Set(_) => super::hash_set::remove(c),
        _ => Err(fixed()),
    }
}

fn item(c: &mut Call<'_, '_>) -> Outcome {
    let index = usize::try_from(c.int(1)?).ok();
    let source = c.arg(0).clone();
    if let Value::Json(_) = source {
        return super::json::child_at(c);
    }
    let items = c.vm.collect(&source)?;
    index
        .and_then(|index| items.get(index).cloned())
        .ok_or_else(|| index_out_of_range("index"))
}

fn set_item(c: &mut Call<'_, '_>) -> Outcome {
    match c.arg(0) {
        Value::List(_) => super::list::set_item(c),
        Value::Array(array) => {
            let index = usize::try_from(c.int(1)?).ok();
            let value = c.arg(2).clone();
            let stored = index.is_some_and(|index| array.items_mut().set(index, value));
            if stored {
                Ok(Value::Null)
            } else {
                Err(crate::exception::array_index())
            }
        }
        Value::Json(_) => super::json::set_child_at(c),
        _ => Err(fixed()),
    }
}

fn index_of(c: &mut Call<'_, '_>) -> Outcome {
    let (source, wanted) = (c.arg(0).clone(), c.arg(1).clone());
    let items = c.vm.collect(&source)?;
    let found = items.iter().position(|item| equals(item, &wanted));
    Ok(found.map_or(Value::Int(-1), super::string::int))
}

// === Dictionaries ===

/// The value of a key in any dictionary.
pub(super) fn look_up(vm: &mut Vm<'_>, source: &Value, key: &Value) -> Outcome<Option<Value>> {
    if key.is_null() {
        return Err(argument_null("key"));
    }
    match source {
        Value::Dictionary(dictionary) => Ok(dictionary.table().get(key).cloned()),
        Value::Json(token) => Ok(key
            .as_text()
            .and_then(|name| token.get(name))
            .map(Value::Json)),
        Value::Host(_) => {
            let mut args = [key.clone(), Value::Null];
            if let Some(found) = host_member(vm, source, "TryGetValue", &mut args) {
                let [_, value] = args;
                return Ok(matches!(found?, Value::Bool(true)).then_some(value));
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn value_of(c: &mut Call<'_, '_>) -> Outcome {
    let (source, key) = (c.arg(0).clone(), c.arg(1).clone());
    if let Some(value) = host_member(c.vm, &source, INDEXER, &mut [key.clone()]) {
        return value;
    }
    if let Value::Json(_) = source {
        return super::json::child_named(c);
    }
    if let Some(value) = look_up(c.vm, &source, &key)? {
        Ok(value)
    } else {
        let shown = crate::display::to_text(c.vm, &key)?;
        Err(key_not_found(&shown.to_str()))
    }
}

fn contains_key(c: &mut Call<'_, '_>) -> Outcome {
    let (source, key) = (c.arg(0).clone(), c.arg(1).clone());
    if let Some(found) = host_member(c.vm, &source, "ContainsKey", &mut [key.clone()]) {
        return found;
    }
    Ok(Value::Bool(look_up(c.vm, &source, &key)?.is_some()))
}

fn try_value(c: &mut Call<'_, '_>) -> Outcome {
    let (source, key) = (c.arg(0).clone(), c.arg(1).clone());
    let found = look_up(c.vm, &source, &key)?;
    let success = found.is_some();
    let otherwise = Value::default_of(&c.type_arg(1));
    c.put(2, found.unwrap_or(otherwise));
    Ok(Value::Bool(success))
}

/// Keys and values of any dictionary.
pub(super) fn entries(vm: &mut Vm<'_>, source: &Value) -> Outcome<Vec<(Value, Value)>> {
    if let Value::Dictionary(dictionary) = source {
        vm.charge_items(dictionary.table().len())?;
        return Ok(dictionary.to_entries());
    }
    let mut entries = Vec::new();
    for item in vm.collect(source)? {
        match &item {
            Value::Record(record) => {
                if let [key, value] = record.fields() {
                    entries.push((key.clone(), value.clone()));
                }
            }
            Value::Json(token) => {
                if let (Some(name), Some(value)) = (token.name(), token.child(0)) {
                    entries.push((Value::String(name), Value::Json(value)));
                }
            }
            _ => {}
        }
    }
    Ok(entries)
}

fn keys(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.arg(0).clone();
    let keys = entries(c.vm, &source)?
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    Ok(read_only(c.type_arg(0), keys))
}

fn values(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.arg(0).clone();
    let values = entries(c.vm, &source)?
        .into_iter()
        .map(|(_, value)| value)
        .collect();
    Ok(read_only(c.type_arg(1), values))
}

/// A collection that is only read.
pub(super) fn read_only(item: Type, items: Vec<Value>) -> Value {
    let ty = Type::generic(DefId::READ_ONLY_COLLECTION_CLASS, [item]);
    Value::List(std::rc::Rc::new(crate::value::List::new(ty, items)))
}
