//! How fast `kg` starts and reads: `cargo bench`, or `make bench` for the peers too. Method and figures are in
//! `BENCHMARKS.md`.
//!
//! What counts is the ratio to the limit, so the limit is measured in the same run: the automaton alone, over the same
//! bytes and patterns. `PAPERGRAPH_BENCH` names the files to read (listings and JSON Lines, separated by `:`); without
//! it a few invented abstracts are read again and again, which flatters the caches.

use std::hint::black_box;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use daachorse::DoubleArrayAhoCorasick;
use divan::Bencher;
use divan::counter::BytesCount;
use papergraph::extract::Extractor;
use papergraph::matcher::{self, Matcher};
use papergraph::paper::Paper;
use papergraph::source::{self, Input, Options};
use papergraph::text::Folded;
use papergraph::vocabulary::Vocabulary;

fn main() {
    divan::main();
    if !std::env::args().any(|a| a == "--test" || a == "--list") {
        print_ratios();
    }
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
    let papers = source::read(&Input::new(Path::new(file)), &Options::default()).expect("a readable file");
    papers.map(|paper| paper.expect("a readable record")).collect()
}

/// Titles and abstracts, as many bytes as extraction reads.
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

    /// What the stored automaton saves.
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
        let vocabulary = Vocabulary::builtin().expect("shipped");
        let matcher = Matcher::of_vocabulary(&vocabulary).expect("an automaton that fits");
        bencher.counter(BytesCount::new(bytes())).bench(|| {
            let mut out = Vec::new();
            for (field, folded) in fields().zip(&*FOLDED) {
                matcher.find(field, folded, &mut out);
            }
            out.len()
        });
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

/// The ratios of `BENCHMARKS.md`, each of medians taken in turn.
fn print_ratios() {
    let [alone, all] = medians([&count_with_double_array, &extract_all]);
    let speed = |time: Duration| bytes() as f64 / 1e6 / time.as_secs_f64();
    println!("\n{} bytes, {} patterns", bytes(), PATTERNS.len());
    println!("automaton alone {:7.1} MB/s", speed(alone));
    println!("all rules       {:7.1} MB/s = 1/{:.1} of it", speed(all), all.as_secs_f64() / alone.as_secs_f64());
}

/// The median times of two jobs, run in turn so that both see the same machine.
fn medians(jobs: [&dyn Fn() -> usize; 2]) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..15 {
        for (job, times) in jobs.iter().zip(&mut times) {
            let start = Instant::now();
            black_box(job());
            times.push(start.elapsed());
        }
    }
    times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    })
}
