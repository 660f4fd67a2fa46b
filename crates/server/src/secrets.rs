//! Where secrets come from: the environment, files, sealed text.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
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

/// Reads a sealing key.
pub(crate) fn read_sealing_key(file: &Path) -> Result<SealingKey> {
    let text = Secret::new(read_text(file)?);
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
            SecretSource::File(path) => read_text(&self.folder.join(path))
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
