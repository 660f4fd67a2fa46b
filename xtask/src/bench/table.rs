//! The table that people read, and its place in a page.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use super::PATIENCE;
use super::cases::{Bar, Case, Figure};
use super::cpu::Sample;
use super::peers::Peer;

const BEGIN: &str = "<!-- bench: begin; written by `cargo xtask bench --out` -->";
const END: &str = "<!-- bench: end -->";
/// What nobody measured.
const NOTHING: &str = "–";

/// One case's line.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) case: &'static Case,
    pub(super) cells: Vec<Cell>,
}

/// One proxy's rounds of a case.
#[derive(Debug)]
pub(super) struct Cell {
    peer: Peer,
    pub(super) samples: Vec<Sample>,
}

impl Cell {
    /// No rounds yet.
    pub(super) fn new(peer: Peer) -> Self {
        Self {
            peer,
            samples: Vec::new(),
        }
    }

    /// How many rounds count.
    pub(super) fn clean(&self) -> usize {
        self.samples
            .iter()
            .filter(|sample| sample.is_clean())
            .count()
    }

    /// What was measured, in ascending order: of the clean rounds, or of the calmest where none is clean.
    fn figures(&self) -> Vec<f64> {
        let mut samples: Vec<_> = self
            .samples
            .iter()
            .filter(|sample| sample.is_clean())
            .collect();
        if samples.is_empty() {
            samples = self.samples.iter().collect();
            samples.sort_by(|a, b| a.foreign.total_cmp(&b.foreign));
            samples.truncate(samples.len().div_ceil(PATIENCE));
        }
        ascending(samples.into_iter().map(|sample| sample.figure))
    }

    fn median(&self) -> Option<f64> {
        median(&self.figures())
    }

    fn text(&self) -> String {
        let figures = self.figures();
        let (Some(median), Some(least), Some(most)) =
            (self.median(), figures.first(), figures.last())
        else {
            return NOTHING.to_owned();
        };
        let mark = if self.clean() == 0 {
            " (contended)"
        } else {
            ""
        };
        format!("{median:.2} ({least:.2}–{most:.2}){mark}")
    }
}

pub(super) fn ascending(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

/// Of numbers in ascending order.
pub(super) fn median(numbers: &[f64]) -> Option<f64> {
    let upper = numbers.get(numbers.len() / 2)?;
    let lower = numbers.get(numbers.len().saturating_sub(1) / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

impl Row {
    fn cell(&self, peer: Peer) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.peer == peer)
    }

    /// The figure of Portcullis as a share of the peer's.
    ///
    /// Two rounds of one number run within seconds of each other: what makes the whole machine slow for
    /// a while (others on the same hardware do) drops out of their ratio, not out of two medians.
    fn ratio(&self, peer: Peer) -> Option<f64> {
        let (ours, theirs) = (self.cell(Peer::Portcullis)?, self.cell(peer)?);
        let pairs = ours.samples.iter().zip(&theirs.samples);
        let clean = pairs.filter(|(ours, theirs)| ours.is_clean() && theirs.is_clean());
        let ratios = ascending(clean.map(|(ours, theirs)| ours.figure / theirs.figure));
        median(&ratios).or_else(|| Some(ours.median()? / theirs.median()?))
    }

    fn line(&self) -> String {
        let mut columns = vec![self.case.title.to_owned()];
        for peer in Peer::ALL {
            columns.push(self.cell(peer).map_or(NOTHING.to_owned(), Cell::text));
        }
        let others = Peer::ALL.into_iter().skip(1);
        let ratios = others.filter_map(|peer| Some(format!("{:.2} × {peer}", self.ratio(peer)?)));
        columns.push(joined(ratios));
        let bars = self.case.bars.iter();
        columns.push(joined(
            bars.clone()
                .map(|bar| format!("≤ {:.2} × {}", bar.at_most, bar.peer)),
        ));
        columns.push(joined(bars.map(|bar| self.verdict(bar).to_owned())));
        format!("| {} |", columns.join(" | "))
    }

    fn verdict(&self, bar: &Bar) -> &'static str {
        match self.ratio(bar.peer) {
            None => "not measured",
            Some(ratio) if ratio <= bar.at_most => "yes",
            Some(_) => "**no**",
        }
    }
}

