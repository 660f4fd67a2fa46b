//! A new artefact folder for an API that somebody has: description, backend, product, key, limits.
#![expect(clippy::disallowed_methods, reason = "this room writes the folder")]

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use portcullis_model::api::ApiPath;
use portcullis_model::id::ApiId;
use portcullis_spec::{Description, resource_name};
use serde_json::{Value, json};

use crate::backend::is_base_url;

/// What a new folder is made of.
#[derive(Debug, Clone, Copy)]
pub struct NewFolder<'n> {
    /// What the API is called; its resource name and path are made of it.
    pub name: &'n str,
    /// The URL suffix, if it is not the resource name.
    pub path: Option<&'n ApiPath>,
    /// The API's description.
    pub description: &'n Description,
    /// The text of the description; copied as it is.
    pub description_text: &'n str,
    /// The base URL of the service.
    pub backend: &'n str,
    /// How callers identify themselves.
    pub auth: Auth,
}

/// How callers of a new API identify themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// By a subscription key, of which the folder holds the SHA-256 only.
    Key {
        /// The SHA-256 of the key.
        sha256: [u8; 32],
    },
    /// Not at all: everybody may call it.
    None,
}

/// A folder that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The API's resource name, which is its path too if no other was given.
    pub api: ApiId,
    /// Its files, below the folder.
    pub files: Vec<PathBuf>,
}

/// Why a folder was not made. Files that were written before the failure stay.
#[derive(Debug, thiserror::Error)]
pub enum CannotWrite {
    /// There is something in it already.
    #[error("`{0}` is not empty: give a folder that does not exist yet")]
    NotEmpty(PathBuf),
    /// No resource name can be made of the name.
    #[error("no resource name can be made of `{0}`: give one with letters or digits")]
    Name(String),
    /// Not the address of a service.
    #[error("`{0}` is not the base URL of a service: write `https://` and its host")]
    Backend(String),
    /// The system refused.
    #[error("`{path}` cannot be written: {source}")]
    System {
        /// What was written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

const GLOBAL_POLICY: &str = include_str!("write/global.xml");
const KEY_API_POLICY: &str = include_str!("write/api-with-key.xml");
const OPEN_API_POLICY: &str = include_str!("write/api-open.xml");
const PRODUCT_POLICY: &str = include_str!("write/product.xml");

/// Writes a new folder. It must not exist yet, or be empty.
pub fn write(root: &Path, new: &NewFolder<'_>) -> Result<Written, CannotWrite> {
    let name = resource_name(new.name);
    let api = ApiId::parse(&name).map_err(|_| CannotWrite::Name(new.name.to_owned()))?;
    if !is_base_url(new.backend) {
        return Err(CannotWrite::Backend(new.backend.to_owned()));
    }
    refuse_full(root)?;
    let mut files = Vec::new();
    for (path, text) in contents(&name, new) {
        write_new(&root.join(&path), &text)?;
        files.push(path);
    }
    Ok(Written { api, files })
}

fn contents(name: &str, new: &NewFolder<'_>) -> Vec<(PathBuf, String)> {
    let api = Path::new("apis").join(name);
    let begin = new
        .description_text
        .trim_start_matches('\u{feff}')
        .trim_start();
    let extension = if begin.starts_with('{') {
        "json"
    } else {
        "yaml"
    };
    let policy = match new.auth {
        Auth::Key { .. } => KEY_API_POLICY,
        Auth::None => OPEN_API_POLICY,
    };
    let mut contents = vec![
        (PathBuf::from("policy.xml"), GLOBAL_POLICY.to_owned()),
        (api.join("apiInformation.json"), api_information(name, new)),
        (
            api.join(format!("specification.{extension}")),
            new.description_text.to_owned(),
        ),
        (api.join("policy.xml"), policy.to_owned()),
    ];
    if let Auth::Key { sha256 } = new.auth {
        contents.extend(product(name, sha256));
    }
    contents
}

fn api_information(name: &str, new: &NewFolder<'_>) -> String {
    let title = match new.description.title.trim() {
        "" => new.name,
        title => title,
    };
    let mut properties = json!({
        "path": new.path.map_or(name, ApiPath::as_str),
        "apiRevision": "1",
        "displayName": title,
        "protocols": ["http", "https"],
        "serviceUrl": new.backend.trim(),
        "subscriptionRequired": matches!(new.auth, Auth::Key { .. }),
        "isCurrent": true,
    });
    if let (Some(text), Value::Object(members)) = (&new.description.description, &mut properties) {
        members.insert("description".to_owned(), json!(text));
    }
    information(&properties)
}

/// A product with the API in it, and a subscription that opens it.
fn product(name: &str, sha256: [u8; 32]) -> [(PathBuf, String); 4] {
    let product = Path::new("products").join(name);
    let facts = json!({
        "displayName": name,
        "description": "Opens the API with a key, within a rate limit.",
        "state": "published",
        "subscriptionRequired": true,
        "approvalRequired": false,
    });
    let subscription = json!({
        "displayName": "first key",
        "scope": format!("/products/{name}"),
        "state": "active",
        "primaryKey": format!("sha256:{}", hex(sha256)),
    });
    [
        (product.join("productInformation.json"), information(&facts)),
        (product.join("policy.xml"), PRODUCT_POLICY.to_owned()),
        (
            product
                .join("apis")
                .join(name)
                .join("productApiInformation.json"),
            "{}\n".to_owned(),
        ),
        (
            Path::new("subscriptions")
                .join(format!("{name}-first"))
                .join("subscriptionInformation.json"),
            information(&subscription),
        ),
    ]
}

fn information(properties: &Value) -> String {
    format!("{:#}\n", json!({ "properties": properties }))
}

fn hex(bytes: [u8; 32]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits
        .filter_map(|nibble| char::from_digit(u32::from(nibble), 16))
        .collect()
}

fn refuse_full(root: &Path) -> Result<(), CannotWrite> {
    match fs::read_dir(root).map(|mut entries| entries.next().is_some()) {
        Ok(true) => Err(CannotWrite::NotEmpty(root.to_owned())),
        Ok(false) => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(system(root, error)),
    }
}

/// Writes a file that must not exist: nothing of anybody's is overwritten.
fn write_new(path: &Path, text: &str) -> Result<(), CannotWrite> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| system(folder, error))?;
    }
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| system(path, error))
}

fn system(path: &Path, source: io::Error) -> CannotWrite {
    CannotWrite::System {
        path: path.to_owned(),
        source,
    }
}
