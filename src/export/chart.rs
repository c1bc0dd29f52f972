//! Small charts as SVG: lines over time, and bars.
//!
//! The design: one typeface, little ink. Series differ in the shape of their points and the dashes of their line, not
//! only in colour, so a black-and-white print is readable too. Each series is named at its end, so no legend is needed.
//! The axis begins at zero and names what it counts.

mod columns;
mod records;

use std::fmt::Write as _;

pub(crate) use columns::{ColumnChart, TimeColumn, columns_on_page};
pub(crate) use records::{RecordChart, records, records_on_page};

use super::xml;
use crate::text::{display_width, shorten};

/// Values of several series over the same time steps.
#[derive(Debug, Clone, Default)]
pub(crate) struct LineChart {
    pub title: String,
    /// The text below the title: what is counted, and what is left out.
    pub note: String,
    /// The label of the vertical axis: `papers`, `% of papers`.
    pub unit: String,
    /// Names of the time steps.
    pub steps: Vec<String>,
    pub series: Vec<ChartSeries>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ChartSeries {
    pub name: String,
    /// One value per step; `None` where there is none.
    pub values: Vec<Option<f64>>,
}

/// A bar chart: one bar for each name.
#[derive(Debug, Clone, Default)]
pub(crate) struct BarChart {
    pub title: String,
    pub note: String,
    /// The unit that the bars count.
    pub unit: String,
    pub bars: Vec<ChartBar>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct ChartBar {
    pub name: String,
    pub value: f64,
    /// Half the width of the confidence interval of the value; not drawn if 0.
    pub error: f64,
    /// The value as text.
    pub value_text: String,
}

/// Where a chart is shown. It decides the width, and whether the chart has its own title and colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChartFrame {
    /// A file: with title, background and the colours of light and dark mode.
    File,
    /// Inside a page of the server, which has the title and the colours (`style.css`).
    Page,
    /// Like `Page`, for a narrow screen.
    NarrowPage,
}

impl ChartFrame {
    fn width(self) -> f64 {
        if self == Self::NarrowPage { 360.0 } else { WIDTH }
    }

