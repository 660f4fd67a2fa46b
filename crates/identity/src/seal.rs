//! Values sealed under the installation's key, so that a folder with secrets may be shared.
//!
//! What stands after `sealed:` is `v1.` and the base64url of a random nonce (12 bytes), the
//! encrypted value and the tag (16 bytes), by AES-256-GCM-SIV. The *context* says what the value is
//! for; it is authenticated, not stored, so that a sealed value works only where it was made for.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portcullis_model::secret::Secret;
use zeroize::{Zeroize as _, Zeroizing};

use crate::key::NoRandomness;

/// How a sealed value of this version begins.
const VERSION: &str = "v1.";

/// What the context is joined to before it is authenticated, so that no other use of the key can
/// pass for this one.
const DOMAIN: &[u8] = b"portcullis sealed value v1\0";

/// How a sealing key's text begins.
const KEY_PREFIX: &str = "sealing-key-v1.";

/// Bytes of a sealing key.
const KEY_BYTES: usize = 32;

/// The key of an installation. It does not print itself.
pub struct SealingKey {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    cipher: LessSafeKey,
}

/// A text or bytes that are not a sealing key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSealingKey {
    /// The wrong number of bytes.
    #[error("a sealing key has 32 bytes, this has {0}")]
    Length(usize),
    /// Not the text of a key.
    #[error("a sealing key is written as `sealing-key-v1.` and 43 characters of base64url")]
    Text,
}

/// Why a value could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CannotSeal {
    /// The system gave no random bytes for the nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The value is longer than the cipher takes.
    #[error("the value is too long to be sealed")]
    TooLong,
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSealed {
    /// Made by a version of the format that is not known here.
    #[error("the sealed value is of another version than `v1`")]
    Version,
    /// Not base64url, or too short.
    #[error("the sealed value is damaged")]
    Damaged,
    /// Another key, another context, or a changed value: the three cannot be told apart.
    #[error("the sealed value was made with another key or for another place, or was changed")]
    Refused,
}

impl SealingKey {
    /// A new random key.
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        rand::fill(bytes.as_mut()).map_err(|_| NoRandomness)?;
        Self::from_bytes(bytes.as_ref()).map_err(|_| NoRandomness)
    }

    /// The key of these 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidSealingKey> {
        let wrong = |_| InvalidSealingKey::Length(bytes.len());
        let kept = Zeroizing::new(<[u8; KEY_BYTES]>::try_from(bytes).map_err(wrong)?);
        let cipher = UnboundKey::new(&AES_256_GCM_SIV, bytes)
            .map_err(|_| InvalidSealingKey::Length(bytes.len()))?;
        Ok(Self {
            bytes: kept,
            cipher: LessSafeKey::new(cipher),
        })
    }

    /// The key as it was written by [`SealingKey::to_text`], with white space around it.
    pub fn from_text(text: &str) -> Result<Self, InvalidSealingKey> {
        let encoded = text.trim().strip_prefix(KEY_PREFIX);
        let encoded = encoded.ok_or(InvalidSealingKey::Text)?;
        let decoded = URL_SAFE_NO_PAD.decode(encoded);
        let bytes = Zeroizing::new(decoded.map_err(|_| InvalidSealingKey::Text)?);
        Self::from_bytes(&bytes)
    }

    /// One line of text, for a file that only its owner may read.
    pub fn to_text(&self) -> Secret {
        let encoded = URL_SAFE_NO_PAD.encode(self.bytes.as_ref());
        Secret::new(format!("{KEY_PREFIX}{encoded}"))
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(…)")
    }
}

/// Seals a value for a context; gives what stands after `sealed:`.
pub fn seal(key: &SealingKey, plaintext: &str, context: &str) -> Result<String, CannotSeal> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).map_err(|_| NoRandomness)?;
    let mut sealed = nonce.to_vec();
    let mut body = plaintext.as_bytes().to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    let outcome = key
        .cipher
        .seal_in_place_append_tag(nonce, aad(context), &mut body);
    if outcome.is_err() {
        body.zeroize();
        return Err(CannotSeal::TooLong);
    }
    sealed.extend_from_slice(&body);
    Ok(format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(sealed)))
}

