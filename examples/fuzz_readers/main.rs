//! Feeds changed samples of every format to every reader, for a given time: no input may make a reader panic, overflow
//! its stack, hang, or exceed its memory limits. A seed makes it deterministic.
//!
//! `cargo run --release --example fuzz_readers -- --inputs 10000000 --seed 1`
//!
//! Inputs are read in processes of their own, a stretch of them each, so that an input that ends its process is
//! reported like any other defect: it is written to a file, and the run continues after it. `--one N` reads input N
//! alone, and `--only nbib,zotero.sqlite` makes inputs of these samples alone.

mod change;
mod memory;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Cursor;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use papergraph::source::{self, Format, ReadOptions};
use serde::{Deserialize, Serialize};

use change::Samples;
use memory::CountingAllocator;

#[global_allocator]
static MEMORY: CountingAllocator = CountingAllocator::new();

/// Time after which an input counts as a hang. The machine may be busy with other work.
const SLOWEST: Duration = Duration::from_secs(5);
/// Memory limit of reading: buffers of fixed size, and a small multiple of the input, which is never larger than a few
/// records.
const MOST_FIXED: usize = 16 << 20;
const MOST_EACH: usize = 400;
/// Number of inputs that one process reads.
const STRETCH: u64 = 100_000;
/// Number of defects after which a run ends.
const MOST_DEFECTS: u64 = 20;

/// Results for the inputs of one format.
#[derive(Debug, Default, Serialize, Deserialize)]
struct FormatFigures {
    inputs: u64,
    bytes: u64,
    papers: u64,
    problems: u64,
    /// Number of inputs that are refused as a whole.
    refused: u64,
    /// Number of inputs with at least one paper: those that get past the framing.
    read: u64,
    seconds: f64,
    slowest: f64,
    most_memory: usize,
}

impl FormatFigures {
    fn add(&mut self, other: &Self) {
        self.inputs += other.inputs;
        self.bytes += other.bytes;
        self.papers += other.papers;
        self.problems += other.problems;
        self.refused += other.refused;
        self.read += other.read;
        self.seconds += other.seconds;
        self.slowest = self.slowest.max(other.slowest);
        self.most_memory = self.most_memory.max(other.most_memory);
    }
}

/// By the name of the sample from which the input was made.
type FormatReport = BTreeMap<String, FormatFigures>;

struct FuzzArguments {
    inputs: u64,
    seed: u64,
    jobs: u64,
    /// A single input.
    one: Option<u64>,
    /// The inputs of a process that another process started.
    stretch: Option<(u64, u64)>,
    /// Folder for defects, and for the progress of processes.
    folder: PathBuf,
    /// The samples from which inputs are made; all if empty.
    only: Vec<String>,
}