    /// The height of the title, in units of the picture.
    fn title(self) -> f64 {
        if self == Self::File { 40.0 } else { 0.0 }
    }
}

const WIDTH: f64 = 760.0;
/// Maximum number of gridlines.
const STEPS: u32 = 5;
const INK: &str = "#222222";
const PALE: &str = "#DDDDDD";
const GREY: &str = "#666666";
/// Okabe and Ito's colours, dark enough for lines, the most distinct first.
const COLORS: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7A5C00", "#56B4E9", "#222222"];
const DASHES: [&str; 7] = ["", "6 3", "2 2", "9 3 2 3", "", "4 4", "1 3"];

/// Draws lines over time.
pub(crate) fn lines(chart: &LineChart) -> String {
    lines_on_page(chart, ChartFrame::File)
}

/// As [`lines`], in a frame.
pub(crate) fn lines_on_page(chart: &LineChart, frame: ChartFrame) -> String {
    let (width, title) = (frame.width(), frame.title());
    // Width of the longest name that is shown in full.
    let longest = if frame == ChartFrame::NarrowPage { 13 } else { 24 };
    let names = chart.series.iter().map(|series| display_width(&series.name)).max().unwrap_or_default();
    let (step, count) = scale(chart.series.iter().flat_map(|series| series.values.iter().flatten().copied()));
    let plot = ChartPlot {
        left: 56.0,
        right: width - 24.0 - (names.min(longest) as f64) * 7.8,
        top: title + 24.0,
        bottom: title + 290.0,
        steps: chart.steps.len(),
        step,
        count,
    };
    let mut svg = SvgWriter::framed(frame, 340.0, &chart.title, &chart.note);
    svg.axis(&plot, &chart.unit);
    svg.time(&plot, &chart.steps);
    let mut ends: Vec<(f64, usize)> = Vec::new();
    for (i, series) in chart.series.iter().enumerate() {
        svg.line(&plot, i, series);
        if let Some((at, value)) = series.values.iter().enumerate().rev().find_map(|(at, v)| v.map(|v| (at, v))) {
            ends.push((plot.y(value), i));
            let (x, y) = (plot.x(at), plot.y(value));
            if at + 1 < plot.steps {
                let _ = writeln!(
                    svg.out,
                    "<path class=\"rule\" d=\"M{x:.1} {y:.1}H{:.1}\" stroke=\"{PALE}\"/>",
                    plot.right + 6.0
                );
            }
        }
    }
    svg.names(&plot, &apart(ends, plot.bottom), &chart.series, longest);
    svg.finish()
}

/// Draws horizontal bars.
pub(crate) fn bars(chart: &BarChart) -> String {
    const ROW: f64 = 22.0;
    let names = chart.bars.iter().map(|bar| display_width(&bar.name)).max().unwrap_or_default().min(42);
    let left = 24.0 + names as f64 * 6.8;
    let value_width =
        chart.bars.iter().map(|bar| display_width(&bar.value_text)).max().unwrap_or_default() as f64 * 6.6;
    let room = (WIDTH - left - value_width - 40.0).max(80.0);
    let most = chart.bars.iter().map(|bar| bar.value + bar.error).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let mut svg = SvgWriter::new(WIDTH, 96.0 + ROW * chart.bars.len() as f64, &chart.title, &chart.note);
    for (i, bar) in chart.bars.iter().enumerate() {
        let y = 64.0 + ROW * i as f64;
        let width = (bar.value / most * room).max(0.5);
        let name = xml::text(&shorten(&bar.name, 42));
        let _ = writeln!(
            svg.out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>\
             <rect class=\"c0\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"14\" fill=\"{}\"/>",
            left - 6.0,
            y + 11.5,
            COLORS[0],
        );
        let mut end = left + width;
        if bar.error > 0.0 {
            let half = bar.error / most * room;
            let (from, to, middle) = ((end - half).max(left), end + half, y + 7.0);
            let _ = writeln!(
                svg.out,
                "<path class=\"error\" d=\"M{from:.1} {middle:.1}H{to:.1}M{from:.1} {:.1}v6M{to:.1} {:.1}v6\" stroke=\"{INK}\"/>",
                middle - 3.0,
                middle - 3.0,
            );
            end = to;
        }
        let _ = writeln!(
            svg.out,
            "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            end + 6.0,
            y + 11.5,
            xml::text(&bar.value_text)
        );
    }
    let y = 64.0 + ROW * chart.bars.len() as f64 + 14.0;
    let _ = writeln!(
        svg.out,
        "<text class=\"grey\" x=\"{left:.1}\" y=\"{y:.1}\" fill=\"{GREY}\">{}</text>",
        xml::text(&chart.unit)
    );
    svg.finish()
}

/// The coordinates of values in the picture.
struct ChartPlot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    steps: usize,
    /// The distance between two gridlines, and their number.
    step: f64,
    count: u32,
}

impl ChartPlot {
    fn x(&self, step: usize) -> f64 {
        match self.steps {
            0 | 1 => f64::midpoint(self.left, self.right),
            steps => self.left + 8.0 + (self.right - self.left - 16.0) * step as f64 / (steps - 1) as f64,
        }
    }

    fn y(&self, value: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * value / (self.step * f64::from(self.count))
    }
}

/// The distance between two gridlines, which is 1, 2 or 5 times a power of ten, and the number of steps up to the
/// greatest value.
fn scale(values: impl Iterator<Item = f64>) -> (f64, u32) {
    let most = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
    if most <= 0.0 {
        return (1.0, 1);
    }
    let least = most / f64::from(STEPS);
    let power = 10_f64.powf(least.log10().floor());
    let round = [1.0, 2.0, 5.0].into_iter().find(|round| round * power >= least * (1.0 - 1e-9)).unwrap_or(10.0);
    let step = round * power;
    (step, ((most / step) * (1.0 - 1e-9)).ceil().max(1.0) as u32)
}

/// Labels at the ends of lines, moved so that none overlaps another and none is below the lowest line.
fn apart(mut ends: Vec<(f64, usize)>, bottom: f64) -> Vec<(f64, usize)> {
    const LINE: f64 = 14.0;
    ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut lowest = f64::NEG_INFINITY;
    for end in &mut ends {
        end.0 = end.0.max(lowest + LINE);
        lowest = end.0;
    }
    let mut highest = bottom + LINE;
    for end in ends.iter_mut().rev() {
        end.0 = end.0.min(highest - LINE);
        highest = end.0;
    }
    ends
}

