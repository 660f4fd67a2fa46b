//! `System.Array` and `System.Buffer`.

use super::string::int;
use super::{Table, TableKind, m, outside};
use crate::eval::{Call, Vm};
use crate::exception::{
    Outcome, argument_null, argument_plain, array_index, index_out_of_range, invalid_operation,
    out_of_range, overflow,
};
use crate::types::Type;
use crate::value::{Array, Items, Value, equals};

pub(super) static ARRAY: Table = Table {
    name: "System.Array",
    kind: TableKind::Class,
    parents: &["System.Collections.ICollection"],
    documented: true,
    members: &[
        m("int Length", |c| Ok(int(c.array(0)?.len()))),
        m("long LongLength", |c| {
            Ok(Value::Long(
                i64::try_from(c.array(0)?.len()).unwrap_or(i64::MAX),
            ))
        }),
        m("int Rank", |_| Ok(Value::Int(1))),
        m("int GetLength(int dimension)", |c| {
            Ok(int(c.array(0)?.len()))
        }),
        m("object GetValue(int index)", |c| {
            let index = usize::try_from(c.int(1)?).ok();
            index
                .and_then(|index| c.array(0).ok()?.get(index))
                .ok_or_else(array_index)
        }),
        m("object Clone()", |c| {
            let array = c.array(0)?;
            charge_all(c, &array)?;
            let items = array.items().clone();
            Ok(Value::Array(
                Array::new(array.item_type().clone(), items).into(),
            ))
        }),
        m("void CopyTo(Array array, int index)", |c| {
            let length = c.array(0)?.len();
            copy_items(
                c,
                (0, 0),
                (1, usize::try_from(c.int(2)?).unwrap_or(usize::MAX)),
                length,
            )
        }),
        m(
            "static void Copy(Array sourceArray, Array destinationArray, int length)",
            |c| {
                let length = usize::try_from(c.int(2)?).unwrap_or(usize::MAX);
                copy_items(c, (0, 0), (1, 0), length)
            },
        ),
        m(
            "static void Copy(Array sourceArray, int sourceIndex, Array destinationArray, int destinationIndex, int length)",
            copy,
        ),
        m("static void Reverse(Array array)", |c| reverse(c, None)),
        m(
            "static void Reverse(Array array, int index, int length)",
            |c| {
                let (start, length) = (c.int(1)?, c.int(2)?);
                reverse(c, Some((start, length)))
            },
        ),
        m(
            "static void Clear(Array array, int index, int length)",
            clear,
        ),
        m("static void Sort<T>(T[] array)", sort),
        m(
            "static void Sort<T>(T[] array, Comparison<T> comparison)",
            sort,
        ),
        m("static int IndexOf<T>(T[] array, T value)", |c| {
            let array = c.required(0, "array")?;
            let items = c.vm.collect(&array)?;
            let found = items.iter().position(|item| equals(item, c.arg(1)));
            Ok(found.map_or(Value::Int(-1), int))
        }),
        m("static int LastIndexOf<T>(T[] array, T value)", |c| {
            let array = c.required(0, "array")?;
            let items = c.vm.collect(&array)?;
            let found = items.iter().rposition(|item| equals(item, c.arg(1)));
            Ok(found.map_or(Value::Int(-1), int))
        }),
        m(
            "static bool Exists<T>(T[] array, Predicate<T> match)",
            |c| Ok(Value::Bool(!found(c)?.is_empty())),
        ),
        m(
            "static bool TrueForAll<T>(T[] array, Predicate<T> match)",
            |c| {
                let all = found(c)?.len();
                Ok(Value::Bool(all == c.array(0)?.len()))
            },
        ),
        m("static T Find<T>(T[] array, Predicate<T> match)", |c| {
            let otherwise = Value::default_of(&c.type_arg(0));
            Ok(found(c)?
                .into_iter()
                .next()
                .map_or(otherwise, |(_, item)| item))
        }),
        m("static T FindLast<T>(T[] array, Predicate<T> match)", |c| {
            let otherwise = Value::default_of(&c.type_arg(0));
            Ok(found(c)?
                .into_iter()
                .next_back()
                .map_or(otherwise, |(_, item)| item))
        }),
        m(
            "static T[] FindAll<T>(T[] array, Predicate<T> match)",
            |c| {
                let items = found(c)?.into_iter().map(|(_, item)| item).collect();
                Ok(Value::array(c.type_arg(0), items))
            },
        ),
        m(
            "static int FindIndex<T>(T[] array, Predicate<T> match)",
            |c| {
                Ok(found(c)?
                    .into_iter()
                    .next()
                    .map_or(Value::Int(-1), |(index, _)| int(index)))
            },
        ),
        m(
            "static int FindLastIndex<T>(T[] array, Predicate<T> match)",
            |c| {
                Ok(found(c)?
                    .into_iter()
                    .next_back()
                    .map_or(Value::Int(-1), |(index, _)| int(index)))
            },
        ),
        m("static void ForEach<T>(T[] array, Action<T> action)", |c| {
            let (array, action) = (c.required(0, "array")?, c.required(1, "action")?);
            for item in c.vm.collect(&array)? {
                c.vm.invoke(&action, &[item])?;
            }
            Ok(Value::Null)
        }),
        m(
            "static TOutput[] ConvertAll<TInput, TOutput>(TInput[] array, Converter<TInput, TOutput> converter)",
            |c| {
                let (array, converter) = (c.required(0, "array")?, c.required(1, "converter")?);
                let items = c.vm.collect(&array)?;
                let items = items
                    .into_iter()
                    .map(|item| c.vm.invoke(&converter, &[item]))
                    .collect::<Outcome<_>>()?;
                Ok(Value::array(c.type_arg(1), items))
            },
        ),
        m("static T[] Empty<T>()", |c| {
            Ok(Value::array(c.type_arg(0), Vec::new()))
        }),
        m("static void Resize<T>(ref T[] array, int newSize)", resize),
        m("static void Fill<T>(T[] array, T value)", |c| {
            let array = c.array(0)?;
            let value = c.arg(1).clone();
            c.vm.charge_steps(array.len())?;
            for index in 0..array.len() {
                array.items_mut().set(index, value.clone());
            }
            Ok(Value::Null)
        }),
    ],
};

