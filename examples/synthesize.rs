//! Invents papers for benchmarks: `cargo run --release --example synthesize -- --papers 1000000 -o papers.jsonl`.
//!
//! Each paper is made from our own sentence templates and names of the shipped vocabulary, at the rates of real
//! abstracts: some eight sentences, a name made up by every second paper and used by later ones, a repository in four
//! of ten, hardware in one of ten. The popularity of names follows Zipf's law. Paper number *i* depends only on the
//! seed and *i*, so that the same seed gives the same file on any number of cores, and a shorter file is the beginning
//! of a longer one.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Parser;
use fastrand::Rng;
use papergraph::vocabulary::{Entity, Kind, Vocabulary};
use rayon::prelude::*;
use serde_json::json;

#[derive(Parser)]
struct Arguments {
    /// How many papers to invent
    #[arg(long, value_name = "N")]
    papers: u64,
    /// Number of the first paper; the ones before it count as known to the reader
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: u64,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many references each paper has, on average
    #[arg(long, value_name = "N", default_value_t = 0)]
    references: u64,
    /// File to write; standard output if left out
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Papers that are made at a time, on all cores.
const BATCH: u64 = 8192;

fn main() -> io::Result<()> {
    let arguments = Arguments::parse();
    let world = PaperNames { references: arguments.references, ..PaperNames::new(arguments.seed) };
    let out: Box<dyn Write> = match &arguments.output {
        Some(path) => Box::new(File::create(path)?),
        None => Box::new(io::stdout().lock()),
    };
    let mut out = BufWriter::with_capacity(1 << 20, out);
    let end = arguments.from + arguments.papers;
    let mut at = arguments.from;
    while at < end {
        let next = end.min(at + BATCH);
        let lines: Vec<String> = (at..next).into_par_iter().map(|number| world.paper(number)).collect();
        for line in lines {
            writeln!(out, "{line}")?;
        }
        at = next;
    }
    out.flush()
}

/// Names for papers, the most popular first.
struct PaperNames {
    seed: u64,
    references: u64,
    datasets: PopularNames,
    models: PopularNames,
    methods: PopularNames,
    tasks: PopularNames,
    metrics: PopularNames,
    hardware: PopularNames,
    software: PopularNames,
}

impl PaperNames {
    fn new(seed: u64) -> Self {
        let vocabulary = Vocabulary::builtin().expect("the shipped vocabulary");
        let of = |kind| PopularNames::new(vocabulary.entities(), kind);
        Self {
            seed,
            references: 0,
            datasets: of(Kind::Dataset),
            models: of(Kind::Model),
            methods: of(Kind::Method),
            tasks: of(Kind::Task),
            metrics: of(Kind::Metric),
            hardware: of(Kind::Hardware),
            software: of(Kind::Software),
        }
    }

    /// A separate random stream for each use of a paper's number, so that adding a template changes no other paper.
    fn rng(&self, number: u64, purpose: u64) -> Rng {
        Rng::with_seed(
            self.seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ purpose.wrapping_mul(0xd1b5_4a32_d192_ed03),
        )
    }

    /// The name that a paper introduces, if it does.
    fn own_name(&self, number: u64) -> Option<OwnSystem> {
        let mut rng = self.rng(number, 1);
        if rng.u8(..100) >= 48 {
            return None;
        }
        let (ending, noun) = *pick(&mut rng, ENDINGS);
        let mut name = capital(word(&mut rng, SYLLABLES));
        name.push_str(word(&mut rng, SYLLABLES));
        if rng.u8(..100) < 45 {
            name.push_str(word(&mut rng, SYLLABLES));
        }
        name.push_str(ending);
        Some(OwnSystem { name, noun })
    }

    fn paper(&self, number: u64) -> String {
        let mut rng = self.rng(number, 2);
        let own = self.own_name(number);
        let task = self.tasks.surface(&mut rng);
        let title = title(&mut rng, own.as_ref(), &task);
        let text =
            AbstractText { world: self, number, rng: &mut rng, own: own.as_ref(), task: &task, out: String::new() }
                .write();
        let (year, month, _) = month_of(number);
        let day = rng.u8(1..=28);
        let authors = self.authors_of(number, author_count(&mut rng));
        let organization = (rng.u8(..100) < 35).then(|| word(&mut rng, ORGANIZATIONS).to_string());
        let mut record = json!({
            "id": arxiv_id(number),
            "title": title,
            "abstract": text,
            "published": format!("{year}-{month:02}-{day:02}"),
            "authors": authors,
            "organization": organization,
            "comments": (rng.u8(..100) < 20).then(|| rng.u8(1..30)),
        });
        if self.references > 0 {
            record["references"] = self.references_of(number).into();
        }
        record.to_string()
    }