struct SvgWriter {
    out: String,
}

/// The fonts of pages, pictures and reports.
pub(crate) const FONTS: &str = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif";

/// The colours of a file in dark mode. Viewers without style sheets keep the colours of the attributes.
const DARK: &str = "<style>@media (prefers-color-scheme: dark) { .ground { fill: #14181d } svg, .error { fill: #e4e8ed } \
    .error { stroke: #e4e8ed } .grey { fill: #a3adba } .rule { stroke: #38414c } .c0 { fill: #7fb8dd } .l0 { stroke: #7fb8dd } \
    .c1 { fill: #f0a35e } .l1 { stroke: #f0a35e } .c2 { fill: #5fd0a8 } .l2 { stroke: #5fd0a8 } .c3 { fill: #e6a3c8 } \
    .l3 { stroke: #e6a3c8 } .c4 { fill: #d8b765 } .l4 { stroke: #d8b765 } .c5 { fill: #8fd0f5 } .l5 { stroke: #8fd0f5 } \
    .c6 { fill: #e4e8ed } .l6 { stroke: #e4e8ed } }</style>\n";

impl SvgWriter {
    fn new(width: f64, height: f64, title: &str, note: &str) -> Self {
        let mut out = String::new();
        let (title, note) = (xml::text(title), xml::text(note));
        // Writing to a String does not fail.
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"{FONTS}\" font-size=\"12\" \
             fill=\"{INK}\" role=\"img\" aria-label=\"{title}\">\n<title>{title}</title>\n{DARK}\
             <rect class=\"ground\" width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
             <text x=\"24\" y=\"26\" font-size=\"16\" font-weight=\"bold\">{title}</text>\n\
             <text class=\"grey\" x=\"24\" y=\"44\" fill=\"{GREY}\">{note}</text>"
        );
        Self { out }
    }

    /// A chart in the given frame; `height` is without a title.
    fn framed(frame: ChartFrame, height: f64, title: &str, note: &str) -> Self {
        let width = frame.width();
        if frame == ChartFrame::File {
            return Self::new(width, height + frame.title(), title, note);
        }
        let class = if frame == ChartFrame::Page { "chart wide" } else { "chart narrow" };
        let out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"{class}\" viewBox=\"0 0 {width} {height}\" font-size=\"12\" \
             role=\"img\" aria-label=\"{}\">\n",
            xml::text(&format!("{title}. {note}"))
        );
        Self { out }
    }

    /// Draws the vertical axis, with its unit and gridlines.
    fn axis(&mut self, plot: &ChartPlot, unit: &str) {
        for part in 0..=plot.count {
            let value = plot.step * f64::from(part);
            let y = plot.y(value);
            let _ = writeln!(
                self.out,
                "<path class=\"rule\" d=\"M{:.1} {y:.1}H{:.1}\" stroke=\"{PALE}\"/>\
                 <text class=\"grey\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"{GREY}\">{}</text>",
                plot.left,
                plot.right,
                plot.left - 6.0,
                y + 4.0,
                figure(value),
            );
        }
        let _ = writeln!(
            self.out,
            "<text class=\"grey\" x=\"24\" y=\"{:.1}\" fill=\"{GREY}\" font-size=\"11\">{}</text>",
            plot.top - 8.0,
            xml::text(unit)
        );
    }

    /// Draws the horizontal axis, with the names of as many steps as fit.
    fn time(&mut self, plot: &ChartPlot, steps: &[String]) {
        let longest = steps.iter().map(|step| display_width(step)).max().unwrap_or(1) as f64 * 7.0 + 10.0;
        let fit = ((plot.right - plot.left) / longest).floor().max(1.0) as usize;
        let every = steps.len().div_ceil(fit).max(1);
        for (at, step) in steps.iter().enumerate().rev().step_by(every) {
            let _ = writeln!(
                self.out,
                "<text class=\"grey\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"{GREY}\">{}</text>",
                plot.x(at),
                plot.bottom + 18.0,
                xml::text(step)
            );
        }
    }

    fn line(&mut self, plot: &ChartPlot, number: usize, series: &ChartSeries) {
        let (color, dashes) = (COLORS[number % COLORS.len()], DASHES[number % DASHES.len()]);
        let class = number % COLORS.len();
        let mut path = String::new();
        let mut drawn = false;
        for (at, value) in series.values.iter().enumerate() {
            match value {
                Some(value) => {
                    let command = if drawn { 'L' } else { 'M' };
                    let _ = write!(path, "{command}{:.1} {:.1}", plot.x(at), plot.y(*value));
                    drawn = true;
                }
                None => drawn = false,
            }
        }
        let _ = writeln!(
            self.out,
            "<path class=\"l{class}\" d=\"{path}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" \
             stroke-dasharray=\"{dashes}\"/>"
        );
        let few = series.values.len() <= 40;
        let points = series.values.iter().enumerate().filter_map(|(at, value)| value.map(|value| (at, value)));
        for (at, value) in points.filter(|_| few) {
            let mark = marker(number, plot.x(at), plot.y(value));
            let _ = writeln!(self.out, "<path class=\"c{class}\" d=\"{mark}\" fill=\"{color}\"/>");
        }
    }

    fn names(&mut self, plot: &ChartPlot, ends: &[(f64, usize)], series: &[ChartSeries], longest: usize) {
        for (y, number) in ends {
            let Some(series) = series.get(*number) else { continue };
            let color = COLORS[number % COLORS.len()];
            let mark = marker(*number, plot.right + 12.0, *y);
            let _ = writeln!(
                self.out,
                "<path class=\"c{0}\" d=\"{mark}\" fill=\"{color}\"/>\
                 <text class=\"c{0}\" x=\"{1:.1}\" y=\"{2:.1}\" fill=\"{color}\" font-weight=\"bold\">{3}</text>",
                number % COLORS.len(),
                plot.right + 20.0,
                y + 4.0,
                xml::text(&shorten(&series.name, longest))
            );
        }
    }

    fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }
}

