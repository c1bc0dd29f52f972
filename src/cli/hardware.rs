use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use crate::answer::{DeviceList, DeviceUse, Sheet};
use crate::export::chart::{ChartSeries, LineChart, lines};
use crate::graph::years_of_papers;
use crate::store::GraphStore;
use crate::text::{counted_as, display_width};
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::selection::PaperArgs;
use super::{CommandContext, table as page};

/// Show on which devices papers run, how many of them, and when
///
/// For each device: the number of papers that name it, the number of papers that state how many devices they used, the
/// median and largest of these counts, and the number of papers in each year.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct HardwareArgs {
    /// Devices to print; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Makers of the devices: NVIDIA, Google; all if none
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    vendor: Vec<String>,
    #[command(flatten)]
    papers: PaperArgs,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::CHART), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
    /// Also draw a chart of the first seven into a file
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  kg hardware
  kg hardware --vendor NVIDIA --since 2023
  kg hardware --format csv > devices.csv
  kg hardware --svg devices.svg";

/// Gap between two columns of the table, in characters.
const GAP: usize = 2;
/// Width of a year's column, including the gap before it. No column of a table is narrower.
const YEAR: usize = 6 + GAP;
/// Largest number of lines in a chart.
const LINES: usize = 7;

impl HardwareArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let graph = context.open()?;
        context.progress("reading the statements on hardware");
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        let selection = self.papers.selection(context, &graph)?;
        let found = DeviceList::ask(&graph, &selection, &self.vendor, limit)?;
        let empty = if found.devices.is_empty() { Some(self.why_empty(&graph, &found)?) } else { None };
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            OutputFormat::Svg => out.write_all(chart(&found).as_bytes())?,
            OutputFormat::Table | OutputFormat::Dot if found.devices.is_empty() => {
                writeln!(out, "{}", empty.as_deref().unwrap_or_default())?;
            }
            OutputFormat::Table | OutputFormat::Dot => {
                let (sheet, left_out) = table(&found);
                format::rows(&mut out, &sheet, OutputFormat::Table)?;
                let more = found.extent().left_out();
                if more > 0 {
                    writeln!(out, "… {more} more (--limit 0 lists all)")?;
                }
                writeln!(out, "\n{}", papers_with_device(&found))?;
                if let Some((first, last)) = left_out {
                    let years = if first == last { first.to_string() } else { format!("{first} to {last}") };
                    writeln!(out, "{years} left out: the table is too narrow (--format csv has all years)")?;
                }
            }
        }
        out.flush()?;
        if self.format != OutputFormat::Table {
            empty.iter().for_each(|why| context.say_nothing_left(why));
            context.say_cut(found.extent(), "--limit 0 lists all");
        }
        match self.svg.as_ref() {
            Some(path) => format::write_picture(path, chart(&found).as_bytes()),
            None => Ok(()),
        }
    }

    /// Explains why no device is left.
    fn why_empty(&self, graph: &GraphStore, found: &DeviceList) -> Result<String, CommandFailure> {
        if found.vendors.is_empty() {
            return Ok(match self.papers.has_dates() || self.papers.has_names() {
                true if self.papers.has_names() => "no selected paper names a device".to_string(),
                true => format!("no paper of the selected time names a device{}", of_years(graph)?),
                false => "no paper of the graph names a device".to_string(),
            });
        }
        let vendors: Vec<&str> = found.vendors.iter().map(String::as_str).collect();
        Ok(format!(
            "no named device is made by {}; there are devices of {}",
            self.vendor.join(" or "),
            vendors.join(", ")
        ))
    }
}

/// `; its papers are of 2012 to 2024`
fn of_years(graph: &GraphStore) -> Result<String, CommandFailure> {
    Ok(years_of_papers(graph)?
        .map(|(first, last)| format!("; the papers of the graph are of {first} to {last}"))
        .unwrap_or_default())
}

/// `12 papers name a device, 3 of them undated`
fn papers_with_device(found: &DeviceList) -> String {
    counted_as(found.papers, "paper names a device", "papers name a device") + &undated(found)
}

fn undated(found: &DeviceList) -> String {
    match found.undated {
        0 => String::new(),
        n => format!(", {n} of them undated"),
    }
}

fn said(count: Option<u64>) -> String {
    count.map(|count| count.to_string()).unwrap_or_default()
}

fn of_year(device: &DeviceUse, year: u16) -> usize {
    device.by_year.get(&year).copied().unwrap_or_default()
}

/// A table of the devices with as many of the latest years as fit, and the first and last year that were left out.
fn table(found: &DeviceList) -> (Sheet, Option<(u16, u16)>) {
    let heading: Vec<String> = ["device", "papers", "state a count", "median", "most"].map(str::to_string).into();
    let names = found.devices.iter().map(|device| display_width(&device.name)).max().unwrap_or_default();
    let others: usize = heading.iter().skip(1).map(|name| name.len() + GAP).sum();
    let space = usize::from(page::width()).saturating_sub(names.max("device".len()) + GAP + others);
    let fitting = (space / YEAR).max(1);
    let years: Vec<u16> = found.by_year.keys().rev().take(fitting).rev().copied().collect();
    let mut left_out = found.by_year.keys().copied().filter(|year| years.first().is_some_and(|first| year < first));
    let left_out = left_out.next().map(|first| (first, left_out.next_back().unwrap_or(first)));
    let mut sheet = Sheet { heading, rows: Vec::new() };
    sheet.heading.extend(years.iter().map(ToString::to_string));
    for device in &found.devices {
        let stated = if device.counts.is_empty() { String::new() } else { device.counts.len().to_string() };
        let mut row =
            vec![device.name.clone(), device.papers.to_string(), stated, said(device.median), said(device.most)];
        row.extend(years.iter().map(|year| match of_year(device, *year) {
            0 => String::new(),
            n => n.to_string(),
        }));
        sheet.rows.push(row);
    }
    (sheet, left_out)
}

fn chart(found: &DeviceList) -> String {
    let years: Vec<u16> = match (found.by_year.first_key_value(), found.by_year.last_key_value()) {
        (Some((first, _)), Some((last, _))) => (*first..=*last).collect(),
        _ => Vec::new(),
    };
    let series = found.devices.iter().take(LINES).map(|device| ChartSeries {
        name: device.name.clone(),
        values: years.iter().map(|year| Some(of_year(device, *year) as f64)).collect(),
    });
    lines(&LineChart {
        title: "Devices that papers run on".to_string(),
        note: papers_with_device(found),
        unit: "papers".to_string(),
        steps: years.iter().map(ToString::to_string).collect(),
        series: series.collect(),
    })
}
