//! Subscription keys: making them, and recognising them without knowing them.

use aws_lc_rs::{digest, rand};
use portcullis_model::secret::Secret;
use zeroize::Zeroizing;

/// How many random bytes a key is made of.
const KEY_BYTES: usize = 32;

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness;

/// A new key: 32 random bytes as 64 lower-case hexadecimal digits.
///
/// The cloud service makes keys of 32 digits; ours are longer so that a digest of one may be
/// published, as `sha256:` does in a configuration folder.
pub fn generate_key() -> Result<Secret, NoRandomness> {
    let mut bytes = Zeroizing::new([0_u8; KEY_BYTES]);
    rand::fill(bytes.as_mut()).map_err(|_| NoRandomness)?;
    Ok(Secret::new(hex(bytes.as_ref())))
}

/// The SHA-256 of a key: what a configuration writes as `sha256:…`.
pub fn sha256(key: &str) -> [u8; 32] {
    let mut sum = [0; 32];
    for (to, from) in sum
        .iter_mut()
        .zip(digest::digest(&digest::SHA256, key.as_bytes()).as_ref())
    {
        *to = *from;
    }
    sum
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_64_digits_and_is_never_made_twice() {
        let (one, two) = (generate_key().unwrap(), generate_key().unwrap());
        assert_eq!(one.expose().len(), 64);
        assert!(one.expose().bytes().all(|b| b.is_ascii_hexdigit()));
        assert_ne!(one, two);
    }

    #[test]
    fn sha256_is_the_one_everybody_knows() {
        assert_eq!(
            hex(&sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
