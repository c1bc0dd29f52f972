//! Measures how fast `kg` starts and reads: `cargo bench`, or `make bench` for the peers too. Method and figures are in
//! `BENCHMARKS.md`.
//!
//! The ratio to the limit matters, so the limit is measured in the same run: the automaton alone, over the same bytes
//! and patterns. `PAPERGRAPH_BENCH` names the files to read (listings and JSON Lines, separated by `:`); without it a
//! few invented abstracts are read again and again, which flatters the caches.

use std::hint::black_box;
use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use daachorse::DoubleArrayAhoCorasick;
use divan::Bencher;
use divan::counter::BytesCount;
use papergraph::extract::Extractor;
use papergraph::internals::matcher::{self, Matcher};
use papergraph::internals::text::Folded;
use papergraph::paper::Paper;
use papergraph::source::{self, Input, ReadOptions};
use papergraph::vocabulary::Vocabulary;

/// The allocator of the program.
#[cfg(all(feature = "allocator", not(target_env = "msvc")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("export") => export(Path::new(&arguments[1])),
        Some("scan") => print_speeds(),
        _ => {
            divan::main();
            if !arguments.iter().any(|a| a == "--test" || a == "--list") {
                print_ratios();
            }
        }
    }
}

/// Names and texts for `benches/peers/match_peers.py`, one a line, folded.
fn export(folder: &Path) {
    let lines = |lines: Vec<&[u8]>| lines.join(&b"\n"[..]);
    let texts = lines(FOLDED.iter().map(Folded::bytes).collect());
    let names = lines(PATTERNS.iter().map(String::as_bytes).collect());
    std::fs::write(folder.join("texts.txt"), texts).expect("a folder to write to");
    std::fs::write(folder.join("names.txt"), names).expect("a folder to write to");
}

static EXTRACTOR: LazyLock<Extractor> =
    LazyLock::new(|| Extractor::new(Vocabulary::builtin().expect("shipped")).expect("an automaton that fits"));

static PAPERS: LazyLock<Vec<Paper>> = LazyLock::new(|| match std::env::var("PAPERGRAPH_BENCH") {
    Ok(files) => files.split(':').flat_map(papers_of).collect(),
    Err(_) => {
        let invented = papers_of(concat!(env!("CARGO_MANIFEST_DIR"), "/benches/abstracts.jsonl"));
        (0..100).flat_map(|_| invented.clone()).collect()
    }
});

fn papers_of(file: &str) -> Vec<Paper> {
    let papers = source::read(&Input::new(Path::new(file)), &ReadOptions::default()).expect("a readable file");
    papers.filter_map(Result::ok).collect()
}

/// Titles and abstracts, up to the number of bytes that extraction reads.
fn fields() -> impl Iterator<Item = &'static str> {
    PAPERS.iter().flat_map(|p| [p.title.as_str(), p.abstract_text.as_str()])
}

fn bytes() -> usize {
    fields().map(str::len).sum()
}

static FOLDED: LazyLock<Vec<Folded>> = LazyLock::new(|| fields().map(Folded::new).collect());

static PATTERNS: LazyLock<Vec<String>> =
    LazyLock::new(|| matcher::patterns(Vocabulary::builtin().expect("shipped").entities()));

static DOUBLE_ARRAY: LazyLock<DoubleArrayAhoCorasick<u32>> =
    LazyLock::new(|| DoubleArrayAhoCorasick::new(PATTERNS.iter()).expect("an automaton that fits"));

fn built() -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .prefilter(false)
        .build(PATTERNS.iter())
        .expect("an automaton that fits")
}

mod start {
    use super::*;

    #[divan::bench]
    fn vocabulary() -> Vocabulary {
        Vocabulary::builtin().expect("shipped")
    }

    #[divan::bench]
    fn automaton_stored(bencher: Bencher) {
        let vocabulary = Vocabulary::builtin().expect("shipped");
        bencher.bench_local(|| Matcher::of_vocabulary(&vocabulary).expect("an automaton that fits"));
    }

    /// Everything that a command needs before it reads its first paper.
    #[divan::bench]
    fn extractor() -> Extractor {
        Extractor::new(Vocabulary::builtin().expect("shipped")).expect("an automaton that fits")
    }

