//! `Split`.

use super::{is_white_space, units_of};
use crate::eval::Call;
use crate::exception::{Outcome, out_of_range};
use crate::text::Text;
use crate::types::Type;
use crate::value::Value;

/// What separates: characters or strings; white space if there are none.
enum Separators {
    White,
    Units(Vec<u16>),
    Texts(Vec<Vec<u16>>),
}

impl Separators {
    fn of(value: &Value) -> Self {
        match value {
            Value::Char(unit) => Self::Units(vec![*unit]),
            Value::String(text) if text.is_empty() => Self::Texts(Vec::new()),
            Value::String(text) => Self::Texts(vec![text.to_units()]),
            Value::Array(array) if *array.item_type() == Type::STRING => {
                let texts: Vec<Vec<u16>> = array
                    .to_values()
                    .iter()
                    .filter_map(Value::as_text)
                    .map(Text::to_units)
                    .collect();
                if array.is_empty() {
                    return Self::White;
                }
                Self::Texts(texts.into_iter().filter(|text| !text.is_empty()).collect())
            }
            other => {
                let units = units_of(other);
                if units.is_empty() {
                    Self::White
                } else {
                    Self::Units(units)
                }
            }
        }
    }

    /// How many units are compared at a place, at most.
    fn longest(&self) -> usize {
        match self {
            Self::White => 1,
            Self::Units(units) => units.len(),
            Self::Texts(texts) => texts.iter().map(Vec::len).sum::<usize>().max(1),
        }
    }

    /// How long the separator is that stands at the beginning.
    fn length_at(&self, rest: &[u16]) -> Option<usize> {
        let first = rest.first()?;
        match self {
            Self::White => char::from_u32(u32::from(*first))
                .is_some_and(is_white_space)
                .then_some(1),
            Self::Units(units) => units.contains(first).then_some(1),
            Self::Texts(texts) => texts
                .iter()
                .find(|text| rest.starts_with(text))
                .map(Vec::len),
        }
    }
}

pub(super) fn split(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.text(0)?;
    let separators = Separators::of(c.arg(1));
    let count = c.args.iter().skip(2).find_map(|arg| match arg {
        Value::Int(count) => Some(*count),
        _ => None,
    });
    let remove_empty = c.args.iter().any(|arg| matches!(arg, Value::Enum(_, 1)));
    let count = match count {
        Some(count) => usize::try_from(count)
            .map_err(|_| out_of_range("Count cannot be less than zero.", "count"))?,
        None => usize::MAX,
    };
    let longest = separators.longest();
    c.vm.charge_steps(text.size().saturating_mul(longest) / 64)?;
    let parts = match (&separators, text.as_ascii()) {
        // The common form: one ASCII character in ASCII text.
        (Separators::Units(units), Some(ascii)) if count == usize::MAX && !remove_empty => {
            let separates =
                |ch: char| u16::try_from(u32::from(ch)).is_ok_and(|unit| units.contains(&unit));
            ascii.split(separates).map(Text::from).collect()
        }
        _ => pieces(&text, &separators, count, remove_empty),
    };
    c.vm.charge_items(parts.len())?;
    c.vm.charge_bytes(text.size())?;
    Ok(Value::array(
        Type::STRING,
        parts.into_iter().map(Value::String).collect(),
    ))
}

fn pieces(text: &Text, separators: &Separators, count: usize, remove_empty: bool) -> Vec<Text> {
    let units = text.to_units();
    if count == 0 || (remove_empty && units.is_empty()) {
        return Vec::new();
    }
    let mut parts: Vec<Text> = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < units.len() {
        // The last part takes the rest.
        if parts.len() + 1 >= count {
            break;
        }
        match separators.length_at(units.get(at..).unwrap_or_default()) {
            Some(length) => {
                if !(remove_empty && at == start) {
                    parts.push(Text::from_units(units.get(start..at).unwrap_or_default()));
                }
                at += length;
                start = at;
            }
            None => at += 1,
        }
    }
    let mut rest = start;
    if remove_empty {
        // Separators at the beginning of the last part go too.
        while let Some(length) = separators.length_at(units.get(rest..).unwrap_or_default()) {
            rest += length;
        }
    }
    let last = units.get(rest..).unwrap_or_default();
    if !(remove_empty && last.is_empty()) {
        parts.push(Text::from_units(last));
    }
    parts
}
