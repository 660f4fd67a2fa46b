//! Operators that give sequences.

use super::{holds, lazy, pull, source};
use crate::eval::{Call, is_instance};
use crate::exception::{Outcome, out_of_range};
use crate::sequence::Sequence;
use crate::types::Type;
use crate::value::{Table, Value};

pub(super) fn select(c: &mut Call<'_, '_>) -> Outcome {
    let (source, selector) = (source(c)?, c.required(1, "selector")?);
    let item = c.type_arg(1);
    let origin = source.clone();
    lazy(item, &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let selector = selector.clone();
        let mut index = 0;
        pull(move |vm| match cursor.next(vm)? {
            Some(item) => {
                index += 1;
                vm.invoke(&selector, &[item, Value::Int(index - 1)])
                    .map(Some)
            }
            None => Ok(None),
        })
    })
}

pub(super) fn filter(c: &mut Call<'_, '_>) -> Outcome {
    let (source, predicate) = (source(c)?, c.required(1, "predicate")?);
    let origin = source.clone();
    lazy(c.type_arg(0), &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let predicate = predicate.clone();
        let mut index = 0;
        pull(move |vm| {
            while let Some(item) = cursor.next(vm)? {
                vm.step()?;
                index += 1;
                let holds = vm.invoke(&predicate, &[item.clone(), Value::Int(index - 1)])?;
                if matches!(holds, Value::Bool(true)) {
                    return Ok(Some(item));
                }
            }
            Ok(None)
        })
    })
}

pub(super) fn select_many(c: &mut Call<'_, '_>) -> Outcome {
    let (source, selector) = (source(c)?, c.required(1, "selector")?);
    let origin = source.clone();
    lazy(c.type_arg(1), &[&origin], move |vm| {
        let mut outer = vm.open(&source)?;
        let selector = selector.clone();
        let mut inner = None;
        pull(move |vm| {
            loop {
                vm.step()?;
                if inner.is_none() {
                    let Some(item) = outer.next(vm)? else {
                        return Ok(None);
                    };
                    let items = vm.invoke(&selector, &[item])?;
                    inner = Some(vm.open(&items)?);
                }
                if let Some(cursor) = inner.as_mut()
                    && let Some(item) = cursor.next(vm)?
                {
                    return Ok(Some(item));
                }
                inner = None;
            }
        })
    })
}

pub(super) fn select_many_pairs(c: &mut Call<'_, '_>) -> Outcome {
    let (source, selector) = (source(c)?, c.required(1, "collectionSelector")?);
    let result = c.required(2, "resultSelector")?;
    let origin = source.clone();
    lazy(c.type_arg(2), &[&origin], move |vm| {
        let mut results = Vec::new();
        let mut outer = vm.open(&source)?;
        while let Some(item) = outer.next(vm)? {
            let inner = vm.invoke(&selector, std::slice::from_ref(&item))?;
            for other in vm.collect(&inner)? {
                results.push(vm.invoke(&result, &[item.clone(), other])?);
            }
        }
        let mut results = results.into_iter();
        pull(move |_| Ok(results.next()))
    })
}

pub(super) fn skip(c: &mut Call<'_, '_>) -> Outcome {
    let (source, count) = (source(c)?, c.int(1)?);
    let origin = source.clone();
    lazy(c.type_arg(0), &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let mut left = count;
        pull(move |vm| {
            while left > 0 {
                left -= 1;
                vm.step()?;
                if cursor.next(vm)?.is_none() {
                    return Ok(None);
                }
            }
            cursor.next(vm)
        })
    })
}

pub(super) fn take(c: &mut Call<'_, '_>) -> Outcome {
    let (source, count) = (source(c)?, c.int(1)?);
    let origin = source.clone();
    lazy(c.type_arg(0), &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let mut left = count;
        pull(move |vm| {
            if left <= 0 {
                return Ok(None);
            }
            left -= 1;
            cursor.next(vm)
        })
    })
}

pub(super) fn skip_while(c: &mut Call<'_, '_>) -> Outcome {
    let (source, predicate) = (source(c)?, c.required(1, "predicate")?);
    let origin = source.clone();
    lazy(c.type_arg(0), &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let predicate = predicate.clone();
        let mut skipping = true;
        pull(move |vm| {
            while let Some(item) = cursor.next(vm)? {
                vm.step()?;
                if !skipping || !holds(vm, &predicate, &item)? {
                    skipping = false;
                    return Ok(Some(item));
                }
            }
            Ok(None)
        })
    })
}

