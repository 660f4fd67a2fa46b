//! The gateway as it is shipped: the built program on a folder of its own, on ports that the kernel
//! chose.
//!
//! ```text
//! let gateway = Gateway::builder(env!("CARGO_BIN_EXE_portcullis"))
//!     .api("echo", &backend.url())
//!     .set("client.head_timeout", "300ms")
//!     .start();
//! assert_eq!(gateway.get("/echo/hello").status, 200);
//! gateway.stop();
//! ```

#![expect(
    clippy::panic,
    clippy::missing_panics_doc,
    clippy::disallowed_methods,
    reason = "a gateway that cannot be started fails its test, and its folder is files"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde_json::Value;
use tempfile::TempDir;

use crate::wire::{Answer, Identity, Wire, eventually, must};

/// The methods that an API of a [`GatewayBuilder`] takes, below any path.
const METHODS: [&str; 8] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// A running gateway. It is killed when it is dropped without having been stopped.
#[derive(Debug)]
pub struct Gateway {
    child: Child,
    plan: GatewayBuilder,
    ready: PathBuf,
    addresses: Addresses,
    stdout: Transcript,
    stderr: Transcript,
}

/// What a gateway is to be started on.
#[derive(Debug, Clone)]
pub struct GatewayBuilder {
    program: PathBuf,
    folder: Arc<Folder>,
    settings: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    arguments: Vec<String>,
    launcher: Vec<String>,
}

/// How a gateway ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// What it told tools.
    pub stdout: String,
    /// What it told people.
    pub stderr: String,
}

/// An artefact folder, and beside it what is not part of the configuration.
#[derive(Debug)]
struct Folder {
    root: TempDir,
    artifacts: PathBuf,
    identity: Option<Identity>,
}

#[derive(Debug, Default)]
struct Addresses {
    http: Option<SocketAddr>,
    https: Option<SocketAddr>,
    admin: Option<SocketAddr>,
}

/// What a process says, line by line.
#[derive(Debug)]
struct Transcript {
    text: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

// === GatewayBuilder ===

impl Gateway {
    /// A gateway of this program on an empty folder: one core, plaintext, a short drain.
    pub fn builder(program: &str) -> GatewayBuilder {
        let root = must(tempfile::tempdir());
        let artifacts = root.path().join("artifacts");
        must(fs::create_dir(&artifacts));
        let builder = GatewayBuilder {
            program: program.into(),
            folder: Arc::new(Folder {
                root,
                artifacts,
                identity: None,
            }),
            settings: Vec::new(),
            variables: Vec::new(),
            arguments: Vec::new(),
            launcher: Vec::new(),
        };
        builder
            .set("listen.http", "127.0.0.1:0")
            .set("listen.admin", "127.0.0.1:0")
            .set("runtime.cores", "1")
            .set("drain.timeout", "5s")
            .set("drain.idle", "100ms")
    }
}

impl GatewayBuilder {
    /// An open API in front of a backend, under its name as suffix (none if it is `root`), that takes
    /// the usual methods below any path.
    #[must_use]
    pub fn api(self, name: &str, backend: &str) -> Self {
        self.api_with(name, backend, "")
    }

    /// The same with more members for its information file, such as `"protocols": ["https"]`. Members
    /// given twice count as written last.
    #[must_use]
    pub fn api_with(self, name: &str, backend: &str, members: &str) -> Self {
        let suffix = if name == "root" { "" } else { name };
        let comma = if members.is_empty() { "" } else { "," };
        let mut properties = must(serde_json::from_str::<Value>(&format!(
            "{{ \"displayName\": \"{name}\", \"path\": \"{suffix}\", \"serviceUrl\": \"{backend}\", \
             \"protocols\": [\"http\", \"https\"], \"subscriptionRequired\": false {comma} {members} }}"
        )));
        let information = Value::from_iter([("properties", properties.take())]);
        self.file(
            &format!("apis/{name}/apiInformation.json"),
            &information.to_string(),
        )
        .file(
            &format!("apis/{name}/specification.yaml"),
            &description(name),
        )
    }

    /// A policy document for a scope: `""` for all APIs, `apis/echo`, `products/shop` ….
    #[must_use]
    pub fn policy(self, scope: &str, document: &str) -> Self {
        let path = Path::new(scope).join("policy.xml");
        self.file(&path.to_string_lossy(), document)
    }

