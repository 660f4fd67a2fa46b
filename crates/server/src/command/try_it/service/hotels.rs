//! Rooms and bookings, as an old service has them: everything is a POST, prices are in cents, links
//! are internal, and it says more than it should.

use serde_json::{Value, json};

use super::{Asked, Method, Reply, Service, StatusCode};

pub(super) const SERVICE: Service = Service {
    banner: ("x-powered-by", "hotel-engine/2.3"),
    answer,
};

/// Airport, name, price in cents, number of the hotel.
const ROOMS: [(&str, &str, u32, u32); 3] = [
    ("LIS", "Casa do Tejo", 8900, 17),
    ("LIS", "Alfama View", 12_450, 23),
    ("OSL", "Fjordhotell", 14_900, 31),
];

fn answer(asked: &Asked<'_>) -> Reply {
    match (asked.method, asked.path.as_slice()) {
        (&Method::POST, ["rpc", "rooms"]) => {
            rooms(asked.member("airport").as_str().unwrap_or_default())
        }
        (&Method::POST, ["rpc", "book"]) => Reply::created(json!({
            "reference": "H-17-0001",
            "hotel": asked.member("hotel"),
            "nights": asked.member("nights"),
            "channel": asked.member("channel"),
        })),
        _ => Reply::bare(StatusCode::NOT_FOUND),
    }
}

fn rooms(airport: &str) -> Reply {
    let rooms: Vec<Value> = ROOMS
        .iter()
        .filter(|(near, ..)| *near == airport)
        .map(|(_, name, cents, number)| {
            json!({
                "name": name,
                "cents": cents,
                "margin": 0.21,
                "link": format!("http://hotels.internal/{number}"),
            })
        })
        .collect();
    if rooms.is_empty() {
        Reply::bare(StatusCode::NO_CONTENT)
    } else {
        Reply::ok(json!({ "rooms": rooms }))
    }
}
