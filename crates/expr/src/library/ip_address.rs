//! `System.Net.IPAddress`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::object::enumeration;
use super::{Table, TableKind, m, outside};
use crate::eval::Call;
use crate::exception::{Outcome, argument, format};
use crate::text::Text;
use crate::types::Type;
use crate::value::{NativeObject, Value};

pub(super) static ADDRESS_FAMILY: Table = enumeration(
    "System.Net.Sockets.AddressFamily",
    &[
        ("Unknown", -1),
        ("Unspecified", 0),
        ("InterNetwork", 2),
        ("InterNetworkV6", 23),
    ],
);

pub(super) static IP_ADDRESS: Table = Table {
    name: "System.Net.IPAddress",
    kind: TableKind::Class,
    parents: &[],
    documented: true,
    members: &[
        m("new(byte[] address)", |c| {
            let bytes = c.required_bytes(0, "address")?;
            let address = if let Ok(four) = <[u8; 4]>::try_from(bytes.as_slice()) {
                IpAddr::from(four)
            } else if let Ok(sixteen) = <[u8; 16]>::try_from(bytes.as_slice()) {
                IpAddr::from(sixteen)
            } else {
                return Err(argument("An invalid IP address was specified.", "address"));
            };
            Ok(Value::native(Address(address)))
        }),
        m("static IPAddress Parse(string ipString)", |c| {
            let text = c.required_text(0, "ipString")?;
            parse(&text.to_str())
                .map(|address| Value::native(Address(address)))
                .ok_or_else(|| format("An invalid IP address was specified."))
        }),
        m(
            "static bool TryParse(string ipString, out IPAddress address)",
            |c| {
                let parsed = c.optional_text(0).and_then(|text| parse(&text.to_str()));
                let success = parsed.is_some();
                c.put(
                    1,
                    parsed.map_or(Value::Null, |address| Value::native(Address(address))),
                );
                Ok(Value::Bool(success))
            },
        ),
        m("static bool IsLoopback(IPAddress address)", |c| {
            Ok(Value::Bool(address(c)?.is_loopback()))
        }),
        m("static IPAddress Loopback", |_| {
            Ok(Value::native(Address(Ipv4Addr::LOCALHOST.into())))
        }),
        m("static IPAddress Any", |_| {
            Ok(Value::native(Address(Ipv4Addr::UNSPECIFIED.into())))
        }),
        m("static IPAddress IPv6Loopback", |_| {
            Ok(Value::native(Address(Ipv6Addr::LOCALHOST.into())))
        }),
        m("System.Net.Sockets.AddressFamily AddressFamily", |c| {
            let family = if address(c)?.is_ipv4() { 2 } else { 23 };
            Ok(super::enums::of("System.Net.Sockets.AddressFamily", family))
        }),
        m("byte[] GetAddressBytes()", |c| {
            Ok(Value::bytes(match address(c)? {
                IpAddr::V4(four) => four.octets().to_vec(),
                IpAddr::V6(six) => six.octets().to_vec(),
            }))
        }),
        outside("bool IsIPv4MappedToIPv6", |c| {
            Ok(Value::Bool(
                matches!(address(c)?, IpAddr::V6(six) if six.to_ipv4_mapped().is_some()),
            ))
        }),
        outside("IPAddress MapToIPv4()", |c| {
            let mapped = match address(c)? {
                IpAddr::V6(six) => six.to_ipv4().map_or(IpAddr::V6(six), IpAddr::V4),
                four @ IpAddr::V4(_) => four,
            };
            Ok(Value::native(Address(mapped)))
        }),
        outside("IPAddress MapToIPv6()", |c| {
            let mapped = match address(c)? {
                IpAddr::V4(four) => IpAddr::V6(four.to_ipv6_mapped()),
                six @ IpAddr::V6(_) => six,
            };
            Ok(Value::native(Address(mapped)))
        }),
    ],
};

/// An `IPAddress`.
#[derive(Debug)]
struct Address(IpAddr);

impl NativeObject for Address {
    fn ty(&self) -> Type {
        super::type_named("System.Net.IPAddress")
    }

    fn text(&self) -> Option<Text> {
        Some(Text::from(self.0.to_string()))
    }

    fn equals(&self, other: &dyn NativeObject) -> Option<bool> {
        (other as &dyn std::any::Any)
            .downcast_ref::<Self>()
            .map(|other| other.0 == self.0)
    }

    fn hash(&self) -> Option<u64> {
        Some(crate::value::hash(&Value::from(self.0.to_string())))
    }
}

fn address(c: &Call<'_, '_>) -> Outcome<IpAddr> {
    c.arg(0)
        .as_native::<Address>()
        .map(|a| a.0)
        .ok_or_else(|| crate::exception::argument_null("address"))
}

/// Reads an address; `10.1` is 10.0.0.1, and parts may be octal or hexadecimal.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .unwrap_or(text);
    if text.contains(':') {
        let bare = text.split_once('%').map_or(text, |(address, _)| address);
        return bare.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    }
    let parts: Vec<u64> = text.split('.').map(number).collect::<Option<_>>()?;
    let (last, firsts) = parts.split_last()?;
    if firsts.len() > 3 || firsts.iter().any(|part| *part > 255) {
        return None;
    }
    let room = 8 * (4 - u32::try_from(firsts.len()).ok()?);
    if *last >= 1_u64 << room {
        return None;
    }
    let high = firsts.iter().fold(0_u64, |sum, part| (sum << 8) | part);
    let value = (high << room) | last;
    u32::try_from(value)
        .ok()
        .map(|bits| IpAddr::V4(Ipv4Addr::from(bits)))
}

fn number(text: &str) -> Option<u64> {
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(hex, 16).ok();
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) || text.len() > 11 {
        return None;
    }
    let radix = if text.len() > 1 && text.starts_with('0') {
        8
    } else {
        10
    };
    u64::from_str_radix(text, radix).ok()
}