/// Opens what [`seal`] made with the same key for the same context.
pub fn unseal(key: &SealingKey, sealed: &str, context: &str) -> Result<Secret, InvalidSealed> {
    let encoded = sealed.strip_prefix(VERSION).ok_or(InvalidSealed::Version)?;
    let decoded = URL_SAFE_NO_PAD.decode(encoded.trim_end());
    let mut bytes = Zeroizing::new(decoded.map_err(|_| InvalidSealed::Damaged)?);
    let (nonce, body) = bytes
        .split_at_mut_checked(NONCE_LEN)
        .ok_or(InvalidSealed::Damaged)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| InvalidSealed::Damaged)?;
    let opened = key.cipher.open_in_place(nonce, aad(context), body);
    let plain = opened.map_err(|_| InvalidSealed::Refused)?;
    let text = std::str::from_utf8(plain).map_err(|_| InvalidSealed::Damaged)?;
    Ok(Secret::new(text))
}

fn aad(context: &str) -> Aad<Vec<u8>> {
    Aad::from([DOMAIN, context.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SealingKey {
        SealingKey::from_bytes(&[byte; 32]).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_again() {
        for plain in ["", "hunter2", "schlüssel {{x}} \u{1}"] {
            let sealed = seal(&key(1), plain, "subscriptions/a/primaryKey").unwrap();
            assert!(sealed.starts_with("v1."));
            let opened = unseal(&key(1), &sealed, "subscriptions/a/primaryKey").unwrap();
            assert_eq!(opened.expose(), plain);
        }
    }

    #[test]
    fn equal_values_do_not_look_equal() {
        let sealed = || seal(&key(1), "same", "c").unwrap();
        assert_ne!(sealed(), sealed());
    }

    #[test]
    fn another_key_or_place_does_not_open_it() {
        let sealed = seal(&key(1), "hunter2", "a").unwrap();
        assert_eq!(unseal(&key(2), &sealed, "a"), Err(InvalidSealed::Refused));
        assert_eq!(unseal(&key(1), &sealed, "b"), Err(InvalidSealed::Refused));
    }

    #[test]
    fn no_changed_bit_opens() {
        let sealed = seal(&key(1), "hunter2", "a").unwrap();
        let bytes = URL_SAFE_NO_PAD
            .decode(sealed.strip_prefix("v1.").unwrap())
            .unwrap();
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            let changed = format!("v1.{}", URL_SAFE_NO_PAD.encode(changed));
            assert_eq!(unseal(&key(1), &changed, "a"), Err(InvalidSealed::Refused));
        }
    }

    #[test]
    fn what_is_no_sealed_value_is_told_apart() {
        for (text, error) in [
            ("", InvalidSealed::Version),
            ("v2.AAAA", InvalidSealed::Version),
            ("v1.", InvalidSealed::Damaged),
            ("v1.AAAA", InvalidSealed::Damaged),
            ("v1.!", InvalidSealed::Damaged),
            ("v1.AAAAAAAAAAAAAAAAAAAA", InvalidSealed::Refused),
        ] {
            assert_eq!(unseal(&key(1), text, "a"), Err(error), "{text}");
        }
    }

    #[test]
    fn a_key_survives_being_written_down_and_never_prints_itself() {
        let made = SealingKey::generate().unwrap();
        let again = SealingKey::from_text(&format!("{}\n", made.to_text().expose())).unwrap();
        let sealed = seal(&made, "x", "c").unwrap();
        assert_eq!(unseal(&again, &sealed, "c").unwrap().expose(), "x");
        assert_eq!(format!("{made:?}"), "SealingKey(…)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let error = |text: &str| SealingKey::from_text(text).unwrap_err();
        assert_eq!(error("secret"), InvalidSealingKey::Text);
        assert_eq!(error("sealing-key-v1.!"), InvalidSealingKey::Text);
        assert_eq!(error("sealing-key-v1.AAAA"), InvalidSealingKey::Length(3));
    }
}