    /// Authors work in groups: the first is random, with more papers for lower numbers, and the others have numbers
    /// near it. There is one person for every two papers.
    fn authors_of(&self, number: u64, count: usize) -> Vec<String> {
        let mut rng = self.rng(number, 5);
        let people = 200 + number / 2;
        let first = (rng.f64().powi(3) * people as f64) as u64;
        let group = first / 12 * 12;
        let mut of_group: Vec<u64> = (group..group + 12).filter(|person| *person != first).collect();
        rng.shuffle(&mut of_group);
        std::iter::once(first).chain(of_group).take(count).map(|person| self.person(person)).collect()
    }

    /// The name of a person: many people share some family names.
    fn person(&self, number: u64) -> String {
        let mut rng = self.rng(number, 6);
        let mut made = |syllables: usize| {
            let name: String = (0..syllables).map(|_| word(&mut rng, SYLLABLES)).collect();
            capital(&name)
        };
        let (given, family) = (made(2), made(3));
        let given = if rng.bool() { word(&mut rng, GIVEN).to_string() } else { given };
        let family = if rng.u8(..100) < 30 { word(&mut rng, FAMILY).to_string() } else { family };
        format!("{given} {family}")
    }

    /// Two of three references are to earlier papers, by arXiv id; the others are to works outside the collection, by
    /// title. The number of citations follows the rank, by age and by popularity.
    fn references_of(&self, number: u64) -> Vec<serde_json::Value> {
        let mut rng = self.rng(number, 3);
        let count = rng.u64(self.references / 2..=self.references * 3 / 2);
        let reference = |_| {
            let skewed = rng.f64().powi(4);
            if rng.u8(..3) < 2 {
                return json!(arxiv_id((skewed * number as f64) as u64));
            }
            // The longer the file, the more works.
            let work = (skewed * (1000 + 2 * number) as f64) as u64;
            let mut words = self.rng(work, 4);
            let mut word = || format!("{}{}", self::word(&mut words, SYLLABLES), self::word(&mut words, SYLLABLES));
            let title = format!("On {} and the {} {} of {} number {work}", word(), word(), word(), word());
            json!({"title": title, "author": capital(&word()), "year": 1990 + work % 30})
        };
        (0..count).map(reference).collect()
    }
}

fn arxiv_id(number: u64) -> String {
    let (year, month, in_month) = month_of(number);
    format!("{:02}{month:02}.{in_month:05}", year % 100)
}

/// Ten thousand papers a month, from January 2016 on.
fn month_of(number: u64) -> (u64, u64, u64) {
    let months = number / 10_000;
    (2016 + months / 12, 1 + months % 12, 1 + number % 10_000)
}

fn author_count(rng: &mut Rng) -> usize {
    1 + (rng.u8(..6) + rng.u8(..4)) as usize
}

struct OwnSystem {
    name: String,
    noun: &'static str,
}

/// Entities of one kind; the entity with rank *r* is named in proportion to 1/*r*.
struct PopularNames {
    surfaces: Vec<Vec<String>>,
    /// Running sums of the weights.
    sums: Vec<f64>,
}

impl PopularNames {
    /// Well-known entities have many names: that is the order; ties are broken by id.
    fn new(entities: &[Entity], kind: Kind) -> Self {
        let mut of_kind: Vec<&Entity> = entities.iter().filter(|e| e.kind() == kind).collect();
        of_kind.sort_by_key(|e| (std::cmp::Reverse(e.names().count()), &e.id));
        let surfaces: Vec<Vec<String>> = of_kind
            .into_iter()
            .map(|e| {
                let strong: Vec<String> = e.strong_names().map(str::to_string).collect();
                if strong.is_empty() { vec![e.name.clone()] } else { strong }
            })
            .collect();
        let mut sum = 0.0;
        let sums = (0..surfaces.len())
            .map(|rank| {
                sum += 1.0 / (rank + 2) as f64;
                sum
            })
            .collect();
        Self { surfaces, sums }
    }

