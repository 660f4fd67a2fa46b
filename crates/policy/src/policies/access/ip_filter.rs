//! Refuses requests by the address of the caller.
//!
//! # What it does
//!
//! With `allow` only callers from the listed addresses go on, with `forbid` all others. If several
//! scopes filter, a caller must pass each.
//!
//! The address is that of the connection. `X-Forwarded-For` counts only where the gateway is told
//! to trust the proxy that sends it: anybody can write that header.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Addresses are IPv4 or IPv6. A range contains both its ends.
//! An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
//!
//! # Example
//!
//! ```xml
//! <ip-filter action="allow">
//!     <address>192.0.2.17</address>
//!     <address-range from="10.0.0.0" to="10.0.255.255" />
//! </ip-filter>
//! ```
//!
//! # Differences from Azure
//!
//! None known.
//!
//! # Failure
//!
//! 403, after `on-error`. The reason is `CallerIpNotAllowed` or `CallerIpBlocked`. An expression
//! that throws or gives no address ends the section with `ExpressionValueEvaluationFailure`: 500,
//! and the caller does not pass.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use portcullis_expr::Value;
use portcullis_model::code::policy as code;

use crate::compile::CompileCx;
use crate::exchange::Exchange;
use crate::flow::{Fault, Flow};
use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};
use crate::host::Host;
use crate::parse::Checked;
use crate::plan::{Run, SyncStep};
use crate::scheme;
use crate::value::{FromValue, Val};

/// What the policy is written with.
pub(in crate::policies) const SPEC: PolicySpec = PolicySpec {
    title: "Restrict caller IPs",
    summary: "Refuses requests by the address of the caller.",
    category: Category::Access,
    sections: Sections::INBOUND,
    scopes: Scopes::ALL,
    repeat: Repeat::Many,
    root: ElementSpec {
        attributes: &[required(
            "action",
            Kind::OneOf(&["allow", "forbid"]),
            "what happens to callers from the listed addresses",
        )],
        children: &[ChildSpec::any(&ADDRESS), ChildSpec::any(&ADDRESS_RANGE)],
        choices: &[Choice::at_least_one(&["address", "address-range"])],
        ..ElementSpec::new("ip-filter")
    },
};

const ADDRESS: ElementSpec = ElementSpec {
    meaning: "One address.",
    text: TextSpec::required(Kind::IpAddress, "the address"),
    ..ElementSpec::new("address")
};

const ADDRESS_RANGE: ElementSpec = ElementSpec {
    meaning: "All addresses from one to another.",
    attributes: &[
        required("from", Kind::IpAddress, "the first address"),
        required("to", Kind::IpAddress, "the last address"),
    ],
    ..ElementSpec::new("address-range")
};

/// Refuses requests by the address of the caller.
#[derive(Debug)]
struct IpFilter {
    action: Val<Action>,
    known: Ranges,
    computed: Box<[Range]>,
}

/// What happens to callers from the listed addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Allow,
    Forbid,
}

/// Addresses from one to another, of which at least one is computed.
#[derive(Debug)]
struct Range {
    from: Val<IpAddr>,
    /// `None` for a single address.
    to: Option<Val<IpAddr>>,
}

/// Ranges that are known, sorted and without overlaps, so that a search halves them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Ranges {
    v4: Box<[(Ipv4Addr, Ipv4Addr)]>,
    v6: Box<[(Ipv6Addr, Ipv6Addr)]>,
}

/// Why two addresses are no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum InvalidRange {
    #[error("the range goes from an IPv4 to an IPv6 address or back")]
    Mixed,
    #[error("the range ends before it begins")]
    Backwards,
}

