//! Another proxy as it comes, in front of a recorder.

#![expect(
    clippy::disallowed_methods,
    reason = "another program reads its configuration from a file"
)]

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use portcullis_testkit::wire::{eventually, must};
use tempfile::TempDir;

/// Which proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Nginx,
    HaProxy,
}

/// A running proxy; it ends with the test.
pub(crate) struct Peer {
    child: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::HaProxy => "haproxy",
        }
    }

    /// Room for the largest cases; all else is as it comes.
    fn configuration(self, folder: &Path, listen: SocketAddr, backend: SocketAddr) -> String {
        let folder = folder.display();
        match self {
            Self::Nginx => format!(
                "daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n\
                 events {{ worker_connections 256; }}\n\
                 http {{ access_log off; large_client_header_buffers 8 128k; client_body_buffer_size 1m;\n\
                 client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;\n\
                 uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n\
                 server {{ listen {listen}; location / {{ proxy_pass http://{backend};\n\
                 proxy_http_version 1.1; proxy_set_header Connection \"\"; proxy_ignore_client_abort on;\n\
                 }} }} }}\n"
            ),
            Self::HaProxy => format!(
                "global\n  maxconn 256\n  tune.bufsize 131072\n\
                 defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n\
                 frontend front\n  bind {listen}\n  default_backend back\n\
                 backend back\n  server recorder {backend}\n"
            ),
        }
    }

    fn command(self, program: &Path, configuration: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        match self {
            Self::Nginx => command.arg("-p").arg(folder).arg("-c").arg(configuration),
            Self::HaProxy => command.arg("-db").arg("-f").arg(configuration),
        };
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Peer {
    /// Starts one in front of `backend`; `None` where it is not installed.
    pub(crate) fn start(kind: Kind, backend: SocketAddr) -> Option<Self> {
        let program = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"]
            .into_iter()
            .map(|folder| PathBuf::from(folder).join(kind.name()))
            .find(|program| program.is_file())?;
        let folder = must(tempfile::tempdir());
        // It cannot be asked for a port that the kernel chooses, but be given one.
        let free = must(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let address = must(free.local_addr());
        drop(free);
        let configuration = folder.path().join("configuration");
        must(fs::write(
            &configuration,
            kind.configuration(folder.path(), address, backend),
        ));
        let child = must(
            kind.command(&program, &configuration, folder.path())
                .spawn(),
        );
        let peer = Self {
            child,
            address,
            _folder: folder,
        };
        eventually("the peer listens", || TcpStream::connect(address).is_ok());
        Some(peer)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Asked, so that it takes its workers with it.
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status();
        if asked.is_err() {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}