    /// The canonical name mostly, else an alias.
    fn surface(&self, rng: &mut Rng) -> String {
        let at = rng.f64() * self.sums.last().copied().unwrap_or_default();
        let rank = self.sums.partition_point(|&sum| sum < at).min(self.surfaces.len() - 1);
        let names = &self.surfaces[rank];
        if rng.u8(..100) < 75 { names[0].clone() } else { pick(rng, names).clone() }
    }
}

fn title(rng: &mut Rng, own: Option<&OwnSystem>, task: &str) -> String {
    let (property, aim) = (word(rng, PROPERTIES), word(rng, AIMS));
    let noun = own.map_or_else(|| word(rng, NOUNS), |own| own.noun);
    let rest = match rng.u8(..4) {
        0 => format!("A {} {} for {task}", capital(property), capital(noun)),
        1 => format!("{} {} with {} {}", capital(aim), capital(task), capital(property), capital(word(rng, MATTERS))),
        2 => format!("Towards {} {}", capital(property), capital(task)),
        _ => format!("{} {} of {} in {task}", capital(property), capital(word(rng, STUDIES)), word(rng, MATTERS)),
    };
    match own {
        Some(own) if rng.u8(..100) < 70 => format!("{}: {rest}", own.name),
        _ => rest,
    }
}

/// An abstract in the making.
struct AbstractText<'w> {
    world: &'w PaperNames,
    number: u64,
    rng: &'w mut Rng,
    own: Option<&'w OwnSystem>,
    task: &'w str,
    out: String,
}