/// The tables and the facts below them. `scale` is a table of its own.
pub(super) fn page(rows: &[Row], scale: &str, facts: &[String]) -> String {
    let mut lines = vec![
        "Median (least–most) of the rounds that count; contended: none did, these are the calmest. A ratio is the median of the ratios of rounds that ran side by side.".to_owned(),
    ];
    for (figure, title) in [
        (
            Figure::Cost,
            "CPU seconds of the proxy per 100,000 requests",
        ),
        (
            Figure::Latency,
            "p99 in milliseconds at 70 % of the rate that saturates",
        ),
    ] {
        let rows = rows.iter().filter(|row| row.case.figure == figure);
        let rows: Vec<_> = rows.map(Row::line).collect();
        if !rows.is_empty() {
            lines.push(String::new());
            lines.push(format!(
                "| {title} | Portcullis | nginx | HAProxy | Envoy | ratios | bar | met? |"
            ));
            lines.push("|---|---|---|---|---|---|---|---|".to_owned());
            lines.extend(rows);
        }
    }
    if !scale.is_empty() {
        lines.extend([String::new(), scale.to_owned()]);
    }
    lines.push(String::new());
    lines.extend(facts.iter().map(|fact| format!("- {fact}")));
    lines.join("\n")
}

/// Puts the table between the markers of a page, or makes the page.
pub(super) fn write(path: &Path, table: &str) -> anyhow::Result<()> {
    let page = match fs::read_to_string(path) {
        Ok(page) => page,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            format!("# Performance\n\n{BEGIN}\n{END}\n")
        }
        Err(error) => return Err(error).context(format!("cannot read {}", path.display())),
    };
    let Some(page) = spliced(&page, table) else {
        bail!(
            "{} has no markers `{BEGIN}` and `{END}`: add them where the table belongs",
            path.display()
        );
    };
    fs::write(path, page).with_context(|| format!("cannot write {}", path.display()))
}

fn spliced(page: &str, table: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{table}\n{END}{after}"))
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<_> = parts.collect();
    if parts.is_empty() {
        NOTHING.to_owned()
    } else {
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::CASES;
    use super::*;

    fn cell(peer: Peer, figures: &[(f64, f64)]) -> Cell {
        let sample = |&(figure, foreign): &(f64, f64)| Sample {
            figure,
            unit: "",
            foreign,
            rate: 80_000.0,
        };
        Cell {
            peer,
            samples: figures.iter().map(sample).collect(),
        }
    }

    #[test]
    fn the_median_of_the_clean_rounds_is_shown_or_of_the_calmest() {
        let text = |figures: &[(f64, f64)]| cell(Peer::Nginx, figures).text();
        assert_eq!(text(&[]), "–");
        assert_eq!(
            text(&[(1.3, 0.0), (1.1, 0.0), (1.2, 0.0)]),
            "1.20 (1.10–1.30)"
        );
        assert_eq!(text(&[(1.3, 0.0), (1.1, 0.0)]), "1.20 (1.10–1.30)");
        assert_eq!(text(&[(1.1, 0.0), (9.9, 0.5)]), "1.10 (1.10–1.10)");
        assert_eq!(
            text(&[(2.0, 0.5), (1.5, 0.2), (3.0, 0.9)]),
            "1.50 (1.50–1.50) (contended)"
        );
    }

    #[test]
    fn a_row_compares_with_its_bars() {
        let line = |ours: &[(f64, f64)]| {
            let cells = vec![
                cell(Peer::Portcullis, ours),
                cell(Peer::Haproxy, &[(1.0, 0.0)]),
                cell(Peer::Envoy, &[(4.0, 0.0)]),
            ];
            Row {
                case: &CASES[0],
                cells,
            }
            .line()
        };
        assert!(line(&[(1.04, 0.0)]).ends_with(
            "| 1.04 × HAProxy, 0.26 × Envoy | ≤ 1.05 × HAProxy, ≤ 0.36 × Envoy | yes, yes |"
        ));
        assert!(line(&[(1.5, 0.0)]).ends_with("| **no**, **no** |"));
        assert!(
            line(&[])
                .ends_with("| – | ≤ 1.05 × HAProxy, ≤ 0.36 × Envoy | not measured, not measured |")
        );
    }

    #[test]
    fn a_machine_that_slows_down_does_not_change_a_ratio() {
        let row = Row {
            case: &CASES[0],
            cells: vec![
                cell(
                    Peer::Portcullis,
                    &[(1.0, 0.0), (2.0, 0.0), (9.0, 0.5), (4.0, 0.0)],
                ),
                cell(
                    Peer::Haproxy,
                    &[(2.0, 0.0), (4.0, 0.0), (1.0, 0.0), (8.0, 0.0)],
                ),
            ],
        };
        assert_eq!(row.ratio(Peer::Haproxy), Some(0.5));
        assert_eq!(row.ratio(Peer::Envoy), None);
    }

    #[test]
    fn the_table_replaces_what_stands_between_the_markers() {
        let page = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        let expected = format!("before\n{BEGIN}\nnew\n{END}\nafter\n");
        assert_eq!(spliced(&page, "new").as_deref(), Some(expected.as_str()));
        assert_eq!(spliced("no markers", "new"), None);
    }
}
