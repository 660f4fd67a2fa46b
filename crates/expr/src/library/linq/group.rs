//! `GroupBy`, `ToLookup`, `Join`, `GroupJoin`.

use std::rc::Rc;

use super::{lazy, pull, source};
use crate::eval::{Call, Vm};
use crate::exception::Outcome;
use crate::library::{Table as TypeTable, TableKind, m};
use crate::sequence::{Cursor, Plan, Sequence};
use crate::types::{DefId, Type};
use crate::value::{Comparer, NativeObject, Table, Value};

pub(in crate::library) static GROUPING: TypeTable = TypeTable {
    name: "System.Linq.IGrouping<out TKey, out TElement>",
    kind: TableKind::Interface,
    parents: &["IEnumerable<TElement>"],
    documented: true,
    members: &[m("TKey Key", |c| match c.arg(0) {
        Value::Sequence(sequence) => Ok(sequence.plan().key().cloned().unwrap_or_default()),
        _ => Err(crate::exception::null_reference()),
    })],
};

pub(in crate::library) static LOOKUP: TypeTable = TypeTable {
    name: "System.Linq.ILookup<TKey, TElement>",
    kind: TableKind::Interface,
    parents: &["IEnumerable<IGrouping<TKey, TElement>>"],
    documented: true,
    members: &[
        m("int Count", crate::library::interfaces::count),
        m("bool Contains(TKey key)", |c| {
            let key = c.arg(1).clone();
            Ok(Value::Bool(lookup(c)?.find(&key).is_some()))
        }),
        m("IEnumerable<TElement> this[TKey key]", |c| {
            let key = c.arg(1).clone();
            let empty = Sequence::ready(Type::enumerable(c.type_arg(1)), Vec::new());
            Ok(lookup(c)?.find(&key).unwrap_or(empty))
        }),
    ],
};

/// The items of one key.
struct Group {
    key: Value,
    items: Rc<[Value]>,
}

impl Plan for Group {
    fn open(&self, _: &mut Vm<'_>) -> Outcome<Box<dyn Cursor>> {
        let items = self.items.clone();
        let mut next = 0;
        pull(move |_| {
            next += 1;
            Ok(items.get(next - 1).cloned())
        })
    }

    fn key(&self) -> Option<&Value> {
        Some(&self.key)
    }
}

/// Keys with their items, in the order in which the keys came.
struct Groups {
    places: Table,
    groups: Vec<(Value, Vec<Value>)>,
}

impl Groups {
    fn new(comparer: Comparer) -> Self {
        Self {
            places: Table::new(comparer),
            groups: Vec::new(),
        }
    }

    fn add(&mut self, key: Value, item: Value) {
        let place = self.places.get(&key).and_then(Value::as_integer);
        if let Some((_, items)) =
            place.and_then(|place| self.groups.get_mut(usize::try_from(place).ok()?))
        {
            items.push(item);
        } else {
            let place = i64::try_from(self.groups.len()).unwrap_or(i64::MAX);
            self.places.insert(key.clone(), Value::Long(place));
            self.groups.push((key, vec![item]));
        }
    }

    fn items(&self, key: &Value) -> &[Value] {
        let place = self.places.get(key).and_then(Value::as_integer);
        let group = place.and_then(|place| self.groups.get(usize::try_from(place).ok()?));
        group.map_or(&[], |(_, items)| items.as_slice())
    }

    /// The groups as sequences.
    fn sequences(self, types: (Type, Type)) -> Outcome<Vec<Value>> {
        let ty = Type::generic(DefId::IGROUPING, [types.0, types.1]);
        self.groups
            .into_iter()
            .map(|(key, items)| {
                Sequence::lazy(
                    ty.clone(),
                    &[],
                    Group {
                        key,
                        items: items.into(),
                    },
                )
            })
            .collect()
    }
}

/// Groups a sequence by a key.
fn grouped(
    vm: &mut Vm<'_>,
    source: &Value,
    key: &Value,
    element: Option<&Value>,
    comparer: Comparer,
) -> Outcome<Groups> {
    let mut groups = Groups::new(comparer);
    for item in vm.collect(source)? {
        let key = vm.invoke(key, std::slice::from_ref(&item))?;
        let item = match element {
            Some(selector) => vm.invoke(selector, &[item])?,
            None => item,
        };
        groups.add(key, item);
    }
    Ok(groups)
}

pub(super) fn group_by(c: &mut Call<'_, '_>) -> Outcome {
    let comparer = crate::library::comparers::of(c.arg(2));
    groups(c, None, (c.type_arg(1), c.type_arg(0)), comparer)
}

pub(super) fn group_elements(c: &mut Call<'_, '_>) -> Outcome {
    let element = c.required(2, "elementSelector")?;
    groups(
        c,
        Some(element),
        (c.type_arg(1), c.type_arg(2)),
        Comparer::Default,
    )
}