    /// A file of the artefact folder.
    #[must_use]
    pub fn file(self, path: &str, text: &str) -> Self {
        self.folder.write(path, text);
        self
    }

    /// Every file of another artefact folder, as `edit` gives it: path, text.
    #[must_use]
    pub fn copy_of(self, folder: &Path, edit: impl Fn(&str, String) -> String) -> Self {
        for path in files_below(folder) {
            let text = must(fs::read_to_string(&path));
            let name = path
                .strip_prefix(folder)
                .unwrap_or(&path)
                .to_string_lossy()
                .into_owned();
            self.folder.write(&name, &edit(&name, text));
        }
        self
    }

    /// Serves a folder that stands elsewhere, and only reads it.
    #[must_use]
    pub fn serving(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder_mut().artifacts);
        self
    }

    /// Sets a key of the settings through the environment.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds an argument to the command line.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Listens with TLS too, with a certificate made for this gateway.
    #[must_use]
    pub fn tls(mut self) -> Self {
        let identity = Identity::local();
        let certificate = self.folder.beside("certificate.pem", &identity.certificate);
        let key = self.folder.beside("key.pem", &identity.key);
        self.folder_mut().identity = Some(identity);
        self.set("listen.https", "127.0.0.1:0")
            .set("listen.certificate_file", &certificate)
            .set("listen.key_file", &key)
    }

    /// Trusts this certificate of backends, and no other.
    #[must_use]
    pub fn trusting(self, backend: &Identity) -> Self {
        let file = self.folder.beside("backends.pem", &backend.certificate);
        self.set("upstream.ca_file", &file)
    }

    /// The folder, as long as no gateway runs on it.
    fn folder_mut(&mut self) -> &mut Folder {
        let folder = Arc::get_mut(&mut self.folder);
        folder.unwrap_or_else(|| panic!("a gateway runs on this folder already"))
    }

    /// The artefact folder.
    pub fn artifacts(&self) -> &Path {
        &self.folder.artifacts
    }

