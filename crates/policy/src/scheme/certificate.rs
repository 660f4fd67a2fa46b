//! `X509Certificate2`: of the caller, and of the installation. No gateway of ours hands certificates
//! to expressions yet: the caller's is `null` and the installation has none.

use portcullis_expr::{HostCall, Outcome, Type, Value};

use super::ContextHost;
use super::table::{Class, Kind, call, get};
use super::throw::{key_not_found, null_reference, text_argument};

const DICTIONARY: &str = "IReadOnlyDictionary<string, X509Certificate2>";

pub(super) const CLASS: Class = Class::named(
    "X509Certificate2",
    &[
        get("string FriendlyName", absent),
        get("bool HasPrivateKey", absent),
        get("string Issuer", absent),
        get("X500DistinguishedName IssuerName", absent),
        get("DateTime NotAfter", absent),
        get("DateTime NotBefore", absent),
        get("byte[] RawData", absent),
        get("string SerialNumber", absent),
        get("string Subject", absent),
        get("X500DistinguishedName SubjectName", absent),
        get("string Thumbprint", absent),
        get("int Version", absent),
        call("byte[] GetCertHash()", |_, _| Err(null_reference())),
        call("string GetCertHashString()", |_, _| Err(null_reference())),
        call("string GetSerialNumberString()", |_, _| {
            Err(null_reference())
        }),
        call("bool Verify()", |_, _| Err(null_reference())),
        call("bool VerifyNoRevocation()", |_, _| Err(null_reference())),
    ],
);

pub(super) const NAME_CLASS: Class =
    Class::named("X500DistinguishedName", &[get("string Name", absent)]);

pub(super) const DICTIONARY_CLASS: Class = Class::hidden(
    "Certificates",
    DICTIONARY,
    &[
        call("X509Certificate2 this[string key]", item),
        call(
            "X509Certificate2 GetValueOrDefault(string key, X509Certificate2 defaultValue = null)",
            |_, call| Ok(call.args.get(1).cloned().unwrap_or_default()),
        ),
        call("bool ContainsKey(string key)", |_, _| {
            Ok(Value::Bool(false))
        }),
        call(
            "bool TryGetValue(string key, out X509Certificate2 value)",
            |_, call| {
                if let Some(out) = call.args.get_mut(1) {
                    *out = Value::Null;
                }
                Ok(Value::Bool(false))
            },
        ),
        get("IEnumerable<string> Keys", |_, _| Value::strings([])),
        get("IEnumerable<X509Certificate2> Values", |_, _| {
            Value::array(Type::Host(Kind::Certificate.host_type()), Vec::new())
        }),
        get("int Count", |_, _| Value::Int(0)),
    ],
)
.with_parents(&[DICTIONARY])
.listing(|_, _| Vec::new());

fn absent(_: &ContextHost<'_, '_>, _: u32) -> Value {
    Value::Null
}

fn item(_: &mut ContextHost<'_, '_>, call: &mut HostCall<'_>) -> Outcome {
    Err(key_not_found(&text_argument(call, 0, "key")?.to_str()))
}