/// Draws a point of a series in the series' own shape.
fn marker(number: usize, x: f64, y: f64) -> String {
    match number % 5 {
        0 => format!("M{:.1} {y:.1}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z", x - 3.5),
        1 => format!("M{:.1} {:.1}h6v6h-6z", x - 3.0, y - 3.0),
        2 => format!("M{x:.1} {:.1}l4 7h-8z", y - 4.0),
        3 => format!("M{x:.1} {:.1}l4.5 4.5l-4.5 4.5l-4.5 -4.5z", y - 4.5),
        _ => format!("M{x:.1} {:.1}l-4 -7h8z", y + 4.0),
    }
}

/// A number on an axis, without trailing digits.
fn figure(value: f64) -> String {
    if value >= 10_000.0 {
        return format!("{}k", figure(value / 1000.0));
    }
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(name: &str) -> LineChart {
        LineChart {
            title: name.to_string(),
            unit: "papers".to_string(),
            steps: vec!["2023".to_string(), "2024".to_string()],
            series: vec![ChartSeries { name: name.to_string(), values: vec![Some(1.0), Some(3.0)] }],
            ..LineChart::default()
        }
    }

    #[test]
    fn names_cannot_leave_their_place() {
        let svg = lines(&chart("</text><script>alert(1)</script>\u{202e}"));
        assert!(!svg.contains("<script") && !svg.contains('\u{202e}'), "{svg}");
        let svg = bars(&BarChart {
            bars: vec![ChartBar { name: "a & <b>".into(), value: 1.0, ..ChartBar::default() }],
            ..BarChart::default()
        });
        assert!(svg.contains("a &amp; &lt;b&gt;"), "{svg}");
    }

    #[test]
    fn axes_have_round_steps() {
        let of = |most: f64| scale([most].into_iter());
        assert_eq!((of(0.0), of(6.0), of(10.0), of(21.0)), ((1.0, 1), (2.0, 3), (2.0, 5), (5.0, 5)));
        assert_eq!([0.0, 2.5, 12_500.0].map(figure), ["0", "2.5", "12.5k"]);
    }

    #[test]
    fn names_of_lines_that_end_together_stand_apart() {
        let ends = apart(vec![(10.0, 0), (11.0, 1), (80.0, 2)], 300.0);
        assert_eq!(ends, [(10.0, 0), (24.0, 1), (80.0, 2)]);
        assert_eq!(apart(vec![(300.0, 0), (300.0, 1)], 300.0), [(286.0, 0), (300.0, 1)]);
    }
}
