//! Durations, sizes and lists as people write them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};

/// `127.0.0.1:8080`, on the command line and in settings.
pub(crate) fn address(text: &str) -> Result<SocketAddr> {
    text.trim().parse().map_err(|_| {
        anyhow!("an address is written `127.0.0.1:8080`: a number, not a name, and a port")
    })
}

/// `100`.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Result<T> {
    let number = text.trim().parse();
    number.map_err(|_| anyhow!("a number is written `100`"))
}

const DURATION: &str = "a duration is written `500ms`, `30s`, `5m` or `2h`";
const SIZE: &str = "a size is written `512`, `64KiB`, `8MiB` or `1GiB`";

/// `500ms`, `30s`, `5m`, `2h`.
pub(super) fn duration(text: &str) -> Result<Duration> {
    let (number, unit) = split(text);
    let number: u64 = number.parse().map_err(|_| anyhow!(DURATION))?;
    Ok(match unit {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number.saturating_mul(60)),
        "h" => Duration::from_secs(number.saturating_mul(3600)),
        _ => bail!(DURATION),
    })
}

/// `512`, `64KiB`, `8MiB`, `1GiB`.
pub(super) fn size(text: &str) -> Result<u64> {
    let (number, unit) = split(text);
    let number: u64 = number.parse().map_err(|_| anyhow!(SIZE))?;
    let factor = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => bail!(SIZE),
    };
    Ok(number.saturating_mul(factor))
}

/// A size that fits the machine's words.
pub(super) fn length(text: &str) -> Result<usize> {
    usize::try_from(size(text)?).context("the size is too large for this machine")
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end).unwrap_or((text, ""));
    (number, unit.trim())
}

/// An address that may be left out by writing nothing.
pub(super) fn optional_address(text: &str) -> Result<Option<SocketAddr>> {
    let written = Some(text.trim()).filter(|text| !text.is_empty());
    written.map(address).transpose()
}

/// A path that may be left out by writing nothing.
pub(super) fn optional_path(text: &str) -> Option<PathBuf> {
    let written = Some(text.trim()).filter(|text| !text.is_empty());
    written.map(PathBuf::from)
}

/// `a, b, c`.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read() {
        assert_eq!(duration("250 ms").unwrap(), Duration::from_millis(250));
        assert_eq!(duration("2h").unwrap(), Duration::from_hours(2));
        assert_eq!(size("8MiB").unwrap(), 8 << 20);
        for bad in ["", "10", "s", "10 days"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert!(size("8MB").is_err());
    }
}
