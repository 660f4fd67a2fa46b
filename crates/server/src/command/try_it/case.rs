//! The six calls: each stands here once, and from it come the line to copy, the call of
//! `--exercise`, and what it is held against.

use std::net::Ipv4Addr;

use anyhow::Result;

use super::client::{self, Response};
use super::{Keys, Site};

/// A call that shows one thing.
#[derive(Debug)]
pub(super) struct Case {
    /// What it shows.
    pub(super) title: &'static str,
    /// What comes back, for people.
    pub(super) expect: &'static str,
    pub(super) call: Call,
    /// The status of each response; there are as many calls.
    pub(super) statuses: &'static [u16],
    /// Headers that the last response has, and that are worth showing.
    pub(super) shows: &'static [&'static str],
    /// Texts that its body has.
    pub(super) says: &'static [&'static str],
    /// Texts that stand nowhere in it.
    pub(super) hides: &'static [&'static str],
    /// What the service itself answers, where the gateway changes it.
    pub(super) behind: Option<Behind>,
}

/// What a client sends.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) target: &'static str,
    pub(super) headers: &'static [(&'static str, Value)],
    /// The address that it comes from, if it matters.
    pub(super) from: Option<Ipv4Addr>,
}

/// A header's value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    Text(&'static str),
    ShopKey,
    PartnerKey,
}

/// The same question, put to the hotels behind the gateway.
#[derive(Debug)]
pub(super) struct Behind {
    pub(super) target: &'static str,
    pub(super) body: &'static str,
}

/// The header that a key stands in.
pub(super) const KEY: &str = "Ocp-Apim-Subscription-Key";

/// Another address of this machine, on Linux at least.
const STRANGER: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

pub(super) const CASES: [Case; 6] = [
    Case {
        title: "A call with a key reaches the service",
        expect: "200 and the departures of Lisbon",
        call: Call {
            method: "GET",
            target: "/flights/departures/LIS",
            headers: &[(KEY, Value::ShopKey)],
            from: None,
        },
        statuses: &[200],
        shows: &["Content-Type"],
        says: &["TP754"],
        hides: &["flights/1.4"],
        behind: None,
    },
    Case {
        title: "Without a key it goes nowhere",
        expect: "401, and `WWW-Authenticate` names the header that is missing",
        call: Call {
            method: "GET",
            target: "/flights/departures/LIS",
            headers: &[],
            from: None,
        },
        statuses: &[401],
        shows: &["WWW-Authenticate", "X-Refused-Because"],
        says: &["missing subscription key"],
        hides: &["TP754"],
        behind: None,
    },
    Case {
        title: "Three searches in ten seconds, the fourth has to wait",
        expect: "200 200 200 429, and `Retry-After` says how long",
        call: Call {
            method: "GET",
            target: "/flights/fares?from=LIS&to=OSL&n=*",
            headers: &[(KEY, Value::ShopKey)],
            from: None,
        },
        statuses: &[200, 200, 200, 429],
        shows: &["Retry-After"],
        says: &["Rate limit is exceeded"],
        hides: &["DY1873"],
        behind: None,
    },
    Case {
        title: "An answer is changed on its way",
        expect: "200 and prices in euro: no margin, no internal link, no `X-Powered-By`",
        call: Call {
            method: "GET",
            target: "/hotels/rooms/LIS",
            headers: &[(KEY, Value::ShopKey)],
            from: None,
        },
        statuses: &[200],
        shows: &["Content-Type"],
        says: &["Casa do Tejo", "89", "https://travel.example/hotels/17"],
        hides: &["8900", "margin", "hotels.internal", "hotel-engine"],
        behind: Some(Behind {
            target: "/rpc/rooms",
            body: r#"{"airport":"LIS"}"#,
        }),
    },
    Case {
        title: "A browser asks whether a page may call",
        expect: "200 and `Access-Control-Allow-Origin`, without a key",
        call: Call {
            method: "OPTIONS",
            target: "/flights/departures/LIS",
            headers: &[
                ("Origin", Value::Text("https://shop.travel.example")),
                ("Access-Control-Request-Method", Value::Text("GET")),
            ],
            from: None,
        },
        statuses: &[200],
        shows: &[
            "Access-Control-Allow-Origin",
            "Access-Control-Allow-Methods",
        ],
        says: &[],
        hides: &["TP754"],
        behind: None,
    },
    Case {
        title: "Payments are closed to other addresses",
        expect: "403 for a call from 127.0.0.2, although the key is right",
        call: Call {
            method: "GET",
            target: "/payments/P-1001",
            headers: &[(KEY, Value::PartnerKey)],
            from: Some(STRANGER),
        },
        statuses: &[403],
        shows: &["X-Refused-Because"],
        says: &["Forbidden"],
        hides: &["H-17-0001"],
        behind: None,
    },
];

