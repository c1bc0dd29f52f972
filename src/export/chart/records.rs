//! Records over time: a step line through the best values so far; the other results are dots.

use std::fmt::Write as _;

use super::{COLORS, ChartFrame, GREY, PALE, SvgWriter, figure};
use crate::export::xml;
use crate::graph::{Board, BoardRow};
use crate::paper::PartialDate;
use crate::text::shorten;

/// Results of one leaderboard over time.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecordChart {
    pub title: String,
    pub note: String,
    /// The label of the vertical axis: `accuracy`.
    pub unit: String,
    pub points: Vec<RecordPoint>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct RecordPoint {
    /// Date as a decimal year: 2024.5 is the middle of 2024.
    pub year: f64,
    pub value: f64,
    pub name: String,
    /// Whether it was better than all earlier results.
    pub is_record: bool,
}

impl RecordChart {
    /// The dated rows of a board, and which of them set a record.
    pub(crate) fn of(board: &Board) -> Self {
        let history: Vec<*const BoardRow> = board.history().into_iter().map(std::ptr::from_ref).collect();
        let points = board.rows.iter().filter_map(|row| {
            Some(RecordPoint {
                year: decimal_year(row.since()?),
                value: row.number?,
                name: row.system.clone().unwrap_or_else(|| row.paper.label.clone()),
                is_record: history.contains(&std::ptr::from_ref(row)),
            })
        });
        let points: Vec<RecordPoint> = points.collect();
        let undated = board.rows.len() - points.len();
        let note = if undated == 0 { String::new() } else { format!(", {undated} without a date or figure left out") };
        Self {
            title: format!("{} on {}", board.metric, board.dataset),
            note: format!("{} · {}{note}", board.variant_words(), board.direction()),
            unit: board.metric.clone(),
            points,
        }
    }
}

/// A date without month or day counts as the middle of its year or the first of its month.
fn decimal_year(date: PartialDate) -> f64 {
    f64::from(date.year())
        + f64::from(date.month().map_or(5, |month| month - 1)) / 12.0
        + f64::from(date.day().map_or(0, |day| day - 1)) / 365.0
}

const LEFT: f64 = 56.0;
/// The height of the picture without a title.
const HEIGHT: f64 = 340.0;

/// Draws records over time as a file. The value axis begins near the lowest value, because records lie close together.
pub(crate) fn records(chart: &RecordChart) -> String {
    records_on_page(chart, ChartFrame::File)
}