pub(super) static BUFFER: Table = Table {
    name: "System.Buffer",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m(
            "static void BlockCopy(Array src, int srcOffset, Array dst, int dstOffset, int count)",
            copy,
        ),
        m("static int ByteLength(Array array)", |c| {
            Ok(int(c.array(0)?.len()))
        }),
        outside("static byte GetByte(Array array, int index)", |c| {
            let index = usize::try_from(c.int(1)?).ok();
            index
                .and_then(|i| c.array(0).ok()?.get(i))
                .ok_or_else(|| index_out_of_range("index"))
        }),
    ],
};

/// Charges for a copy of an array.
fn charge_all(c: &mut Call<'_, '_>, array: &Array) -> Outcome<()> {
    match &*array.items() {
        Items::Values(values) => c.vm.charge_items(values.len()),
        Items::Bytes(bytes) => c.vm.charge_bytes(bytes.len()),
    }
}

/// The items for which a predicate holds, with their places.
pub(super) fn matching(
    vm: &mut Vm<'_>,
    items: Vec<Value>,
    test: &Value,
) -> Outcome<Vec<(usize, Value)>> {
    let mut found = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        if matches!(
            vm.invoke(test, std::slice::from_ref(&item))?,
            Value::Bool(true)
        ) {
            found.push((index, item));
        }
    }
    Ok(found)
}

fn found(c: &mut Call<'_, '_>) -> Outcome<Vec<(usize, Value)>> {
    let array = c.required(0, "array")?;
    let test = c.required(1, "match")?;
    let items = c.vm.collect(&array)?;
    matching(c.vm, items, &test)
}

/// Sorts by a `Comparison`, or in the natural order. A merge sort: stable, and it never asks twice.
pub(super) fn sorted(
    vm: &mut Vm<'_>,
    items: Vec<Value>,
    comparison: &Value,
) -> Outcome<Vec<Value>> {
    let ignore_case = super::comparers::of(comparison) == crate::value::Comparer::IgnoreCase;
    merge_sort(vm, items, &mut |vm, a, b| {
        if let Value::Delegate(_) = comparison {
            Ok(vm
                .invoke(comparison, &[a.clone(), b.clone()])?
                .as_integer()
                .unwrap_or(0)
                <= 0)
        } else {
            let how = if ignore_case {
                super::string::Comparison::OrdinalIgnoreCase
            } else {
                super::string::Comparison::Culture
            };
            super::ordering::compare_as(a, b, how)
                .map(std::cmp::Ordering::is_le)
                .ok_or_else(|| invalid_operation("Failed to compare two elements in the array."))
        }
    })
}

/// Whether the first of two may stand before the second.
pub(super) type InOrder<'f> = dyn FnMut(&mut Vm<'_>, &Value, &Value) -> Outcome<bool> + 'f;