impl Value {
    /// As it goes over the wire.
    fn sent(self, keys: &Keys) -> &str {
        match self {
            Self::Text(text) => text,
            Self::ShopKey => keys.shop.expose(),
            Self::PartnerKey => keys.partner.expose(),
        }
    }

    /// As a shell has it.
    fn written(self) -> &'static str {
        match self {
            Self::Text(text) => text,
            Self::ShopKey => "$KEY",
            Self::PartnerKey => "$PARTNER_KEY",
        }
    }

    /// As people are shown it: enough of a key to recognise it.
    pub(super) fn shown(self, keys: &Keys) -> String {
        match self {
            Self::Text(text) => text.to_owned(),
            Self::ShopKey | Self::PartnerKey => {
                format!("{}…", self.sent(keys).get(..6).unwrap_or_default())
            }
        }
    }
}

impl Case {
    /// The line to copy; the shell knows `$TRAVEL` and the keys.
    pub(super) fn curl(&self) -> String {
        let Call {
            method,
            target,
            headers,
            from,
        } = &self.call;
        let times = self.statuses.len();
        let mut line = vec!["curl".to_owned()];
        line.push(
            if times > 1 {
                r#"-s -o /dev/null -w "%{http_code}\n""#
            } else {
                "-i"
            }
            .to_owned(),
        );
        line.extend(from.map(|from| format!("--interface {from}")));
        if *method != "GET" {
            line.push(format!("-X {method}"));
        }
        // curl itself counts through `[1-4]`.
        line.push(format!(
            "\"$TRAVEL{}\"",
            target.replace('*', &format!("[1-{times}]"))
        ));
        line.extend(
            headers
                .iter()
                .map(|(name, value)| format!("-H \"{name}: {}\"", value.written())),
        );
        line.join(" ")
    }

    /// Makes the calls.
    pub(super) fn run(&self, site: &Site) -> Result<Vec<Response>> {
        let Call {
            method,
            target,
            headers,
            from,
        } = &self.call;
        let headers: Vec<(&str, &str)> = headers
            .iter()
            .map(|(name, value)| (*name, value.sent(&site.keys)))
            .collect();
        let call = |nth: usize| {
            client::call(&client::Request {
                to: site.gateway,
                from: *from,
                method,
                target: &target.replace('*', &nth.to_string()),
                headers: &headers,
                body: "",
            })
        };
        (1..=self.statuses.len()).map(call).collect()
    }

    /// What is not as announced.
    pub(super) fn held_against(&self, responses: &[Response]) -> Vec<String> {
        let statuses: Vec<u16> = responses.iter().map(|response| response.status).collect();
        let mut wrong = Vec::new();
        if statuses != self.statuses {
            wrong.push(format!(
                "the status is {statuses:?} instead of {:?}",
                self.statuses
            ));
        }
        let Some(last) = responses.last() else {
            return wrong;
        };
        let absent = self.shows.iter().filter(|name| last.header(name).is_none());
        wrong.extend(absent.map(|name| format!("there is no `{name}`")));
        let unsaid = self.says.iter().filter(|text| !last.body.contains(**text));
        wrong.extend(unsaid.map(|text| format!("the body does not say `{text}`")));
        let told = self.hides.iter().filter(|text| last.mentions(text));
        wrong.extend(told.map(|text| format!("it says `{text}`")));
        wrong
    }
}

impl Behind {
    /// Asks the hotels without the gateway.
    pub(super) fn ask(&self, site: &Site) -> Result<Response> {
        client::call(&client::Request {
            to: site.services.hotels,
            from: None,
            method: "POST",
            target: self.target,
            headers: &[("Content-Type", "application/json")],
            body: self.body,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_a_line_to_copy() {
        let lines: Vec<String> = CASES.iter().map(Case::curl).collect();
        assert_eq!(
            lines[2],
            "curl -s -o /dev/null -w \"%{http_code}\\n\" \
             \"$TRAVEL/flights/fares?from=LIS&to=OSL&n=[1-4]\" \
             -H \"Ocp-Apim-Subscription-Key: $KEY\""
        );
        assert_eq!(
            lines[5],
            "curl -i --interface 127.0.0.2 \"$TRAVEL/payments/P-1001\" \
             -H \"Ocp-Apim-Subscription-Key: $PARTNER_KEY\""
        );
    }

    #[test]
    fn what_is_not_as_announced_is_said() {
        let response = Response {
            status: 200,
            reason: "OK".into(),
            headers: vec![("server".into(), "flights/1.4".into())],
            body: "{}".into(),
        };
        let wrong = CASES[0].held_against(&[response]);
        let expected = [
            "there is no `Content-Type`",
            "the body does not say `TP754`",
            "it says `flights/1.4`",
        ];
        assert_eq!(wrong, expected);
    }
}