pub(super) fn take_while(c: &mut Call<'_, '_>) -> Outcome {
    let (source, predicate) = (source(c)?, c.required(1, "predicate")?);
    let origin = source.clone();
    lazy(c.type_arg(0), &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let predicate = predicate.clone();
        let mut taking = true;
        pull(move |vm| {
            if taking
                && let Some(item) = cursor.next(vm)?
                && holds(vm, &predicate, &item)?
            {
                return Ok(Some(item));
            }
            taking = false;
            Ok(None)
        })
    })
}

/// A sequence that needs all items of its source first.
fn whole(
    c: &Call<'_, '_>,
    source: Value,
    change: impl Fn(Vec<Value>) -> Vec<Value> + 'static,
) -> Outcome {
    let origin = source.clone();
    lazy(c.type_arg(0), &[&origin], move |vm| {
        let mut items = change(vm.collect(&source)?).into_iter();
        pull(move |_| Ok(items.next()))
    })
}

fn count_of(c: &Call<'_, '_>) -> Outcome<usize> {
    Ok(usize::try_from(c.int(1)?).unwrap_or(0))
}

pub(super) fn skip_last(c: &mut Call<'_, '_>) -> Outcome {
    let count = count_of(c)?;
    whole(c, source(c)?, move |mut items| {
        items.truncate(items.len().saturating_sub(count));
        items
    })
}

pub(super) fn take_last(c: &mut Call<'_, '_>) -> Outcome {
    let count = count_of(c)?;
    whole(c, source(c)?, move |mut items| {
        let start = items.len().saturating_sub(count);
        items.drain(..start);
        items
    })
}

pub(super) fn reverse(c: &mut Call<'_, '_>) -> Outcome {
    whole(c, source(c)?, |mut items| {
        items.reverse();
        items
    })
}

pub(super) fn concat(c: &mut Call<'_, '_>) -> Outcome {
    let (first, second) = (c.required(0, "first")?, c.required(1, "second")?);
    joined(c.type_arg(0), first, second)
}

/// One sequence after another.
fn joined(item: Type, first: Value, second: Value) -> Outcome {
    let origins = (first.clone(), second.clone());
    lazy(item, &[&origins.0, &origins.1], move |vm| {
        let mut cursor = vm.open(&first)?;
        let mut rest = Some(second.clone());
        pull(move |vm| {
            loop {
                if let Some(item) = cursor.next(vm)? {
                    return Ok(Some(item));
                }
                match rest.take() {
                    Some(next) => cursor = vm.open(&next)?,
                    None => return Ok(None),
                }
            }
        })
    })
}

pub(super) fn append(c: &mut Call<'_, '_>) -> Outcome {
    let item = c.type_arg(0);
    let one = Sequence::ready(Type::enumerable(item.clone()), vec![c.arg(1).clone()]);
    joined(item, source(c)?, one)
}

pub(super) fn prepend(c: &mut Call<'_, '_>) -> Outcome {
    let item = c.type_arg(0);
    let one = Sequence::ready(Type::enumerable(item.clone()), vec![c.arg(1).clone()]);
    joined(item, one, source(c)?)
}

pub(super) fn zip(c: &mut Call<'_, '_>) -> Outcome {
    let (first, second) = (c.required(0, "first")?, c.required(1, "second")?);
    let selector = c.required(2, "resultSelector")?;
    let origins = (first.clone(), second.clone());
    lazy(c.type_arg(2), &[&origins.0, &origins.1], move |vm| {
        let (mut a, mut b) = (vm.open(&first)?, vm.open(&second)?);
        let selector = selector.clone();
        pull(move |vm| match (a.next(vm)?, b.next(vm)?) {
            (Some(a), Some(b)) => vm.invoke(&selector, &[a, b]).map(Some),
            _ => Ok(None),
        })
    })
}

pub(super) fn default_if_empty(c: &mut Call<'_, '_>) -> Outcome {
    let ty = c.type_arg(0);
    let otherwise = if c.args.len() > 1 {
        c.arg(1).clone()
    } else {
        Value::default_of(&ty)
    };
    let source = source(c)?;
    let origin = source.clone();
    lazy(ty, &[&origin], move |vm| {
        let mut items = vm.collect(&source)?;
        if items.is_empty() {
            items.push(otherwise.clone());
        }
        let mut items = items.into_iter();
        pull(move |_| Ok(items.next()))
    })
}