    /// The time that the stored automaton saves.
    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn automaton_built(bencher: Bencher) {
        let vocabulary = Vocabulary::builtin().expect("shipped");
        bencher.bench_local(|| Matcher::new(vocabulary.entities()).expect("an automaton that fits"));
    }
}

mod parse {
    use super::*;

    /// Reading the files, without extraction.
    #[divan::bench]
    fn papers(bencher: Bencher) {
        let Ok(files) = std::env::var("PAPERGRAPH_BENCH") else { return };
        let length = files.split(':').map(|f| std::fs::metadata(f).map_or(0, |m| m.len())).sum::<u64>();
        bencher
            .counter(BytesCount::new(length))
            .bench(|| files.split(':').map(|file| papers_of(file).len()).sum::<usize>());
    }
}

mod scan {
    use super::*;

    #[divan::bench]
    fn double_array_alone(bencher: Bencher) {
        LazyLock::force(&DOUBLE_ARRAY);
        bencher.counter(BytesCount::new(bytes())).bench(count_with_double_array);
    }

    #[divan::bench]
    fn aho_corasick_alone(bencher: Bencher) {
        let automaton = built();
        bencher
            .counter(BytesCount::new(bytes()))
            .bench(|| FOLDED.iter().map(|f| automaton.find_overlapping_iter(f.bytes()).count()).sum::<usize>());
    }

    #[divan::bench]
    fn folding(bencher: Bencher) {
        let mut folded = Folded::default();
        bencher.counter(BytesCount::new(bytes())).bench_local(|| fields().for_each(|field| folded.refill(field)));
    }

    #[divan::bench]
    fn names(bencher: Bencher) {
        find_names();
        bencher.counter(BytesCount::new(bytes())).bench(find_names);
    }

    #[divan::bench]
    fn all_rules(bencher: Bencher) {
        LazyLock::force(&EXTRACTOR);
        bencher.counter(BytesCount::new(bytes())).bench(extract_all);
    }
}

fn count_with_double_array() -> usize {
    FOLDED.iter().map(|f| DOUBLE_ARRAY.find_overlapping_iter(f.bytes()).count()).sum()
}

fn extract_all() -> usize {
    PAPERS.iter().map(|paper| EXTRACTOR.extract(paper.clone()).mentions.len()).sum()
}

fn find_names() -> usize {
    static MATCHER: LazyLock<Matcher> = LazyLock::new(|| {
        Matcher::of_vocabulary(&Vocabulary::builtin().expect("shipped")).expect("an automaton that fits")
    });
    let mut found = Vec::new();
    for (field, folded) in fields().zip(&*FOLDED) {
        MATCHER.find(field, folded, &mut found);
    }
    found.len()
}

type SpeedJob = (&'static str, fn() -> usize);

const JOBS: [SpeedJob; 3] =
    [("the automaton alone", count_with_double_array), ("kg, names only", find_names), ("kg, all rules", extract_all)];

/// The figures for the comparison with peers, as lines of name, tab and MB/s.
fn print_speeds() {
    for (name, speed) in speeds() {
        println!("{name}\t{speed:.2}");
    }
}

/// The ratios of `BENCHMARKS.md`.
fn print_ratios() {
    let speeds = speeds();
    println!("\n{} bytes, {} patterns", bytes(), PATTERNS.len());
    for (name, speed) in &speeds {
        println!("{name:20} {speed:7.1} MB/s   {:5.2} times the time of the automaton alone", speeds[0].1 / speed);
    }
}

/// Megabytes per second, each the median of runs in turn, so that all jobs run under the same conditions.
fn speeds() -> [(&'static str, f64); 3] {
    let mut times = JOBS.map(|(_, job)| {
        black_box(job());
        Vec::new()
    });
    for _ in 0..15 {
        for ((_, job), times) in JOBS.iter().zip(&mut times) {
            let start = Instant::now();
            black_box(job());
            times.push(start.elapsed());
        }
    }
    let mut speeds = JOBS.map(|(name, _)| (name, 0.0));
    for ((_, speed), times) in speeds.iter_mut().zip(&mut times) {
        times.sort();
        *speed = bytes() as f64 / 1e6 / times[times.len() / 2].as_secs_f64();
    }
    speeds
}
