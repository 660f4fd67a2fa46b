//! Where secrets come from: the environment, files, sealed text.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use portcullis_engine::SecretResolver;
use portcullis_identity::seal::{SealingKey, unseal};
use portcullis_model::secret::{Secret, SecretSource};

use crate::settings::environment::variable;

/// What sealed values are bound to: they open here and nowhere else.
pub(crate) const SEALED_FOR: &str = "portcullis configuration";

/// Resolves references for one folder.
#[derive(Debug)]
pub(crate) struct Secrets {
    /// Relative paths begin here.
    folder: PathBuf,
    sealing_key: Option<SealingKey>,
}

impl Secrets {
    pub(crate) fn new(folder: &Path, sealing_key_file: Option<&Path>) -> Result<Self> {
        let sealing_key = sealing_key_file.map(read_sealing_key).transpose()?;
        Ok(Self {
            folder: folder.to_owned(),
            sealing_key,
        })
    }
}

/// The most that a secret in a file may have: more than any certificate or key.
const MAX_SECRET: u64 = 64 * 1024;

/// Reads a file that holds a secret; one that never ends (`/dev/zero`) is not read to its end.
fn read_secret(file: &Path) -> Result<String> {
    let said = || format!("cannot read `{}`", file.display());
    // Opening a pipe would wait for whoever writes to it.
    if !std::fs::metadata(file).with_context(said)?.is_file() {
        bail!("`{}` is not a file", file.display());
    }
    let mut text = String::new();
    let opened = File::open(file).with_context(said)?;
    opened
        .take(MAX_SECRET + 1)
        .read_to_string(&mut text)
        .with_context(said)?;
    if text.len() as u64 > MAX_SECRET {
        bail!(
            "`{}` is larger than {MAX_SECRET} bytes: a secret is a line or a key",
            file.display()
        );
    }
    Ok(text)
}

/// Reads a sealing key.
pub(crate) fn read_sealing_key(file: &Path) -> Result<SealingKey> {
    let text = Secret::new(read_secret(file)?);
    SealingKey::from_text(text.expose().trim())
        .with_context(|| format!("`{}` holds no sealing key", file.display()))
}

/// Reads a file that must be text.
#[expect(
    clippy::disallowed_methods,
    reason = "the server reads the files it is told to read"
)]
pub(crate) fn read_text(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read `{}`", file.display()))
}

impl SecretResolver for Secrets {
    fn resolve(&self, source: &SecretSource) -> Result<Secret, String> {
        match source {
            SecretSource::Clear(secret) => Ok(secret.clone()),
            SecretSource::Environment(name) => variable(name)
                .map(Secret::new)
                .ok_or_else(|| format!("the environment variable `{name}` is not set")),
            SecretSource::File(path) => read_secret(&self.folder.join(path))
                .map(|text| Secret::new(text.trim_end_matches(['\r', '\n'])))
                .map_err(|e| format!("{e:#}")),
            SecretSource::Sealed(sealed) => match &self.sealing_key {
                Some(key) => unseal(key, sealed, SEALED_FOR).map_err(|e| e.to_string()),
                None => Err("it is sealed, and `security.sealing_key_file` is not set".to_owned()),
            },
            SecretSource::Sha256(_) => Err("only its SHA-256 is known, not its text".to_owned()),
            SecretSource::KeyVault(id) => {
                Err(format!("external vaults are not supported yet: `{id}`"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_from_a_file_that_ends_soon() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, size: usize| {
            let path = folder.path().join(name);
            std::fs::File::create(&path)
                .and_then(|mut file| std::io::Write::write_all(&mut file, &vec![b'a'; size]))
                .unwrap();
            path
        };
        let largest = usize::try_from(MAX_SECRET).unwrap();
        for (path, expect) in [
            (file("short", 10), Ok(10)),
            (file("long", largest), Ok(largest)),
            (file("longer", largest + 1), Err("is larger than")),
            ("/dev/zero".into(), Err("is not a file")),
            (folder.path().into(), Err("is not a file")),
            (folder.path().join("none"), Err("cannot read")),
        ] {
            match (read_secret(&path), expect) {
                (Ok(text), Ok(size)) => assert_eq!(text.len(), size),
                (Err(error), Err(said)) => {
                    assert!(format!("{error:#}").contains(said), "{error:#}");
                }
                (got, _) => panic!("{}: {got:?}", path.display()),
            }
        }
    }
}
