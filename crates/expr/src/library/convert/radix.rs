//! Whole numbers in base 2, 8, 10 and 16.

use crate::convert::{named, to_num};
use crate::eval::{Call, convert_num, wrap};
use crate::exception::{Exception, Outcome, argument_plain, format, overflow};
use crate::types::Num;
use crate::value::Value;

pub(super) fn from_base(c: &mut Call<'_, '_>, num: Num) -> Outcome {
    let base = base(c)?;
    let Some(text) = c.optional_text(0) else {
        return convert_num(&Value::Int(0), num, false);
    };
    let text = text.to_str();
    if base == 10 {
        return to_num(c.arg(0), num);
    }
    if text.is_empty() {
        return Err(Exception::new(
            "System.ArgumentOutOfRangeException",
            "Index was out of range. Must be non-negative and less than the size of the collection.",
        ));
    }
    let digits = if base == 16 {
        text.strip_prefix("0x")
            .or_else(|| text.strip_prefix("0X"))
            .unwrap_or(&text)
    } else {
        &text
    };
    let known = digits.chars().take_while(|c| c.is_digit(base)).count();
    if known == 0 {
        return Err(format("Could not find any recognizable digits."));
    }
    if known < digits.len() {
        return Err(format(
            "Additional non-parsable characters are at the end of the string.",
        ));
    }
    let too_large = || {
        overflow(format!(
            "Value was either too large or too small for {}.",
            named(num)
        ))
    };
    let number = u64::from_str_radix(digits, base).map_err(|_| too_large())?;
    // The digits are the bits: `Convert.ToInt32("ffffffff", 16)` is -1.
    let (least, most) = num.range().unwrap_or((0, 0));
    if i128::from(number) > most - least {
        return Err(too_large());
    }
    Ok(wrap(i128::from(number), num))
}

pub(super) fn to_base(c: &mut Call<'_, '_>, bits: u32) -> Outcome {
    let base = base(c)?;
    let number = c.arg(0).as_integer().unwrap_or(0);
    if base == 10 {
        return Ok(Value::from(number.to_string()));
    }
    let bits = number.cast_unsigned() & ((1_u128 << bits) - 1);
    Ok(Value::from(match base {
        2 => format!("{bits:b}"),
        8 => format!("{bits:o}"),
        _ => format!("{bits:x}"),
    }))
}

fn base(c: &Call<'_, '_>) -> Outcome<u32> {
    match c.int(1)? {
        2 => Ok(2),
        8 => Ok(8),
        10 => Ok(10),
        16 => Ok(16),
        _ => Err(argument_plain("Invalid Base.")),
    }
}
