//! `portcullis key`: subscription keys, the sealing key, and references in place of secrets.

use std::fs;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use portcullis_identity::key::{generate_key, hex, sha256};
use portcullis_identity::seal::{SealingKey, seal as seal_text};
use portcullis_model::secret::{Secret, SecretSource};
use portcullis_model::suggest::nearest;
use portcullis_model::{Diagnostic, Diagnostics, Sources, Span};
use portcullis_spec::document::{Document, Node};
use portcullis_spec::limits::Limits;

use crate::cli::{Exit, Format, Key, Seal};
use crate::render::{self, Paint};
use crate::secrets::{SEALED_FOR, read_sealing_key, read_text};

/// Members of `properties` that hold a secret which a reference can stand for.
const MEMBERS: [&str; 3] = ["primaryKey", "secondaryKey", VALUE];

/// The member of a named value; what policies use has to be read back.
const VALUE: &str = "value";

/// A digest of a shorter key than this can be found out by trying: the cloud's keys have 32 digits.
const SHORTEST: usize = 32;

pub(super) fn run(args: &Key) -> Result<Exit> {
    match args {
        Key::New => new(),
        Key::Sealing { file } => new_sealing_key(file),
        Key::Seal(args) => seal(args),
    }
}

fn new() -> Result<Exit> {
    let key = generate_key()?;
    writeln!(std::io::stdout(), "{}\n{}", key.expose(), digest(&key))?;
    writeln!(
        std::io::stderr(),
        "the first line is for the caller and stored nowhere; the second is for `primaryKey`"
    )?;
    Ok(Exit::Ok)
}

fn digest(key: &Secret) -> String {
    format!("sha256:{}", hex(&sha256(key.expose())))
}

fn new_sealing_key(file: &Path) -> Result<Exit> {
    let key = SealingKey::generate()?.to_text();
    let opened = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    let mut opened = match opened {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => bail!(
            "`{}` exists: what it sealed could not be opened again; choose another name",
            file.display()
        ),
        opened => opened.with_context(|| format!("cannot write `{}`", file.display()))?,
    };
    writeln!(opened, "{}", key.expose())
        .and_then(|()| opened.sync_all())
        .with_context(|| format!("cannot write `{}`", file.display()))?;
    writeln!(
        std::io::stderr(),
        "wrote `{}`, readable by its owner only; keep a copy elsewhere, set `security.sealing_key_file` \
         to it, and seal with `portcullis key seal --sealing-key`",
        file.display()
    )?;
    Ok(Exit::Ok)
}

fn seal(args: &Seal) -> Result<Exit> {
    if !MEMBERS.contains(&args.key.as_str()) {
        let near = nearest(&args.key, MEMBERS).map(|near| format!(": did you mean `{near}`?"));
        let else_ = || format!(": it is one of `{}`", MEMBERS.join("`, `"));
        bail!(
            "`--key {}` names no member that holds a secret{}",
            args.key,
            near.unwrap_or_else(else_)
        );
    }
    let text = read_text(&args.file)?;
    let document = match Document::parse_json(text.as_str(), &Limits::DEFAULT) {
        Ok(document) => document,
        Err(malformed) => return unreadable(&args.file, &text, malformed.span, &malformed.message),
    };
    let node = secret_member(&document, args)?;
    let written = node.string().unwrap_or_default();
    match SecretSource::parse(written) {
        Ok(SecretSource::Clear(secret)) => {
            let reference = reference(args, &secret)?;
            replace(&args.file, &text, node.span(), &reference)?;
            let form = reference.split(':').next().unwrap_or_default();
            writeln!(
                std::io::stderr(),
                "`{}` is a `{form}:` reference now",
                args.key
            )?;
            Ok(Exit::Ok)
        }
        Ok(_) => {
            writeln!(
                std::io::stderr(),
                "`{}` is a reference already: nothing was changed",
                args.key
            )?;
            Ok(Exit::Ok)
        }
        Err(reason) => bail!("`{}` is malformed: {reason}", args.key),
    }
}

/// Shows where the file is broken, as `check` would.
fn unreadable(file: &Path, text: &str, span: Span, message: &str) -> Result<Exit> {
    let mut sources = Sources::default();
    let source = sources.add(file.display().to_string(), text);
    let code = portcullis_model::code::artifact::MALFORMED_INFORMATION;
    let mut found = Diagnostics::default();
    found.push(Diagnostic::error(code, source, span, message));
    let mut out = std::io::stderr().lock();
    let paint = Paint::of(&out);
    render::diagnostics(&mut out, &found, &sources, Format::Human, paint)?;
    Ok(Exit::Error)
}

