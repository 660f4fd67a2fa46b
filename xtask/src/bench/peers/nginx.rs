//! nginx: one worker, stdio logs off unless asked for.

use std::fmt::Write;
use std::net::SocketAddr;
use std::process::Command;

use super::super::cases::{Logs, Work};
use super::super::site::{Site, keys};

/// Writes `nginx.conf` and completes the command.
pub(super) fn configure(
    site: &Site<'_>,
    address: SocketAddr,
    command: &mut Command,
) -> anyhow::Result<()> {
    let upstream = site.upstream();
    let folder = site.folder.display();
    let (maps, checks) = match site.case.work {
        Work::Forward => (String::new(), ""),
        Work::Secured => (maps()?, CHECKS),
    };
    let log = match site.case.logs {
        Logs::Off => "access_log off;",
        Logs::On => LOG,
    };
    let listen = if site.is_tls() {
        let (cert, key) = (site.pem("cert.pem"), site.pem("key.pem"));
        format!(
            "listen {address} ssl{}; ssl_protocols TLSv1.3; ssl_certificate {}; ssl_certificate_key {};",
            if site.is_http2() { " http2" } else { "" },
            cert.display(),
            key.display(),
        )
    } else {
        format!("listen {address};")
    };
    let text = format!(
        r#"
daemon off;
user root;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log error;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {log}
    {maps}
    keepalive_timeout 75s; keepalive_requests 1000000000;
    client_header_timeout 10s; client_body_timeout 60s; send_timeout 60s;
    proxy_connect_timeout 5s; proxy_read_timeout 60s; proxy_send_timeout 60s;
    upstream service {{ server {upstream}; keepalive 128; keepalive_requests 1000000000; }}
    server {{
        {listen}
        location /bench/ {{
            {checks}
            proxy_pass http://service;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Request-Id $request_id;
            proxy_set_header traceparent "00-$request_id-00000000000000a1-01";
        }}
    }}
}}
"#
    );
    let file = site.write("nginx.conf", &text)?;
    command.arg("-p").arg(&site.folder).arg("-c").arg(file);
    Ok(())
}

const LOG: &str = r#"log_format json escape=json '{"time":"$time_iso8601","id":"$request_id",'
        '"client":"$remote_addr","method":"$request_method","path":"$uri","status":$status,'
        '"bytes":$body_bytes_sent,"seconds":$request_time}';
    access_log access.log json;"#;

const CHECKS: &str = r#"if ($subscription = "") { return 401; }
            limit_req zone=calls burst=1000000 nodelay;
            proxy_set_header X-Gateway bench;
            proxy_set_header X-Caller "$subscription-$request_method";"#;

/// The keys, and the zone that counts their requests.
fn maps() -> anyhow::Result<String> {
    let mut text = "map_hash_bucket_size 128;\n    map $http_ocp_apim_subscription_key $subscription {\n        default \"\";\n".to_owned();
    for (name, key) in keys() {
        writeln!(text, "        \"{key}\" \"{name}\";")?;
    }
    text += "    }\n    limit_req_zone $subscription zone=calls:10m rate=1000000r/s;";
    Ok(text)
}
