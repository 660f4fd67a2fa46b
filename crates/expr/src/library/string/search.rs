//! Finding and replacing.

use super::{Comparison, empty_pattern, index, int, units_of};
use crate::casing::upper;
use crate::collation;
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, out_of_range};
use crate::text::{Text, TextBuilder};
use crate::value::Value;

/// A text as it is compared. Linguistic comparison does not see soft hyphens and the like.
fn folded(text: &Text, how: Comparison) -> Text {
    let text = if how.ignores_case() {
        upper(text)
    } else {
        text.clone()
    };
    if !how.is_linguistic() || text.as_ascii().is_some() {
        return text;
    }
    let seen: String = text
        .to_str()
        .chars()
        .filter(|c| !collation::is_ignorable(*c))
        .collect();
    Text::from(seen)
}

/// The string or character that is sought.
fn needle(c: &Call<'_, '_>, argument: usize) -> Outcome<Text> {
    match c.arg(argument) {
        Value::Char(unit) => Ok(Text::from_units(&[*unit])),
        Value::Null => Err(argument_null("value")),
        _ => c.text(argument),
    }
}

/// Where a text begins in another, in units.
pub(in crate::library) fn find(haystack: &Text, needle: &Text) -> Option<usize> {
    if let (Some(haystack), Some(needle)) = (haystack.as_ascii(), needle.as_ascii()) {
        return haystack.find(needle);
    }
    position(&haystack.to_units(), &needle.to_units())
}

/// Where units begin among others. Knuth, Morris and Pratt: linear whatever the texts are, for both may
/// come from a caller.
fn position(haystack: &[u16], needle: &[u16]) -> Option<usize> {
    search(haystack.iter().copied(), needle).map(|end| end - needle.len())
}

fn last_position(haystack: &[u16], needle: &[u16]) -> Option<usize> {
    if needle.is_empty() {
        return Some(haystack.len().saturating_sub(1));
    }
    let backwards: Vec<u16> = needle.iter().rev().copied().collect();
    search(haystack.iter().rev().copied(), &backwards).map(|end| haystack.len() - end)
}

/// How many units there are up to the end of the first place where the needle is.
fn search(haystack: impl Iterator<Item = u16>, needle: &[u16]) -> Option<usize> {
    if needle.is_empty() {
        return Some(0);
    }
    // For each length of a beginning of the needle: how much of it is also its end.
    let mut borders = vec![0_usize; 1];
    let longer = |mut matched: usize, unit: u16, borders: &[usize]| {
        while matched > 0 && needle.get(matched) != Some(&unit) {
            matched = borders.get(matched - 1).copied().unwrap_or(0);
        }
        matched + usize::from(needle.get(matched) == Some(&unit))
    };
    let mut matched = 0;
    for unit in needle.iter().skip(1) {
        matched = longer(matched, *unit, &borders);
        borders.push(matched);
    }
    let mut matched = 0;
    for (at, unit) in haystack.enumerate() {
        matched = longer(matched, unit, &borders);
        if matched == needle.len() {
            return Some(at + 1);
        }
    }
    None
}

pub(in crate::library) fn contains(c: &mut Call<'_, '_>, how: Comparison) -> Outcome {
    let (text, needle) = (c.text(0)?, needle(c, 1)?);
    c.vm.charge_steps(text.size() / 64)?;
    let found = if let (Comparison::Ordinal, Some(text), Some(needle)) =
        (how, text.as_str(), needle.as_str())
    {
        text.contains(needle)
    } else {
        find(&folded(&text, how), &folded(&needle, how)).is_some()
    };
    Ok(Value::Bool(found))
}

pub(super) fn starts_with(c: &mut Call<'_, '_>, how: Comparison) -> Outcome {
    ends(c, how, |text, needle| text.starts_with(needle))
}

pub(super) fn ends_with(c: &mut Call<'_, '_>, how: Comparison) -> Outcome {
    ends(c, how, |text, needle| text.ends_with(needle))
}

fn ends(c: &mut Call<'_, '_>, how: Comparison, test: fn(&str, &str) -> bool) -> Outcome {
    let (text, needle) = (c.text(0)?, needle(c, 1)?);
    if how != Comparison::Ordinal {
        c.vm.charge_steps(text.size() / 16)?;
    }
    let (text, needle) = (folded(&text, how), folded(&needle, how));
    Ok(Value::Bool(test(&text.to_str(), &needle.to_str())))
}

/// The comparison that comes last among the arguments, if one does.
fn comparison(c: &Call<'_, '_>, otherwise: Comparison) -> Outcome<Comparison> {
    match c.args.last() {
        Some(Value::Enum(..)) => Comparison::of(c, c.args.len() - 1),
        _ => Ok(otherwise),
    }
}

/// The numbers after the sought text.
fn number(c: &Call<'_, '_>, argument: usize) -> Option<i32> {
    match c.arg(argument) {
        Value::Int(number) => Some(*number),
        _ => None,
    }
}

