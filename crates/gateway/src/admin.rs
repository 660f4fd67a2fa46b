//! The admin listener: health and metrics, on a runtime of its own so that a slow scrape cannot hurt
//! traffic.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use portcullis_policy::body::Body;
use portcullis_telemetry::metrics::Metrics;
use tokio::net::{TcpListener, TcpStream};

use crate::exec::LocalExec;

/// How long a client of the admin listener may take for its head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What the admin listener tells.
#[derive(Debug, Clone)]
pub(crate) struct Health {
    pub(crate) metrics: Arc<Metrics>,
    /// Whether new work is taken in.
    pub(crate) ready: Arc<AtomicBool>,
}

/// Serves until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, health: Health) {
    loop {
        let Ok((tcp, _)) = listener.accept().await else {
            // Out of descriptors, most likely: wait for some to be closed.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        hyper::rt::Executor::execute(&LocalExec, connection(tcp, health.clone()));
    }
}

async fn connection(tcp: TcpStream, health: Health) {
    let service = service_fn(move |request| {
        let response = answer(&request, &health);
        async move { Ok::<_, Infallible>(response) }
    });
    // A client of the admin listener that breaks off is of no interest.
    drop(
        hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(TokioIo::new(tcp), service)
            .await,
    );
}

fn answer(request: &Request<Incoming>, health: &Health) -> Response<Body> {
    let ready = health.ready.load(Ordering::Relaxed);
    match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/livez") => text(StatusCode::OK, "ok\n"),
        (&Method::GET | &Method::HEAD, "/readyz") if ready => text(StatusCode::OK, "ready\n"),
        (&Method::GET | &Method::HEAD, "/readyz") => {
            text(StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        }
        (&Method::GET, "/metrics") => {
            let mut response = text(StatusCode::OK, health.metrics.render());
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(OPENMETRICS));
            response
        }
        _ => text(
            StatusCode::NOT_FOUND,
            "the admin listener knows /livez, /readyz and /metrics\n",
        ),
    }
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::bytes(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
