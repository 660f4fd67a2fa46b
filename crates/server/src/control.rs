//! The control socket: where a new process asks the one that runs for what it has.

use std::fs::{self, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// The control socket of this process: only its own user may connect.
#[derive(Debug)]
pub(crate) struct Control {
    listener: UnixListener,
    name: Name,
}

/// The name of a control socket, which goes when this does, unless it is [left](Self::leave).
#[derive(Debug)]
pub(crate) struct Name {
    /// Nothing, once it is another process's.
    path: Option<PathBuf>,
    /// Which file is this socket: the name may be another one's by now.
    identity: (u64, u64),
}

/// Whether a process may answer at a name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It is taken over from.
    MayBe,
    /// It would be cut off from its successors.
    MustNotBe,
}

impl Control {
    /// Listens beside `path`; [`Self::put_in_place`] makes it known.
    pub(crate) fn bind(path: &Path, answered: Answered) -> Result<Self> {
        let shown = path.display();
        let what = || format!("cannot listen at the control socket `{shown}` (`runtime.control`)");
        if answered == Answered::MustNotBe && is_answered(path).with_context(what)? {
            bail!(
                "a gateway runs already and answers at `{shown}`: take over from it with `--takeover`, \
                 or give this one another `runtime.control`"
            );
        }
        let mut aside = path.as_os_str().to_owned();
        aside.push(format!(".{}", std::process::id()));
        Self::make(PathBuf::from(aside)).with_context(what)
    }

    fn make(path: PathBuf) -> io::Result<Self> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            // Left behind by a process that had our number.
            _ => {}
        }
        let listener = UnixListener::bind(&path)?;
        let metadata = path.metadata()?;
        let identity = (metadata.dev(), metadata.ino());
        let permitted = fs::set_permissions(&path, Permissions::from_mode(0o600));
        let path = Some(path);
        let name = Name { path, identity };
        permitted.map(|()| Self { listener, name })
    }

    /// Answers at `path` from now on, in place of whoever did.
    pub(crate) fn put_in_place(mut self, path: &Path) -> Result<(UnixListener, Name)> {
        if let Some(aside) = &self.name.path {
            fs::rename(aside, path)
                .with_context(|| format!("cannot make the control socket `{}`", path.display()))?;
        }
        self.name.path = Some(path.to_owned());
        Ok((self.listener, self.name))
    }
}

impl Name {
    /// Leaves the name to the process that has taken over, which puts its own socket there. Between a
    /// look at whose it is and its removal that could have happened.
    pub(crate) fn leave(mut self) {
        self.path = None;
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let is_ours = |metadata: fs::Metadata| self.identity == (metadata.dev(), metadata.ino());
        if let Some(path) = &self.path
            && path.metadata().is_ok_and(is_ours)
        {
            // Whoever comes next finds that nobody answers, and puts another one in its place.
            drop(fs::remove_file(path));
        }
    }
}

/// Whether a process answers at this socket.
fn is_answered(path: &Path) -> io::Result<bool> {
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
        Ok(metadata) if !metadata.file_type().is_socket() => {
            let error = "there is something else, which is not a socket";
            return Err(io::Error::new(ErrorKind::AlreadyExists, error));
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "these tests look at files that lie about"
)]
mod tests {
    use super::*;

    #[test]
    fn a_control_socket_is_for_its_user_only_and_goes_with_its_process() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        let first = Control::bind(&path, Answered::MustNotBe).unwrap();
        let first = first.put_in_place(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let error = Control::bind(&path, Answered::MustNotBe).unwrap_err();
        assert!(format!("{error:#}").contains("runs already"), "{error:#}");
        let stale = path.with_file_name("stale");
        fs::rename(&path, &stale).unwrap();
        drop(first);
        assert!(stale.exists(), "only what is at its own name");
        let second = Control::bind(&stale, Answered::MustNotBe).expect("nobody answers there");
        let second = second.put_in_place(&stale).unwrap();
        drop(second);
        assert!(!stale.exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_socket_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        fs::write(&path, "precious").unwrap();
        let error = Control::bind(&path, Answered::MustNotBe).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("not a socket"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    }
}
