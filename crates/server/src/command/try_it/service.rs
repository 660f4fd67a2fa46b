//! The three services behind the gateway: real HTTP on the loopback interface, small data in memory.
//!
//! They know nothing of keys, limits or browsers. That is the point.

mod flights;
mod hotels;
mod payments;

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Context as _, Result};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// The longest request body that a service reads.
const BODY_LIMIT: usize = 64 * 1024;

/// Three running services. They stop when this is dropped.
#[derive(Debug)]
pub(super) struct Services {
    pub(super) flights: SocketAddr,
    pub(super) hotels: SocketAddr,
    pub(super) payments: SocketAddr,
    _stop: oneshot::Sender<Infallible>,
}

/// What a service was asked.
#[derive(Debug)]
struct Asked<'a> {
    method: &'a Method,
    /// The segments of the path.
    path: Vec<&'a str>,
    query: &'a str,
    body: Value,
}

/// What it answers.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    body: Value,
}

/// A service: its name as it tells it to the world, and its wits.
#[derive(Debug, Clone, Copy)]
struct Service {
    banner: (&'static str, &'static str),
    answer: fn(&Asked<'_>) -> Reply,
}

impl Reply {
    fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }

    fn created(body: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            body,
        }
    }

    fn bare(status: StatusCode) -> Self {
        Self {
            status,
            body: Value::Null,
        }
    }
}

impl Asked<'_> {
    /// A member of the body.
    fn member(&self, name: &str) -> Value {
        self.body.get(name).cloned().unwrap_or_default()
    }

    /// A query parameter; the services take them as they stand.
    fn parameter(&self, name: &str) -> Option<&str> {
        let mut pairs = self
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }
}

impl Services {
    /// Binds three ports that the kernel chooses and answers on a thread of its own.
    pub(super) fn start() -> Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let doors = [flights::SERVICE, hotels::SERVICE, payments::SERVICE]
            .into_iter()
            .map(|service| Ok((service, bind()?)))
            .collect::<Result<Vec<_>>>()?;
        let address = |nth: usize| -> Result<SocketAddr> {
            let (_, listener) = doors.get(nth).context("a service has no port")?;
            Ok(listener.local_addr()?)
        };
        let (flights, hotels, payments) = (address(0)?, address(1)?, address(2)?);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name("services".into())
            .spawn(move || runtime.block_on(serve(doors, stopped)))?;
        Ok(Self {
            flights,
            hotels,
            payments,
            _stop: stop,
        })
    }
}

fn bind() -> Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Accepts until the services are dropped; dropping the set ends what still runs.
async fn serve(doors: Vec<(Service, TcpListener)>, stopped: oneshot::Receiver<Infallible>) {
    let mut accepting = JoinSet::new();
    for (service, listener) in doors {
        if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
            accepting.spawn(accept(service, listener));
        }
    }
    // Nothing is ever sent: the channel closes.
    drop(stopped.await);
}

async fn accept(service: Service, listener: tokio::net::TcpListener) {
    let mut connections = JoinSet::new();
    while let Ok((tcp, _)) = listener.accept().await {
        connections.spawn(async move {
            let asked = service_fn(move |request| respond(service, request));
            let mut http = hyper::server::conn::http1::Builder::new();
            // A broken connection is the gateway's business, not the service's.
            drop(
                http.keep_alive(true)
                    .serve_connection(TokioIo::new(tcp), asked)
                    .await,
            );
        });
        while connections.try_join_next().is_some() {}
    }
}

#[expect(clippy::disallowed_methods, reason = "the body is limited")]
async fn respond(
    service: Service,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_LIMIT).collect().await;
    let asked = Asked {
        method: &head.method,
        path: head
            .uri
            .path()
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect(),
        query: head.uri.query().unwrap_or(""),
        body: body
            .ok()
            .and_then(|b| serde_json::from_slice(&b.to_bytes()).ok())
            .unwrap_or_default(),
    };
    let Reply { status, body } = (service.answer)(&asked);
    let text = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    let mut response = Response::new(Full::from(text));
    *response.status_mut() = status;
    let (name, banner) = service.banner;
    let headers = response.headers_mut();
    headers.insert(
        HeaderName::from_static(name),
        HeaderValue::from_static(banner),
    );
    if !body.is_null() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ask(service: Service, method: &Method, target: &str, body: Value) -> (u16, Value) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        let asked = Asked {
            method,
            path,
            query,
            body,
        };
        let reply = (service.answer)(&asked);
        (reply.status.as_u16(), reply.body)
    }

    #[test]
    fn the_services_know_their_small_world() {
        let get = |service, target| ask(service, &Method::GET, target, Value::Null);
        let post = |service, target, body| ask(service, &Method::POST, target, body);
        let (status, body) = get(flights::SERVICE, "/departures/LIS");
        assert_eq!(
            (status, &body["departures"][0]["number"]),
            (200, &json!("TP754"))
        );
        let (status, body) = get(flights::SERVICE, "/preview/departures/LIS");
        assert_eq!((status, &body["version"]), (200, &json!("next")));
        let (_, body) = get(
            flights::SERVICE,
            "/v2/fares?origin=LIS&destination=OSL&currency=EUR",
        );
        assert_eq!(
            (&body["from"], &body["currency"]),
            (&json!("LIS"), &json!("EUR"))
        );
        let (status, body) = post(hotels::SERVICE, "/rpc/rooms", json!({ "airport": "LIS" }));
        assert_eq!((status, &body["rooms"][0]["cents"]), (200, &json!(8900)));
        assert_eq!(
            post(hotels::SERVICE, "/rpc/rooms", json!({ "airport": "XXX" })).0,
            204
        );
        let (status, body) = post(hotels::SERVICE, "/rpc/book", json!({ "channel": "shop" }));
        assert_eq!((status, &body["channel"]), (201, &json!("shop")));
        assert_eq!(get(payments::SERVICE, "/payments/P-1001").0, 200);
        let declined = json!({ "booking": "H-17", "euro": 1, "card": "0000" });
        assert_eq!(post(payments::SERVICE, "/payments", declined).0, 402);
        for service in [flights::SERVICE, hotels::SERVICE, payments::SERVICE] {
            assert_eq!(get(service, "/elsewhere").0, 404);
        }
    }
}
