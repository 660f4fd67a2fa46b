//! Portcullis: an artefact folder with one API, and its own ready file.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde_json::{Value, json};

use super::super::PROXY_CORE;
use super::super::cases::{Logs, Work};
use super::super::process::Process;
use super::super::site::{Site, keys};
use super::Proxy;
use crate::shell;
use crate::workspace::Workspace;

/// The setting that turns the access log off; it is on by default.
const NO_ACCESS_LOG: (&str, &str) = ("PORTCULLIS_LOG__ACCESS", "off");

/// Builds the binary as it is distributed: the peers are their distributions' own builds too.
pub(in crate::bench) fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let package = "portcullis-server";
    shell::run(&mut workspace.cargo(&["build", "--profile", "dist", "--package", package]))?;
    Ok(workspace.target.join("dist/portcullis"))
}

/// Writes the artefact folder, starts the gateway and reads where it listens.
pub(super) fn start(site: &Site<'_>, binary: &Path) -> anyhow::Result<Proxy> {
    write_artifacts(site)?;
    let ready = site.folder.join("ready.json");
    let mut command = Command::new(binary);
    command
        .args(["gateway", "--artifacts"])
        .arg(site.folder.join("artifacts"));
    command.args([
        "--listen",
        "127.0.0.1:0",
        "--admin",
        "127.0.0.1:0",
        "--cores",
        "1",
    ]);
    command.arg("--ready-file").arg(&ready);
    if site.is_tls() {
        command.args(["--tls-listen", "127.0.0.1:0"]);
        command
            .arg("--cert")
            .arg(site.pem("cert.pem"))
            .arg("--key")
            .arg(site.pem("key.pem"));
    }
    if site.case.logs == Logs::Off {
        command.env(NO_ACCESS_LOG.0, NO_ACCESS_LOG.1);
    }
    let mut process = Process::start(&command, PROXY_CORE, &site.folder)?;
    let bound: Value =
        process.wait_for(|| serde_json::from_str(&fs::read_to_string(&ready).ok()?).ok())?;
    let name = if site.is_tls() {
        "tls_listen"
    } else {
        "listen"
    };
    let address: Option<SocketAddr> = bound.get(name).and_then(|text| text.as_str()?.parse().ok());
    let address = address.with_context(|| format!("no `{name}` in the ready file: {bound}"))?;
    Ok(Proxy { process, address })
}

fn write_artifacts(site: &Site<'_>) -> anyhow::Result<()> {
    let secured = site.case.work == Work::Secured;
    site.write("artifacts/policy.xml", SERVICE_POLICY)?;
    site.write("artifacts/apis/bench/specification.yaml", SPECIFICATION)?;
    information(
        site,
        "apis/bench/apiInformation.json",
        &json!({
            "displayName": "bench",
            "path": "bench",
            "protocols": ["http", "https"],
            "serviceUrl": format!("http://{}", site.upstream()),
            "apiRevision": "1",
            "isCurrent": true,
            "subscriptionRequired": secured,
        }),
    )?;
    if !secured {
        return Ok(());
    }
    site.write("artifacts/apis/bench/policy.xml", API_POLICY)?;
    for (name, key) in keys() {
        information(
            site,
            &format!("subscriptions/{name}/subscriptionInformation.json"),
            &json!({
                "displayName": name,
                "scope": "/apis/bench",
                "state": "active",
                "primaryKey": key,
            }),
        )?;
    }
    Ok(())
}

fn information(site: &Site<'_>, path: &str, properties: &Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(&json!({ "properties": properties }))?;
    site.write(&format!("artifacts/{path}"), &text).map(drop)
}

const SPECIFICATION: &str = "openapi: 3.0.1
info: { title: bench, version: '1' }
paths:
  /small:
    get:
      operationId: small
      responses: { '200': { description: ok } }
    post:
      operationId: upload
      responses: { '200': { description: ok } }
  /large:
    get:
      operationId: large
      responses: { '200': { description: ok } }
";

const SERVICE_POLICY: &str = "<policies>
  <inbound />
  <backend><forward-request /></backend>
  <outbound />
  <on-error />
</policies>
";

const API_POLICY: &str = r#"<policies>
  <inbound>
    <base />
    <rate-limit-by-key calls="2000000000" renewal-period="60" counter-key="@(context.Subscription.Id)" />
    <set-header name="X-Gateway" exists-action="override"><value>bench</value></set-header>
    <set-header name="X-Caller" exists-action="override">
      <value>@(context.Subscription.Id + "-" + context.Request.Method)</value>
    </set-header>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
"#;
