//! What can be asked for on the command line, and how the answers end.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::settings::address;

/// Self-hosted, secure API management that runs Azure API Management's policies unchanged.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Begin with `portcullis try`. Every diagnostic code opens with `portcullis explain CODE`."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How the program ends (stable; scripts rely on it).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It is done.
    Ok = 0,
    /// It could not be done.
    Error = 1,
    /// What was checked is wrong.
    CheckFailed = 3,
    /// The command line is wrong.
    Usage = 64,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Try(Try),
    New(New),
    Gateway(Gateway),
    Check(Check),
    Explain(Explain),
    #[command(subcommand)]
    Expr(Expr),
    #[command(subcommand)]
    Key(Key),
    /// Writes the generated pages of the manual.
    #[command(hide = true)]
    Docs(Docs),
}

/// Starts three small services and a secure gateway in front of them.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  portcullis try              serve until Ctrl-C, with curl lines to copy\n  portcullis try --exercise   run the six calls and show what happens"
)]
pub(crate) struct Try {
    /// Run the six calls, show request and response, and stop; fails if one is not as announced.
    #[arg(long)]
    pub(crate) exercise: bool,
    /// Where the gateway listens; the kernel chooses the port by default.
    #[arg(long, value_name = "ADDR", value_parser = address, default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// Keep the configuration folder here instead of in a temporary one.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// Writes a configuration folder for an API of yours: product, key, limits, operations.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  portcullis new --from openapi.yaml --backend http://127.0.0.1:3000 --auth key ./my-gateway\n  portcullis gateway --artifacts ./my-gateway"
)]
pub(crate) struct New {
    /// The API's description: OpenAPI 2, 3.0 or 3.1, JSON or YAML.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,
    /// The base URL of the service behind the gateway.
    #[arg(long, value_name = "URL")]
    pub(crate) backend: String,
    /// Who may call.
    #[arg(long, value_enum, default_value_t = Auth::Key)]
    pub(crate) auth: Auth,
    /// The URL suffix of the API; from its title by default.
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
    /// Where to write; must not exist or be empty.
    pub(crate) dir: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    /// Whoever has a subscription key.
    Key,
    /// Anybody.
    None,
}

/// Runs the data plane from an artefact folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  portcullis gateway --artifacts ./apim\n  portcullis gateway --artifacts ./apim --tls-listen 0.0.0.0:8443 --cert chain.pem --key key.pem\n\nSIGHUP and changes of files reload; SIGTERM drains and stops; SIGUSR2 starts the program anew and hands\nover to it (docs/operations.md)."
)]
pub(crate) struct Gateway {
    /// The artefact folder (APIOps layout).
    #[arg(long, value_name = "DIR")]
    pub(crate) artifacts: PathBuf,
    /// Settings; `portcullis.toml` in the artefact folder by default, if there is one.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where callers connect without encryption (`listen.http`).
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) listen: Option<SocketAddr>,
    /// Where callers connect with TLS (`listen.https`). Without `--listen`, plaintext is off.
    #[arg(long, value_name = "ADDR", value_parser = address, requires = "cert", requires = "key")]
    pub(crate) tls_listen: Option<SocketAddr>,
    /// The certificate chain, PEM (`listen.certificate_file`).
    #[arg(long, value_name = "FILE")]
    pub(crate) cert: Option<PathBuf>,
    /// The private key, PEM (`listen.key_file`).
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Where health and metrics are served (`listen.admin`).
    #[arg(long, value_name = "ADDR", value_parser = address)]
    pub(crate) admin: Option<SocketAddr>,
    /// How many cores serve (`runtime.cores`).
    #[arg(long, value_name = "N")]
    pub(crate) cores: Option<usize>,
    /// Write the bound addresses here as JSON, when they are bound.
    #[arg(long, value_name = "PATH")]
    pub(crate) ready_file: Option<PathBuf>,
    /// Serve a first configuration with errors; affected operations answer 503.
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Take the sockets and counters over from the gateway that runs, and let it drain. Both need the
    /// same `runtime.control`.
    #[arg(long)]
    pub(crate) takeover: bool,
}