/// Like [`records`], in the given frame.
pub(crate) fn records_on_page(chart: &RecordChart, frame: ChartFrame) -> String {
    let mut svg = SvgWriter::framed(frame, HEIGHT, &chart.title, &chart.note);
    let (top, bottom) = (frame.title() + 24.0, frame.title() + 290.0);
    // Names of records are written to the right of their points.
    let right = frame.width() - if frame == ChartFrame::NarrowPage { 24.0 } else { 120.0 };
    let mut points: Vec<&RecordPoint> =
        chart.points.iter().filter(|point| point.value.is_finite() && point.year.is_finite()).collect();
    points.sort_by(|a, b| a.year.total_cmp(&b.year).then(a.value.total_cmp(&b.value)));
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return svg.finish() };
    let (from, to) = (first.year.floor(), last.year.floor() + 1.0);
    let (low, high, step) = value_range(&points);
    let x = |year: f64| LEFT + 8.0 + (right - LEFT - 16.0) * (year - from) / (to - from);
    let y = |value: f64| bottom - (bottom - top) * (value - low) / (high - low);
    let lines = ((high - low) / step).round() as u32;
    for line in 0..=lines {
        let value = low + step * f64::from(line);
        let _ = writeln!(
            svg.out,
            "<path class=\"rule\" d=\"M{LEFT:.1} {0:.1}H{right:.1}\" stroke=\"{PALE}\"/>\
             <text class=\"grey\" x=\"{1:.1}\" y=\"{2:.1}\" text-anchor=\"end\" fill=\"{GREY}\">{3}</text>",
            y(value),
            LEFT - 6.0,
            y(value) + 4.0,
            figure(value),
        );
    }
    let years = (to - from) as u32;
    let every = years.div_ceil(if frame == ChartFrame::NarrowPage { 6 } else { 12 }).max(1);
    for year in (0..=years).step_by(every as usize).map(|year| from + f64::from(year)) {
        let _ = writeln!(
            svg.out,
            "<text class=\"grey\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{GREY}\">{year:.0}</text>",
            x(year),
            bottom + 18.0
        );
    }
    let _ = writeln!(
        svg.out,
        "<text class=\"grey\" x=\"24\" y=\"{:.1}\" fill=\"{GREY}\" font-size=\"11\">{}</text>",
        top - 8.0,
        xml::text(&chart.unit)
    );
    for point in points.iter().filter(|point| !point.is_record) {
        dot(&mut svg.out, point, x(point.year), y(point.value), 3.0, ("grey", GREY));
    }
    let mut path = String::new();
    let records: Vec<&&RecordPoint> = points.iter().filter(|point| point.is_record).collect();
    for (at, point) in records.iter().enumerate() {
        match at {
            0 => write!(path, "M{:.1} {:.1}", x(point.year), y(point.value)),
            _ => write!(path, "H{:.1}V{:.1}", x(point.year), y(point.value)),
        }
        .unwrap_or_default();
    }
    if !records.is_empty() {
        let _ = writeln!(
            svg.out,
            "<path class=\"l0\" d=\"{path}H{right:.1}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>",
            COLORS[0]
        );
    }
    let mut name_above = f64::INFINITY;
    let places: Vec<(f64, f64)> = records.iter().map(|point| (x(point.year), y(point.value))).collect();
    for (at, point) in records.into_iter().enumerate().rev() {
        let (px, py) = places[at];
        dot(&mut svg.out, point, px, py, 4.0, ("c0", COLORS[0]));
        if (py - name_above).abs() < 14.0 || frame == ChartFrame::NarrowPage {
            // The name would overlap that of the next record: it is shown only on hover.
            continue;
        }
        if let Some((name, side)) = name_beside(&point.name, &places, at, frame.width()) {
            name_above = py;
            let (name_x, anchor) = match side {
                NameSide::Right => (px + NAME_GAP, ""),
                NameSide::Left => (px - NAME_GAP, " text-anchor=\"end\""),
            };
            let _ = writeln!(
                svg.out,
                "<text x=\"{name_x:.1}\" y=\"{:.1}\"{anchor} font-size=\"11\">{}</text>",
                py - NAME_GAP,
                xml::text(&name)
            );
        }
    }
    svg.finish()
}

/// Distance of a name from its point, in both directions.
const NAME_GAP: f64 = 6.0;
/// Average width of a letter of a name.
const LETTER: f64 = 6.2;
/// Number of letters at which a name is cut, and with which it is still understood.
const NAME: usize = 28;
const SHORTEST_NAME: usize = 6;

/// The side of a point on which its name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NameSide {
    Left,
    Right,
}

/// The name of a record as it fits beside its point without crossing the line, and the side; `None` if it fits on neither.
/// `places` are the points of all records, from left to right. A line that rises crosses a name to the right of a point
/// and is below a name to its left.
fn name_beside(name: &str, places: &[(f64, f64)], at: usize, width: f64) -> Option<(String, NameSide)> {
    let (px, py) = places[at];
    let rises_at = places[at + 1..].iter().find(|(_, y)| *y < py).map_or(width, |(x, _)| *x);
    let letters = |room: f64| ((room - NAME_GAP).max(0.0) / LETTER) as usize;
    let (right, left) = (letters(rises_at - px - 2.0), letters(px - LEFT));
    let is_below = places[..at].iter().all(|(_, y)| *y >= py);
    let length = name.chars().count().min(NAME);
    if right >= length {
        Some((shorten(name, NAME), NameSide::Right))
    } else if is_below && left >= length {
        Some((shorten(name, NAME), NameSide::Left))
    } else if is_below && left > right && left >= SHORTEST_NAME {
        Some((shorten(name, left), NameSide::Left))
    } else {
        (right >= SHORTEST_NAME).then(|| (shorten(name, right), NameSide::Right))
    }
}

