//! Base 64.

use ::base64::Engine;
use ::base64::alphabet;
use ::base64::engine::general_purpose::STANDARD;
use ::base64::engine::{GeneralPurpose, GeneralPurposeConfig};

use super::part;
use crate::eval::Call;
use crate::exception::{Outcome, format};
use crate::value::Value;

pub(super) fn encode(c: &mut Call<'_, '_>) -> Outcome {
    let bytes = c.required_bytes(0, "inArray")?;
    Ok(Value::from(STANDARD.encode(bytes)))
}

pub(super) fn encode_formatted(c: &mut Call<'_, '_>) -> Outcome {
    let text = STANDARD.encode(c.required_bytes(0, "inArray")?);
    Ok(Value::from(if c.enumerated(1) == 1 {
        in_lines(&text)
    } else {
        text
    }))
}

pub(super) fn encode_part(c: &mut Call<'_, '_>) -> Outcome {
    let bytes = c.required_bytes(0, "inArray")?;
    let part = part(c, &bytes)?;
    Ok(Value::from(STANDARD.encode(part)))
}

pub(super) fn decode(c: &mut Call<'_, '_>) -> Outcome {
    let text = c.required_text(0, "s")?;
    c.vm.charge_steps(text.size() / 16)?;
    c.vm.charge_bytes(text.size())?;
    from_base64(&text.to_str()).map(Value::bytes)
}

/// `Base64FormattingOptions.InsertLineBreaks`: 76 characters a line.
fn in_lines(text: &str) -> String {
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(76)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    lines.join("\r\n")
}

/// Reads base64 as .NET does: padded, white space ignored.
pub(crate) fn from_base64(text: &str) -> Outcome<Vec<u8>> {
    let packed: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\r'))
        .collect();
    let engine = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    engine.decode(packed).map_err(|_| {
        format(
            "The input is not a valid Base-64 string as it contains a non-base 64 character, more than \
             two padding characters, or an illegal character among the padding characters.",
        )
    })
}