pub(in crate::policies) fn compile(checked: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Run> {
    let action = checked.one_of("action")?.and_then(Action::find)?;
    let action = cx.value(checked, action);
    let (mut known, mut computed) = (Vec::new(), Vec::new());
    // Every address is looked at, so that all mistakes are reported.
    let mut sound = true;
    for part in checked.parts() {
        match range(part, cx) {
            Some(Range {
                from: Val::Known(from),
                to: None,
            }) => known.push((from, from)),
            Some(Range {
                from: Val::Known(from),
                to: Some(Val::Known(to)),
            }) => {
                known.push((from, to));
            }
            Some(range) => computed.push(range),
            None => sound = false,
        }
    }
    let (known, computed) = (Ranges::new(&known), computed.into_boxed_slice());
    let filter = IpFilter {
        action: action?,
        known,
        computed,
    };
    sound.then(|| Run::sync(filter))
}

fn range(part: &Checked<'_>, cx: &mut CompileCx<'_>) -> Option<Range> {
    if part.name() == "address" {
        let address = part.body()?.and_then(|text| parse(&text))?;
        return Some(Range {
            from: cx.value(part, address)?,
            to: None,
        });
    }
    let from = part.text("from")?.and_then(|text| parse(&text));
    let to = part.text("to")?.and_then(|text| parse(&text));
    let (from, to) = (from?, to?);
    let span = to.span();
    let (from, to) = (cx.value(part, from), cx.value(part, to));
    let (from, to) = (from?, to?);
    // What stands in for an unknown named value makes no sense beside a real address.
    if let (Val::Known(from), Val::Known(to)) = (&from, &to)
        && let Err(why) = check(*from, *to)
        && !cx.assumes_references()
    {
        let help = "write the lower address in `from` and the higher one of the same kind in `to`";
        cx.error_with_help(part, code::WRONG_VALUE, span, why.to_string(), help);
        return None;
    }
    Some(Range { from, to: Some(to) })
}

/// An address in its one form: an IPv4 address that is written as IPv6 is an IPv4 address.
fn parse(text: &str) -> Option<IpAddr> {
    text.trim().parse().ok().map(|ip: IpAddr| ip.to_canonical())
}

fn check(from: IpAddr, to: IpAddr) -> Result<(), InvalidRange> {
    if from.is_ipv4() != to.is_ipv4() {
        return Err(InvalidRange::Mixed);
    }
    if to < from {
        return Err(InvalidRange::Backwards);
    }
    Ok(())
}

impl Ranges {
    fn new(ranges: &[(IpAddr, IpAddr)]) -> Self {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for range in ranges {
            match range {
                (IpAddr::V4(from), IpAddr::V4(to)) => v4.push((*from, *to)),
                (IpAddr::V6(from), IpAddr::V6(to)) => v6.push((*from, *to)),
                (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => {}
            }
        }
        Self {
            v4: merged(v4),
            v6: merged(v6),
        }
    }

    fn contains(&self, ip: IpAddr) -> bool {
        match ip {
            IpAddr::V4(ip) => is_inside(&self.v4, ip),
            IpAddr::V6(ip) => is_inside(&self.v6, ip),
        }
    }
}

fn merged<T: Ord + Copy>(mut ranges: Vec<(T, T)>) -> Box<[(T, T)]> {
    ranges.sort_unstable();
    let mut all: Vec<(T, T)> = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match all.last_mut() {
            Some((_, last)) if from <= *last => *last = to.max(*last),
            _ => all.push((from, to)),
        }
    }
    all.into()
}

fn is_inside<T: Ord + Copy>(ranges: &[(T, T)], ip: T) -> bool {
    let after = ranges.partition_point(|(from, _)| *from <= ip);
    let last = after.checked_sub(1).and_then(|at| ranges.get(at));
    last.is_some_and(|(_, to)| ip <= *to)
}

impl Action {
    fn find(word: &str) -> Option<Self> {
        match word {
            "allow" => Some(Self::Allow),
            "forbid" => Some(Self::Forbid),
            _ => None,
        }
    }
}

impl FromValue for Action {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let word = scheme::to_text(value).unwrap_or_default();
        Self::find(&word).ok_or_else(|| {
            Fault::expression(&format!("the action `{word}` is not `allow` or `forbid`"))
        })
    }
}

impl FromValue for IpAddr {
    fn from_value(value: &Value) -> Result<Self, Fault> {
        let text = scheme::to_text(value).unwrap_or_default();
        parse(&text)
            .ok_or_else(|| Fault::expression(&format!("the value `{text}` is not an IP address")))
    }
}

impl Range {
    fn contains(&self, ip: IpAddr, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<bool, Fault> {
        let from = self.from.get(ex, host)?;
        let Some(to) = &self.to else {
            return Ok(ip == from);
        };
        let to = to.get(ex, host)?;
        check(from, to).map_err(|why| Fault::expression(&why.to_string()))?;
        Ok(ip.is_ipv4() == from.is_ipv4() && from <= ip && ip <= to)
    }
}

impl IpFilter {
    fn lists(&self, ip: IpAddr, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<bool, Fault> {
        if self.known.contains(ip) {
            return Ok(true);
        }
        for range in &self.computed {
            if range.contains(ip, ex, host)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl SyncStep for IpFilter {
    fn run(&self, ex: &mut Exchange<'_>, host: &Host<'_>) -> Result<Flow, Fault> {
        let ip = ex.facts().client_ip.to_canonical();
        match (self.action.get(ex, host)?, self.lists(ip, ex, host)?) {
            (Action::Allow, true) | (Action::Forbid, false) => Ok(Flow::Continue),
            (Action::Allow, false) => {
                let message = format!("Caller IP address {ip} is not allowed. Access denied.");
                Err(Fault::forbidden("CallerIpNotAllowed", message))
            }
            (Action::Forbid, true) => {
                let message = "Caller IP address is blocked. Access denied.";
                Err(Fault::forbidden("CallerIpBlocked", message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(list: &[(&str, &str)]) -> Ranges {
        let pair = |(from, to): &(&str, &str)| (parse(from).unwrap(), parse(to).unwrap());
        Ranges::new(&list.iter().map(pair).collect::<Vec<_>>())
    }

    #[test]
    fn a_range_contains_both_its_ends() {
        let list = ranges(&[
            ("10.0.0.5", "10.0.0.9"),
            ("10.0.0.8", "10.0.0.20"),
            ("192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::ff"),
            ("::ffff:198.51.100.1", "::ffff:198.51.100.2"),
        ]);
        for (ip, expect) in [
            ("10.0.0.4", false),
            ("10.0.0.5", true),
            ("10.0.0.9", true),
            ("10.0.0.10", true),
            ("10.0.0.20", true),
            ("10.0.0.21", false),
            ("192.0.2.0", false),
            ("192.0.2.1", true),
            ("192.0.2.2", false),
            ("255.255.255.255", false),
            ("2001:db8::", false),
            ("2001:db8::1", true),
            ("2001:db8::ff", true),
            ("2001:db8::100", false),
            ("198.51.100.2", true),
            ("::ffff:192.0.2.1", true),
            ("::", false),
        ] {
            assert_eq!(list.contains(parse(ip).unwrap()), expect, "{ip}");
        }
    }

    #[test]
    fn no_range_contains_nothing() {
        assert!(!Ranges::default().contains(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
    }

    #[test]
    fn two_addresses_that_are_no_range_are_told_apart() {
        let range = |from, to| check(parse(from).unwrap(), parse(to).unwrap());
        assert_eq!(range("10.0.0.1", "10.0.0.1"), Ok(()));
        assert_eq!(range("10.0.0.2", "10.0.0.1"), Err(InvalidRange::Backwards));
        assert_eq!(range("10.0.0.2", "::1"), Err(InvalidRange::Mixed));
    }
}
