//! `System.Collections.Generic.List<T>` and its read-only form.

use std::rc::Rc;

use super::interfaces::count;
use super::string::int;
use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::{Outcome, argument_plain, index_out_of_range, out_of_range};
use crate::types::{DefId, Type};
use crate::value::{List, Value, equals};

pub(super) static LIST: Table = Table {
    name: "System.Collections.Generic.List<T>",
    kind: TableKind::Class,
    parents: &[
        "IList<T>",
        "IReadOnlyList<T>",
        "System.Collections.ICollection",
    ],
    documented: true,
    members: &[
        m("new()", |c| Ok(list_of(c, Vec::new()))),
        m("new(int capacity)", |c| Ok(list_of(c, Vec::new()))),
        m("new(IEnumerable<T> collection)", from_sequence),
        m("int Count", count),
        m("int Capacity", count),
        m("T this[int index]", item),
        m("set T this[int index]", set_item),
        m("void Add(T item)", add),
        m("void AddRange(IEnumerable<T> collection)", add_range),
        m("void Insert(int index, T item)", insert),
        m(
            "void InsertRange(int index, IEnumerable<T> collection)",
            insert_range,
        ),
        m("bool Remove(T item)", remove),
        m("void RemoveAt(int index)", remove_at),
        m("void RemoveRange(int index, int count)", remove_range),
        m("int RemoveAll(Predicate<T> match)", remove_all),
        m("void Clear()", |c| {
            c.list(0)?.items_mut().clear();
            Ok(Value::Null)
        }),
        m("bool Contains(T item)", |c| {
            Ok(Value::Bool(position(c)?.is_some()))
        }),
        m("int IndexOf(T item)", |c| {
            Ok(position(c)?.map_or(Value::Int(-1), int))
        }),
        m("int LastIndexOf(T item)", |c| {
            let list = charged(c)?;
            let found = list.items().iter().rposition(|item| equals(item, c.arg(1)));
            Ok(found.map_or(Value::Int(-1), int))
        }),
        m("T Find(Predicate<T> match)", |c| {
            let otherwise = Value::default_of(&c.type_arg(0));
            Ok(matching(c)?
                .into_iter()
                .next()
                .map_or(otherwise, |(_, item)| item))
        }),
        m("T FindLast(Predicate<T> match)", |c| {
            let otherwise = Value::default_of(&c.type_arg(0));
            Ok(matching(c)?
                .into_iter()
                .next_back()
                .map_or(otherwise, |(_, item)| item))
        }),
        m("List<T> FindAll(Predicate<T> match)", |c| {
            let found = matching(c)?.into_iter().map(|(_, item)| item).collect();
            Ok(list_of(c, found))
        }),
        m("int FindIndex(Predicate<T> match)", |c| {
            Ok(matching(c)?
                .into_iter()
                .next()
                .map_or(Value::Int(-1), |(index, _)| int(index)))
        }),
        m("int FindLastIndex(Predicate<T> match)", |c| {
            Ok(matching(c)?
                .into_iter()
                .next_back()
                .map_or(Value::Int(-1), |(index, _)| int(index)))
        }),
        m("bool Exists(Predicate<T> match)", |c| {
            Ok(Value::Bool(!matching(c)?.is_empty()))
        }),
        m("bool TrueForAll(Predicate<T> match)", |c| {
            let count = c.list(0)?.items().len();
            Ok(Value::Bool(matching(c)?.len() == count))
        }),
        m("void ForEach(Action<T> action)", for_each),
        m(
            "List<TOutput> ConvertAll<TOutput>(Converter<T, TOutput> converter)",
            convert_all,
        ),
        m("T[] ToArray()", |c| {
            let items = copied(c)?;
            Ok(Value::array(c.type_arg(0), items))
        }),
        m("List<T> GetRange(int index, int count)", get_range),
        m("void Reverse()", |c| {
            charged(c)?.items_mut().reverse();
            Ok(Value::Null)
        }),
        m("void Sort()", sort),
        m("void Sort(Comparison<T> comparison)", sort),
        m("void Sort(IComparer<T> comparer)", sort),
        m("int BinarySearch(T item)", binary_search),
        m(
            "System.Collections.ObjectModel.ReadOnlyCollection<T> AsReadOnly()",
            |c| {
                let items = copied(c)?;
                Ok(super::interfaces::read_only(c.type_arg(0), items))
            },
        ),
    ],
};