/// The member of `properties` that is to be replaced.
fn secret_member<'d>(document: &'d Document, args: &Seal) -> Result<Node<'d>> {
    let (file, member) = (args.file.display(), &args.key);
    let properties = document.root().get("properties");
    let properties = properties
        .with_context(|| format!("`{file}` is no information file: it has no `properties`"))?;
    let node = properties.get(member);
    let node = node.with_context(|| format!("there is no `{member}` in `{file}`"))?;
    if node.string().is_none_or(str::is_empty) {
        bail!("`{member}` in `{file}` is no text that could be sealed");
    }
    if member == VALUE {
        let is_secret = properties.get("secret").and_then(Node::boolean);
        if is_secret != Some(true) {
            bail!("the named value in `{file}` is no secret: set `secret` to true first");
        }
        if args.sealing_key.is_none() {
            bail!("policies have to read a named value: seal it with `--sealing-key FILE`");
        }
    }
    Ok(node)
}

fn reference(args: &Seal, secret: &Secret) -> Result<String> {
    if let Some(file) = &args.sealing_key {
        let key = read_sealing_key(file)?;
        return Ok(format!(
            "sealed:{}",
            seal_text(&key, secret.expose(), SEALED_FOR)?
        ));
    }
    if secret.expose().chars().count() < SHORTEST {
        writeln!(
            std::io::stderr(),
            "warning: the key is short, so it could be found out from its SHA-256: make a new one with \
             `portcullis key new`, or seal it with `--sealing-key`"
        )?;
    }
    Ok(digest(secret))
}

/// Replaces one string and nothing else; whoever reads the file meanwhile reads the old or the new.
fn replace(file: &Path, text: &str, span: Span, reference: &str) -> Result<()> {
    let range = span.range();
    let (Some(before), Some(after)) = (text.get(..range.start), text.get(range.end..)) else {
        bail!("`{}` changed while it was read: try again", file.display());
    };
    let literal = serde_json::Value::from(reference);
    let cannot = || format!("cannot write `{}`", file.display());
    // A link stays a link.
    let file = fs::canonicalize(file).with_context(cannot)?;
    let folder = file.parent().unwrap_or(Path::new("/"));
    let mut aside = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
    write!(aside, "{before}{literal}{after}").with_context(cannot)?;
    aside.as_file().sync_all().with_context(cannot)?;
    let permissions = fs::metadata(&file).with_context(cannot)?.permissions();
    fs::set_permissions(aside.path(), permissions).with_context(cannot)?;
    aside.persist(&file).with_context(cannot)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal_in(text: &str, member: &str, sealing_key: Option<&Path>) -> Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("information.json");
        fs::File::create(&file)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let args = Seal {
            file: file.clone(),
            key: member.into(),
            sealing_key: sealing_key.map(Into::into),
        };
        seal(&args)?;
        read_text(&file)
    }

    #[test]
    fn only_the_string_changes() {
        let around = |key: &str| {
            format!(
                "\u{feff}{{\r\n\t\"properties\" : {{\"scope\":\"/apis\" ,\r\n \"primaryKey\":{key}  }} }}"
            )
        };
        let sealed = seal_in(&around("\"abc\""), "primaryKey", None).unwrap();
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sealed, around(&format!("\"sha256:{digest}\"")));
        assert_eq!(
            seal_in(&sealed, "primaryKey", None).unwrap(),
            sealed,
            "a second time"
        );
    }

    #[test]
    fn a_named_value_is_sealed_so_that_it_can_be_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("seal.key");
        new_sealing_key(&key).unwrap();
        let text = r#"{"properties":{"secret":true,"value":"hunter2"}}"#;
        let sealed = seal_in(text, "value", Some(&key)).unwrap();
        let sealed = sealed
            .split('"')
            .find_map(|part| part.strip_prefix("sealed:"))
            .unwrap();
        let key = read_sealing_key(&key).unwrap();
        let opened = portcullis_identity::seal::unseal(&key, sealed, SEALED_FOR).unwrap();
        assert_eq!(opened.expose(), "hunter2");
    }

    #[test]
    fn what_cannot_be_sealed_says_why() {
        let error =
            |text: &str, member: &str| format!("{:#}", seal_in(text, member, None).unwrap_err());
        let named = r#"{"properties":{"value":"x"}}"#;
        let secret = r#"{"properties":{"secret":true,"value":"x"}}"#;
        for (text, member, said) in [
            (named, "value", "set `secret` to true first"),
            (secret, "value", "seal it with `--sealing-key FILE`"),
            (secret, "primaryKey", "there is no `primaryKey`"),
            (secret, "primarykey", "did you mean `primaryKey`?"),
            ("{}", "primaryKey", "it has no `properties`"),
            (
                r#"{"properties":{"primaryKey":1}}"#,
                "primaryKey",
                "is no text",
            ),
            (
                r#"{"properties":{"primaryKey":"env:"}}"#,
                "primaryKey",
                "nothing follows the colon",
            ),
        ] {
            let message = error(text, member);
            assert!(message.contains(said), "{message}");
        }
    }

    #[test]
    fn a_sealing_key_is_for_its_owner_and_never_overwritten() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seal.key");
        new_sealing_key(&file).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let before = read_text(&file).unwrap();
        assert!(new_sealing_key(&file).is_err());
        assert_eq!(read_text(&file).unwrap(), before);
    }
}