    /// A path beside the folder, for a file that the test or the gateway makes.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.root.path().join(name)
    }

    /// Answers at a control socket, so that another process can take over.
    #[must_use]
    pub fn control(self) -> Self {
        let control = self.beside("control");
        self.set("runtime.control", &control.to_string_lossy())
    }

    /// Starts, and waits until it listens.
    pub fn start(self) -> Gateway {
        self.try_start()
            .unwrap_or_else(|ended| panic!("it did not start:\n{}", ended.stderr))
    }

    /// Starts, and waits until it listens or ends.
    pub fn try_start(self) -> Result<Gateway, Ended> {
        let ready = self.ready_file();
        let mut command = self.command();
        command.arg("--ready-file").arg(&ready);
        let mut child = must(command.spawn());
        let mut gateway = Gateway {
            stdout: Transcript::of(child.stdout.take()),
            stderr: Transcript::of(child.stderr.take()),
            child,
            plan: self,
            ready: ready.clone(),
            addresses: Addresses::default(),
        };
        let mut ended = None;
        eventually("the gateway is ready", || {
            ended = must(gateway.child.try_wait());
            ended.is_some() || ready.is_file()
        });
        if ended.is_some() {
            let (stdout, stderr) = gateway.transcripts();
            return Err(Ended::new(ended, stdout, stderr));
        }
        gateway.addresses = Addresses::read(&ready);
        Ok(gateway)
    }

    /// A name that no other start on this folder has.
    fn ready_file(&self) -> PathBuf {
        static STARTS: AtomicUsize = AtomicUsize::new(0);
        let start = STARTS.fetch_add(1, Ordering::Relaxed);
        self.beside(&format!("ready-{start}.json"))
    }

    /// Starts a gateway that another program starts with further arguments: that program's name and
    /// its arguments come first.
    #[must_use]
    pub fn through(mut self, launcher: &[&str]) -> Self {
        self.launcher = launcher.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// Starts a gateway that is expected to end by itself.
    pub fn run_to_end(self) -> Ended {
        let mut child = must(self.command().spawn());
        let stdout = Transcript::of(child.stdout.take());
        let stderr = Transcript::of(child.stderr.take());
        let mut status = None;
        eventually("the gateway ends by itself", || {
            status = must(child.try_wait());
            status.is_some()
        });
        Ended::new(status, stdout, stderr)
    }

    fn command(&self) -> Command {
        let mut command = match self.launcher.split_first() {
            Some((first, rest)) => {
                let mut command = Command::new(first);
                command.args(rest).arg(&self.program);
                command
            }
            None => Command::new(&self.program),
        };
        command
            .arg("gateway")
            .arg("--artifacts")
            .arg(&self.folder.artifacts)
            .args(&self.arguments);
        for (key, value) in &self.settings {
            let name = key.to_ascii_uppercase().replace('.', "__");
            command.env(format!("PORTCULLIS_{name}"), value);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }
}

/// An OpenAPI description that takes every method below any path, as `get`, `put` ….
fn description(name: &str) -> String {
    let operation = |method: &str| {
        let responses = "responses: { '200': { description: fine } }";
        format!("    {method}: {{ operationId: {method}, {responses} }}\n")
    };
    let operations = METHODS.map(operation).concat();
    let info = format!("info: {{ title: {name}, version: '1' }}");
    format!("openapi: 3.0.3\n{info}\npaths:\n  /*:\n{operations}")
}

// === Gateway ===

impl Gateway {
    /// Where it listens without encryption.
    pub fn http(&self) -> SocketAddr {
        self.addresses
            .http
            .unwrap_or_else(|| panic!("it has no plaintext listener"))
    }

    /// Where it listens with TLS.
    pub fn https(&self) -> SocketAddr {
        self.addresses
            .https
            .unwrap_or_else(|| panic!("it has no TLS listener: call `tls()`"))
    }

    /// Where it tells its health and numbers.
    pub fn admin(&self) -> SocketAddr {
        self.addresses
            .admin
            .unwrap_or_else(|| panic!("it has no admin listener"))
    }

    /// The certificate that it shows.
    pub fn identity(&self) -> &Identity {
        let identity = self.plan.folder.identity.as_ref();
        identity.unwrap_or_else(|| panic!("it has no certificate: call `tls()`"))
    }

    /// The file of its certificate, for other programs.
    pub fn certificate_file(&self) -> PathBuf {
        self.plan.beside("certificate.pem")
    }

    /// Whether it listens with TLS.
    pub fn has_tls(&self) -> bool {
        self.addresses.https.is_some()
    }

    /// Where it has told that it listens; its successor by signal tells it there too.
    pub fn ready_file(&self) -> PathBuf {
        self.ready.clone()
    }

    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// What it was started on, to start another one on the same folder.
    pub fn plan(&self) -> GatewayBuilder {
        self.plan.clone()
    }

    /// Starts another one that takes over from this one, and waits until it has.
    #[must_use]
    pub fn successor(&self) -> Self {
        let taking_over = self.plan().argument("--takeover");
        let mut successor = taking_over.start();
        successor.plan = self.plan();
        successor
    }

    /// How many bytes of memory its process holds.
    pub fn memory(&self) -> u64 {
        let status = must(fs::read_to_string(format!(
            "/proc/{}/status",
            self.process()
        )));
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        1024 * must(number.unwrap_or_default().parse::<u64>())
    }

    /// Connects without encryption.
    pub fn connect(&self) -> Wire {
        Wire::plain(self.http())
    }

    /// Connects with TLS and HTTP/1.1.
    pub fn connect_tls(&self) -> Wire {
        Wire::tls(self.https(), self.identity())
    }

    /// Asks for a path, with further header lines, each with its line end.
    pub fn get_with(&self, target: &str, fields: &str) -> Answer {
        let close = "Connection: close\r\n";
        self.connect().ask(format!(
            "GET {target} HTTP/1.1\r\nHost: a.example\r\n{close}{fields}\r\n"
        ))
    }

    /// Asks for a path.
    pub fn get(&self, target: &str) -> Answer {
        self.get_with(target, "")
    }

    /// Asks the admin listener for a path.
    pub fn admin_get(&self, target: &str) -> Answer {
        let request = format!("GET {target} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n");
        Wire::plain(self.admin()).ask(request)
    }

    /// The number that a line of the metrics ends with: `portcullis_reloads_applied_total`, or with
    /// labels as they are written. Absent is 0.
    pub fn metric(&self, name: &str) -> u64 {
        let text = self.admin_get("/metrics").text();
        let mut lines = text
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        lines.next().map_or(0, |number| must(number.parse()))
    }

    /// The access log so far, one value a line.
    pub fn access_log(&self) -> Vec<Value> {
        let text = self.stdout.so_far();
        let whole = text
            .rfind('\n')
            .map_or("", |end| text.get(..end).unwrap_or_default());
        whole
            .lines()
            .map(|line| must(serde_json::from_str(line)))
            .collect()
    }

    /// What it has told people so far.
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// Writes a file of its artefact folder, whole or not at all.
    pub fn write(&self, path: &str, text: &str) {
        self.plan.folder.write(path, text);
    }

    /// A file of its artefact folder.
    pub fn read(&self, path: &str) -> String {
        must(fs::read_to_string(self.plan.folder.artifacts.join(path)))
    }

    /// Removes a folder of its artefact folder, with everything in it.
    pub fn remove(&self, path: &str) {
        must(fs::remove_dir_all(self.plan.folder.artifacts.join(path)));
    }

    /// Asks it to read its folder again.
    pub fn hang_up(&self) {
        self.signal("-HUP");
    }

    /// Asks it to stop, and does not wait.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// Asks it to stop, waits, and fails the test if it does not end well.
    pub fn stop(self) -> Ended {
        self.terminate();
        self.wait()
    }

    /// Waits for its end, and fails the test if it does not end well.
    pub fn wait(mut self) -> Ended {
        let mut status = None;
        eventually("the gateway stops", || {
            status = must(self.child.try_wait());
            status.is_some()
        });
        let (stdout, stderr) = self.transcripts();
        let ended = Ended::new(status, stdout, stderr);
        assert_eq!(
            ended.code,
            Some(0),
            "it did not end well:\n{}",
            ended.stderr
        );
        assert!(
            !ended.stderr.contains("panicked"),
            "it met a bug:\n{}",
            ended.stderr
        );
        ended
    }

    fn transcripts(&mut self) -> (Transcript, Transcript) {
        let stdout = std::mem::replace(&mut self.stdout, Transcript::nothing());
        let stderr = std::mem::replace(&mut self.stderr, Transcript::nothing());
        (stdout, stderr)
    }

    /// Sends it a signal by its name, such as `-STOP`.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .arg(name)
            .arg(self.child.id().to_string())
            .status();
        assert!(must(sent).success(), "the signal {name} did not reach it");
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // One that has ended already cannot be killed, which is as well.
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            // Nothing is left to say if the terminal is gone.
            drop(writeln!(
                std::io::stderr(),
                "the gateway said:\n{}",
                self.stderr.so_far()
            ));
        }
    }
}

