//! Bars in SVG that show the state of the code for groups of papers.
//!
//! All bars have the same length, because they compare shares. Available code begins at the left edge and lost code
//! ends at the right edge, so that both can be compared between bars; the rest lies between. Each fate has its own
//! pattern as well as its colour, so that a black-and-white print shows the same.

use maud::{Markup, html};

use super::fates::{FateCounts, PaperCodeFate};

/// Lengths are in units of the picture, which scales with the page.
const WIDTH: f64 = 760.0;
const LABEL: f64 = 74.0;
const FIGURE: f64 = 196.0;
const ROW: f64 = 24.0;
const BAR: f64 = 16.0;
const TOP: f64 = 34.0;

fn pattern(fate: PaperCodeFate) -> &'static str {
    match fate {
        PaperCodeFate::There => "there",
        PaperCodeFate::Hollow => "hollow",
        PaperCodeFate::Unknown => "unknown",
        PaperCodeFate::InDoubt => "doubt",
        PaperCodeFate::Lost => "lost",
    }
}

/// The fill patterns of all bars; included once per page.
pub(super) fn patterns() -> Markup {
    html! {
        svg width="0" height="0" aria-hidden="true" class="patterns" {
            defs {
                pattern id="there" width="6" height="6" patternUnits="userSpaceOnUse" {
                    rect width="6" height="6" fill="#2a6f97" {}
                }
                pattern id="hollow" width="6" height="6" patternUnits="userSpaceOnUse" {
                    rect width="6" height="6" fill="#e3eef5" {}
                    circle cx="3" cy="3" r="1.2" fill="#2a6f97" {}
                }
                pattern id="unknown" width="6" height="6" patternUnits="userSpaceOnUse" {
                    rect width="6" height="6" fill="#ececec" {}
                }
                pattern id="doubt" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    rect width="7" height="7" fill="#fdeecf" {}
                    rect width="2" height="7" fill="#c77f0a" {}
                }
                pattern id="lost" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)" {
                    rect width="5" height="5" fill="#7a1022" {}
                    rect width="1.3" height="5" fill="#f6d9d5" {}
                }
            }
        }
    }
}

/// A bar for each group, with a legend above.
pub(super) fn chart(title: &str, groups: &[(String, FateCounts)]) -> Markup {
    let height = TOP + ROW * groups.len() as f64 + 4.0;
    let room = WIDTH - LABEL - FIGURE;
    html! {
        svg class="chart" viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(title) {
            title { (title) }
            (legend())
            @for (i, (label, counts)) in groups.iter().enumerate() {
                @let y = TOP + ROW * i as f64;
                text x=(LABEL - 10.0) y=(y + 12.5) text-anchor="end" { (label) }
                (segments(counts, LABEL, y, room))
                text class="figure" x=(WIDTH - FIGURE + 12.0) y=(y + 12.5) { (figure(counts)) }
            }
        }
    }
}

/// A single bar, for a row of a table.
pub(super) fn bar(counts: &FateCounts) -> Markup {
    html! {
        svg class="bar" viewBox=(format!("0 0 200 {BAR}")) preserveAspectRatio="none" aria-hidden="true" {
            (segments(counts, 0.0, 0.0, 200.0))
        }
    }
}

fn legend() -> Markup {
    let places = PaperCodeFate::ALL.into_iter().scan(LABEL, |next, fate| {
        let x = *next;
        *next += 46.0 + 7.2 * fate.words().len() as f64;
        Some((x, fate))
    });
    html! {
        @for (x, fate) in places {
            rect x=(x) y="4" width="22" height="12" fill=(format!("url(#{})", pattern(fate))) class="edge" {}
            text x=(x + 28.0) y="14.5" { (fate.words()) }
        }
    }
}

fn segments(counts: &FateCounts, x: f64, y: f64, room: f64) -> Markup {
    let all = counts.all().max(1) as f64;
    let bars = PaperCodeFate::ALL.into_iter().scan(x, |next, fate| {
        let (at, width) = (*next, room * counts.of(fate) as f64 / all);
        *next += width;
        Some((at, width, fate))
    });
    html! {
        @for (at, width, fate) in bars {
            @if width > 0.0 {
                rect x=(round(at)) y=(y) width=(round(width)) height=(BAR) class="edge"
                    fill=(format!("url(#{})", pattern(fate))) {}
            }
        }
    }
}

fn round(length: f64) -> f64 {
    (length * 10.0).round() / 10.0
}

fn figure(counts: &FateCounts) -> String {
    let (there, lost, all) = (counts.of(PaperCodeFate::There), counts.of(PaperCodeFate::Lost), counts.all());
    if lost > 0 { format!("{there} of {all} there, {lost} lost") } else { format!("{there} of {all} there") }
}