fn main() -> ExitCode {
    let Some(args) = args() else {
        eprintln!("usage: fuzz_readers [--inputs N] [--seed N] [--jobs N] [--one N] [--only NAMES] [--output DIR]");
        return ExitCode::from(2);
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let samples = match Samples::of(&fixtures, &args.only) {
        Ok(samples) => samples,
        Err(e) => {
            eprintln!("{e}");
            return ExitCode::FAILURE;
        }
    };
    match (args.one, args.stretch) {
        (Some(n), _) => one(&samples, &args, n),
        (None, Some((from, to))) => stretch(&samples, &args, from, to),
        (None, None) => all(&samples, &args),
    }
}

fn args() -> Option<FuzzArguments> {
    let folder = std::env::temp_dir().join("fuzz_readers");
    let mut found =
        FuzzArguments { inputs: 100_000, seed: 1, jobs: 1, one: None, stretch: None, folder, only: Vec::new() };
    let mut args = std::env::args().skip(1);
    let mut from = None;
    while let Some(name) = args.next() {
        let value = args.next()?;
        match name.as_str() {
            "--inputs" => found.inputs = value.parse().ok()?,
            "--seed" => found.seed = value.parse().ok()?,
            "--jobs" => found.jobs = value.parse().ok()?,
            "--one" => found.one = Some(value.parse().ok()?),
            "--only" => found.only = value.split(',').map(str::to_string).collect(),
            "--output" => found.folder = value.into(),
            "--from" => from = Some(value.parse().ok()?),
            "--to" => found.stretch = Some((from?, value.parse().ok()?)),
            _ => return None,
        }
    }
    Some(found)
}

/// The input with this number, the sample from which it was made, and the format as which it is read.
fn input(samples: &Samples, seed: u64, n: u64) -> (&str, Option<Format>, Vec<u8>) {
    let mut rng = Rng::with_seed(seed.wrapping_mul(1 << 40).wrapping_add(n));
    let (name, own, input) = samples.input(&mut rng);
    // Mostly the reader of the sample; else another, or the one that detection chooses.
    let from = match rng.u8(..8) {
        0 => None,
        1 => rng.choice(Format::ALL).copied(),
        _ => Some(own),
    };
    (name, from, input)
}

/// The result of reading an input, or the defect.
fn read(from: Option<Format>, input: Vec<u8>) -> Result<FormatFigures, String> {
    let allowed = MOST_FIXED + MOST_EACH * input.len();
    let bytes = input.len() as u64;
    let before = MEMORY.start();
    let began = Instant::now();
    let read = std::panic::catch_unwind(move || {
        let options = ReadOptions { from, ..ReadOptions::default() };
        let items = source::read_stream(Cursor::new(input), "fuzz", &options).ok()?;
        Some(items.fold((0, 0), |(papers, problems), item| match item {
            Ok(_) => (papers + 1, problems),
            Err(_) => (papers, problems + 1),
        }))
    });
    let (took, held) = (began.elapsed(), MEMORY.most().saturating_sub(before));
    if took > SLOWEST {
        return Err(format!("takes {took:?}"));
    }
    if held > allowed {
        return Err(format!("holds {held} bytes in memory, for {bytes} of input"));
    }
    let (papers, problems) = match read {
        Ok(Some(found)) => found,
        Ok(None) => (0, 0),
        Err(panic) => return Err(format!("panics: {}", message(panic.as_ref()))),
    };
    Ok(FormatFigures {
        inputs: 1,
        bytes,
        papers,
        problems,
        refused: u64::from(papers + problems == 0),
        read: u64::from(papers > 0),
        seconds: took.as_secs_f64(),
        slowest: took.as_secs_f64(),
        most_memory: held,
    })
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}

fn named(from: Option<Format>) -> &'static str {
    from.map_or("the format that is detected", Format::as_str)
}

