//! Text that must not be printed, and where such text comes from.

use std::fmt;

use crate::diagnostic::{SourceId, Span};

/// A value that never shows itself: no `Display`, a `Debug` without the value, zeroed on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the value in.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// Shows the value; every place that does so can be found by this name.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.0.zeroize();
    }
}

/// Where a secret's value comes from, as a configuration writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// Written in clear.
    Clear(Secret),
    /// `env:NAME`: the environment variable of that name.
    Environment(String),
    /// `file:PATH`: the contents of a file, without a trailing newline.
    File(String),
    /// `sealed:…`: encrypted under the installation's sealing key.
    Sealed(String),
    /// `sha256:HEX`: only the SHA-256 of the value is known; enough to recognise it.
    Sha256([u8; 32]),
    /// A secret in an external vault, by its identifier.
    KeyVault(String),
}

/// A secret as written, with its place for diagnostics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretRef {
    /// Where the value comes from.
    pub source: SecretSource,
    /// The text it was written in.
    pub at: (SourceId, Span),
}

impl SecretSource {
    /// Reads the forms `env:`, `file:`, `sealed:` and `sha256:`; anything else is a value in clear.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text.split_once(':') {
            Some(("env", name)) if !name.is_empty() => Ok(Self::Environment(name.to_owned())),
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.to_owned())),
            Some(("sealed", sealed)) if !sealed.is_empty() => Ok(Self::Sealed(sealed.to_owned())),
            Some(("sha256", digest)) => parse_sha256(digest).map(Self::Sha256),
            Some(("env" | "file" | "sealed", _)) => Err("nothing follows the colon"),
            _ => Ok(Self::Clear(Secret::new(text))),
        }
    }
}

fn parse_sha256(hex: &str) -> Result<[u8; 32], &'static str> {
    const WRONG: &str = "`sha256:` is followed by 64 hexadecimal digits";
    let mut digest = [0; 32];
    if hex.len() != 64 || !hex.is_ascii() {
        return Err(WRONG);
    }
    for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
        let pair = hex.get(at..at + 2).ok_or(WRONG)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| WRONG)?;
    }
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn the_forms_of_a_secret_are_told_apart() {
        let digest = "00".repeat(31) + "ff";
        assert_eq!(
            SecretSource::parse("env:KEY"),
            Ok(SecretSource::Environment("KEY".into()))
        );
        assert_eq!(
            SecretSource::parse("a:b"),
            Ok(SecretSource::Clear(Secret::new("a:b")))
        );
        assert!(
            matches!(SecretSource::parse(&format!("sha256:{digest}")), Ok(SecretSource::Sha256(d)) if d[31] == 255)
        );
        assert!(SecretSource::parse("sha256:12").is_err());
        assert!(SecretSource::parse("env:").is_err());
    }
}