impl Ended {
    fn new(status: Option<ExitStatus>, stdout: Transcript, stderr: Transcript) -> Self {
        Self {
            code: status.and_then(|status| status.code()),
            stdout: stdout.into_text(),
            stderr: stderr.into_text(),
        }
    }

    /// The access log, one value a line.
    pub fn access_log(&self) -> Vec<Value> {
        self.stdout
            .lines()
            .map(|line| must(serde_json::from_str(line)))
            .collect()
    }
}

// === Parts ===

impl Folder {
    /// Writes a file of the artefact folder, whole or not at all.
    fn write(&self, path: &str, text: &str) {
        let path = self.artifacts.join(path);
        if let Some(parent) = path.parent() {
            must(fs::create_dir_all(parent));
        }
        let aside = self.root.path().join("aside");
        must(fs::write(&aside, text));
        must(fs::rename(&aside, &path));
    }

    /// Writes a file that is no part of the configuration.
    fn beside(&self, name: &str, text: &str) -> String {
        let path = self.root.path().join(name);
        must(fs::write(&path, text));
        path.to_string_lossy().into_owned()
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in must(fs::read_dir(folder)) {
        let path = must(entry).path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

impl Addresses {
    fn read(ready: &Path) -> Self {
        let ready: Value = must(serde_json::from_str(&must(fs::read_to_string(ready))));
        let address = |name: &str| {
            let text = ready.get(name).and_then(Value::as_str)?;
            Some(must(text.parse()))
        };
        Self {
            http: address("listen"),
            https: address("tls_listen"),
            admin: address("admin"),
        }
    }
}

impl Transcript {
    fn of(stream: Option<impl Read + Send + 'static>) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let lines = stream
                .map(BufReader::new)
                .into_iter()
                .flat_map(BufRead::lines);
            for line in lines.map_while(Result::ok) {
                let mut text = written.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(&line);
                text.push('\n');
            }
        });
        Self { text, reader }
    }

    fn nothing() -> Self {
        Self::of(None::<std::io::Empty>)
    }

    fn so_far(&self) -> String {
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn into_text(self) -> String {
        // The reader has nothing to give but its end.
        drop(self.reader.join());
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
