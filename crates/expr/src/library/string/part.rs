//! Parts of a string: cut out, taken away, put in, trimmed, padded.

use super::{index, is_white_space, units_of};
use crate::eval::Call;
use crate::exception::{Outcome, out_of_range};
use crate::text::{Text, TextBuilder};
use crate::value::Value;

pub(super) fn substring_from(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.text(0)?;
    charge_wide(c, &text)?;
    let start = usize::try_from(c.int(1)?)
        .map_err(|_| out_of_range("StartIndex cannot be less than zero.", "startIndex"))?;
    let length = text.length().checked_sub(start).ok_or_else(|| {
        out_of_range(
            "startIndex cannot be larger than length of string.",
            "startIndex",
        )
    })?;
    if start == 0 {
        return Ok(Value::String(text));
    }
    Ok(text.slice(start, length).into())
}

pub(super) fn substring(c: &mut Call<'_, '_>) -> Outcome {
    part_of(c, "startIndex", "length").map(Value::String)
}

/// Finding a unit takes a walk where a unit is not a byte.
pub(super) fn charge_wide(c: &mut Call<'_, '_>, text: &Text) -> Outcome<()> {
    match text.as_ascii() {
        Some(_) => Ok(()),
        None => c.vm.charge_steps(text.size() / 32),
    }
}

/// The part of the first argument that the next two say.
pub(super) fn part_of(c: &mut Call<'_, '_>, start_name: &str, length_name: &str) -> Outcome<Text> {
    let text = c.text(0)?;
    charge_wide(c, &text)?;
    let whole = text.length();
    let start = usize::try_from(c.int(1)?)
        .map_err(|_| out_of_range("StartIndex cannot be less than zero.", start_name))?;
    if start > whole {
        return Err(out_of_range(
            "startIndex cannot be larger than length of string.",
            start_name,
        ));
    }
    let length = usize::try_from(c.int(2)?)
        .map_err(|_| out_of_range("Length cannot be less than zero.", length_name))?;
    text.slice(start, length).ok_or_else(|| {
        out_of_range(
            "Index and length must refer to a location within the string.",
            length_name,
        )
    })
}

pub(super) fn remove_from(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.text(0)?;
    charge_wide(c, &text)?;
    let start = index(c, 1, "startIndex")?;
    if start >= text.length() {
        return Err(out_of_range(
            "startIndex must be less than length of string.",
            "startIndex",
        ));
    }
    Ok(text.slice(0, start).into())
}

pub(super) fn remove(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.text(0)?;
    c.vm.charge_steps(text.size() / 32)?;
    let units = text.to_units();
    let start = index(c, 1, "startIndex")?;
    let count = index(c, 2, "count")?;
    let end = start
        .checked_add(count)
        .filter(|end| *end <= units.len())
        .ok_or_else(|| {
            out_of_range(
                "Index and count must refer to a location within the string.",
                "count",
            )
        })?;
    let mut kept = units.get(..start).unwrap_or_default().to_vec();
    kept.extend_from_slice(units.get(end..).unwrap_or_default());
    Ok(Value::String(Text::from_units(&kept)))
}

pub(super) fn insert(c: &mut Call<'_, '_>) -> Outcome {
    let (text, added) = (c.text(0)?, c.required_text(2, "value")?);
    c.vm.charge_steps((text.size() + added.size()) / 32)?;
    let (mut units, added) = (text.to_units(), added.to_units());
    let at = usize::try_from(c.int(1)?)
        .ok()
        .filter(|at| *at <= units.len());
    let at = at.ok_or_else(|| {
        out_of_range(
            "Specified argument was out of the range of valid values.",
            "startIndex",
        )
    })?;
    units.splice(at..at, added);
    Ok(Value::String(Text::from_units(&units)))
}

pub(super) fn trim(c: &mut Call<'_, '_>, sides: (bool, bool)) -> Outcome {
    let text = c.text(0)?;
    c.vm.charge_steps(text.size() / 64)?;
    let set = units_of(c.arg(1));
    let drop = |unit: u16| {
        if set.is_empty() {
            char::from_u32(u32::from(unit)).is_some_and(is_white_space)
        } else {
            set.contains(&unit)
        }
    };
    if let Some(ascii) = text.as_ascii() {
        let drop = |ch: char| drop(u16::try_from(u32::from(ch)).unwrap_or_default());
        let cut = if sides.0 {
            ascii.trim_start_matches(drop)
        } else {
            ascii
        };
        let cut = if sides.1 {
            cut.trim_end_matches(drop)
        } else {
            cut
        };
        return Ok(if cut.len() == ascii.len() {
            Value::String(text)
        } else {
            Value::string(cut)
        });
    }
    let units = text.to_units();
    let start = if sides.0 {
        units.iter().take_while(|u| drop(**u)).count()
    } else {
        0
    };
    let end = if sides.1 {
        units.iter().rev().take_while(|u| drop(**u)).count()
    } else {
        0
    };
    let end = units.len().saturating_sub(end).max(start);
    Ok(Value::String(Text::from_units(
        units.get(start..end).unwrap_or_default(),
    )))
}

pub(super) fn pad(c: &mut Call<'_, '_>, left: bool) -> Outcome {
    let text = c.text(0)?;
    let width = usize::try_from(c.int(1)?)
        .map_err(|_| out_of_range("Non-negative number required.", "totalWidth"))?;
    let filler = if c.args.len() > 2 { c.char(2)? } else { 32 };
    let missing = width.saturating_sub(text.length());
    c.vm.charge_bytes(missing.saturating_mul(3))?;
    let padding = vec![filler; missing];
    let mut builder = TextBuilder::default();
    if left {
        builder.push(&Text::from_units(&padding));
    }
    builder.push(&text);
    if !left {
        builder.push(&Text::from_units(&padding));
    }
    Ok(Value::String(builder.finish()))
}
