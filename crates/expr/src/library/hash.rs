//! The hashes of `System.Security.Cryptography`, plain (`SHA256`) and keyed (`HMACSHA256`).
//!
//! `MD5` and `HMACMD5` are absent: the library that computes the others does not have them.

use std::cell::RefCell;
use std::fmt;

use aws_lc_rs::{digest, hmac};

use super::string::int;
use super::{Entry, Table, TableKind, m, type_named};
use crate::eval::Call;
use crate::exception::{Outcome, argument_plain, null_reference, out_of_range};
use crate::types::Type;
use crate::value::{NativeObject, Value};

pub(super) static HASH_ALGORITHM: Table = class(
    "System.Security.Cryptography.HashAlgorithm",
    &["IDisposable"],
    &[
        m("byte[] ComputeHash(byte[] buffer)", |c| {
            let bytes = c.required_bytes(1, "buffer")?;
            compute(c, &bytes)
        }),
        m(
            "byte[] ComputeHash(byte[] buffer, int offset, int count)",
            |c| {
                let bytes = c.required_bytes(1, "buffer")?;
                let part = part(c, &bytes)?;
                compute(c, part)
            },
        ),
        m("byte[] Hash", |c| {
            let last = hasher(c)?.last.borrow().clone();
            Ok(last.map_or(Value::Null, Value::bytes))
        }),
        m("int HashSize", |c| {
            Ok(int(hasher(c)?.algorithm.digest().output_len() * 8))
        }),
        m("void Clear()", super::nothing),
    ],
);
pub(super) static KEYED_HASH_ALGORITHM: Table = class(
    "System.Security.Cryptography.KeyedHashAlgorithm",
    &["HashAlgorithm"],
    &[
        m("byte[] Key", |c| {
            let key = hasher(c)?.key.borrow().clone();
            Ok(key.map_or(Value::Null, Value::bytes))
        }),
        m("set byte[] Key", |c| {
            let key = c.required_bytes(1, "value")?;
            let hasher = hasher(c)?;
            *hasher.key.borrow_mut() = Some(hasher.algorithm.shortened(key));
            Ok(Value::Null)
        }),
    ],
);
pub(super) static HMAC: Table = class(
    "System.Security.Cryptography.HMAC",
    &["KeyedHashAlgorithm"],
    &[m("string HashName", |c| {
        Ok(Value::from(hasher(c)?.algorithm.name()))
    })],
);

pub(super) static SHA1: Table = class(
    "System.Security.Cryptography.SHA1",
    &["HashAlgorithm"],
    &[m("static SHA1 Create()", |_| {
        Ok(plain("SHA1", Algorithm::Sha1))
    })],
);
pub(super) static SHA1_MANAGED: Table = class(
    "System.Security.Cryptography.SHA1Managed",
    &["SHA1"],
    &[m("new()", |_| Ok(plain("SHA1Managed", Algorithm::Sha1)))],
);
pub(super) static SHA256: Table = class(
    "System.Security.Cryptography.SHA256",
    &["HashAlgorithm"],
    &[m("static SHA256 Create()", |_| {
        Ok(plain("SHA256", Algorithm::Sha256))
    })],
);
pub(super) static SHA256_MANAGED: Table = class(
    "System.Security.Cryptography.SHA256Managed",
    &["SHA256"],
    &[m("new()", |_| {
        Ok(plain("SHA256Managed", Algorithm::Sha256))
    })],
);
pub(super) static SHA384: Table = class(
    "System.Security.Cryptography.SHA384",
    &["HashAlgorithm"],
    &[m("static SHA384 Create()", |_| {
        Ok(plain("SHA384", Algorithm::Sha384))
    })],
);
pub(super) static SHA384_MANAGED: Table = class(
    "System.Security.Cryptography.SHA384Managed",
    &["SHA384"],
    &[m("new()", |_| {
        Ok(plain("SHA384Managed", Algorithm::Sha384))
    })],
);
pub(super) static SHA512: Table = class(
    "System.Security.Cryptography.SHA512",
    &["HashAlgorithm"],
    &[m("static SHA512 Create()", |_| {
        Ok(plain("SHA512", Algorithm::Sha512))
    })],
);
pub(super) static SHA512_MANAGED: Table = class(
    "System.Security.Cryptography.SHA512Managed",
    &["SHA512"],
    &[m("new()", |_| {
        Ok(plain("SHA512Managed", Algorithm::Sha512))
    })],
);

