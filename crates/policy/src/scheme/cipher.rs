//! `byte[].Encrypt` and `byte[].Decrypt`: AES-CBC with PKCS#7 padding.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, EncryptionContext,
    PaddedBlockDecryptingKey, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use portcullis_expr::{Exception, HostCall, Outcome, Value};

use super::ContextHost;
use super::table::{Entry, call};
use super::throw::{argument_null, cryptographic, text_argument};

pub(super) const EXTENSIONS: &[Entry] = &[
    call(
        "byte[] Encrypt(this byte[] input, string alg, byte[] key, byte[] iv)",
        encrypt,
    ),
    call(
        "byte[] Decrypt(this byte[] input, string alg, byte[] key, byte[] iv)",
        decrypt,
    ),
];

const IV_SIZE: usize = 16;

/// The arguments of a call, checked.
struct Order {
    input: Vec<u8>,
    key: UnboundCipherKey,
    iv: [u8; IV_SIZE],
}

fn encrypt(_: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let Order { mut input, key, iv } = order(call)?;
    let failed = |_| cryptographic("Encryption failed.");
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).map_err(failed)?;
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(&mut input, context).map_err(failed)?;
    Ok(Value::bytes(input))
}

fn decrypt(_: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    let Order { mut input, key, iv } = order(call)?;
    if input.len() % IV_SIZE != 0 {
        return Err(cryptographic("The input data is not a complete block."));
    }
    let failed = |_| cryptographic("Padding is invalid and cannot be removed.");
    if input.is_empty() {
        return Ok(Value::bytes(input));
    }
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).map_err(failed)?;
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    let plain = key.decrypt(&mut input, context).map_err(failed)?;
    Ok(Value::bytes(plain.to_vec()))
}

fn order(call: &HostCall<'_>) -> Result<Order, Exception> {
    let input = call
        .receiver
        .to_bytes()
        .ok_or_else(|| argument_null("input"))?;
    let name = text_argument(call, 0, "alg")?;
    let bytes = |index: usize, parameter: &str| {
        call.args
            .get(index)
            .and_then(Value::to_bytes)
            .ok_or_else(|| argument_null(parameter))
    };
    let (key, iv) = (bytes(1, "key")?, bytes(2, "iv")?);
    if !is_aes(&name.to_str()) {
        return Err(cryptographic(&format!(
            "The algorithm '{name}' is not known; use 'Aes'."
        )));
    }
    let bad_key = || cryptographic("Specified key is not a valid size for this algorithm.");
    let algorithm = algorithm_for(&key).ok_or_else(bad_key)?;
    let key = UnboundCipherKey::new(algorithm, &key).map_err(|_| bad_key())?;
    let iv = <[u8; IV_SIZE]>::try_from(iv.as_slice()).map_err(|_| {
        cryptographic(
            "Specified initialization vector (IV) does not match the block size for this algorithm.",
        )
    })?;
    Ok(Order { input, key, iv })
}

/// The names under which .NET creates AES.
fn is_aes(name: &str) -> bool {
    [
        "Aes",
        "AES",
        "AesManaged",
        "AesCryptoServiceProvider",
        "Rijndael",
        "RijndaelManaged",
    ]
    .iter()
    .any(|known| {
        known.eq_ignore_ascii_case(name)
            || name.strip_prefix("System.Security.Cryptography.") == Some(known)
    })
}

fn algorithm_for(key: &[u8]) -> Option<&'static Algorithm> {
    match key.len() {
        16 => Some(&AES_128),
        24 => Some(&AES_192),
        32 => Some(&AES_256),
        _ => None,
    }
}
