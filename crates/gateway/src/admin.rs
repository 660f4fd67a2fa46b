//! The admin listener: health and metrics, on a runtime of its own so that a slow scrape cannot hurt
//! traffic.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
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
use tokio::sync::watch;

use crate::core::{Door, Phase, runtime};
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

/// Serves on a thread of its own until the gateway is gone, also while it drains: unless another
/// process listens at the socket by then, and tells its own health.
pub(crate) fn start(
    doors: Vec<Door>,
    health: Health,
    mut phase: watch::Receiver<Phase>,
) -> io::Result<()> {
    let (begun, has_begun) = sync_channel(1);
    let admin = move || {
        let runtime = match runtime() {
            Ok(runtime) => runtime,
            // Whoever started this waits for it.
            Err(error) => return drop(begun.send(Err(error))),
        };
        drop(begun.send(Ok(())));
        runtime.block_on(async move {
            for door in doors {
                let listening = listen_at(door, health.clone(), phase.clone());
                hyper::rt::Executor::execute(&LocalExec, listening);
            }
            // The gateway itself is gone: there is nothing left to tell.
            while phase.changed().await.is_ok() {}
        });
    };
    std::thread::Builder::new()
        .name("admin".into())
        .spawn(admin)?;
    has_begun.recv().unwrap_or(Ok(()))
}

async fn listen_at(door: Door, health: Health, mut phase: watch::Receiver<Phase>) {
    let Ok(listener) = TcpListener::from_std(door.socket) else {
        return;
    };
    let opened = phase.wait_for(|phase| !matches!(phase, Phase::Prepared));
    if opened.await.is_err() {
        return;
    }
    let is_taken = |phase: &Phase| match phase {
        Phase::Draining(taken) => taken.contains(&door.number),
        Phase::Prepared | Phase::Open | Phase::Over => false,
    };
    tokio::select! {
        () = serve(listener, health) => {}
        _ = phase.wait_for(is_taken) => {}
    }
}

async fn serve(listener: TcpListener, health: Health) {
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