fn groups(
    c: &Call<'_, '_>,
    element: Option<Value>,
    types: (Type, Type),
    comparer: Comparer,
) -> Outcome {
    let (source, key) = (source(c)?, c.required(1, "keySelector")?);
    let item = Type::generic(DefId::IGROUPING, [types.0.clone(), types.1.clone()]);
    let origin = source.clone();
    lazy(item, &[&origin], move |vm| {
        let groups = grouped(vm, &source, &key, element.as_ref(), comparer)?;
        let mut groups = groups.sequences(types.clone())?.into_iter();
        pull(move |_| Ok(groups.next()))
    })
}

pub(super) fn group_results(c: &mut Call<'_, '_>) -> Outcome {
    let (source, key) = (source(c)?, c.required(1, "keySelector")?);
    let result = c.required(2, "resultSelector")?;
    let item = c.type_arg(0);
    let origin = source.clone();
    lazy(c.type_arg(2), &[&origin], move |vm| {
        let groups = grouped(vm, &source, &key, None, Comparer::Default)?;
        let (item, result) = (item.clone(), result.clone());
        let mut groups = groups.groups.into_iter();
        pull(move |vm| match groups.next() {
            Some((key, items)) => {
                let items = Sequence::ready(Type::enumerable(item.clone()), items);
                vm.invoke(&result, &[key, items]).map(Some)
            }
            None => Ok(None),
        })
    })
}

/// `ILookup<K, T>`.
#[derive(Debug)]
struct Lookup {
    ty: Type,
    groups: Vec<Value>,
    places: Places,
}

/// Where the group of each key is.
struct Places(Table);

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Places").field(&self.0.len()).finish()
    }
}

impl Lookup {
    fn find(&self, key: &Value) -> Option<Value> {
        let place = self.places.0.get(key).and_then(Value::as_integer)?;
        self.groups.get(usize::try_from(place).ok()?).cloned()
    }
}

impl NativeObject for Lookup {
    fn ty(&self) -> Type {
        self.ty.clone()
    }

    fn items(&self) -> Option<Vec<Value>> {
        Some(self.groups.clone())
    }
}

fn lookup<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Lookup> {
    c.arg(0)
        .as_native::<Lookup>()
        .ok_or_else(crate::exception::null_reference)
}

pub(super) fn to_lookup(c: &mut Call<'_, '_>) -> Outcome {
    let (source, key) = (source(c)?, c.required(1, "keySelector")?);
    let types = (c.type_arg(1), c.type_arg(0));
    let mut groups = grouped(c.vm, &source, &key, None, Comparer::Default)?;
    let places = std::mem::replace(&mut groups.places, Table::new(Comparer::Default));
    let ty = match crate::library::registry().named_def("ILookup", 2) {
        Some(def) => Type::generic(def, [types.0.clone(), types.1.clone()]),
        None => Type::OBJECT,
    };
    Ok(Value::native(Lookup {
        ty,
        groups: groups.sequences(types)?,
        places: Places(places),
    }))
}

/// The arguments of a join: both sequences and the three functions.
fn join_arguments(c: &Call<'_, '_>) -> Outcome<[Value; 5]> {
    Ok([
        c.required(0, "outer")?,
        c.required(1, "inner")?,
        c.required(2, "outerKeySelector")?,
        c.required(3, "innerKeySelector")?,
        c.required(4, "resultSelector")?,
    ])
}

pub(super) fn join(c: &mut Call<'_, '_>) -> Outcome {
    let [outer, inner, outer_key, inner_key, result] = join_arguments(c)?;
    let origins = (outer.clone(), inner.clone());
    lazy(c.type_arg(3), &[&origins.0, &origins.1], move |vm| {
        let groups = grouped(vm, &inner, &inner_key, None, Comparer::Default)?;
        let mut results = Vec::new();
        for item in vm.collect(&outer)? {
            let key = vm.invoke(&outer_key, std::slice::from_ref(&item))?;
            for other in groups.items(&key) {
                results.push(vm.invoke(&result, &[item.clone(), other.clone()])?);
            }
        }
        let mut results = results.into_iter();
        pull(move |_| Ok(results.next()))
    })
}

pub(super) fn group_join(c: &mut Call<'_, '_>) -> Outcome {
    let [outer, inner, outer_key, inner_key, result] = join_arguments(c)?;
    let item = c.type_arg(1);
    let origins = (outer.clone(), inner.clone());
    lazy(c.type_arg(3), &[&origins.0, &origins.1], move |vm| {
        let groups = grouped(vm, &inner, &inner_key, None, Comparer::Default)?;
        let mut results = Vec::new();
        for outer_item in vm.collect(&outer)? {
            let key = vm.invoke(&outer_key, std::slice::from_ref(&outer_item))?;
            let items = groups.items(&key);
            vm.charge_items(items.len())?;
            let items = Sequence::ready(Type::enumerable(item.clone()), items.to_vec());
            results.push(vm.invoke(&result, &[outer_item, items])?);
        }
        let mut results = results.into_iter();
        pull(move |_| Ok(results.next()))
    })
}
