//! What the newcomer reads.

use std::io::{self, Write};

use anyhow::Result;

use super::case::{CASES, Case};
use super::client::Response;
use super::{Home, Site};
use crate::cli::Exit;
use crate::render::Paint;

/// How wide a body is shown, and how much of it.
const WIDTH: usize = 88;
const LINES: usize = 3;

/// Says what runs where, and what to do with it. All of it can be pasted into a shell.
pub(super) fn announce(out: &mut dyn Write, site: &Site, paint: Paint) -> io::Result<()> {
    platform(out, site, "# ", paint)?;
    writeln!(out, "{}\n", paint.bold("# Paste into another terminal:"))?;
    let export = |out: &mut dyn Write, name: &str, value: &str, about: &str| {
        writeln!(out, "export {name}={value}{}", paint.dim(about))
    };
    export(out, "TRAVEL", &format!("http://{}", site.gateway), "")?;
    export(
        out,
        "KEY",
        site.keys.shop.expose(),
        "  # the product `travel`",
    )?;
    export(
        out,
        "PARTNER_KEY",
        site.keys.partner.expose(),
        "  # the product `partners`",
    )?;
    for (number, case) in (1..).zip(&CASES) {
        writeln!(
            out,
            "\n{}",
            paint.bold(&format!("# {number}  {}", case.title))
        )?;
        writeln!(out, "{}", paint.dim(&format!("#    {}", case.expect)))?;
        writeln!(out, "{}", case.curl())?;
    }
    writeln!(out)?;
    for line in [
        "# Edit a file in the folder, and the next call follows it.",
        "# There is no access log here; `portcullis gateway` writes one.",
        "# Your own API: portcullis new --from openapi.yaml --backend http://127.0.0.1:3000 DIR",
        "# Ctrl-C stops everything.",
    ] {
        writeln!(out, "{}", paint.dim(line))?;
    }
    out.flush()
}

fn platform(out: &mut dyn Write, site: &Site, margin: &str, paint: Paint) -> io::Result<()> {
    let title =
        format!("{margin}A travel platform: three services, and a gateway in front of them.");
    writeln!(out, "{}\n", paint.bold(&title))?;
    let services = &site.services;
    for (name, address, about) in [
        ("gateway ", site.gateway, "loopback only"),
        ("flights ", services.flights, "behind /flights"),
        ("hotels  ", services.hotels, "behind /hotels"),
        ("payments", services.payments, "behind /payments"),
    ] {
        writeln!(
            out,
            "{margin}  {name}  http://{address:<16}  {}",
            paint.dim(about)
        )?;
    }
    let folder = site.home.path().display();
    let about = match site.home {
        Home::Passing(_) => "APIs, products, policies; `--folder` keeps it",
        Home::Kept(_) => "APIs, products, policies",
    };
    writeln!(out, "{margin}  folder    {folder}  {}\n", paint.dim(about))
}

/// Makes the six calls and shows what happens.
pub(super) fn exercise(out: &mut dyn Write, site: &Site, paint: Paint) -> Result<Exit> {
    platform(out, site, "", paint)?;
    let mut kept = 0;
    for (number, case) in (1..).zip(&CASES) {
        writeln!(out, "{}", paint.bold(&format!("{number}  {}", case.title)))?;
        let wrong = play(out, case, site, paint)?;
        if wrong.is_empty() {
            kept += 1;
            writeln!(out, "   {} {}\n", paint.good("✓"), case.expect)?;
        } else {
            writeln!(
                out,
                "   {} {}: announced was {}\n",
                paint.bold("✗"),
                wrong.join("; "),
                case.expect
            )?;
        }
    }
    let all = CASES.len();
    let verdict = format!("{kept} of {all} as announced");
    if kept == all {
        writeln!(out, "{}", paint.good(&verdict))?;
        Ok(Exit::Ok)
    } else {
        writeln!(out, "{}", paint.bold(&verdict))?;
        Ok(Exit::Error)
    }
}

/// Shows one case; gives what is not as announced.
fn play(out: &mut dyn Write, case: &Case, site: &Site, paint: Paint) -> Result<Vec<String>> {
    if let Some(behind) = &case.behind {
        match behind.ask(site) {
            Ok(response) => {
                writeln!(out, "   {}", paint.dim("the service itself says"))?;
                body(out, &response)?;
            }
            Err(error) => return Ok(vec![format!("the service does not answer: {error:#}")]),
        }
    }
    request(out, case, site, paint)?;
    let responses = match case.run(site) {
        Ok(responses) => responses,
        Err(error) => return Ok(vec![format!("{error:#}")]),
    };
    for response in &responses {
        let Response { status, reason, .. } = response;
        writeln!(out, "   ← {status} {reason}")?;
    }
    if let Some(last) = responses.last() {
        for name in case.shows {
            if let Some(value) = last.header(name) {
                for line in wrapped(&format!("{name}: {value}")) {
                    writeln!(out, "     {}", paint.dim(line))?;
                }
            }
        }
        body(out, last)?;
    }
    Ok(case.held_against(&responses))
}

fn request(out: &mut dyn Write, case: &Case, site: &Site, paint: Paint) -> io::Result<()> {
    let call = &case.call;
    let times = case.statuses.len();
    let target = call.target.replace('*', &format!("1…{times}"));
    let from = call
        .from
        .map(|from| format!("  from {from}"))
        .unwrap_or_default();
    writeln!(out, "   → {} {target}{}", call.method, paint.dim(&from))?;
    for (name, value) in call.headers {
        writeln!(
            out,
            "     {}",
            paint.dim(&format!("{name}: {}", value.shown(&site.keys)))
        )?;
    }
    Ok(())
}

/// As much of a body as can be taken in at a glance; white space is not worth a line.
fn body(out: &mut dyn Write, response: &Response) -> io::Result<()> {
    let text = response
        .body
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let mut lines = wrapped(&text);
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push("…");
    }
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "     {line}"))
}

/// Breaks a text after a comma or a space where there is one.
fn wrapped(text: &str) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    while let Some((end, _)) = rest.char_indices().nth(WIDTH) {
        let fits = rest.get(..end).unwrap_or(rest);
        let end = fits.rfind([',', ' ']).map_or(end, |at| at + 1);
        let (line, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        lines.push(line.trim_end());
        rest = after;
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_is_cut_and_a_short_one_stands_on_one_line() {
        let shown = |text: &str| {
            let response = Response {
                status: 200,
                reason: "OK".into(),
                headers: Vec::new(),
                body: text.into(),
            };
            let mut out = Vec::new();
            body(&mut out, &response).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(shown("{\n  \"a\": 1\n}"), "     { \"a\": 1 }\n");
        assert_eq!(shown(""), "");
        let long = shown(&"x".repeat(WIDTH * (LINES + 1)));
        assert_eq!(long.lines().count(), LINES + 1);
        assert!(long.ends_with("x\n     …\n"), "{long}");
    }

    #[test]
    fn lines_break_between_words() {
        let text = format!("{},{}", "a".repeat(WIDTH - 8), "b".repeat(WIDTH - 8));
        let lines = wrapped(&text);
        assert_eq!(lines.len(), 2);
        assert!(
            lines[0].ends_with("a,") && lines[1].starts_with('b'),
            "{lines:?}"
        );
        assert_eq!(wrapped(&"é".repeat(WIDTH)).len(), 1);
    }
}
