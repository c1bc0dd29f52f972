use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use papergraph::export::chart::{Lines, Series, lines};
use papergraph::graph::{DeviceUse, Devices, devices};
use serde_json::json;

use super::Context;
use super::failure::Failure;
use super::format::{self, Format, Sheet};
use super::selection::TimeArgs;

/// Show on which devices papers run, how many of them, and when
///
/// For each device: the papers that name it, how many of these say how many devices they used, the middle and the
/// largest of these counts, and the papers of each year.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Hardware {
    /// Devices to print; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// Makers to show: NVIDIA, Google; all if none
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    vendor: Vec<String>,
    #[command(flatten)]
    time: TimeArgs,
    #[arg(short, long, value_name = "FORMAT", value_parser = Format::among(&format::CHART), default_value_t = Format::Table)]
    format: Format,
    /// Draw a chart of the first seven into a file, too
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  kg hardware
  kg hardware --vendor NVIDIA --since 2023
  kg hardware --format csv > devices.csv
  kg hardware --svg devices.svg";

/// Years that a table has columns for.
const YEARS: usize = 6;
/// Lines that a chart has room for.
const LINES: usize = 7;

impl Hardware {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let graph = context.open()?;
        context.progress("reading the statements on hardware");
        let mut found = devices(&graph, &self.time.selection())?;
        if !self.vendor.is_empty() {
            let wanted: Vec<String> = self.vendor.iter().map(|vendor| vendor.to_lowercase()).collect();
            found
                .devices
                .retain(|device| device.vendor.as_ref().is_some_and(|vendor| wanted.contains(&vendor.to_lowercase())));
        }
        let total = found.devices.len();
        found.devices.truncate(if self.limit == 0 { total } else { self.limit });
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            Format::Json => writeln!(out, "{:#}", as_json(&found, total))?,
            Format::Csv | Format::Tsv => rows(&found).print(&mut out, self.format)?,
            Format::Svg => out.write_all(chart(&found).as_bytes())?,
            Format::Table | Format::Dot => {
                table(&found).print(&mut out, Format::Table)?;
                if total > found.devices.len() {
                    writeln!(out, "… {} more (--limit 0 lists all)", total - found.devices.len())?;
                }
                writeln!(out, "\n{} papers name a device{}", found.papers, undated(&found))?;
            }
        }
        out.flush()?;
        match self.svg.as_ref() {
            Some(path) => format::write_picture(path, chart(&found).as_bytes()),
            None => Ok(()),
        }
    }
}

fn undated(found: &Devices) -> String {
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

fn table(found: &Devices) -> Sheet {
    let years: Vec<u16> = found.by_year.keys().rev().take(YEARS).rev().copied().collect();
    let mut heading: Vec<String> = ["device", "papers", "state a count", "median", "most"].map(str::to_string).into();
    heading.extend(years.iter().map(ToString::to_string));
    let mut sheet = Sheet { heading, rows: Vec::new() };
    for device in &found.devices {
        let stated = if device.counts.is_empty() { String::new() } else { device.counts.len().to_string() };
        let mut row = vec![
            device.node.label.clone(),
            device.papers.to_string(),
            stated,
            said(device.median()),
            said(device.most()),
        ];
        row.extend(years.iter().map(|year| match of_year(device, *year) {
            0 => String::new(),
            n => n.to_string(),
        }));
        sheet.rows.push(row);
    }
    sheet
}

fn rows(found: &Devices) -> Sheet {
    let mut sheet =
        Sheet::new(["id", "name", "vendor", "papers", "state_a_count", "median_count", "largest_count", "by_year"]);
    for device in &found.devices {
        let years: Vec<String> = device.by_year.iter().map(|(year, n)| format!("{year}:{n}")).collect();
        sheet.row([
            device.node.id.clone(),
            device.node.label.clone(),
            device.vendor.clone().unwrap_or_default(),
            device.papers.to_string(),
            device.counts.len().to_string(),
            said(device.median()),
            said(device.most()),
            years.join(" "),
        ]);
    }
    sheet
}

fn as_json(found: &Devices, total: usize) -> serde_json::Value {
    let devices = found.devices.iter().map(|device| {
        json!({
            "id": device.node.id, "name": device.node.label, "vendor": device.vendor, "papers": device.papers,
            "counts": device.counts, "median": device.median(), "most": device.most(), "by_year": device.by_year,
        })
    });
    json!({
        "papers": found.papers, "undated": found.undated, "by_year": found.by_year, "total": total,
        "devices": devices.collect::<Vec<_>>(),
    })
}

fn chart(found: &Devices) -> String {
    let years: Vec<u16> = match (found.by_year.first_key_value(), found.by_year.last_key_value()) {
        (Some((first, _)), Some((last, _))) => (*first..=*last).collect(),
        _ => Vec::new(),
    };
    let series = found.devices.iter().take(LINES).map(|device| Series {
        name: device.node.label.clone(),
        values: years.iter().map(|year| Some(of_year(device, *year) as f64)).collect(),
    });
    lines(&Lines {
        title: "Devices that papers run on".to_string(),
        note: format!("{} papers name a device{}", found.papers, undated(found)),
        unit: "papers".to_string(),
        steps: years.iter().map(ToString::to_string).collect(),
        series: series.collect(),
    })
}