/// Checks policy files, fragments and whole artefact folders.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  portcullis check ./apim\n  portcullis check policy.xml --scope operation --assume-refs\n  portcullis check ./apim --format json\n\nExits with 3 if anything is wrong."
)]
pub(crate) struct Check {
    /// Folders, or `.xml` files (checked as a policy or fragment at API scope).
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// The scope of single files.
    #[arg(long, value_enum, default_value_t = ScopeName::Api)]
    pub(crate) scope: ScopeName,
    /// Take every named value, fragment, backend … that is not at hand as present.
    #[arg(long)]
    pub(crate) assume_refs: bool,
    /// How diagnostics are printed.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ScopeName {
    Global,
    Product,
    Api,
    Operation,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

/// Says what a diagnostic or refusal means and how to mend it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  portcullis explain P0401\n  portcullis explain CallerIpNotAllowed\n  portcullis explain --list"
)]
pub(crate) struct Explain {
    /// The code of a diagnostic, such as `P0201`, or the reason of a refusal, such as `RateLimitExceeded`.
    #[arg(required_unless_present = "list")]
    pub(crate) code: Option<String>,
    /// List every code.
    #[arg(long)]
    pub(crate) list: bool,
}

/// Works with policy expressions.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Example:\n  portcullis expr eval '@(1 + 2)'\n\ndocs/expressions.md says more."
)]
pub(crate) enum Expr {
    Eval(Eval),
}

/// Evaluates a policy expression and prints its result as one line of JSON.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  portcullis expr eval '@(1 + 2)'\n  portcullis expr eval --context request.json '@(context.Request.Method)'\n  portcullis expr eval --batch vectors.jsonl --fixtures fixtures/"
)]
pub(crate) struct Eval {
    /// The request context, as JSON; docs/expressions.md says what stands in it.
    #[arg(long, value_name = "FILE")]
    pub(crate) context: Option<PathBuf>,
    /// Evaluate every line of a file of vectors.
    #[arg(long, value_name = "FILE", requires = "fixtures", conflicts_with_all = ["context", "expression"])]
    pub(crate) batch: Option<PathBuf>,
    /// Where the fixtures of the vectors lie.
    #[arg(long, value_name = "DIR", requires = "batch", conflicts_with_all = ["context", "expression"])]
    pub(crate) fixtures: Option<PathBuf>,
    /// `@(…)` or `@{…}`.
    #[arg(required_unless_present = "batch")]
    pub(crate) expression: Option<String>,
}

/// Works with subscription keys and sealed secrets.
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Examples:\n  portcullis key new\n  portcullis key seal --file 'subscriptions/shop/subscriptionInformation.json' --key primaryKey"
)]
pub(crate) enum Key {
    /// Makes a subscription key and prints it with its `sha256:` form.
    #[command(
        after_help = "Example:\n  portcullis key new\n\nThe first line is for the caller, the second for `primaryKey` in subscriptionInformation.json."
    )]
    New,
    /// Makes a sealing key, for `security.sealing_key_file`.
    #[command(
        name = "new-sealing-key",
        after_help = "Example:\n  portcullis key new-sealing-key /etc/portcullis/seal.key\n\nThen seal with `portcullis key seal --sealing-key /etc/portcullis/seal.key …`."
    )]
    Sealing {
        /// Where to write it; must not exist.
        file: PathBuf,
    },
    Seal(Seal),
}

/// Puts a reference in place of a key that stands in clear in an information file.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  portcullis key seal --file 'subscriptions/shop/subscriptionInformation.json' --key primaryKey\n  portcullis key seal --sealing-key /etc/portcullis/seal.key --file … --key primaryKey\n\nWithout a sealing key the `sha256:` form is written: the gateway can recognise the key, nobody can read it back."
)]
pub(crate) struct Seal {
    /// The information file.
    #[arg(long, value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The member of `properties` that holds the key.
    #[arg(long, value_name = "MEMBER")]
    pub(crate) key: String,
    /// Encrypt under this sealing key, so that the gateway can read the key back.
    #[arg(long, value_name = "FILE")]
    pub(crate) sealing_key: Option<PathBuf>,
}

/// Writes the generated pages of the manual.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  portcullis docs --out docs\n\n`cargo xtask codegen` does that."
)]
pub(crate) struct Docs {
    /// Where to write.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// The checkout whose sources and examples the pages are made of.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) root: PathBuf,
}
