//! A column for each step of time.

use std::fmt::Write as _;

use super::{COLORS, ChartFrame, GREY, PALE, SvgWriter, figure, scale};
use crate::export::xml;

/// Counts over time.
#[derive(Debug, Clone, Default)]
pub(crate) struct ColumnChart {
    pub title: String,
    pub note: String,
    /// Steps without a gap, the oldest first.
    pub columns: Vec<TimeColumn>,
}

/// One step of time.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimeColumn {
    /// `2024`
    pub step: String,
    pub value: f64,
    /// The value in words, shown under the pointer.
    pub value_text: String,
}

/// The height of the picture without a title.
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 40.0;
const TOP: f64 = 18.0;
const BOTTOM: f64 = 160.0;
/// The largest width of a column.
const WIDEST: f64 = 44.0;

/// Draws the columns for a page of the server.
pub(crate) fn columns_on_page(chart: &ColumnChart, frame: ChartFrame) -> String {
    let mut svg = SvgWriter::framed(frame, HEIGHT, &chart.title, &chart.note);
    let steps = chart.columns.len().max(1) as f64;
    let (step, count) = scale(chart.columns.iter().map(|column| column.value));
    // There is no half a paper.
    let (step, count) = if step < 1.0 { (1.0, (step * f64::from(count)).ceil() as u32) } else { (step, count) };
    let most = step * f64::from(count);
    let y = |value: f64| BOTTOM - (BOTTOM - TOP) * value / most;
    let room = (frame.width() - LEFT - 18.0) / steps;
    let each = room.min(WIDEST);
    for line in 0..=count {
        let value = step * f64::from(line);
        let _ = writeln!(
            svg.out,
            "<path class=\"rule\" d=\"M{LEFT} {0:.1}H{1:.1}\" stroke=\"{PALE}\"/>\
             <text class=\"grey\" x=\"{2:.1}\" y=\"{3:.1}\" text-anchor=\"end\" fill=\"{GREY}\">{4}</text>",
            y(value),
            (LEFT + each * steps).max(LEFT + 60.0),
            LEFT - 6.0,
            y(value) + 4.0,
            figure(value),
        );
    }
    // A label takes 36 units.
    let every = (36.0 / each).ceil().max(1.0) as usize;
    let last = chart.columns.len().saturating_sub(1);
    for (at, column) in chart.columns.iter().enumerate() {
        let x = LEFT + each * at as f64;
        // An empty year has a hit area for the pointer, too.
        let _ = writeln!(
            svg.out,
            "<g class=\"column\"><title>{0}</title><rect class=\"hit\" x=\"{x:.1}\" y=\"{TOP}\" width=\"{each:.1}\" \
             height=\"{1:.1}\" fill=\"none\"/><rect class=\"c0\" x=\"{2:.1}\" y=\"{3:.1}\" width=\"{4:.1}\" height=\"{5:.1}\" \
             fill=\"{6}\"/></g>",
            xml::text(&column.value_text),
            BOTTOM - TOP,
            x + each * 0.12,
            y(column.value),
            each * 0.76,
            BOTTOM - y(column.value),
            COLORS[0],
        );
        if (last - at).is_multiple_of(every) {
            let _ = writeln!(
                svg.out,
                "<text class=\"grey\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{GREY}\">{}</text>",
                x + each / 2.0,
                BOTTOM + 18.0,
                xml::text(&column.step)
            );
        }
    }
    svg.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_has_a_column_and_its_value_in_words() {
        let column =
            |step: &str, value| TimeColumn { step: step.into(), value, value_text: format!("<{step}> {value}") };
        let columns = vec![column("2022", 3.0), column("2023", 0.0), column("2024", 5.0)];
        let chart = ColumnChart { title: "Papers".into(), columns, ..ColumnChart::default() };
        for frame in [ChartFrame::Page, ChartFrame::NarrowPage] {
            let svg = columns_on_page(&chart, frame);
            assert_eq!(svg.matches("<g class=\"column\">").count(), 3);
            assert!(svg.contains("&lt;2023&gt; 0") && !svg.contains("style="), "{svg}");
        }
        assert!(columns_on_page(&ColumnChart::default(), ChartFrame::Page).ends_with("</svg>\n"));
    }
}