pub(super) static HMACSHA1: Table = class(
    "System.Security.Cryptography.HMACSHA1",
    &["HMAC"],
    &[
        m("new()", |c| {
            Ok(with_random_key(c, "HMACSHA1", Algorithm::Sha1))
        }),
        m("new(byte[] key)", |c| {
            with_key(c, "HMACSHA1", Algorithm::Sha1)
        }),
    ],
);
pub(super) static HMACSHA256: Table = class(
    "System.Security.Cryptography.HMACSHA256",
    &["HMAC"],
    &[
        m("new()", |c| {
            Ok(with_random_key(c, "HMACSHA256", Algorithm::Sha256))
        }),
        m("new(byte[] key)", |c| {
            with_key(c, "HMACSHA256", Algorithm::Sha256)
        }),
    ],
);
pub(super) static HMACSHA384: Table = class(
    "System.Security.Cryptography.HMACSHA384",
    &["HMAC"],
    &[
        m("new()", |c| {
            Ok(with_random_key(c, "HMACSHA384", Algorithm::Sha384))
        }),
        m("new(byte[] key)", |c| {
            with_key(c, "HMACSHA384", Algorithm::Sha384)
        }),
    ],
);
pub(super) static HMACSHA512: Table = class(
    "System.Security.Cryptography.HMACSHA512",
    &["HMAC"],
    &[
        m("new()", |c| {
            Ok(with_random_key(c, "HMACSHA512", Algorithm::Sha512))
        }),
        m("new(byte[] key)", |c| {
            with_key(c, "HMACSHA512", Algorithm::Sha512)
        }),
    ],
);

const fn class(
    name: &'static str,
    parents: &'static [&'static str],
    members: &'static [Entry],
) -> Table {
    Table {
        name,
        kind: TableKind::Class,
        parents,
        documented: true,
        members,
    }
}

/// The hash functions.
#[derive(Debug, Clone, Copy)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha384 => "SHA384",
            Self::Sha512 => "SHA512",
        }
    }

    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }

    fn keyed(self) -> hmac::Algorithm {
        match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
            Self::Sha384 => hmac::HMAC_SHA384,
            Self::Sha512 => hmac::HMAC_SHA512,
        }
    }

    /// A key as `Key` shows it: one that is longer than a block is replaced by its hash.
    fn shortened(self, key: Vec<u8>) -> Vec<u8> {
        if key.len() > self.digest().block_len() {
            digest::digest(self.digest(), &key).as_ref().to_vec()
        } else {
            key
        }
    }
}

/// A `HashAlgorithm`. Its key is a secret, so it does not print.
struct Hasher {
    /// Its class, without the namespace.
    class: &'static str,
    algorithm: Algorithm,
    key: RefCell<Option<Vec<u8>>>,
    /// What was computed last.
    last: RefCell<Option<Vec<u8>>>,
}

