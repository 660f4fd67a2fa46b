//! What trees weigh: how much work and memory a copy takes, and how large their text may become.

use super::JToken;
use crate::exception::Outcome;
use crate::limits::Meter;

/// About what one token of a tree takes.
const SIZE: usize = 120;

/// How many bytes of indentation make a text worth a second look.
const SWOLLEN: usize = 16 << 20;

impl JToken {
    /// Charges for looking at all of the tree.
    pub(crate) fn charge_walk(&self, meter: &mut Meter) -> Outcome<()> {
        let mut waiting = vec![self.clone()];
        while let Some(token) = waiting.pop() {
            meter.ticks(1)?;
            waiting.extend(token.children().iter().cloned());
        }
        Ok(())
    }

    /// Charges for a copy of the tree.
    pub(crate) fn charge_copy(&self, meter: &mut Meter) -> Outcome<()> {
        let mut waiting = vec![self.clone()];
        while let Some(token) = waiting.pop() {
            meter.ticks(2)?;
            meter.bytes(SIZE)?;
            waiting.extend(token.children().iter().cloned());
        }
        Ok(())
    }
}

/// Whether the indentation alone may be very much.
pub(crate) fn may_swell(token: &JToken) -> bool {
    let mut size: usize = 0;
    let mut waiting = vec![(token.clone(), 0_usize)];
    while let Some((token, depth)) = waiting.pop() {
        size += depth * 2;
        let below = token.children();
        waiting.extend(below.iter().map(|child| (child.clone(), depth + 1)));
    }
    size > SWOLLEN
}