pub(super) fn cast(c: &mut Call<'_, '_>) -> Outcome {
    let (source, ty) = (source(c)?, c.type_arg(0));
    let origin = source.clone();
    lazy(ty.clone(), &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let ty = ty.clone();
        pull(move |vm| match cursor.next(vm)? {
            Some(item) => vm.cast(item, &ty).map(Some),
            None => Ok(None),
        })
    })
}

pub(super) fn of_type(c: &mut Call<'_, '_>) -> Outcome {
    let (source, ty) = (source(c)?, c.type_arg(0));
    let origin = source.clone();
    lazy(ty.clone(), &[&origin], move |vm| {
        let mut cursor = vm.open(&source)?;
        let ty = ty.clone();
        pull(move |vm| {
            while let Some(item) = cursor.next(vm)? {
                vm.step()?;
                if is_instance(&item, &ty, vm.surface) {
                    return Ok(Some(item));
                }
            }
            Ok(None)
        })
    })
}

// === Sets ===

/// Items that pass a test of two tables: what was seen, and what the other sequence holds.
fn by_table(
    c: &Call<'_, '_>,
    first: Value,
    second: Option<Value>,
    keep: fn(&mut Table, &mut Table, &Value) -> bool,
) -> Outcome {
    let comparer = crate::library::comparers::of(c.args.last().unwrap_or(&Value::Null));
    let origins = (first.clone(), second.clone().unwrap_or_default());
    lazy(c.type_arg(0), &[&origins.0, &origins.1], move |vm| {
        let mut cursor = vm.open(&first)?;
        let mut other = Table::new(comparer);
        if let Some(second) = &second {
            for item in vm.collect(second)? {
                other.insert(item, Value::Null);
            }
        }
        let mut seen = Table::new(comparer);
        pull(move |vm| {
            while let Some(item) = cursor.next(vm)? {
                vm.charge_items(1)?;
                if keep(&mut seen, &mut other, &item) {
                    return Ok(Some(item));
                }
            }
            Ok(None)
        })
    })
}

fn is_new(seen: &mut Table, item: &Value) -> bool {
    !seen.contains(item) && seen.insert(item.clone(), Value::Null)
}

pub(super) fn distinct(c: &mut Call<'_, '_>) -> Outcome {
    by_table(c, source(c)?, None, |seen, _, item| is_new(seen, item))
}

pub(super) fn union(c: &mut Call<'_, '_>) -> Outcome {
    let both = concat(c)?;
    by_table(c, both, None, |seen, _, item| is_new(seen, item))
}

pub(super) fn intersect(c: &mut Call<'_, '_>) -> Outcome {
    let (first, second) = (c.required(0, "first")?, c.required(1, "second")?);
    by_table(c, first, Some(second), |seen, other, item| {
        other.contains(item) && is_new(seen, item)
    })
}

pub(super) fn except(c: &mut Call<'_, '_>) -> Outcome {
    let (first, second) = (c.required(0, "first")?, c.required(1, "second")?);
    by_table(c, first, Some(second), |seen, other, item| {
        !other.contains(item) && is_new(seen, item)
    })
}

// === From nothing ===

pub(super) fn range(c: &mut Call<'_, '_>) -> Outcome {
    let (start, count) = (c.int(0)?, c.int(1)?);
    let end = i64::from(start) + i64::from(count);
    if count < 0 || end - 1 > i64::from(i32::MAX) {
        return Err(out_of_range(
            "Specified argument was out of the range of valid values.",
            "count",
        ));
    }
    lazy(Type::INT, &[], move |_| {
        let mut numbers = i64::from(start)..end;
        pull(move |_| {
            Ok(numbers
                .next()
                .map(|n| Value::Int(i32::try_from(n).unwrap_or(0))))
        })
    })
}

pub(super) fn repeat(c: &mut Call<'_, '_>) -> Outcome {
    let (element, count) = (c.arg(0).clone(), c.int(1)?);
    if count < 0 {
        return Err(out_of_range(
            "Specified argument was out of the range of valid values.",
            "count",
        ));
    }
    lazy(c.type_arg(0), &[], move |_| {
        let element = element.clone();
        let mut left = count;
        pull(move |_| {
            left -= 1;
            Ok((left >= 0).then(|| element.clone()))
        })
    })
}