impl Hasher {
    fn hash(&self, bytes: &[u8]) -> Vec<u8> {
        match &*self.key.borrow() {
            Some(key) => {
                let key = hmac::Key::new(self.algorithm.keyed(), key);
                hmac::sign(&key, bytes).as_ref().to_vec()
            }
            None => digest::digest(self.algorithm.digest(), bytes)
                .as_ref()
                .to_vec(),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("class", &self.class)
            .finish_non_exhaustive()
    }
}

impl NativeObject for Hasher {
    fn ty(&self) -> Type {
        type_named(&format!("System.Security.Cryptography.{}", self.class))
    }
}

fn plain(class: &'static str, algorithm: Algorithm) -> Value {
    Value::native(Hasher {
        class,
        algorithm,
        key: RefCell::default(),
        last: RefCell::default(),
    })
}

fn keyed(class: &'static str, algorithm: Algorithm, key: Vec<u8>) -> Value {
    Value::native(Hasher {
        class,
        algorithm,
        key: RefCell::new(Some(algorithm.shortened(key))),
        last: RefCell::default(),
    })
}

fn with_key(c: &mut Call<'_, '_>, class: &'static str, algorithm: Algorithm) -> Outcome {
    Ok(keyed(class, algorithm, c.required_bytes(0, "key")?))
}

/// A key as long as a block, of random bytes.
fn with_random_key(c: &mut Call<'_, '_>, class: &'static str, algorithm: Algorithm) -> Value {
    let words = algorithm.digest().block_len() / 8;
    let key = (0..words).flat_map(|_| c.vm.host.random().to_le_bytes());
    keyed(class, algorithm, key.collect())
}

fn hasher<'a>(c: &'a Call<'_, '_>) -> Outcome<&'a Hasher> {
    c.arg(0).as_native::<Hasher>().ok_or_else(null_reference)
}

/// The part of the bytes that the arguments after them say.
fn part<'b>(c: &Call<'_, '_>, bytes: &'b [u8]) -> Outcome<&'b [u8]> {
    let offset = usize::try_from(c.int(2)?)
        .map_err(|_| out_of_range("Non-negative number required.", "offset"))?;
    let count = usize::try_from(c.int(3)?)
        .ok()
        .filter(|count| *count <= bytes.len())
        .ok_or_else(|| argument_plain("Value was invalid."))?;
    offset
        .checked_add(count)
        .and_then(|end| bytes.get(offset..end))
        .ok_or_else(|| {
            argument_plain(
                "Offset and length were out of bounds for the array or count is greater than the \
                 number of elements from index to the end of the source collection.",
            )
        })
}

fn compute(c: &mut Call<'_, '_>, bytes: &[u8]) -> Outcome {
    // A core hashes some 16 bytes in the time of a step.
    c.vm.charge_steps(bytes.len() / 16)?;
    let hasher = hasher(c)?;
    let hash = hasher.hash(bytes);
    *hasher.last.borrow_mut() = Some(hash.clone());
    Ok(Value::bytes(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first four bytes of the hash of a text.
    fn hash(algorithm: Algorithm, key: Option<&[u8]>, text: &str) -> u32 {
        let made = match key {
            None => plain("SHA256", algorithm),
            Some(key) => keyed("HMACSHA256", algorithm, key.to_vec()),
        };
        let hash = made.as_native::<Hasher>().unwrap().hash(text.as_bytes());
        u32::from_be_bytes(*hash.first_chunk().unwrap())
    }

    #[test]
    fn gives_the_published_answers() {
        use Algorithm::{Sha1, Sha256, Sha384, Sha512};
        // FIPS 180-4 for `abc`; RFC 2202 and RFC 4231, their second case, for the keyed ones.
        for (algorithm, of_abc, of_jefe) in [
            (Sha1, 0xa999_3e36, 0xeffc_df6a),
            (Sha256, 0xba78_16bf, 0x5bdc_c146),
            (Sha384, 0xcb00_753f, 0xaf45_d2e3),
            (Sha512, 0xddaf_35a1, 0x164b_7a7b),
        ] {
            assert_eq!(hash(algorithm, None, "abc"), of_abc);
            let question = "what do ya want for nothing?";
            assert_eq!(hash(algorithm, Some(b"Jefe"), question), of_jefe);
        }
    }

    #[test]
    fn replaces_a_long_key_by_its_hash_and_prints_none() {
        let short = Algorithm::Sha256.shortened(vec![0xaa; 64]);
        let long = Algorithm::Sha256.shortened(vec![0xaa; 65]);
        assert_eq!((short.len(), long.len()), (64, 32));
        let value = keyed("HMACSHA256", Algorithm::Sha256, vec![170; 32]);
        let shown = format!("{:?}", value.as_native::<Hasher>().unwrap());
        assert_eq!(shown, "Hasher { class: \"HMACSHA256\", .. }");
    }
}
