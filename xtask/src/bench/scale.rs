//! A large configuration: how long until it answers, how much memory it takes, how long a change takes.
//!
//! 1,000 APIs with 10 operations each, in two forms: descriptions in JSON and in YAML. Each API has a
//! policy of its own, and each description is of the size that real ones have.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use super::peers::portcullis;
use super::process::{self, Process};
use super::{PROXY_CORE, table};
use crate::workspace::Workspace;

const APIS: usize = 1000;
const OPERATIONS: usize = 10;
/// About what makes 1,000 descriptions come to 8 MB.
const WORDS: usize = 14;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How descriptions are written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Json,
    Yaml,
}

/// One line of the table.
struct Figure {
    title: &'static str,
    unit: &'static str,
    at_most: f64,
    measured: Vec<f64>,
}

/// What one start showed.
struct Run {
    /// Milliseconds from the start of the program to the first answer.
    start: f64,
    /// MiB held when that answer was there and nothing was asked for a while.
    memory: f64,
    /// Milliseconds from the writing of one file to the first answer by it.
    reload: f64,
}

/// Measures so many starts of each form and gives the table.
pub(super) fn measure(workspace: &Workspace, rounds: usize) -> anyhow::Result<String> {
    let folder = workspace.target.join("bench/scale");
    let (json, yaml) = (folder.join("json"), folder.join("yaml"));
    let bytes = write(&json, Form::Json)?;
    write(&yaml, Form::Yaml)?;
    let binary = portcullis::build(workspace)?;
    let mut figures = [
        Figure::new("start to first answer, descriptions in JSON", "ms", 150.0),
        Figure::new("start to first answer, descriptions in YAML", "ms", 900.0),
        Figure::new("one file changed to first answer by it", "ms", 300.0),
        Figure::new("resident memory, idle", "MiB", 64.0),
    ];
    for round in 1..=rounds {
        let fast = run(&binary, &json)?;
        let slow = run(&binary, &yaml)?;
        println!(
            "scale round {round}: JSON {:.0} ms, YAML {:.0} ms, reload {:.0} ms, {:.1} MiB",
            fast.start, slow.start, fast.reload, fast.memory
        );
        let measured = [fast.start, slow.start, fast.reload, fast.memory];
        for (figure, measured) in figures.iter_mut().zip(measured) {
            figure.measured.push(measured);
        }
    }
    let mut lines = vec![
        format!(
            "| {APIS} APIs, {} operations, descriptions of {:.1} MB | median (least–most) | bar | met? |",
            APIS * OPERATIONS,
            f64::from(u32::try_from(bytes)?) / 1e6
        ),
        "|---|---|---|---|".to_owned(),
    ];
    lines.extend(figures.iter().map(Figure::line));
    Ok(lines.join("\n"))
}

impl Figure {
    fn new(title: &'static str, unit: &'static str, at_most: f64) -> Self {
        Self {
            title,
            unit,
            at_most,
            measured: Vec::new(),
        }
    }

    fn line(&self) -> String {
        let Self {
            title,
            unit,
            at_most,
            ..
        } = self;
        let measured = table::ascending(self.measured.iter().copied());
        let (Some(median), Some(least), Some(most)) =
            (table::median(&measured), measured.first(), measured.last())
        else {
            return format!("| {title} | – | ≤ {at_most} {unit} | not measured |");
        };
        let met = if median <= *at_most { "yes" } else { "**no**" };
        format!(
            "| {title} | {median:.0} {unit} ({least:.0}–{most:.0}) | ≤ {at_most} {unit} | {met} |"
        )
    }
}

/// Starts the gateway, asks it, changes one file, asks again.
fn run(binary: &Path, folder: &Path) -> anyhow::Result<Run> {
    let last = APIS - 1;
    let policy = folder.join(format!("artifacts/apis/api-{last:04}/policy.xml"));
    fs::write(&policy, api_policy("before"))?;
    let address = process::free_address()?;
    let mut command = Command::new(binary);
    command
        .args(["gateway", "--artifacts"])
        .arg(folder.join("artifacts"));
    command.args(["--listen", &address.to_string(), "--admin", "127.0.0.1:0"]);
    command
        .args(["--cores", "1"])
        .env("PORTCULLIS_LOG__ACCESS", "off");
    let begin = Instant::now();
    let gateway = Process::start(&command, PROXY_CORE, folder)?;
    let start = until_answered(address, "before", begin)?;
    // What the start left to do, and the allocator's giving back.
    std::thread::sleep(Duration::from_secs(3));
    let memory = resident(gateway.id())?;
    let begin = Instant::now();
    fs::write(&policy, api_policy("after"))?;
    let reload = until_answered(address, "after", begin)?;
    Ok(Run {
        start,
        memory,
        reload,
    })
}

