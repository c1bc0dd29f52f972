//! Feeds changed samples of every format to every reader, for as long as it is told: no input may make a reader
//! panic, hang, or hold more memory than its limits allow. Deterministic by seed.
//!
//! `cargo run --release --example fuzz_readers -- --inputs 10000000 --seed 1`

use std::io::Cursor;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use fastrand::Rng;
use papergraph::source::{self, Format, Options};

/// An input that takes longer hangs, for whoever waits for it.
const SLOWEST: Duration = Duration::from_secs(5);

/// Pieces that mean something in one of the formats.
const PIECES: [&str; 48] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\u00",
    "\\ud800",
    ":",
    ",",
    "null",
    "1e999",
    "-",
    "<",
    ">",
    "</",
    "/>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "&amp;",
    "&x;",
    "&#xFFFFFF;",
    "<?",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "@article{",
    "@string{a=",
    "(",
    ")",
    "$",
    "{\\'e}",
    "TY  - ",
    "ER  - ",
    "](",
    "| ",
    "---",
    "* ",
    "1. ",
    "\n",
    "\r\n",
    "\t",
    "\u{feff}",
    "\u{0}",
    "é",
    "𝒳",
    "authors",
    "10.48550/arXiv.",
];

fn main() -> ExitCode {
    let mut inputs = 100_000_u64;
    let mut seed = 1;
    let mut args = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (args.next(), args.next()) {
        match (name.as_str(), value.parse()) {
            ("--inputs", Ok(n)) => inputs = n,
            ("--seed", Ok(n)) => seed = n,
            _ => {
                eprintln!("usage: fuzz_readers [--inputs N] [--seed N]");
                return ExitCode::from(2);
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources");
    let samples: Vec<(Format, Vec<u8>)> = Format::ALL
        .iter()
        .filter_map(|format| {
            let file = std::fs::read_dir(&folder).ok()?.flatten().map(|entry| entry.path());
            let path = file.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == format.as_str()))?;
            Some((*format, std::fs::read(path).ok()?))
        })
        .collect();
    if samples.len() != Format::ALL.len() {
        eprintln!("a format has no sample in {}", folder.display());
        return ExitCode::FAILURE;
    }
    // The text of a panic is told below, with the input that leads to it.
    std::panic::set_hook(Box::new(|_| {}));
    run(&samples, inputs, seed)
}

fn run(samples: &[(Format, Vec<u8>)], inputs: u64, seed: u64) -> ExitCode {
    let began = Instant::now();
    let (mut papers, mut problems, mut refused, mut bytes) = (0_u64, 0_u64, 0_u64, 0_u64);
    let mut slowest = Duration::ZERO;
    for n in 0..inputs {
        let mut rng = Rng::with_seed(seed.wrapping_mul(1 << 40).wrapping_add(n));
        let (own, input) = input(samples, &mut rng);
        // Mostly the reader of the sample; else another, or the one that detection chooses.
        let from = match rng.u8(..8) {
            0 => None,
            1 => rng.choice(Format::ALL).copied(),
            _ => Some(own),
        };
        bytes += input.len() as u64;
        let start = Instant::now();
        let kept = input.clone();
        let read = std::panic::catch_unwind(move || {
            let options = Options { from, as_of: None };
            let items = source::read_stream(Cursor::new(input), "fuzz", &options).ok()?;
            Some(items.fold((0, 0), |(papers, problems), item| match item {
                Ok(_) => (papers + 1, problems),
                Err(_) => (papers, problems + 1),
            }))
        });
        let took = start.elapsed();
        slowest = slowest.max(took);
        match read {
            Ok(Some((some, wrong))) => {
                papers += some;
                problems += wrong;
            }
            Ok(None) => refused += 1,
            Err(_) => return told(&kept, from, n, "panics"),
        }
        if took > SLOWEST {
            return told(&kept, from, n, "takes too long");
        }
        if (n + 1) % 1_000_000 == 0 {
            println!("{} inputs, {:.0} a second", n + 1, (n + 1) as f64 / began.elapsed().as_secs_f64());
        }
    }
    println!(
        "{inputs} inputs of {:.1} GB in {:.0} s: {papers} papers, {problems} problems, {refused} inputs refused as a whole; \
         slowest {slowest:?}; most memory {}; no panic, no hang",
        bytes as f64 / 1e9,
        began.elapsed().as_secs_f64(),
        most_memory()
    );
    ExitCode::SUCCESS
}

/// A sample with some changes, or two that grow together.
fn input(samples: &[(Format, Vec<u8>)], rng: &mut Rng) -> (Format, Vec<u8>) {
    let (format, sample) = &samples[rng.usize(..samples.len())];
    // A stretch of the sample, so that many inputs are short.
    let mut input = if rng.bool() {
        let from = rng.usize(..sample.len());
        let to = rng.usize(from..sample.len()) + 1;
        let head = sample.len().min(200);
        [&sample[..rng.usize(..head)], &sample[from..to]].concat()
    } else {
        sample.clone()
    };
    for _ in 0..rng.usize(..6) {
        change(&mut input, samples, rng);
    }
    (*format, input)
}

fn change(input: &mut Vec<u8>, samples: &[(Format, Vec<u8>)], rng: &mut Rng) {
    let at = rng.usize(..=input.len());
    let end = (at + rng.usize(..64)).min(input.len());
    match rng.u8(..8) {
        0 => {
            if let Some(byte) = input.get_mut(at) {
                *byte = rng.u8(..);
            }
        }
        1 => drop(input.drain(at..end)),
        2 => {
            let piece = PIECES[rng.usize(..PIECES.len())];
            input.splice(at..at, piece.bytes());
        }
        3 => {
            let piece = PIECES[rng.usize(..PIECES.len())].repeat(rng.usize(1..300));
            input.splice(at..at, piece.into_bytes());
        }
        4 => {
            let again = input[at..end].to_vec();
            input.splice(at..at, again);
        }
        5 => {
            let other = &samples[rng.usize(..samples.len())].1;
            let from = rng.usize(..other.len());
            let to = (from + rng.usize(..200)).min(other.len());
            input.splice(at..end, other[from..to].iter().copied());
        }
        6 => input.truncate(at),
        _ => {
            for byte in &mut input[at..end] {
                if byte.is_ascii_digit() {
                    *byte = b'0' + rng.u8(..10);
                }
            }
        }
    }
}

fn told(input: &[u8], from: Option<Format>, n: u64, what: &str) -> ExitCode {
    let path = std::env::temp_dir().join("fuzz_readers-input");
    let kept = std::fs::write(&path, input).is_ok();
    let format = from.map_or("the format that is detected", Format::as_str);
    eprintln!("input {n}, read as {format}, {what}");
    if kept {
        eprintln!("it is kept at {}", path.display());
    }
    ExitCode::FAILURE
}

/// Of the whole process, as Linux counts it.
fn most_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_string(), |size| size.trim().to_string())
}
