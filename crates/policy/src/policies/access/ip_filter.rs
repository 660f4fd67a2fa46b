//! Refuses requests by the address of the caller.
//!
//! # What it does
//!
//! With `allow` only callers from the listed addresses go on, with `forbid` all others. If several
//! scopes filter, the caller must pass each.
//!
//! The address is that of the connection; `X-Forwarded-For` counts only where the gateway is told
//! to trust the proxy that sends it.
//!
//! # Where it may stand
//!
//! In `inbound`, in every scope, as often as needed.
//!
//! # Attributes and elements
//!
//! The table is generated from `SPEC`. Addresses are IPv4 or IPv6; a range contains both its ends.
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
//! 403, after `on-error`. Reason `CallerIpNotAllowed` or `CallerIpBlocked`. An address that an
//! expression gives and that is none ends the section: 500.

use crate::grammar::{
    Category, ChildSpec, Choice, ElementSpec, Kind, PolicySpec, Repeat, Scopes, Sections, TextSpec,
    required,
};

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