fn dot(out: &mut String, point: &RecordPoint, x: f64, y: f64, radius: f64, (class, color): (&str, &str)) {
    let title = format!("{} {}", point.name, figure(point.value));
    let _ = writeln!(
        out,
        "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{color}\"><title>{}</title></circle>",
        xml::text(&title)
    );
}

/// The least and greatest value of the axis, and the distance between its gridlines.
fn value_range(points: &[&RecordPoint]) -> (f64, f64, f64) {
    let low = points.iter().map(|point| point.value).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|point| point.value).fold(f64::NEG_INFINITY, f64::max);
    let span = if high > low { high - low } else { high.abs().max(1.0) * 0.1 };
    let least = span / 5.0;
    let power = 10_f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| round * power >= least * (1.0 - 1e-9)).unwrap_or(10.0);
    let step = round * power;
    let low = (low / step).floor() * step;
    // An infinite number of steps would never end.
    let lines = ((high - low) / step).ceil().clamp(1.0, 20.0);
    (low, low + step * lines, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(year: f64, value: f64, is_record: bool) -> RecordPoint {
        RecordPoint { year, value, name: "<A & B>".to_string(), is_record }
    }

    #[test]
    fn records_are_a_step_line_and_the_others_dots() {
        let points = vec![point(2020.0, 80.0, true), point(2021.5, 79.0, false), point(2022.0, 85.0, true)];
        let svg = records(&RecordChart { title: "T".to_string(), points, ..RecordChart::default() });
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("stroke-width=\"2\"").count(), 1);
        assert!(!svg.contains("<A &"), "{svg}");
    }

    #[test]
    fn no_name_crosses_the_line() {
        let name = "A System with a Long Name";
        // The line rises right after the second record, which has room to its left; the first has room for a few letters.
        let rising = [(100.0, 300.0), (400.0, 200.0), (410.0, 100.0)];
        assert_eq!(name_beside(name, &rising, 1, 700.0), Some((name.to_string(), NameSide::Left)));
        assert_eq!(name_beside(name, &rising, 2, 700.0), Some((name.to_string(), NameSide::Right)));
        let close = [(60.0, 300.0), (130.0, 200.0), (150.0, 150.0), (160.0, 100.0)];
        let (cut, side) = name_beside(name, &close, 0, 700.0).unwrap();
        assert!(cut.starts_with("A System") && cut.chars().count() <= 10 && side == NameSide::Right, "{cut}");
        let (cut, side) = name_beside(name, &close, 1, 700.0).unwrap();
        assert!(cut.chars().count() <= 11 && side == NameSide::Left, "{cut}");
        assert_eq!(name_beside(name, &[(60.0, 300.0), (70.0, 200.0)], 0, 700.0), None);
        // Lower values are better: the line falls away from a name to the right.
        let falling = [(100.0, 100.0), (110.0, 200.0)];
        assert_eq!(name_beside(name, &falling, 0, 700.0), Some((name.to_string(), NameSide::Right)));
        assert_eq!(name_beside(name, &falling, 1, 700.0), Some((name.to_string(), NameSide::Right)));
    }

    #[test]
    fn a_chart_without_points_or_range_is_drawn() {
        assert!(records(&RecordChart::default()).ends_with("</svg>\n"));
        let one = RecordChart { points: vec![point(2020.0, 0.0, true)], ..RecordChart::default() };
        assert!(records(&one).contains("<circle"));
        let odd = RecordChart { points: vec![point(f64::NAN, 1.0, true), point(2020.0, f64::INFINITY, true)], ..one };
        assert!(records(&odd).ends_with("</svg>\n"));
    }
}