pub(super) static READ_ONLY: Table = Table {
    name: "System.Collections.ObjectModel.ReadOnlyCollection<T>",
    kind: TableKind::Class,
    parents: &["IList<T>", "IReadOnlyList<T>"],
    documented: true,
    members: &[
        m("int Count", count),
        m("T this[int index]", item),
        m("bool Contains(T value)", |c| {
            Ok(Value::Bool(position(c)?.is_some()))
        }),
        m("int IndexOf(T value)", |c| {
            Ok(position(c)?.map_or(Value::Int(-1), int))
        }),
    ],
};

fn list_of(c: &Call<'_, '_>, items: Vec<Value>) -> Value {
    Value::list(c.type_arg(0), items)
}

fn from_sequence(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(0, "collection")?;
    let items = c.vm.collect(&source)?;
    Ok(list_of(c, items))
}

/// An index of the list, the end included if `end`.
fn index(c: &Call<'_, '_>, list: &List, at: usize, end: bool) -> Outcome<usize> {
    let limit = list.items().len() + usize::from(end);
    usize::try_from(c.int(at)?)
        .ok()
        .filter(|index| *index < limit)
        .ok_or_else(|| index_out_of_range("index"))
}

fn item(c: &mut Call<'_, '_>) -> Outcome {
    let list = c.list(0)?;
    let index = index(c, &list, 1, false)?;
    let item = list.items().get(index).cloned();
    item.ok_or_else(|| index_out_of_range("index"))
}

pub(super) fn set_item(c: &mut Call<'_, '_>) -> Outcome {
    let list = c.list(0)?;
    let index = index(c, &list, 1, false)?;
    if let Some(place) = list.items_mut().get_mut(index) {
        *place = c.arg(2).clone();
    }
    Ok(Value::Null)
}

pub(super) fn add(c: &mut Call<'_, '_>) -> Outcome {
    c.vm.charge_items(1)?;
    c.list(0)?.items_mut().push(c.arg(1).clone());
    Ok(Value::Null)
}

fn add_range(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(1, "collection")?;
    let items = c.vm.collect(&source)?;
    c.list(0)?.items_mut().extend(items);
    Ok(Value::Null)
}

fn insert(c: &mut Call<'_, '_>) -> Outcome {
    c.vm.charge_items(1)?;
    let list = charged_move(c)?;
    let index = index(c, &list, 1, true)?;
    list.items_mut().insert(index, c.arg(2).clone());
    Ok(Value::Null)
}

fn insert_range(c: &mut Call<'_, '_>) -> Outcome {
    let source = c.required(2, "collection")?;
    let items = c.vm.collect(&source)?;
    let list = charged_move(c)?;
    let index = index(c, &list, 1, true)?;
    list.items_mut().splice(index..index, items);
    Ok(Value::Null)
}

/// The list, when all its items are looked at.
fn charged(c: &mut Call<'_, '_>) -> Outcome<Rc<List>> {
    let list = c.list(0)?;
    c.vm.meter.ticks(list.items().len())?;
    Ok(list)
}

/// The list, when its items are moved to make room or to fill a gap.
fn charged_move(c: &mut Call<'_, '_>) -> Outcome<Rc<List>> {
    let list = c.list(0)?;
    c.vm.meter.ticks(list.items().len() / 8)?;
    Ok(list)
}

/// All items.
fn copied(c: &mut Call<'_, '_>) -> Outcome<Vec<Value>> {
    let list = c.list(0)?;
    c.vm.charge_items(list.items().len())?;
    let items = list.items().clone();
    Ok(items)
}

fn position(c: &mut Call<'_, '_>) -> Outcome<Option<usize>> {
    Ok(charged(c)?
        .items()
        .iter()
        .position(|item| equals(item, c.arg(1))))
}

