//! `System.Random`. The numbers come from the host; a seed does not make them repeat.

use super::{Table, TableKind, m};
use crate::eval::Call;
use crate::exception::{Outcome, argument_null, out_of_range};
use crate::types::Type;
use crate::value::{NativeObject, Value};

pub(super) static RANDOM: Table = Table {
    name: "System.Random",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new()", |_| Ok(Value::native(Random))),
        m("new(int Seed)", |_| Ok(Value::native(Random))),
        m("int Next()", |c| Ok(Value::Int(between(c, 0, i32::MAX)))),
        m("int Next(int maxValue)", |c| {
            let most = c.int(1)?;
            if most < 0 {
                return Err(out_of_range(
                    "'maxValue' must be greater than zero.",
                    "maxValue",
                ));
            }
            Ok(Value::Int(between(c, 0, most)))
        }),
        m("int Next(int minValue, int maxValue)", |c| {
            let (least, most) = (c.int(1)?, c.int(2)?);
            if least > most {
                return Err(out_of_range(
                    "'minValue' cannot be greater than maxValue.",
                    "minValue",
                ));
            }
            Ok(Value::Int(between(c, least, most)))
        }),
        m("double NextDouble()", next_double),
        m("void NextBytes(byte[] buffer)", |c| fill(c, 1)),
    ],
};

/// A generator; it has no state, for the host has it.
#[derive(Debug)]
struct Random;

impl NativeObject for Random {
    fn ty(&self) -> Type {
        super::type_named("System.Random")
    }
}

/// A number from `least` up to, but not including, `most`.
fn between(c: &mut Call<'_, '_>, least: i32, most: i32) -> i32 {
    let width = u64::from(most.abs_diff(least)).max(1);
    // 64 random bits against at most 32 of width: the bias is below 2^-32.
    let offset = c.vm.host.random() % width;
    i32::try_from(i64::from(least) + i64::try_from(offset).unwrap_or(0)).unwrap_or(least)
}

#[expect(clippy::cast_precision_loss, reason = "53 bits are a double's")]
fn next_double(c: &mut Call<'_, '_>) -> Outcome {
    let bits = c.vm.host.random() >> 11;
    Ok(Value::Double(bits as f64 / (1_u64 << 53) as f64))
}

/// Fills a `byte[]` argument with random bytes.
pub(super) fn fill(c: &mut Call<'_, '_>, argument: usize) -> Outcome {
    let array = c.array(argument).map_err(|_| argument_null("buffer"))?;
    for index in 0..array.len() {
        c.vm.step()?;
        let [byte, ..] = c.vm.host.random().to_le_bytes();
        array.items_mut().set(index, Value::Byte(byte));
    }
    Ok(Value::Null)
}
