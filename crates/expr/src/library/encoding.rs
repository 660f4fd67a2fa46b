//! `System.Text.Encoding`.

use super::string::{int, units_of};
use super::{Table, TableKind, m, outside};
use crate::eval::Call;
use crate::exception::{Outcome, argument, argument_null};
use crate::text::Text;
use crate::types::Type;
use crate::value::{NativeObject, Value};

pub(super) static ENCODING: Table = Table {
    name: "System.Text.Encoding",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("static Encoding UTF8", |_| Ok(value(Charset::Utf8))),
        m("static Encoding ASCII", |_| Ok(value(Charset::Ascii))),
        m("static Encoding Unicode", |_| Ok(value(Charset::Utf16Le))),
        m("static Encoding BigEndianUnicode", |_| {
            Ok(value(Charset::Utf16Be))
        }),
        m("static Encoding UTF32", |_| Ok(value(Charset::Utf32))),
        m("static Encoding UTF7", |_| Ok(value(Charset::Utf7))),
        m("static Encoding Default", |_| Ok(value(Charset::Utf8))),
        m("static Encoding GetEncoding(string name)", by_name),
        m("static Encoding GetEncoding(int codepage)", by_number),
        m("byte[] GetBytes(string s)", |c| {
            let text = c.required_text(1, "s")?;
            encode(c, &text)
        }),
        m("byte[] GetBytes(char[] chars)", |c| {
            let units = units_of(&c.required(1, "chars")?);
            encode(c, &Text::from_units(&units))
        }),
        m("int GetByteCount(string s)", |c| {
            let text = c.required_text(1, "s")?;
            Ok(int(charset(c)?.encode(&text).len()))
        }),
        m("string GetString(byte[] bytes)", |c| {
            let bytes = c.required_bytes(1, "bytes")?;
            Ok(Value::String(charset(c)?.decode(&bytes)))
        }),
        m(
            "string GetString(byte[] bytes, int index, int count)",
            |c| {
                let bytes = c.required_bytes(1, "bytes")?;
                let (start, count) = (c.int(2)?, c.int(3)?);
                let range = usize::try_from(start).ok().zip(usize::try_from(count).ok());
                let part = range
                    .and_then(|(start, count)| bytes.get(start..start.checked_add(count)?))
                    .ok_or_else(|| {
                        crate::exception::out_of_range(
                            "Index and count must refer to a location within the buffer.",
                            "bytes",
                        )
                    })?;
                Ok(Value::String(charset(c)?.decode(part)))
            },
        ),
        m("char[] GetChars(byte[] bytes)", |c| {
            let bytes = c.required_bytes(1, "bytes")?;
            let units = charset(c)?.decode(&bytes).to_units();
            Ok(Value::array(
                Type::CHAR,
                units.into_iter().map(Value::Char).collect(),
            ))
        }),
        m("string WebName", |c| Ok(Value::from(charset(c)?.name()))),
        outside("string EncodingName", |c| {
            Ok(Value::from(charset(c)?.name()))
        }),
        outside("string BodyName", |c| Ok(Value::from(charset(c)?.name()))),
        m(
            "static byte[] Convert(Encoding srcEncoding, Encoding dstEncoding, byte[] bytes)",
            |c| {
                let bytes = c.required_bytes(2, "bytes")?;
                let (from, to) = (charset(c)?, charset_at(c, 1)?);
                Ok(Value::bytes(to.encode(&from.decode(&bytes))))
            },
        ),
    ],
};

/// The character sets that .NET Core has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    Utf8,
    Ascii,
    Latin1,
    Utf16Le,
    Utf16Be,
    Utf32,
    Utf7,
}

/// An `Encoding`.
#[derive(Debug)]
struct Encoding(Charset);

impl NativeObject for Encoding {
    fn ty(&self) -> Type {
        super::type_named("System.Text.Encoding")
    }

    fn text(&self) -> Option<Text> {
        Some(Text::from(self.0.name()))
    }

    fn equals(&self, other: &dyn NativeObject) -> Option<bool> {
        (other as &dyn std::any::Any)
            .downcast_ref::<Self>()
            .map(|other| other.0 == self.0)
    }
}

fn value(charset: Charset) -> Value {
    Value::native(Encoding(charset))
}

fn charset(c: &Call<'_, '_>) -> Outcome<Charset> {
    charset_at(c, 0)
}

