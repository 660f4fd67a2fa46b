//! `System.Collections.Generic.Dictionary<K, V>` and `KeyValuePair<K, V>`.

use std::rc::Rc;

use super::interfaces::{count, entries, read_only};
use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, argument_plain, key_not_found, not_supported};
use crate::types::Type;
use crate::value::{Comparer, Dictionary, Table as Entries, Value, equals};

pub(super) static DICTIONARY: Table = Table {
    name: "System.Collections.Generic.Dictionary<TKey, TValue>",
    kind: TableKind::Class,
    parents: &[
        "IDictionary<TKey, TValue>",
        "IReadOnlyDictionary<TKey, TValue>",
    ],
    documented: true,
    members: &[
        m("new()", |c| Ok(new(c, Comparer::Default))),
        m("new(int capacity)", |c| Ok(new(c, Comparer::Default))),
        m("new(IEqualityComparer<TKey> comparer)", |c| {
            Ok(new(c, super::comparers::of(c.arg(0))))
        }),
        m("new(int capacity, IEqualityComparer<TKey> comparer)", |c| {
            Ok(new(c, super::comparers::of(c.arg(1))))
        }),
        m("new(IDictionary<TKey, TValue> dictionary)", copy),
        m(
            "new(IDictionary<TKey, TValue> dictionary, IEqualityComparer<TKey> comparer)",
            copy,
        ),
        m("int Count", count),
        m("TValue this[TKey key]", value),
        m("set TValue this[TKey key]", set_value),
        m("ICollection<TKey> Keys", |c| {
            let dictionary = c.dictionary(0)?;
            c.vm.charge_items(dictionary.table().len())?;
            let keys = dictionary
                .to_entries()
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            Ok(read_only(c.type_arg(0), keys))
        }),
        m("ICollection<TValue> Values", |c| {
            let dictionary = c.dictionary(0)?;
            c.vm.charge_items(dictionary.table().len())?;
            let values = dictionary
                .to_entries()
                .into_iter()
                .map(|(_, value)| value)
                .collect();
            Ok(read_only(c.type_arg(1), values))
        }),
        m("void Add(TKey key, TValue value)", add),
        m("bool TryAdd(TKey key, TValue value)", |c| {
            let key = c.required(1, "key")?;
            let dictionary = c.dictionary(0)?;
            if dictionary.table().contains(&key) {
                return Ok(Value::Bool(false));
            }
            c.vm.charge_items(2)?;
            dictionary.table_mut().insert(key, c.arg(2).clone());
            Ok(Value::Bool(true))
        }),
        m("bool ContainsKey(TKey key)", |c| {
            let key = c.required(1, "key")?;
            Ok(Value::Bool(c.dictionary(0)?.table().contains(&key)))
        }),
        m("bool ContainsValue(TValue value)", |c| {
            let dictionary = c.dictionary(0)?;
            c.vm.meter.ticks(dictionary.table().len())?;
            let found = dictionary
                .table()
                .iter()
                .any(|(_, value)| equals(value, c.arg(1)));
            Ok(Value::Bool(found))
        }),
        m("bool TryGetValue(TKey key, out TValue value)", try_value),
        m("bool Remove(TKey key)", remove),
        m("bool Remove(TKey key, out TValue value)", |c| {
            let key = c.required(1, "key")?;
            let removed = c.dictionary(0)?.table_mut().remove(&key);
            let found = removed.is_some();
            let otherwise = Value::default_of(&c.type_arg(1));
            c.put(2, removed.unwrap_or(otherwise));
            Ok(Value::Bool(found))
        }),
        m("void Clear()", |c| {
            c.dictionary(0)?.table_mut().clear();
            Ok(Value::Null)
        }),
    ],
};

pub(super) static EXTENSIONS: Table = Table {
    name: "System.Collections.Generic.CollectionExtensions",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m(
            "static TValue GetValueOrDefault<TKey, TValue>(this IReadOnlyDictionary<TKey, TValue> dictionary, TKey key)",
            value_or_default,
        ),
        m(
            "static TValue GetValueOrDefault<TKey, TValue>(this IReadOnlyDictionary<TKey, TValue> dictionary, TKey key, TValue defaultValue)",
            value_or_default,
        ),
        m(
            "static TValue GetValueOrDefault<TKey, TValue>(this IDictionary<TKey, TValue> dictionary, TKey key)",
            value_or_default,
        ),
        m(
            "static TValue GetValueOrDefault<TKey, TValue>(this IDictionary<TKey, TValue> dictionary, TKey key, TValue defaultValue)",
            value_or_default,
        ),
        m(
            "static TValue GetValueOrDefault<TKey, TValue>(this Dictionary<TKey, TValue> dictionary, TKey key)",
            value_or_default,
        ),
        m(
            "static TValue GetValueOrDefault<TKey, TValue>(this Dictionary<TKey, TValue> dictionary, TKey key, TValue defaultValue)",
            value_or_default,
        ),
    ],
};