pub(super) fn index_of(c: &mut Call<'_, '_>) -> Outcome {
    let (text, needle) = (c.text(0)?, needle(c, 1)?);
    c.vm.charge_steps(text.size() / 64)?;
    let whole = text.length();
    let start = match number(c, 2) {
        Some(_) => index(c, 2, "startIndex")?,
        None => 0,
    };
    if start > whole {
        return Err(out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        ));
    }
    let count = match number(c, 3) {
        Some(_) => index(c, 3, "count")?,
        None => whole - start,
    };
    let part = text.slice(start, count).ok_or_else(|| {
        out_of_range("Count must be positive and count must refer to a location within the string/array/collection.", "count")
    })?;
    let otherwise = match c.arg(1) {
        Value::Char(_) => Comparison::Ordinal,
        _ => Comparison::Culture,
    };
    let how = comparison(c, otherwise)?;
    let found = find(&folded(&part, how), &folded(&needle, how));
    Ok(found.map_or(Value::Int(-1), |at| int(start + at)))
}

pub(super) fn last_index_of(c: &mut Call<'_, '_>) -> Outcome {
    let (text, needle) = (c.text(0)?, needle(c, 1)?);
    c.vm.charge_steps(text.size() / 64)?;
    let units = text.to_units();
    let how = comparison(c, Comparison::Ordinal)?;
    // The search goes backwards from `startIndex` over `count` units.
    let last = match number(c, 2) {
        Some(start) => start,
        None => i32::try_from(units.len()).unwrap_or(i32::MAX) - 1,
    };
    if units.is_empty() && (last == -1 || last == 0) {
        return Ok(Value::Int(if needle.is_empty() { 0 } else { -1 }));
    }
    let last = usize::try_from(last).ok().filter(|last| *last <= units.len()).ok_or_else(|| {
        out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        )
    })?;
    let end = (last + 1).min(units.len());
    let first = match number(c, 3) {
        Some(count) => end.saturating_sub(usize::try_from(count).unwrap_or(0)),
        None => 0,
    };
    let part = Text::from_units(units.get(first..end).unwrap_or_default());
    let (part, needle) = (folded(&part, how), folded(&needle, how));
    let found = last_position(&part.to_units(), &needle.to_units());
    Ok(found.map_or(Value::Int(-1), |at| int(first + at)))
}

pub(super) fn index_of_any(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.text(0)?;
    c.vm.charge_steps(text.size() / 16)?;
    let units = text.to_units();
    let set = units_of(&c.required(1, "anyOf")?);
    let start = match number(c, 2) {
        Some(_) => index(c, 2, "startIndex")?,
        None => 0,
    };
    let found = units
        .iter()
        .enumerate()
        .skip(start)
        .find(|(_, unit)| set.contains(unit));
    Ok(found.map_or(Value::Int(-1), |(at, _)| int(at)))
}

pub(super) fn last_index_of_any(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.text(0)?;
    c.vm.charge_steps(text.size() / 16)?;
    let units = text.to_units();
    let set = units_of(&c.required(1, "anyOf")?);
    let found = units.iter().rposition(|unit| set.contains(unit));
    Ok(found.map_or(Value::Int(-1), int))
}

// === Replacing ===

pub(super) fn replace(c: &mut Call<'_, '_>, how: Comparison) -> Outcome {
    let text = c.text(0)?;
    let old = c.required_text(1, "oldValue")?;
    let new = c.optional_text(2).unwrap_or_else(Text::empty);
    if old.is_empty() {
        return Err(empty_pattern("oldValue"));
    }
    c.vm.charge_steps(text.size() / 32)?;
    if let (Comparison::Ordinal, Some(text_str), Some(old), Some(new)) =
        (how, text.as_str(), old.as_str(), new.as_str())
    {
        let count = text_str.matches(old).count();
        if count == 0 {
            return Ok(Value::String(text));
        }
        c.vm.charge_bytes(count.saturating_mul(new.len()))?;
        return Ok(Value::from(text_str.replace(old, new)));
    }
    let units = text.to_units();
    let (seen, old) = (
        folded_units(&units, how),
        folded_units(&old.to_units(), how),
    );
    let mut builder = TextBuilder::default();
    let mut at = 0;
    while let Some(found) = position(seen.get(at..).unwrap_or_default(), &old) {
        builder.push(&Text::from_units(
            units.get(at..at + found).unwrap_or_default(),
        ));
        builder.push(&new);
        c.vm.charge_bytes(new.size())?;
        at += found + old.len();
    }
    builder.push(&Text::from_units(units.get(at..).unwrap_or_default()));
    Ok(Value::String(builder.finish()))
}

fn folded_units(units: &[u16], how: Comparison) -> Vec<u16> {
    if how.ignores_case() {
        units
            .iter()
            .map(|unit| crate::casing::upper_unit(*unit))
            .collect()
    } else {
        units.to_vec()
    }
}

pub(super) fn replace_char(c: &mut Call<'_, '_>) -> Outcome {
    let (old, new) = (c.char(1)?, c.char(2)?);
    let text = c.text(0)?;
    c.vm.charge_steps(text.size() / 32)?;
    let units: Vec<u16> = text
        .to_units()
        .into_iter()
        .map(|unit| if unit == old { new } else { unit })
        .collect();
    Ok(Value::String(Text::from_units(&units)))
}