/// Sorts by an order that may fail.
pub(super) fn merge_sort(
    vm: &mut Vm<'_>,
    mut items: Vec<Value>,
    in_order: &mut InOrder<'_>,
) -> Outcome<Vec<Value>> {
    vm.charge_items(items.len())?;
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        let mut runs = items.chunks(width * 2);
        for run in &mut runs {
            let (left, right) = run.split_at_checked(width).unwrap_or((run, &[]));
            let (mut a, mut b) = (left.iter().peekable(), right.iter().peekable());
            loop {
                vm.step()?;
                let next = match (a.peek(), b.peek()) {
                    (Some(x), Some(y)) => {
                        if in_order(vm, x, y)? {
                            a.next()
                        } else {
                            b.next()
                        }
                    }
                    (Some(_), None) => a.next(),
                    (None, _) => b.next(),
                };
                match next {
                    Some(item) => merged.push(item.clone()),
                    None => break,
                }
            }
        }
        items = merged;
        width *= 2;
    }
    Ok(items)
}

fn sort(c: &mut Call<'_, '_>) -> Outcome {
    let array = c.array(0).map_err(|_| argument_null("array"))?;
    let comparison = c.arg(1).clone();
    let items = sorted(c.vm, array.to_values(), &comparison)?;
    for (index, item) in items.into_iter().enumerate() {
        array.items_mut().set(index, item);
    }
    Ok(Value::Null)
}

fn copy(c: &mut Call<'_, '_>) -> Outcome {
    let number = |at: usize| {
        usize::try_from(c.int(at)?)
            .map_err(|_| out_of_range("Non-negative number required.", "length"))
    };
    let (from, to, length) = (number(1)?, number(3)?, number(4)?);
    copy_items(c, (0, from), (2, to), length)
}

/// Copies between two arguments, each with a place in it.
fn copy_items(
    c: &mut Call<'_, '_>,
    from: (usize, usize),
    to: (usize, usize),
    length: usize,
) -> Outcome {
    let source = c.array(from.0).map_err(|_| argument_null("sourceArray"))?;
    let target = c
        .array(to.0)
        .map_err(|_| argument_null("destinationArray"))?;
    let fits = |start: usize, array: &Array| {
        start
            .checked_add(length)
            .is_some_and(|end| end <= array.len())
    };
    if !fits(from.1, &source) {
        return Err(crate::exception::argument(
            "Source array was not long enough. Check the source index, length, and the array's lower bounds.",
            "sourceArray",
        ));
    }
    if !fits(to.1, &target) {
        return Err(crate::exception::argument(
            "Destination array was not long enough. Check the destination index, length, and the array's lower bounds.",
            "destinationArray",
        ));
    }
    c.vm.charge_steps(length)?;
    let items: Vec<Value> = (from.1..from.1.saturating_add(length))
        .map_while(|index| source.get(index))
        .collect();
    for (index, item) in items.into_iter().enumerate() {
        target.items_mut().set(to.1 + index, item);
    }
    Ok(Value::Null)
}

fn reverse(c: &mut Call<'_, '_>, part: Option<(i32, i32)>) -> Outcome {
    let array = c.array(0).map_err(|_| argument_null("array"))?;
    let range = match part {
        None => 0..array.len(),
        Some((start, length)) => {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let end = start.checked_add(length).filter(|end| *end <= array.len());
            start..end.ok_or_else(|| {
                argument_plain("Offset and length were out of bounds for the array.")
            })?
        }
    };
    c.vm.meter.ticks(range.len())?;
    match &mut *array.items_mut() {
        Items::Values(values) => {
            if let Some(part) = values.get_mut(range) {
                part.reverse();
            }
        }
        Items::Bytes(bytes) => {
            if let Some(part) = bytes.get_mut(range) {
                part.reverse();
            }
        }
    }
    Ok(Value::Null)
}

fn clear(c: &mut Call<'_, '_>) -> Outcome {
    let array = c.array(0).map_err(|_| argument_null("array"))?;
    let start = usize::try_from(c.int(1)?).map_err(|_| array_index())?;
    let length = usize::try_from(c.int(2)?).map_err(|_| array_index())?;
    if start
        .checked_add(length)
        .is_none_or(|end| end > array.len())
    {
        return Err(array_index());
    }
    c.vm.charge_steps(length)?;
    let zero = Value::default_of(array.item_type());
    for index in start..start + length {
        array.items_mut().set(index, zero.clone());
    }
    Ok(Value::Null)
}

fn resize(c: &mut Call<'_, '_>) -> Outcome {
    let size = usize::try_from(c.int(1)?)
        .map_err(|_| overflow("Arithmetic operation resulted in an overflow."))?;
    c.vm.charge_items(size)?;
    let item: Type = c.type_arg(0);
    let mut items = match c.arg(0) {
        Value::Array(array) => array.to_values(),
        _ => Vec::new(),
    };
    items.resize(size, Value::default_of(&item));
    c.put(0, Value::array(item, items));
    Ok(Value::Null)
}