fn one(samples: &Samples, args: &FuzzArguments, n: u64) -> ExitCode {
    let (own, from, input) = input(samples, args.seed, n);
    let path = keep(args, n, &input);
    println!("input {n}, made of {own}, read as {}, is at {}", named(from), path.display());
    match read(from, input) {
        Ok(figures) => {
            println!("{figures:?}");
            ExitCode::SUCCESS
        }
        Err(defect) => {
            println!("it {defect}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a range of inputs. The number of each is written down before it is read. After a defect is printed, the
/// process ends with exit code 3.
fn stretch(samples: &Samples, args: &FuzzArguments, from: u64, to: u64) -> ExitCode {
    // The message of a panic is printed with the input that causes it.
    std::panic::set_hook(Box::new(|_| {}));
    let Ok(at) = File::create(at(args, from)) else { return ExitCode::from(4) };
    let mut report = FormatReport::new();
    let mut code = ExitCode::SUCCESS;
    for n in from..to {
        if at.write_all_at(&n.to_le_bytes(), 0).is_err() {
            return ExitCode::from(4);
        }
        let (own, from, input) = input(samples, args.seed, n);
        match read(from, input) {
            Ok(figures) => report.entry(own.to_string()).or_default().add(&figures),
            Err(defect) => {
                eprintln!("{defect}");
                code = ExitCode::from(3);
                break;
            }
        }
    }
    println!("{}", serde_json::to_string(&report).unwrap_or_default());
    code
}

/// File in which the process that began at this input writes its progress.
fn at(args: &FuzzArguments, began: u64) -> PathBuf {
    args.folder.join(format!("at-{}-{began}", args.seed))
}

fn keep(args: &FuzzArguments, n: u64, input: &[u8]) -> PathBuf {
    let path = args.folder.join(format!("input-{}-{n}", args.seed));
    let kept = fs::create_dir_all(&args.folder).and_then(|()| fs::write(&path, input));
    if let Err(e) = kept {
        eprintln!("cannot write {}: {e}", path.display());
    }
    path
}

/// All inputs, in ranges.
fn all(samples: &Samples, args: &FuzzArguments) -> ExitCode {
    if let Err(e) = fs::create_dir_all(&args.folder) {
        eprintln!("cannot write to {}: {e}", args.folder.display());
        return ExitCode::FAILURE;
    }
    let began = Instant::now();
    let next = AtomicU64::new(0);
    let defects = AtomicU64::new(0);
    let total = Mutex::new(FormatReport::new());
    let work = || {
        loop {
            let from = next.fetch_add(STRETCH, Ordering::Relaxed);
            let to = (from + STRETCH).min(args.inputs);
            let mut at = from;
            while at < to && defects.load(Ordering::Relaxed) < MOST_DEFECTS {
                let (report, defect) = process(args, at, to);
                if let Ok(mut total) = total.lock() {
                    report.iter().for_each(|(name, figures)| total.entry(name.clone()).or_default().add(figures));
                }
                let Some((n, what)) = defect else { break };
                let (own, from, input) = input(samples, args.seed, n);
                let path = keep(args, n, &input);
                eprintln!("input {n}, made of {own}, read as {}, {what}; it is at {}", named(from), path.display());
                defects.fetch_add(1, Ordering::Relaxed);
                at = n + 1;
            }
            if to == args.inputs || defects.load(Ordering::Relaxed) >= MOST_DEFECTS {
                return;
            }
            if to.is_multiple_of(1_000_000) {
                println!("{to} inputs, {:.0} a second", to as f64 / began.elapsed().as_secs_f64());
            }
        }
    };
    std::thread::scope(|scope| (0..args.jobs.max(1)).for_each(|_| drop(scope.spawn(work))));
    let defects = defects.into_inner();
    tell(&total.into_inner().unwrap_or_default(), began.elapsed(), defects, args);
    if defects == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Starts a process for a range of inputs; returns which input is a defect, and how.
fn process(args: &FuzzArguments, from: u64, to: u64) -> (FormatReport, Option<(u64, String)>) {
    let note = at(args, from);
    let failed = |e: &dyn std::fmt::Display| (FormatReport::new(), Some((to - 1, format!("was not read: {e}"))));
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(e) => return failed(&e),
    };
    let mut command = Command::new(program);
    command.arg("--seed").arg(args.seed.to_string()).arg("--output").arg(&args.folder);
    if !args.only.is_empty() {
        command.arg("--only").arg(args.only.join(","));
    }
    command.arg("--from").arg(from.to_string()).arg("--to").arg(to.to_string());
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(e) => return failed(&e),
    };
    let reached = || fs::read(&note).ok().and_then(|b| b.try_into().ok()).map_or(from, u64::from_le_bytes);
    let (mut last, mut since, mut hangs) = (from, Instant::now(), false);
    while let Ok(None) = child.try_wait() {
        std::thread::sleep(Duration::from_millis(50));
        let now = reached();
        if now != last {
            (last, since) = (now, Instant::now());
        } else if since.elapsed() > SLOWEST * 4 {
            hangs = true;
            let _ = child.kill();
        }
    }
    let output = match child.wait_with_output() {
        Ok(output) => output,
        Err(e) => return failed(&e),
    };
    let n = reached();
    let _ = fs::remove_file(&note);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let message = String::from_utf8_lossy(&output.stderr).trim().to_string();
    let what = match output.status.code() {
        Some(0) => return (report, None),
        Some(3) => message,
        _ if hangs => "hangs".to_string(),
        _ => format!("ends the process ({}): {message}", output.status),
    };
    (report, Some((n, what)))
}

fn tell(report: &FormatReport, took: Duration, defects: u64, args: &FuzzArguments) {
    println!("sample              inputs   with papers    papers  problems   refused   slowest  most memory");
    let mut sum = FormatFigures::default();
    let row = |name: &str, f: &FormatFigures| {
        println!(
            "{name:<18} {:>7}      {:>5.1} % {:>9} {:>9} {:>9} {:>6.0} ms   {:>6.1} MiB",
            f.inputs,
            100.0 * f.read as f64 / f.inputs.max(1) as f64,
            f.papers,
            f.problems,
            f.refused,
            f.slowest * 1e3,
            f.most_memory as f64 / 1_048_576.0
        );
    };
    for (name, figures) in report {
        row(name, figures);
        sum.add(figures);
    }
    row("all", &sum);
    println!(
        "{} inputs of seed {}, {:.1} GB, in {:.0} s: {}",
        sum.inputs,
        args.seed,
        sum.bytes as f64 / 1e9,
        took.as_secs_f64(),
        match defects {
            0 => "no panic, no crash, no hang, memory bounded".to_string(),
            n => format!("{n} defects"),
        }
    );
}
