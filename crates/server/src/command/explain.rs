//! `portcullis explain CODE`: diagnostics by their codes, refusals by their reasons.

use std::io::Write as _;

use anyhow::{Result, bail};
use portcullis_model::code::{Code, Entry};
use portcullis_model::suggest::nearest;

use crate::cli::{Exit, Explain};
use crate::render::Paint;

pub(super) fn run(args: &Explain) -> Result<Exit> {
    let mut out = std::io::stdout().lock();
    let paint = Paint::of(&out);
    if args.list {
        let width = Code::all().map(|code| code.id().len()).max().unwrap_or(0);
        for code in Code::all() {
            writeln!(out, "{:<width$}  {}", code.id(), code.0.title)?;
        }
        return Ok(Exit::Ok);
    }
    let wanted = args.code.as_deref().unwrap_or_default();
    let Some(code) = Code::find(wanted) else {
        match nearest(wanted, Code::all().map(Code::id)) {
            Some(near) => bail!("there is no code `{wanted}`: did you mean `{near}`?"),
            None => bail!("there is no code `{wanted}`: `portcullis explain --list` lists all"),
        }
    };
    let Entry {
        id,
        title,
        meaning,
        mend,
    } = code.0;
    writeln!(
        out,
        "{}  {title}\n\n{meaning}\n\n{}  {mend}",
        paint.bold(id),
        paint.bold("To mend it:")
    )?;
    Ok(Exit::Ok)
}