pub(super) fn remove(c: &mut Call<'_, '_>) -> Outcome {
    let found = position(c)?;
    if let Some(index) = found {
        c.list(0)?.items_mut().remove(index);
    }
    Ok(Value::Bool(found.is_some()))
}

fn remove_at(c: &mut Call<'_, '_>) -> Outcome {
    let list = charged_move(c)?;
    let index = index(c, &list, 1, false)?;
    list.items_mut().remove(index);
    Ok(Value::Null)
}

/// The range that the next two arguments say.
fn range(c: &Call<'_, '_>, list: &List) -> Outcome<std::ops::Range<usize>> {
    let number = |at: usize, name: &str| {
        usize::try_from(c.int(at)?).map_err(|_| out_of_range("Non-negative number required.", name))
    };
    let (start, count) = (number(1, "index")?, number(2, "count")?);
    let end = start
        .checked_add(count)
        .filter(|end| *end <= list.items().len());
    let end = end.ok_or_else(|| {
        argument_plain(
            "Offset and length were out of bounds for the array or count is greater than the number \
             of elements from index to the end of the source collection.",
        )
    })?;
    Ok(start..end)
}

fn remove_range(c: &mut Call<'_, '_>) -> Outcome {
    let list = charged_move(c)?;
    let range = range(c, &list)?;
    list.items_mut().drain(range);
    Ok(Value::Null)
}

fn get_range(c: &mut Call<'_, '_>) -> Outcome {
    let list = c.list(0)?;
    let range = range(c, &list)?;
    c.vm.charge_items(range.len())?;
    let items = list.items().get(range).unwrap_or_default().to_vec();
    Ok(list_of(c, items))
}

/// The items for which the predicate holds, with their places.
fn matching(c: &mut Call<'_, '_>) -> Outcome<Vec<(usize, Value)>> {
    let items = copied(c)?;
    let test = c.required(1, "match")?;
    super::array::matching(c.vm, items, &test)
}

fn remove_all(c: &mut Call<'_, '_>) -> Outcome {
    let found = matching(c)?;
    let list = c.list(0)?;
    let mut gone = found.iter().map(|(index, _)| *index).peekable();
    let mut at = 0;
    list.items_mut().retain(|_| {
        at += 1;
        gone.next_if_eq(&(at - 1)).is_none()
    });
    Ok(int(found.len()))
}

fn for_each(c: &mut Call<'_, '_>) -> Outcome {
    let list = c.list(0)?;
    let action = c.required(1, "action")?;
    let version = list.version();
    let items = copied(c)?;
    for item in items {
        c.vm.invoke(&action, &[item])?;
        if list.version() != version {
            return Err(crate::exception::modified());
        }
    }
    Ok(Value::Null)
}

fn convert_all(c: &mut Call<'_, '_>) -> Outcome {
    let items = copied(c)?;
    let converter = c.required(1, "converter")?;
    let converted: Vec<Value> = items
        .into_iter()
        .map(|item| c.vm.invoke(&converter, &[item]))
        .collect::<Outcome<_>>()?;
    Ok(Value::list(c.type_arg(1), converted))
}

fn sort(c: &mut Call<'_, '_>) -> Outcome {
    let list = c.list(0)?;
    let items = list.items().clone();
    let comparer = c.arg(1).clone();
    let sorted = super::array::sorted(c.vm, items, &comparer)?;
    *list.items_mut() = sorted;
    Ok(Value::Null)
}

fn binary_search(c: &mut Call<'_, '_>) -> Outcome {
    let list = c.list(0)?;
    let wanted = c.arg(1).clone();
    let items = list.items();
    let found = items.binary_search_by(|item| {
        super::ordering::compare(item, &wanted).unwrap_or(std::cmp::Ordering::Less)
    });
    Ok(match found {
        Ok(index) => int(index),
        Err(index) => Value::Int(!i32::try_from(index).unwrap_or(i32::MAX)),
    })
}

/// A list of that item type, shared with nobody yet.
pub(super) fn new_list(item: Type, items: Vec<Value>) -> Rc<List> {
    Rc::new(List::new(Type::generic(DefId::LIST, [item]), items))
}
