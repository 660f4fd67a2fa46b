//! The example's folder, as it lies in `examples/travel`, carried in the program and written out with
//! the ports and keys of this run.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use portcullis_identity::key::{hex, sha256};
use portcullis_model::secret::Secret;

use super::Keys;
use super::service::Services;

/// One file of the folder.
struct File {
    path: &'static str,
    text: &'static str,
}

/// Names each file once, so that no text can stand under another file's name.
macro_rules! travel {
    ($($path:literal)*) => {
        &[$(File {
            path: $path,
            text: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../examples/travel/",
                $path
            )),
        }),*]
    };
}

/// Every file of `examples/travel`.
const FILES: &[File] = travel![
    "README.md"
    "apis/flights/apiInformation.json"
    "apis/flights/operations/fares/policy.xml"
    "apis/flights/operations/seats/policy.xml"
    "apis/flights/policy.xml"
    "apis/flights/specification.yaml"
    "apis/hotels/apiInformation.json"
    "apis/hotels/operations/book/policy.xml"
    "apis/hotels/operations/rooms/policy.xml"
    "apis/hotels/policy.xml"
    "apis/hotels/specification.yaml"
    "apis/payments/apiInformation.json"
    "apis/payments/operations/pay/policy.xml"
    "apis/payments/operations/payment/policy.xml"
    "apis/payments/policy.xml"
    "apis/payments/specification.json"
    "backends/flights-preview/backendInformation.json"
    "named values/flights-url/namedValueInformation.json"
    "named values/hotels-url/namedValueInformation.json"
    "named values/payments-open/namedValueInformation.json"
    "named values/payments-url/namedValueInformation.json"
    "policy fragments/keep-the-key/policy.xml"
    "policy fragments/keep-the-key/policyFragmentInformation.json"
    "policy.xml"
    "portcullis.toml"
    "products/partners/apis/payments/productApiInformation.json"
    "products/partners/policy.xml"
    "products/partners/productInformation.json"
    "products/travel/apis/flights/productApiInformation.json"
    "products/travel/apis/hotels/productApiInformation.json"
    "products/travel/policy.xml"
    "products/travel/productInformation.json"
    "subscriptions/partner-bank/subscriptionInformation.json"
    "subscriptions/web-shop/subscriptionInformation.json"
];

/// What stands in the folder for an address of this run.
const FLIGHTS: &str = "http://127.0.0.1:9001";
const HOTELS: &str = "http://127.0.0.1:9002";
const PAYMENTS: &str = "http://127.0.0.1:9003";

/// What stands in the folder for a key of this run: digests that no key is known for.
const SHOP: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000001";
const PARTNER: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000002";

/// Writes the folder with what is true in this run. It must not exist or be empty.
#[expect(clippy::disallowed_methods, reason = "the command writes a folder")]
pub(super) fn write(root: &Path, services: &Services, keys: &Keys) -> Result<()> {
    if std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_some()) {
        bail!(
            "`{}` is not empty: name a folder that does not exist yet",
            root.display()
        );
    }
    let truths = truths(services, keys);
    for File { path, text } in FILES {
        let mut text = (*text).to_owned();
        for (stands, means) in &truths {
            text = text.replace(stands, means);
        }
        let file = root.join(path);
        file.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&file, text))
            .with_context(|| format!("cannot write `{}`", file.display()))?;
    }
    Ok(())
}

fn truths(services: &Services, keys: &Keys) -> [(&'static str, String); 5] {
    let url = |address: SocketAddr| format!("http://{address}");
    let digest = |key: &Secret| format!("sha256:{}", hex(&sha256(key.expose())));
    [
        (FLIGHTS, url(services.flights)),
        (HOTELS, url(services.hotels)),
        (PAYMENTS, url(services.payments)),
        (SHOP, digest(&keys.shop)),
        (PARTNER, digest(&keys.partner)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[expect(
        clippy::disallowed_methods,
        reason = "the test looks at the folder in the tree"
    )]
    fn below(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                below(&path, root, found);
            } else {
                found.insert(path.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }

    #[test]
    fn the_program_carries_every_file_of_the_example() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/travel");
        let mut there = BTreeSet::new();
        below(&root, &root, &mut there);
        let carried: BTreeSet<String> = FILES.iter().map(|file| file.path.to_owned()).collect();
        assert_eq!(carried, there);
    }

    #[test]
    fn what_differs_in_each_run_stands_in_one_place() {
        for stands in [FLIGHTS, HOTELS, PAYMENTS, SHOP, PARTNER] {
            let count: usize = FILES
                .iter()
                .map(|file| file.text.matches(stands).count())
                .sum();
            assert_eq!(count, 1, "{stands}");
        }
    }
}
