//! From the settings to what the gateway is told.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use portcullis_gateway::Settings as Told;
use portcullis_gateway::settings::{ClientSettings, Listener, Security, UpstreamSettings};
use portcullis_gateway::tls::{UpstreamTls, server_config};

use crate::command::cores;
use crate::settings::{Listen, Settings};

/// The gateway's settings; reads certificates.
pub(crate) fn settings(settings: &Settings) -> Result<Told> {
    let Settings {
        listen,
        client,
        upstream,
        security,
        ..
    } = settings;
    let listeners = listeners(listen)?;
    if let Some(address) = listen.admin
        && is_exposed(address, listen)
    {
        bail!(
            "`{address}` (`listen.admin`) would show health and metrics to other machines, unencrypted: \
             choose a loopback address with `--admin`, or set `listen.allow_plaintext` if something else \
             guards it"
        );
    }
    let http1 = portcullis_gateway::Http1Limits {
        request_line: client.max_request_line,
        header: client.max_header,
        head: client.max_head,
        headers: client.max_headers,
        ..Default::default()
    };
    refuse_shared(listen)?;
    let pinned = upstream.ca_file.as_deref();
    let pinned = pinned
        .map(|file| read(file, "`upstream.ca_file`"))
        .transpose()?;
    Ok(Told {
        listeners,
        admin: listen.admin,
        cores: cores(settings.cores),
        client: ClientSettings {
            head_timeout: client.head_timeout,
            body_timeout: client.body_timeout,
            idle_timeout: client.idle_timeout,
            write_timeout: client.write_timeout,
            min_request_rate: client.min_request_rate,
            min_response_rate: client.min_response_rate,
            rate_grace: client.rate_grace,
            handshake_timeout: client.handshake_timeout,
            max_body: client.max_body,
            max_connections: client.max_connections,
            max_connections_per_address: Some(client.max_connections_per_address)
                .filter(|most| *most > 0),
            http1,
            http2_streams: client.http2_streams,
        },
        upstream: UpstreamSettings {
            connect_timeout: upstream.connect_timeout,
            body_timeout: upstream.body_timeout,
            idle_timeout: upstream.idle_timeout,
            max_idle: upstream.max_idle,
            max_connections: upstream.max_connections,
            max_backends: upstream.max_backends,
            tls: UpstreamTls::new(pinned.as_deref()).context("TLS towards backends")?,
        },
        tunnel_idle: settings.tunnel_idle,
        overload_wait: settings.overload_wait,
        drain: settings.drain,
        trusted_proxies: security.trusted_proxies.clone(),
    })
}

fn listeners(listen: &Listen) -> Result<Vec<Listener>> {
    let mut listeners = Vec::new();
    if let Some(address) = listen.http {
        if is_exposed(address, listen) {
            bail!(
                "`{address}` would carry keys and data unencrypted to other machines: use \
                 `--tls-listen`, or set `listen.allow_plaintext` if something else encrypts"
            );
        }
        listeners.push(Listener {
            address,
            security: Security::Plain { h2c: listen.h2c },
        });
    }
    if let Some(address) = listen.https {
        let (Some(certificates), Some(key)) = (&listen.certificate_file, &listen.key_file) else {
            bail!("`listen.https` needs `listen.certificate_file` and `listen.key_file`");
        };
        let config = server_config(
            &read(certificates, "`listen.certificate_file` or `--cert`")?,
            &read(key, "`listen.key_file` or `--key`")?,
        )
        .with_context(|| {
            format!(
                "cannot use `{}` with `{}`",
                certificates.display(),
                key.display()
            )
        })?;
        listeners.push(Listener {
            address,
            security: Security::Tls(config),
        });
    }
    if listeners.is_empty() {
        bail!("there is nowhere to listen: set `listen.http` or `listen.https`");
    }
    Ok(listeners)
}

/// Each listener needs an address of its own. Binding would refuse it too, and name one of the two only.
fn refuse_shared(listen: &Listen) -> Result<()> {
    let wanted = [
        ("listen.http", listen.http),
        ("listen.https", listen.https),
        ("listen.admin", listen.admin),
    ];
    let wanted: Vec<_> = wanted
        .into_iter()
        .filter_map(|(key, address)| Some((key, address.filter(|a| a.port() != 0)?)))
        .collect();
    for (at, (key, address)) in wanted.iter().enumerate() {
        if let Some((first, _)) = wanted.iter().take(at).find(|(_, other)| other == address) {
            bail!("`{first}` and `{key}` are both `{address}`: give one of them another port");
        }
    }
    Ok(())
}

/// Whether other machines could read what goes over it.
fn is_exposed(address: SocketAddr, listen: &Listen) -> bool {
    !address.ip().is_loopback() && !listen.allow_plaintext
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server hands PEM bytes to whoever needs them"
)]
fn read(file: &Path, said: &str) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("cannot read `{}` ({said})", file.display()))
}
