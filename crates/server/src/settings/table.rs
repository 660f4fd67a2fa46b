//! The table of settings.
#![expect(
    clippy::unit_arg,
    reason = "an assignment in `Ok(…)` keeps a setting on one line"
)]

use anyhow::bail;
use portcullis_engine::{ForeignKey, OpenOperations};
use portcullis_gateway::settings::IpRange;

use super::units::{duration, length, list, number, optional_address, optional_path, size};
use super::{AccessLog, Setting};

/// Every key, section by section.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting {
        key: "listen.http",
        form: "address",
        default: "127.0.0.1:8080",
        meaning: "Where callers connect without encryption. Port 0 lets the kernel choose. Empty: nowhere. An address that is not loopback needs `listen.allow_plaintext`.",
        set: |s, v| Ok(s.listen.http = optional_address(v)?),
    },
    Setting {
        key: "listen.https",
        form: "address",
        default: "",
        meaning: "Where callers connect with TLS 1.2 or 1.3; HTTP/2 is offered by ALPN. Needs `listen.certificate_file` and `listen.key_file`.",
        set: |s, v| Ok(s.listen.https = optional_address(v)?),
    },
    Setting {
        key: "listen.certificate_file",
        form: "path, from the file's folder",
        default: "",
        meaning: "The certificate chain for `listen.https`, PEM.",
        set: |s, v| Ok(s.listen.certificate_file = optional_path(v)),
    },
    Setting {
        key: "listen.key_file",
        form: "path, from the file's folder",
        default: "",
        meaning: "The private key of that certificate, PEM.",
        set: |s, v| Ok(s.listen.key_file = optional_path(v)),
    },
    Setting {
        key: "listen.admin",
        form: "address",
        default: "127.0.0.1:8081",
        meaning: "Where `/livez`, `/readyz` and `/metrics` are served. Keep it off public networks. Empty: nowhere. An address that is not loopback needs `listen.allow_plaintext`.",
        set: |s, v| Ok(s.listen.admin = optional_address(v)?),
    },
    Setting {
        key: "listen.h2c",
        form: "`true` or `false`",
        default: "false",
        meaning: "Whether `listen.http` also speaks HTTP/2 by prior knowledge (RFC 9113 §3.3).",
        set: |s, v| Ok(s.listen.h2c = v.parse()?),
    },
    Setting {
        key: "listen.allow_plaintext",
        form: "`true` or `false`",
        default: "false",
        meaning: "Whether `listen.http` and `listen.admin` may be addresses that other machines can reach.",
        set: |s, v| Ok(s.listen.allow_plaintext = v.parse()?),
    },
    Setting {
        key: "runtime.cores",
        form: "number",
        default: "0",
        meaning: "How many cores serve, each with its own runtime, listeners and connections to backends. 0: all of the machine's.",
        set: |s, v| Ok(s.cores = number(v)?),
    },
    Setting {
        key: "runtime.control",
        form: "path, from the file's folder",
        default: "",
        meaning: "The socket at which a new process takes over from this one (`portcullis gateway --takeover`), such as `/run/portcullis/control`. Only the same user can use it; its folder should be nobody else's. Empty: none can.",
        set: |s, v| Ok(s.control = optional_path(v)),
    },
    Setting {
        key: "client.head_timeout",
        form: "duration",
        default: "10s",
        meaning: "From the first byte of a request's head to its last; then 408. Also for the preface of HTTP/2 and whatever is begun there, where the connection is closed.",
        set: |s, v| Ok(s.client.head_timeout = duration(v)?),
    },
    Setting {
        key: "client.body_timeout",
        form: "duration",
        default: "30s",
        meaning: "Between two pieces of a request's body; then 408.",
        set: |s, v| Ok(s.client.body_timeout = duration(v)?),
    },
    Setting {
        key: "client.idle_timeout",
        form: "duration",
        default: "75s",
        meaning: "How long a connection may wait for its next request.",
        set: |s, v| Ok(s.client.idle_timeout = duration(v)?),
    },
    Setting {
        key: "client.write_timeout",
        form: "duration",
        default: "30s",
        meaning: "How long a client may take nothing of its response; then its connection is closed. In HTTP/2 one response of which nothing is taken is reset; while others are taken it has up to five times as long.",
        set: |s, v| Ok(s.client.write_timeout = duration(v)?),
    },
    Setting {
        key: "client.min_request_rate",
        form: "size, a second",
        default: "240",
        meaning: "The slowest that a request's body may come on average while the gateway waits for it; then 408. Time in which a backend takes nothing does not count. 0: as slowly as it likes.",
        set: |s, v| Ok(s.client.min_request_rate = size(v)?),
    },
    Setting {
        key: "client.min_response_rate",
        form: "size, a second",
        default: "240",
        meaning: "The slowest that a client may take its response on average; then its connection is closed, in HTTP/2 the response is reset; there responses that wait for the client at once share the rate. Time in which a backend sends nothing does not count. The kernel tells of it in steps of up to 32 KiB. 0: as slowly as it likes.",
        set: |s, v| Ok(s.client.min_response_rate = size(v)?),
    },
    Setting {
        key: "client.rate_grace",
        form: "duration",
        default: "10s",
        meaning: "How long either may be slower at first. Whoever was fast may pause as long as `client.body_timeout` and `client.write_timeout` say, no longer.",
        set: |s, v| Ok(s.client.rate_grace = duration(v)?),
    },
    Setting {
        key: "client.handshake_timeout",
        form: "duration",
        default: "10s",
        meaning: "For the TLS handshake.",
        set: |s, v| Ok(s.client.handshake_timeout = duration(v)?),
    },
    Setting {
        key: "client.max_body",
        form: "size",
        default: "1GiB",
        meaning: "The largest request body; then 413.",
        set: |s, v| Ok(s.client.max_body = size(v)?),
    },
    Setting {
        key: "client.max_connections",
        form: "number",
        default: "10000",
        meaning: "How many connections the gateway holds; more are closed at once, before TLS. It needs descriptors: see the limits of the process.",
        set: |s, v| Ok(s.client.max_connections = number(v)?),
    },
    Setting {
        key: "client.max_connections_per_address",
        form: "number",
        default: "5000",
        meaning: "How many of them one IPv4 address may have, or one IPv6 network of 64 bits; `security.trusted_proxies` may have as many as they like. The default keeps one caller from taking all: lower it where callers come with addresses of their own, and name your proxies. 0: no limit.",
        set: |s, v| Ok(s.client.max_connections_per_address = number(v)?),
    },
    Setting {
        key: "client.max_request_line",
        form: "size",
        default: "17KiB",
        meaning: "The longest request line; then 414.",
        set: |s, v| Ok(s.client.max_request_line = length(v)?),
    },
    Setting {
        key: "client.max_header",
        form: "size",
        default: "16KiB",
        meaning: "The longest header line; then 431.",
        set: |s, v| Ok(s.client.max_header = length(v)?),
    },
    Setting {
        key: "client.max_head",
        form: "size",
        default: "64KiB",
        meaning: "The longest head of a request in all; then 431. Also the largest header list in HTTP/2.",
        set: |s, v| Ok(s.client.max_head = length(v)?),
    },
    Setting {
        key: "client.max_headers",
        form: "number",
        default: "100",
        meaning: "How many header lines a request may have; then 431.",
        set: |s, v| Ok(s.client.max_headers = number(v)?),
    },
    Setting {
        key: "client.http2_streams",
        form: "number",
        default: "100",
        meaning: "How many requests one HTTP/2 connection may have open.",
        set: |s, v| Ok(s.client.http2_streams = number(v)?),
    },
    Setting {
        key: "upstream.connect_timeout",
        form: "duration",
        default: "5s",
        meaning: "For opening a connection to a backend, TLS included. A backend with requests on an HTTP/2 connection is asked as often as this whether it lives, and has as long to answer.",
        set: |s, v| Ok(s.upstream.connect_timeout = duration(v)?),
    },
    Setting {
        key: "upstream.body_timeout",
        form: "duration",
        default: "300s",
        meaning: "Between two pieces of a backend's response body. How long a backend may take to begin its response is the `timeout` of `forward-request`.",
        set: |s, v| Ok(s.upstream.body_timeout = duration(v)?),
    },
    Setting {
        key: "upstream.idle_timeout",
        form: "duration",
        default: "30s",
        meaning: "How long an unused connection to a backend is kept.",
        set: |s, v| Ok(s.upstream.idle_timeout = duration(v)?),
    },
    Setting {
        key: "upstream.max_idle",
        form: "number",
        default: "128",
        meaning: "How many unused connections one core keeps for one backend.",
        set: |s, v| Ok(s.upstream.max_idle = number(v)?),
    },
    Setting {
        key: "upstream.max_connections",
        form: "number",
        default: "2048",
        meaning: "How many connections one core has open to one backend, WebSockets, HTTP/2 and those that are being opened included; then 503 with `Retry-After`, at once. Requests over HTTP/2 share the connections that there are.",
        set: |s, v| Ok(s.upstream.max_connections = number(v)?),
    },
    Setting {
        key: "upstream.max_backends",
        form: "number",
        default: "1024",
        meaning: "How many different backends (scheme, host, port) one core has connections to at once, which matters where a policy makes their addresses of what callers send. Idle ones make room; if there are none, 503 with `Retry-After`.",
        set: |s, v| Ok(s.upstream.max_backends = number(v)?),
    },
    Setting {
        key: "upstream.ca_file",
        form: "path, from the file's folder",
        default: "",
        meaning: "Certificate authorities that backends are trusted by, PEM, instead of the system's.",
        set: |s, v| Ok(s.upstream.ca_file = optional_path(v)),
    },
    Setting {
        key: "overload.wait",
        form: "duration",
        default: "100ms",
        meaning: "How long what clients have sent may wait until their core looks at it. While it is longer, requests are turned away with 503 and `Retry-After`, those of the callers first that ask most, and new connections wait. `0s`: never.",
        set: |s, v| Ok(s.overload_wait = duration(v)?),
    },
    Setting {
        key: "tunnel.idle_timeout",
        form: "duration",
        default: "10m",
        meaning: "How long nothing may move through a WebSocket in either direction before both ends are closed. A stop ends those that are left after `drain.timeout`.",
        set: |s, v| Ok(s.tunnel_idle = duration(v)?),
    },
    Setting {
        key: "policy.buffered_body",
        form: "size",
        default: "8MiB",
        meaning: "The largest body that is held in memory for a policy that reads it; then 413 for a request, 500 for a response.",
        set: |s, v| Ok(s.policy.buffered_body = size(v)?),
    },
    Setting {
        key: "policy.buffered_total",
        form: "size",
        default: "256MiB",
        meaning: "What all such bodies take together at most, in the whole gateway; beyond it 503.",
        set: |s, v| Ok(s.policy.buffered_total = size(v)?),
    },
    Setting {
        key: "security.open_operations",
        form: "`warn` or `deny`",
        default: "warn",
        meaning: "What happens to operations that anybody may call: they are listed and served, or answer 503.",
        set: |s, v| {
            s.security.open_operations = match v {
                "warn" => OpenOperations::Warn,
                "deny" => OpenOperations::Deny,
                _ => bail!("it is `warn` or `deny`"),
            };
            Ok(())
        },
    },
    Setting {
        key: "security.foreign_key",
        form: "`ignore` or `refuse`",
        default: "ignore",
        meaning: "What happens to a subscription key that opens nothing where none is needed: it is ignored (as documented since 2025), or the call is refused with 401 (as before).",
        set: |s, v| {
            s.security.foreign_key = match v {
                "ignore" => ForeignKey::Ignore,
                "refuse" => ForeignKey::Refuse,
                _ => bail!("it is `ignore` or `refuse`"),
            };
            Ok(())
        },
    },
    Setting {
        key: "security.trusted_proxies",
        form: "list of addresses and ranges",
        default: "",
        meaning: "Peers that are believed about where a request came from, such as `10.0.0.0/8`: see below. They must themselves remove or rewrite what callers send.",
        set: |s, v| {
            s.security.trusted_proxies = list(v).map(IpRange::parse).collect::<Result<_, _>>()?;
            Ok(())
        },
    },
    Setting {
        key: "security.sealing_key_file",
        form: "path, from the file's folder",
        default: "",
        meaning: "The key that opens `sealed:` references; `portcullis key new-sealing-key` makes one.",
        set: |s, v| Ok(s.security.sealing_key_file = optional_path(v)),
    },
    Setting {
        key: "artifacts.watch",
        form: "`true` or `false`",
        default: "true",
        meaning: "Whether a change of a file in the artefact folder is taken up at once. SIGHUP always does.",
        set: |s, v| Ok(s.artifacts.watch = v.parse()?),
    },
    Setting {
        key: "artifacts.keep_going",
        form: "`true` or `false`",
        default: "false",
        meaning: "Whether a first configuration with errors is served, its affected operations answering 503, instead of refusing to start.",
        set: |s, v| Ok(s.artifacts.keep_going = v.parse()?),
    },
    Setting {
        key: "log.access",
        form: "`stdout`, `stderr`, `off` or a path, from the file's folder",
        default: "stdout",
        meaning: "Where one JSON line for each request goes.",
        set: |s, v| {
            s.log.access = match v {
                "off" => AccessLog::Off,
                "stdout" => AccessLog::Stdout,
                "stderr" => AccessLog::Stderr,
                path => AccessLog::File(path.into()),
            };
            Ok(())
        },
    },
    Setting {
        key: "log.level",
        form: "`error`, `warn`, `info`, `debug` or `trace`",
        default: "info",
        meaning: "How much the program says about itself on stderr. The variable `RUST_LOG`, if it is set, counts instead: `RUST_LOG=portcullis_gateway=debug,info`.",
        set: |s, v| match v {
            "error" | "warn" | "info" | "debug" | "trace" => {
                v.clone_into(&mut s.log.level);
                Ok(())
            }
            _ => bail!("it is `error`, `warn`, `info`, `debug` or `trace`"),
        },
    },
    Setting {
        key: "drain.timeout",
        form: "duration",
        default: "30s",
        meaning: "How long requests in flight, and WebSockets, may take after a stop was asked for. A second SIGTERM or SIGINT cuts them off at once.",
        set: |s, v| Ok(s.drain = duration(v)?),
    },
    Setting {
        key: "drain.idle",
        form: "duration",
        default: "5s",
        meaning: "How long a connection that waits for its next request is kept after a stop was asked for: the request is answered with `Connection: close`. At most half of `drain.timeout`.",
        set: |s, v| Ok(s.drain_idle = duration(v)?),
    },
    Setting {
        key: "deployment.service_name",
        form: "text",
        default: "portcullis",
        meaning: "`context.Deployment.ServiceName`.",
        set: |s, v| Ok(v.clone_into(&mut s.deployment.service_name)),
    },
    Setting {
        key: "deployment.region",
        form: "text",
        default: "local",
        meaning: "`context.Deployment.Region`.",
        set: |s, v| Ok(v.clone_into(&mut s.deployment.region)),
    },
    Setting {
        key: "deployment.gateway_id",
        form: "text",
        default: "managed",
        meaning: "`context.Deployment.GatewayId`; policies compare it with `managed`.",
        set: |s, v| Ok(v.clone_into(&mut s.deployment.gateway_id)),
    },
];
