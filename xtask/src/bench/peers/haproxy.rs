//! HAProxy: one thread; keys in a map, limits in a stick table, headers by rules.

use std::fmt::Write;
use std::net::SocketAddr;
use std::process::Command;

use super::super::cases::{Logs, Work};
use super::super::site::{KEY_HEADER, Site, keys};

/// Writes `haproxy.cfg` and completes the command.
pub(super) fn configure(
    site: &Site<'_>,
    address: SocketAddr,
    command: &mut Command,
) -> anyhow::Result<()> {
    let upstream = site.upstream();
    let (rules, table) = match site.case.work {
        Work::Forward => (String::new(), ""),
        Work::Secured => (rules(site)?, TABLE),
    };
    let (sink, log) = match site.case.logs {
        Logs::Off => ("", ""),
        Logs::On => ("log stdout format raw local0", LOG),
    };
    let tls = if site.is_tls() {
        format!(
            " ssl crt {} ssl-min-ver TLSv1.3 alpn {}",
            site.pem("both.pem").display(),
            if site.is_http2() { "h2" } else { "http/1.1" },
        )
    } else {
        String::new()
    };
    let text = format!(
        "
global
    nbthread 1
    maxconn 4096
    {sink}

defaults
    mode http
    timeout http-request 10s
    timeout http-keep-alive 75s
    timeout client 60s
    timeout connect 5s
    timeout server 60s
    http-reuse always

frontend clients
    bind {address}{tls}
    {log}
    unique-id-format %[uuid()]
    unique-id-header X-Request-Id
    http-request set-header traceparent 00-%[rand,hex]%[rand,hex]-%[rand,hex]-01
    {rules}
    use_backend service if {{ path_beg /bench/ }}

backend service
    server upstream {upstream}

{table}
"
    );
    let file = site.write("haproxy.cfg", &text)?;
    command.arg("-db").arg("-f").arg(file);
    Ok(())
}

const LOG: &str = r#"log global
    log-format '{"time":"%Tl","id":"%ID","client":"%ci","method":"%HM","path":"%HP","status":%ST,"bytes":%B,"ms":%Ta}'"#;

const TABLE: &str = "backend calls
    stick-table type string len 64 size 100k expire 60s store http_req_rate(60s)";

/// Key, limit and headers.
fn rules(site: &Site<'_>) -> anyhow::Result<String> {
    let mut map = String::new();
    for (name, key) in keys() {
        writeln!(map, "{key} {name}")?;
    }
    let map = site.write("keys.map", &map)?;
    Ok(format!(
        "http-request set-var(txn.subscription) req.hdr({KEY_HEADER}),map_str({})
    http-request deny deny_status 401 unless {{ var(txn.subscription) -m found }}
    http-request track-sc0 var(txn.subscription) table calls
    http-request deny deny_status 429 if {{ sc_http_req_rate(0) gt 2000000000 }}
    http-request set-header X-Gateway bench
    http-request set-header X-Caller %[var(txn.subscription)]-%[method]",
        map.display()
    ))
}