impl AbstractText<'_> {
    fn write(mut self) -> String {
        let background = self.rng.usize(1..=2);
        for _ in 0..background {
            self.say(BACKGROUND);
        }
        self.say(PROBLEMS);
        match self.own {
            Some(_) => self.say(PROPOSALS),
            None => self.say(PLAIN_PROPOSALS),
        }
        let details = self.rng.usize(1..=3);
        for _ in 0..details {
            self.say(DETAILS);
        }
        self.sometimes(45, BUILDS_ON);
        self.sometimes(75, EVALUATIONS);
        self.sometimes(35, RESULTS);
        self.sometimes(30, COMPARISONS);
        self.sometimes(10, MACHINES);
        self.sometimes(8, TOOLS);
        self.sometimes(22, USES_OTHERS);
        self.sometimes(15, CLOSINGS);
        match self.rng.u8(..100) {
            0..40 => self.say(CODE_LINKS),
            40..50 => self.say(CODE_PROMISES),
            50..55 => self.say(CODE_CLAIMS),
            55..60 => self.say(PAGES),
            _ => {}
        }
        self.out
    }

    fn sometimes(&mut self, percent: u8, templates: &[&'static str]) {
        if self.rng.u8(..100) < percent {
            self.say(templates);
        }
    }

    /// Adds one of the sentences, its slots filled.
    fn say(&mut self, templates: &[&'static str]) {
        if !self.out.is_empty() {
            self.out.push(' ');
        }
        let mut rest = word(self.rng, templates);
        while let Some((before, slot)) = rest.split_once('{') {
            self.out.push_str(before);
            let (name, after) = slot.split_once('}').expect("a closed slot");
            self.fill(name);
            rest = after;
        }
        self.out.push_str(rest);
    }

    fn fill(&mut self, slot: &str) {
        let world = self.world;
        let rng = &mut *self.rng;
        match slot {
            "task" => self.out.push_str(self.task),
            "other-task" => self.out.push_str(&world.tasks.surface(rng)),
            "dataset" => self.out.push_str(&world.datasets.surface(rng)),
            "model" => self.out.push_str(&world.models.surface(rng)),
            "method" => self.out.push_str(&world.methods.surface(rng)),
            "metric" => self.out.push_str(&world.metrics.surface(rng)),
            "hardware" => self.out.push_str(&world.hardware.surface(rng)),
            "software" => self.out.push_str(&world.software.surface(rng)),
            "own" => self.out.push_str(self.own.map_or("our method", |own| &own.name)),
            "own-noun" => self.out.push_str(self.own.map_or("method", |own| own.noun)),
            "others" => {
                let name = self.earlier();
                self.out.push_str(&name);
            }
            "property" => self.out.push_str(word(rng, PROPERTIES)),
            "matter" => self.out.push_str(word(rng, MATTERS)),
            "noun" => self.out.push_str(word(rng, NOUNS)),
            "value" => {
                let _ = write!(self.out, "{}.{}", rng.u8(20..99), rng.u8(..10));
            }
            "gain" => {
                let _ = write!(self.out, "{}.{}", rng.u8(1..20), rng.u8(..10));
            }
            "count" => self.out.push_str(word(rng, &["4", "8", "16", "32", "64", "eight", "a single"])),
            "owner" => {
                let owner =
                    format!("{}{}", word(rng, SYLLABLES), word(rng, &["lab", "-ai", "group", "", "-nlp", "vision"]));
                self.out.push_str(&owner);
            }
            "repo" => {
                let name = match self.own {
                    Some(own) => own.name.clone(),
                    None => format!("{}-{}", word(rng, MATTERS).replace(' ', "-"), self.number % 997),
                };
                self.out.push_str(&name);
            }
            other => unreachable!("no slot {other}"),
        }
    }

    /// A name that an earlier paper introduces: a few of them are used by many.
    fn earlier(&mut self) -> String {
        for _ in 0..20 {
            let far = self.number as f64 * self.rng.f64().powi(6);
            let near = self.number.saturating_sub(self.rng.u64(1..5000));
            let paper = if self.rng.bool() { far as u64 } else { near };
            if paper < self.number
                && let Some(own) = self.world.own_name(paper)
            {
                return own.name;
            }
        }
        self.world.models.surface(self.rng)
    }
}

fn word(rng: &mut Rng, all: &[&'static str]) -> &'static str {
    all[rng.usize(..all.len())]
}

fn pick<'t, T>(rng: &mut Rng, all: &'t [T]) -> &'t T {
    &all[rng.usize(..all.len())]
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

const SYLLABLES: &[&str] = &[
    "ka", "zor", "lin", "mex", "tra", "vol", "quin", "ser", "pax", "dro", "fle", "gri", "hal", "ivo", "jun", "kel",
    "lum", "mor", "nex", "ori", "pel", "rav", "sil", "tor", "umb", "vex", "wis", "xan", "yel", "zem", "bra", "cor",
    "dex", "elo", "fas", "gam", "hyp", "ire", "jol", "kir", "lat", "mir", "nov", "osk", "pra", "rul", "sab", "tel",
    "uri", "vin",
];

/// Endings of made-up names, and the noun for such a thing.
const ENDINGS: &[(&str, &str)] = &[
    ("Net", "network"),
    ("Former", "transformer"),
    ("Bench", "benchmark"),
    ("QA", "dataset"),
    ("GAN", "model"),
    ("BERT", "model"),
    ("LM", "model"),
    ("Diff", "framework"),
    ("RL", "algorithm"),
    ("GNN", "network"),
    ("Seg", "method"),
    ("Prompt", "method"),
    ("Tune", "method"),
    ("KD", "framework"),
    ("ViT", "model"),
    ("3D", "dataset"),
    ("Flow", "library"),
    ("Sim", "simulator"),
    ("Agent", "framework"),
    ("Opt", "optimizer"),
];

const PROPERTIES: &[&str] = &[
    "efficient",
    "robust",
    "scalable",
    "unified",
    "lightweight",
    "multi-scale",
    "self-supervised",
    "interpretable",
    "hierarchical",
    "adaptive",
    "cross-modal",
    "uncertainty-aware",
    "data-efficient",
    "fine-grained",
    "end-to-end",
    "training-free",
    "parameter-efficient",
    "causal",
    "sparse",
    "federated",
];
const MATTERS: &[&str] = &[
    "representations",
    "attention maps",
    "long contexts",
    "noisy labels",
    "distribution shift",
    "temporal cues",
    "spatial priors",
    "synthetic data",
    "hard negatives",
    "token budgets",
    "latent codes",
    "feature pyramids",
    "preference data",
    "sensor streams",
    "rare classes",
    "memory banks",
    "graph structure",
    "prompt templates",
];
const NOUNS: &[&str] = &["approach", "framework", "method", "pipeline", "objective", "strategy", "architecture"];
const AIMS: &[&str] = &["improving", "rethinking", "scaling", "accelerating", "understanding", "revisiting"];
const STUDIES: &[&str] = &["analysis", "study", "evaluation", "survey", "comparison"];
const GIVEN: &[&str] = &[
    "Ada", "Bo", "Carla", "Deniz", "Emeka", "Fatima", "Goran", "Hana", "Igor", "Jia", "Kofi", "Lena", "Mateo", "Nadia",
    "Oskar", "Priya", "Quentin", "Rosa", "Sora", "Tomas", "Uma", "Viktor", "Wen", "Ximena", "Yusuf", "Zoe",
];
const FAMILY: &[&str] = &[
    "Adeyemi", "Bauer", "Costa", "Dimitrov", "Eriksen", "Fischer", "Garcia", "Hoang", "Ivanova", "Jansen", "Kim",
    "Lopez", "Moreau", "Nakamura", "Okafor", "Petrov", "Qureshi", "Rossi", "Singh", "Tanaka", "Ueda", "Varga", "Wang",
    "Xu", "Yilmaz", "Zhang",
];
const ORGANIZATIONS: &[&str] = &[
    "University of Northmere",
    "Institute for Learning Machines",
    "Kestrel Research",
    "Polytechnic of Valdera",
    "Harbour AI Lab",
    "Academy of Data Sciences",
    "Tarn Robotics",
    "Open Language Collective",
];

const BACKGROUND: &[&str] = &[
    "Recent progress in {task} has been driven by larger models and better data.",
    "Despite years of work, {task} remains difficult under {matter}.",
    "Systems for {task} are now part of many products, yet they handle {matter} poorly.",
    "The quality of {other-task} depends to a large degree on {matter}.",
    "Much of what is known about {task} comes from studies with {model} and similar models.",
    "Deep networks have changed how {task} and {other-task} are done.",
    "While {method} is widely used, its behaviour under {matter} is not well understood.",
];
const PROBLEMS: &[&str] = &[
    "However, existing methods need large amounts of labelled data and ignore {matter}.",
    "Yet current solutions trade accuracy for speed and do not scale to {matter}.",
    "Previous work treats {matter} as noise and loses information that matters.",
    "A central difficulty is that {matter} differ between training and deployment.",
    "Prior approaches such as {model} struggle when {matter} are present.",
];
const PROPOSALS: &[&str] = &[
    "We propose {own}, a {property} {own-noun} for {task}.",
    "In this paper, we introduce {own}, a {property} {own-noun} that learns from {matter}.",
    "We present a {property} {own-noun} called {own} that addresses both problems.",
    "To close this gap, we develop {own}, a {own-noun} built around {matter}.",
    "This work presents {own}, a new {own-noun} for {task} under {matter}.",
];
const PLAIN_PROPOSALS: &[&str] = &[
    "We study a {property} {noun} that makes use of {matter}.",
    "We revisit the problem from the point of view of {matter} and derive a {property} {noun}.",
    "This paper examines how {matter} influence {task}.",
    "We describe a simple {noun} that combines {matter} with {method}.",
];
const DETAILS: &[&str] = &[
    "It first encodes {matter} and then refines them in a second stage.",
    "A {property} module aligns {matter} across layers without further supervision.",
    "The objective balances {matter} and {matter} by a single coefficient.",
    "We show in theory that the error decreases with the number of {matter}.",
    "The key idea is to reuse {matter} instead of computing them again.",
    "Training proceeds in two phases, the second of which needs no labels.",
];
const BUILDS_ON: &[&str] = &[
    "{own} builds on {model} and adds {method} to its training.",
    "The implementation is based on {model} with {method}.",
    "We fine-tune {model} with {method} on {dataset}.",
    "We initialise the encoder from {model} and train it on {dataset}.",
];
const EVALUATIONS: &[&str] = &[
    "We evaluate on {dataset} and {dataset}.",
    "Experiments on {dataset}, {dataset} and {dataset} show consistent gains.",
    "Extensive experiments on {dataset} confirm that {own} is effective.",
    "On the {dataset} benchmark the {noun} generalises better than before.",
    "Results on {dataset} and {dataset} hold across model sizes.",
];
const RESULTS: &[&str] = &[
    "{own} achieves a {metric} of {value} on {dataset}.",
    "It reaches {value}% {metric} on {dataset}, {gain} points above the previous best.",
    "We obtain {value} {metric} on {dataset} without external data.",
];
const COMPARISONS: &[&str] = &[
    "It outperforms {model} and {model} by {gain}% in {metric}.",
    "Compared with {model}, it needs {gain} times fewer parameters.",
    "The method surpasses strong baselines such as {model} and {others}.",
];
const MACHINES: &[&str] = &[
    "Training takes two days on {count} {hardware} GPUs.",
    "All experiments ran on {count} {hardware} with mixed precision.",
    "Inference runs in real time on {count} {hardware}.",
];
const TOOLS: &[&str] =
    &["The system is implemented in {software}.", "We build the pipeline with {software} and {software}."];
const USES_OTHERS: &[&str] = &[
    "In contrast to {others}, no manual tuning is needed.",
    "Combined with {others}, the gains add up.",
    "We also report results for {others} under the same protocol.",
];
const CLOSINGS: &[&str] = &[
    "Ablations show which parts matter most.",
    "We discuss limits of the study and open questions.",
    "These findings suggest that {matter} deserve more attention.",
];
const CODE_LINKS: &[&str] = &[
    "Code is available at https://github.com/{owner}/{repo}.",
    "Our code and models are released at https://github.com/{owner}/{repo}.",
    "The source code can be found at https://github.com/{owner}/{repo}",
];
const CODE_PROMISES: &[&str] =
    &["Code will be released upon acceptance.", "We will make our code publicly available soon."];
const CODE_CLAIMS: &[&str] = &["Our code is publicly available."];
const PAGES: &[&str] = &["Project page: https://{owner}.github.io/{repo}."];
