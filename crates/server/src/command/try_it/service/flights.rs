//! Departures and fares.

use serde_json::{Value, json};

use super::{Asked, Method, Reply, Service, StatusCode};

pub(super) const SERVICE: Service = Service {
    banner: ("server", "flights/1.4"),
    answer,
};

/// Where from, number, where to, when, lowest fare in euro.
const FLIGHTS: [(&str, &str, &str, &str, f64); 6] = [
    ("LIS", "TP754", "CPH", "07:05", 119.0),
    ("LIS", "TP762", "OSL", "07:40", 134.5),
    ("LIS", "DY1873", "OSL", "11:15", 98.0),
    ("OSL", "DY1872", "LIS", "06:30", 104.0),
    ("OSL", "SK4701", "CPH", "09:55", 71.5),
    ("CPH", "TP755", "LIS", "12:20", 126.0),
];

fn answer(asked: &Asked<'_>) -> Reply {
    match (asked.method, asked.path.as_slice()) {
        (&Method::GET, ["departures", airport]) => Reply::ok(departures(airport)),
        (&Method::GET, ["preview", "departures", airport]) => {
            let mut departures = departures(airport);
            if let Value::Object(members) = &mut departures {
                members.insert("version".into(), json!("next"));
            }
            Reply::ok(departures)
        }
        (&Method::GET, ["v2", "fares"]) => Reply::ok(fares(asked)),
        _ => Reply::bare(StatusCode::NOT_FOUND),
    }
}

fn departures(airport: &str) -> Value {
    let departures = FLIGHTS
        .iter()
        .filter(|(from, ..)| *from == airport)
        .map(|(_, number, to, at, _)| json!({ "number": number, "to": to, "at": at }));
    json!({ "airport": airport, "departures": departures.collect::<Vec<_>>() })
}

fn fares(asked: &Asked<'_>) -> Value {
    let origin = asked.parameter("origin").unwrap_or_default();
    let destination = asked.parameter("destination").unwrap_or_default();
    let fares = FLIGHTS
        .iter()
        .filter(|(from, _, to, ..)| *from == origin && *to == destination)
        .map(|(_, number, _, _, price)| json!({ "number": number, "price": price }));
    json!({
        "from": origin,
        "to": destination,
        "currency": asked.parameter("currency"),
        "fares": fares.collect::<Vec<_>>(),
    })
}