fn charset_at(c: &Call<'_, '_>, index: usize) -> Outcome<Charset> {
    match c.arg(index).as_native::<Encoding>() {
        Some(encoding) => Ok(encoding.0),
        None => Err(argument_null("encoding")),
    }
}

fn encode(c: &mut Call<'_, '_>, text: &Text) -> Outcome {
    let bytes = charset(c)?.encode(text);
    c.vm.charge_bytes(bytes.len())?;
    Ok(Value::bytes(bytes))
}

fn by_name(c: &mut Call<'_, '_>) -> Outcome {
    let name = c.required_text(0, "name")?;
    let charset = match name.to_str().to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "unicode-1-1-utf-8" => Charset::Utf8,
        "us-ascii" | "ascii" | "ansi_x3.4-1968" => Charset::Ascii,
        "iso-8859-1" | "latin1" | "iso8859-1" | "l1" | "cp819" | "iso_8859-1" => Charset::Latin1,
        "utf-16" | "utf-16le" | "unicode" | "ucs-2" => Charset::Utf16Le,
        "utf-16be" | "unicodefffe" => Charset::Utf16Be,
        "utf-32" | "utf-32le" => Charset::Utf32,
        "utf-7" => Charset::Utf7,
        _ => {
            return Err(argument(
                &format!(
                    "'{name}' is not a supported encoding name. For information on defining a custom \
                     encoding, see the documentation for the Encoding.RegisterProvider method."
                ),
                "name",
            ));
        }
    };
    Ok(value(charset))
}

fn by_number(c: &mut Call<'_, '_>) -> Outcome {
    let charset = match c.int(0)? {
        0 | 65001 => Charset::Utf8,
        20127 => Charset::Ascii,
        28591 => Charset::Latin1,
        1200 => Charset::Utf16Le,
        1201 => Charset::Utf16Be,
        12000 => Charset::Utf32,
        number => {
            return Err(crate::exception::not_supported(format!(
                "No data is available for encoding {number}."
            )));
        }
    };
    Ok(value(charset))
}

impl Charset {
    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Ascii => "us-ascii",
            Self::Latin1 => "iso-8859-1",
            Self::Utf16Le => "utf-16",
            Self::Utf16Be => "utf-16BE",
            Self::Utf32 => "utf-32",
            Self::Utf7 => "utf-7",
        }
    }

    fn encode(self, text: &Text) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf7 => text.to_str().into_owned().into_bytes(),
            Self::Ascii => narrow(text, 0x7F),
            Self::Latin1 => narrow(text, 0xFF),
            Self::Utf16Le => text
                .to_units()
                .into_iter()
                .flat_map(u16::to_le_bytes)
                .collect(),
            Self::Utf16Be => text
                .to_units()
                .into_iter()
                .flat_map(u16::to_be_bytes)
                .collect(),
            Self::Utf32 => text
                .to_str()
                .chars()
                .flat_map(|c| u32::from(c).to_le_bytes())
                .collect(),
        }
    }

    fn decode(self, bytes: &[u8]) -> Text {
        match self {
            Self::Utf8 | Self::Utf7 => Text::from(String::from_utf8_lossy(bytes).as_ref()),
            Self::Ascii => bytes
                .iter()
                .map(|b| if b.is_ascii() { char::from(*b) } else { '?' })
                .collect::<String>()
                .into(),
            Self::Latin1 => bytes
                .iter()
                .map(|b| char::from(*b))
                .collect::<String>()
                .into(),
            Self::Utf16Le | Self::Utf16Be => {
                let units: Vec<u16> = bytes
                    .chunks(2)
                    .map(|pair| match (pair, self) {
                        ([a, b], Self::Utf16Le) => u16::from_le_bytes([*a, *b]),
                        ([a, b], _) => u16::from_be_bytes([*a, *b]),
                        _ => 0xFFFD,
                    })
                    .collect();
                Text::from(String::from_utf16_lossy(&units))
            }
            Self::Utf32 => bytes
                .chunks(4)
                .map(|four| {
                    <[u8; 4]>::try_from(four)
                        .ok()
                        .and_then(|four| char::from_u32(u32::from_le_bytes(four)))
                        .unwrap_or('\u{FFFD}')
                })
                .collect::<String>()
                .into(),
        }
    }
}

/// One byte a unit; what does not fit becomes `?`.
fn narrow(text: &Text, most: u16) -> Vec<u8> {
    text.to_units()
        .into_iter()
        .map(|unit| {
            if unit <= most {
                u8::try_from(unit).unwrap_or(b'?')
            } else {
                b'?'
            }
        })
        .collect()
}