pub(super) static KEY_VALUE_PAIR: Table = Table {
    name: "System.Collections.Generic.KeyValuePair<TKey, TValue>",
    kind: TableKind::Struct,
    parents: &["System.ValueType"],
    documented: true,
    members: &[
        m("new(TKey key, TValue value)", |c| {
            let (key, value) = (c.arg(0).clone(), c.arg(1).clone());
            Ok(Value::pair((c.type_arg(0), c.type_arg(1)), key, value))
        }),
        m("TKey Key", |c| field(c, 0)),
        m("TValue Value", |c| field(c, 1)),
    ],
};

/// A field of a pair or tuple.
pub(super) fn field(c: &mut Call<'_, '_>, index: usize) -> Outcome {
    match c.arg(0) {
        Value::Record(record) => Ok(record.fields().get(index).cloned().unwrap_or_default()),
        _ => Err(crate::exception::null_reference()),
    }
}

fn new(c: &Call<'_, '_>, comparer: Comparer) -> Value {
    let ty = Type::dictionary(c.type_arg(0), c.type_arg(1));
    Value::Dictionary(Rc::new(Dictionary::new(ty, Entries::new(comparer))))
}

fn copy(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(0, "dictionary")?;
    let entries = entries(c.vm, &source)?;
    c.vm.charge_items(entries.len() * 2)?;
    let copy = new(c, super::comparers::of(c.arg(1)));
    if let Value::Dictionary(dictionary) = &copy {
        for (key, value) in entries {
            insert_new(dictionary, key, value)?;
        }
    }
    Ok(copy)
}

fn insert_new(dictionary: &Dictionary, key: Value, value: Value) -> Outcome<()> {
    if dictionary.table().contains(&key) {
        let shown = crate::display::plain_text(&key, &crate::Surface::empty());
        return Err(argument_plain(format!(
            "An item with the same key has already been added. Key: {shown}"
        )));
    }
    dictionary.table_mut().insert(key, value);
    Ok(())
}

fn value(c: &mut Call<'_, '_>) -> Outcome {
    let key = c.required(1, "key")?;
    let found = c.dictionary(0)?.table().get(&key).cloned();
    if let Some(value) = found {
        Ok(value)
    } else {
        let shown = crate::display::to_text(c.vm, &key)?;
        Err(key_not_found(&shown.to_str()))
    }
}

pub(super) fn set_value(c: &mut Call<'_, '_>) -> Outcome {
    let key = c.required(1, "key")?;
    match c.arg(0) {
        Value::Dictionary(dictionary) => {
            let dictionary = dictionary.clone();
            c.vm.charge_items(2)?;
            dictionary.table_mut().insert(key, c.arg(2).clone());
            Ok(Value::Null)
        }
        Value::Json(_) => super::json::set_named(c),
        _ => Err(not_supported("Collection is read-only.")),
    }
}

pub(super) fn add(c: &mut Call<'_, '_>) -> Outcome {
    let key = c.required(1, "key")?;
    match c.arg(0) {
        Value::Dictionary(dictionary) => {
            let dictionary = dictionary.clone();
            c.vm.charge_items(2)?;
            insert_new(&dictionary, key, c.arg(2).clone())?;
            Ok(Value::Null)
        }
        _ => Err(not_supported("Collection is read-only.")),
    }
}

pub(super) fn remove(c: &mut Call<'_, '_>) -> Outcome {
    let key = c.required(1, "key")?;
    match c.arg(0) {
        Value::Dictionary(dictionary) => {
            Ok(Value::Bool(dictionary.table_mut().remove(&key).is_some()))
        }
        _ => Err(not_supported("Collection is read-only.")),
    }
}

fn try_value(c: &mut Call<'_, '_>) -> Outcome {
    let key = c.required(1, "key")?;
    let found = c.dictionary(0)?.table().get(&key).cloned();
    let success = found.is_some();
    let otherwise = Value::default_of(&c.type_arg(1));
    c.put(2, found.unwrap_or(otherwise));
    Ok(Value::Bool(success))
}

fn value_or_default(c: &mut Call<'_, '_>) -> Outcome {
    let (source, key) = (c.arg(0).clone(), c.arg(1).clone());
    if source.is_null() {
        return Err(argument_null("dictionary"));
    }
    let found = super::interfaces::look_up(c.vm, &source, &key)?;
    let otherwise = if c.args.len() > 2 {
        c.arg(2).clone()
    } else {
        Value::default_of(&c.type_arg(1))
    };
    Ok(found.unwrap_or(otherwise))
}
