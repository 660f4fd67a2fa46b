//! `System.BitConverter`.

use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::{Outcome, argument_plain, out_of_range};
use crate::value::Value;

pub(super) static BIT_CONVERTER: Table = Table {
    name: "System.BitConverter",
    kind: TableKind::Static,
    parents: &[],
    documented: true,
    members: &[
        m("static bool IsLittleEndian", |_| Ok(Value::Bool(true))),
        m("static byte[] GetBytes(bool value)", bytes),
        m("static byte[] GetBytes(char value)", bytes),
        m("static byte[] GetBytes(short value)", bytes),
        m("static byte[] GetBytes(ushort value)", bytes),
        m("static byte[] GetBytes(int value)", bytes),
        m("static byte[] GetBytes(uint value)", bytes),
        m("static byte[] GetBytes(long value)", bytes),
        m("static byte[] GetBytes(ulong value)", bytes),
        m("static byte[] GetBytes(float value)", bytes),
        m("static byte[] GetBytes(double value)", bytes),
        m("static string ToString(byte[] value)", |c| {
            let bytes = c.required_bytes(0, "value")?;
            Ok(Value::from(hex(&bytes)))
        }),
        m(
            "static string ToString(byte[] value, int startIndex)",
            |c| {
                let bytes = c.required_bytes(0, "value")?;
                let rest = usize::try_from(c.int(1)?)
                    .ok()
                    .and_then(|start| bytes.get(start..));
                rest.map(|rest| Value::from(hex(rest))).ok_or_else(|| {
                    out_of_range("StartIndex cannot be less than zero.", "startIndex")
                })
            },
        ),
        m(
            "static string ToString(byte[] value, int startIndex, int length)",
            |c| {
                let bytes = c.required_bytes(0, "value")?;
                super::convert::part(c, &bytes).map(|part| Value::from(hex(part)))
            },
        ),
        m("static bool ToBoolean(byte[] value, int startIndex)", |c| {
            Ok(Value::Bool(take::<1>(c)? != [0]))
        }),
        m("static char ToChar(byte[] value, int startIndex)", |c| {
            Ok(Value::Char(u16::from_le_bytes(take(c)?)))
        }),
        m("static short ToInt16(byte[] value, int startIndex)", |c| {
            Ok(Value::Short(i16::from_le_bytes(take(c)?)))
        }),
        m(
            "static ushort ToUInt16(byte[] value, int startIndex)",
            |c| Ok(Value::UShort(u16::from_le_bytes(take(c)?))),
        ),
        m("static int ToInt32(byte[] value, int startIndex)", |c| {
            Ok(Value::Int(i32::from_le_bytes(take(c)?)))
        }),
        m("static uint ToUInt32(byte[] value, int startIndex)", |c| {
            Ok(Value::UInt(u32::from_le_bytes(take(c)?)))
        }),
        m("static long ToInt64(byte[] value, int startIndex)", |c| {
            Ok(Value::Long(i64::from_le_bytes(take(c)?)))
        }),
        m("static ulong ToUInt64(byte[] value, int startIndex)", |c| {
            Ok(Value::ULong(u64::from_le_bytes(take(c)?)))
        }),
        m("static float ToSingle(byte[] value, int startIndex)", |c| {
            Ok(Value::Float(f32::from_le_bytes(take(c)?)))
        }),
        m(
            "static double ToDouble(byte[] value, int startIndex)",
            |c| Ok(Value::Double(f64::from_le_bytes(take(c)?))),
        ),
        m("static long DoubleToInt64Bits(double value)", |c| {
            Ok(Value::Long(c.double(0)?.to_bits().cast_signed()))
        }),
        m("static double Int64BitsToDouble(long value)", |c| {
            Ok(Value::Double(f64::from_bits(c.long(0)?.cast_unsigned())))
        }),
    ],
};

fn bytes(c: &mut Call<'_, '_>) -> Outcome {
    Ok(Value::bytes(match c.arg(0) {
        Value::Bool(value) => vec![u8::from(*value)],
        Value::Char(value) | Value::UShort(value) => value.to_le_bytes().to_vec(),
        Value::Short(value) => value.to_le_bytes().to_vec(),
        Value::Int(value) => value.to_le_bytes().to_vec(),
        Value::UInt(value) => value.to_le_bytes().to_vec(),
        Value::Long(value) => value.to_le_bytes().to_vec(),
        Value::ULong(value) => value.to_le_bytes().to_vec(),
        Value::Float(value) => value.to_le_bytes().to_vec(),
        Value::Double(value) => value.to_le_bytes().to_vec(),
        _ => Vec::new(),
    }))
}

/// `01-AB-FF`
fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join("-")
}

fn take<const N: usize>(c: &mut Call<'_, '_>) -> Outcome<[u8; N]> {
    let bytes = c.required_bytes(0, "value")?;
    c.vm.charge_steps(bytes.len() / 256)?;
    let start = usize::try_from(c.int(1)?)
        .ok()
        .filter(|start| *start < bytes.len());
    let start = start.ok_or_else(|| {
        out_of_range(
            "Index was out of range. Must be non-negative and less than the size of the collection.",
            "startIndex",
        )
    })?;
    bytes.get(start..start + N).and_then(|part| part.try_into().ok()).ok_or_else(|| {
        argument_plain(
            "Destination array is not long enough to copy all the items in the collection. Check \
             array index and length.",
        )
    })
}