/// Asks the last API until its answer holds this; the milliseconds since `begin`.
fn until_answered(address: SocketAddr, mark: &str, begin: Instant) -> anyhow::Result<f64> {
    while begin.elapsed() < PATIENCE {
        if let Ok(answer) = ask(address)
            && answer.ends_with(mark)
        {
            return Ok(begin.elapsed().as_secs_f64() * 1000.0);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    bail!("no answer with `{mark}` after {PATIENCE:?}");
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    let path = format!("/area-{:04}/things/1/parts-3", APIS - 1);
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: scale\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

/// MiB of memory that a process has in RAM.
fn resident(process: u32) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kilobytes: f64 = kilobytes.context("no VmRSS")?.trim().parse()?;
    Ok(kilobytes / 1024.0)
}

/// Writes the artefact folder anew; gives the size of its descriptions.
fn write(folder: &Path, form: Form) -> anyhow::Result<usize> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let root = folder.join("artifacts");
    fs::create_dir_all(&root)?;
    fs::write(root.join("policy.xml"), SERVICE_POLICY)?;
    let mut bytes = 0;
    for number in 0..APIS {
        let api = root.join(format!("apis/api-{number:04}"));
        fs::create_dir_all(&api)?;
        fs::write(api.join("apiInformation.json"), information(number))?;
        fs::write(api.join("policy.xml"), api_policy("before"))?;
        let text = serde_json::to_string(&description(number))?;
        let (name, text) = match form {
            Form::Json => ("specification.json", text),
            Form::Yaml => ("specification.yaml", yaml(&serde_json::from_str(&text)?)),
        };
        bytes += text.len();
        fs::write(api.join(name), text)?;
    }
    Ok(bytes)
}

fn information(number: usize) -> String {
    json!({ "properties": {
        "displayName": format!("Area {number}"),
        "path": format!("area-{number:04}"),
        "protocols": ["http", "https"],
        "serviceUrl": "http://127.0.0.1:9",
        "apiRevision": "1",
        "isCurrent": true,
        "subscriptionRequired": false,
    }})
    .to_string()
}

/// Ten operations, with parameters, answers and prose as people write them.
fn description(number: usize) -> Value {
    let prose = "what it is, when it is there and what one does with it; ".repeat(WORDS / 2);
    let mut paths = Map::new();
    for operation in 0..OPERATIONS {
        paths.insert(
            format!("/things/{{id}}/parts-{operation}"),
            json!({ "get": {
                "operationId": format!("get-parts-{operation}"),
                "summary": format!("Part {operation} of a thing of area {number}"),
                "description": prose,
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
                    { "name": "limit", "in": "query", "schema": { "type": "integer", "maximum": 100 } },
                ],
                "responses": {
                    "200": { "description": "The part", "content": { "application/json": {
                        "schema": { "$ref": "#/components/schemas/Part" },
                    }}},
                    "404": { "description": "There is none" },
                },
            }}),
        );
    }
    json!({
        "openapi": "3.0.1",
        "info": { "title": format!("Area {number}"), "version": "1" },
        "paths": paths,
        "components": { "schemas": { "Part": { "type": "object", "properties": {
            "id": { "type": "string" }, "name": { "type": "string" }, "weight": { "type": "number" },
        }}}},
    })
}

/// Block style, two spaces, as tools write it; keys and texts in quotes where they need them.
fn yaml(value: &Value) -> String {
    let mut text = String::new();
    write_yaml(value, 0, &mut text);
    text
}

fn write_yaml(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let entries: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (format!("{}:", json!(name)), value))
            .collect(),
        Value::Array(items) => items.iter().map(|item| ("-".to_owned(), item)).collect(),
        scalar => {
            out.extend([" ", &scalar.to_string(), "\n"]);
            return;
        }
    };
    if depth > 0 {
        out.push('\n');
    }
    for (head, value) in entries {
        out.push_str(&indent);
        out.push_str(&head);
        write_yaml(value, depth + 1, out);
    }
}

fn api_policy(mark: &str) -> String {
    format!(
        r#"<policies>
  <inbound>
    <base />
    <set-header name="X-Caller" exists-action="override"><value>@(context.Request.IpAddress)</value></set-header>
    <return-response>
      <set-status code="200" reason="OK" />
      <set-body>{mark}</set-body>
    </return-response>
  </inbound>
  <backend><base /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>
"#
    )
}

const SERVICE_POLICY: &str = "<policies>
  <inbound />
  <backend><forward-request /></backend>
  <outbound />
  <on-error />
</policies>
";
