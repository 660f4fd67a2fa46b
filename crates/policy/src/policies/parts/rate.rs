//! What the policies that limit the rate of calls have in common: what they tell the caller, and how
//! they refuse.

use std::time::Duration;

use http::{HeaderName, HeaderValue};
use portcullis_expr::Value;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, FaultKind};
use crate::host::Standing;
use crate::names::VarId;
use crate::parse::Checked;

/// The headers and variables that tell how a limit stands.
#[derive(Debug)]
pub(in crate::policies) struct Report {
    retry_after: HeaderName,
    retry_after_variable: Option<VarId>,
    remaining: Option<HeaderName>,
    remaining_variable: Option<VarId>,
    total: Option<HeaderName>,
}

impl Report {
    /// What the attributes of the policy name.
    pub(in crate::policies) fn compile(
        checked: &Checked<'_>,
        cx: &mut CompileCx<'_>,
    ) -> Option<Self> {
        Some(Self {
            retry_after: header(checked, "retry-after-header-name")?,
            retry_after_variable: cx.variable(checked, "retry-after-variable-name"),
            remaining: header(checked, "remaining-calls-header-name"),
            remaining_variable: cx.variable(checked, "remaining-calls-variable-name"),
            total: header(checked, "total-calls-header-name"),
        })
    }

    /// Tells how the limit stands, whether the call goes on or not.
    pub(in crate::policies) fn tell(&self, ex: &mut Exchange<'_>, standing: Standing, calls: u64) {
        if let Some(variable) = self.remaining_variable {
            ex.variables_mut().set(variable, number(standing.remaining));
        }
        let told = [(&self.remaining, standing.remaining), (&self.total, calls)];
        let headers: Vec<_> = told
            .into_iter()
            .filter_map(|(name, count)| Some((name.clone()?, HeaderValue::from(count))))
            .collect();
        if !headers.is_empty() {
            ex.add_final_headers(headers);
        }
    }

    /// Refuses the call.
    pub(in crate::policies) fn refuse(&self, ex: &mut Exchange<'_>, standing: Standing) -> Fault {
        let seconds = whole_seconds(standing.retry_after);
        if let Some(variable) = self.retry_after_variable {
            ex.variables_mut().set(variable, number(seconds));
        }
        let public = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
        Fault::new(
            FaultKind::Limited,
            "RateLimitExceeded",
            "Rate limit is exceeded",
        )
        .saying(public)
        .with_header(self.retry_after.clone(), HeaderValue::from(seconds))
    }
}

fn header(checked: &Checked<'_>, attribute: &str) -> Option<HeaderName> {
    let (name, _) = checked.literal(attribute)?;
    HeaderName::from_bytes(name.as_bytes()).ok()
}

/// Rounded up: whoever comes back after so many seconds finds room.
fn whole_seconds(wait: Duration) -> u64 {
    let started = u64::from(wait.subsec_nanos() > 0);
    (wait.as_secs() + started).max(1)
}

fn number(count: u64) -> Value {
    Value::from(i32::try_from(count).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_rounded_up_to_whole_seconds() {
        for (millis, expect) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (57_000, 57)] {
            assert_eq!(
                whole_seconds(Duration::from_millis(millis)),
                expect,
                "{millis} ms"
            );
        }
    }
}
