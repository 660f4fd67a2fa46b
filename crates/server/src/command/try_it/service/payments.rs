//! Payments. A card that ends in four zeros is declined.

use serde_json::json;

use super::{Asked, Method, Reply, Service, StatusCode};

pub(super) const SERVICE: Service = Service {
    banner: ("server", "payments/3.0"),
    answer,
};

/// Number, booking, amount in euro.
const PAYMENTS: [(&str, &str, f64); 2] = [
    ("P-1001", "H-17-0001", 89.0),
    ("P-1002", "TP754-31F", 119.0),
];

fn answer(asked: &Asked<'_>) -> Reply {
    match (asked.method, asked.path.as_slice()) {
        (&Method::POST, ["payments"]) => pay(asked),
        (&Method::GET, ["payments", id]) => PAYMENTS.iter().find(|(known, ..)| known == id).map_or(
            Reply::bare(StatusCode::NOT_FOUND),
            |(id, booking, euro)| {
                Reply::ok(json!({ "id": id, "booking": booking, "euro": euro, "state": "paid" }))
            },
        ),
        _ => Reply::bare(StatusCode::NOT_FOUND),
    }
}

fn pay(order: &Asked<'_>) -> Reply {
    let declined = order
        .member("card")
        .as_str()
        .unwrap_or_default()
        .ends_with("0000");
    let payment = |id: &str, state: &str| json!({ "id": id, "booking": order.member("booking"), "euro": order.member("euro"), "state": state });
    if declined {
        Reply {
            status: StatusCode::PAYMENT_REQUIRED,
            body: payment("P-1003", "declined"),
        }
    } else {
        Reply::created(payment("P-1003", "paid"))
    }
}
