//! Finds the kind of a named thing, from the noun that the text gives it or from the end of the name.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::super::reading::ReadField;
use super::super::rule::{Rule, rule};
use super::super::unlisted::is_nationality;
use super::names::{ends_noun_phrase, has_preposition, last_chars};
use crate::text::in_lower_case;
use crate::vocabulary::Kind;

/// Nouns in the singular, by the kind that they state.
const KIND_NOUNS: [(Kind, &str); 7] = [
    (
        Kind::Dataset,
        "dataset corpu corpus corpora benchmark suite challenge testbed collection database testset leaderboard \
         treebank track lexicon lexica wordnet thesaurus thesauru gazetteer dictionary dictionarie lexique \
         ressource resource ontology ontologie wordlist glossary knowledge-base questionnaire testsuite archive \
         taxonomy",
    ),
    (
        Kind::Software,
        "system library librarie toolkit platform engine simulator compiler plateforme outil logiciel système \
         sistema herramienta software package tool infrastructure runtime middleware ecosystem stack parser tagger \
         analyzer analyser lemmatizer stemmer aligner segmenter annotator editor interface browser portal website \
         application app plugin workbench service prototype chatbot bot assistant api demonstrator extractor \
         viewer visualizer explorer crawler concordancer translator checker corrector webservice environment \
         user-interface workspace environnement étiqueteur analyseur toolbox moteur finder converter",
    ),
    (
        Kind::Model,
        "model network transformer architecture llm encoder decoder autoencoder backbone detector vlm mllm net \
         agent gan vae tokenizer family generator classifier lm transformers embedding ranker reranker retriever \
         summarizer recognizer",
    ),
    (
        Kind::Method,
        "method framework approach approache algorithm technique strategy strategie mechanism module loss \
         optimizer scheme pipeline paradigm procedure objective attention learning training tuning layer operator \
         block adapter regularizer recipe distillation optimization sampling estimator search pruning quantization \
         protocol kernel parallelism sampler solver policy formulation representation decoding augmentation \
         prompting reweighting initialization masking function formalism heuristic workflow methodology approche \
         méthode algorithme formalisme método algoritmo",
    ),
    (Kind::Metric, "metric score measure"),
    (Kind::Task, "task subtask competition"),
    (Kind::Hardware, "accelerator chip processor fpga asic"),
];

/// The kind that a noun states.
pub(in crate::extract) fn noun_kind(word: &str) -> Option<Kind> {
    in_lower_case(word.trim_matches(|c: char| !c.is_alphanumeric()), lower_noun_kind)
}

/// The same for a noun in lower case without signs around it.
fn lower_noun_kind(lower: &str) -> Option<Kind> {
    if lower == "plate-forme" {
        return Some(Kind::Software);
    }
    // "multi-task" says how something learns.
    if matches!(lower, "multi-task" | "cross-task" | "single-task" | "multi-model" | "cross-model") {
        return None;
    }
    // "cross-attention" is attention; "data-set" is written in three ways.
    if let Some((first, last)) = lower.rsplit_once('-')
        && let Some(kind) =
            noun_kind(if last == "set" && (first == "data" || first == "test") { "dataset" } else { last })
    {
        return Some(kind);
    }
    let singular = lower.strip_suffix('s').filter(|w| !w.ends_with('s') && *w != "application").unwrap_or(lower);
    // Most words are none of these nouns: comparing a word with each of them takes much longer.
    static KIND_OF: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| {
        KIND_NOUNS.iter().flat_map(|(kind, nouns)| nouns.split(' ').map(|noun| (noun, *kind))).collect()
    });
    KIND_OF.get(singular).copied()
}

/// Words that form the field's general terms ("Vision Language Model"): together they name nothing new.
pub(super) fn is_general_word(word: &str) -> bool {
    const GENERAL: [&str; 32] = [
        "large",
        "vision",
        "language",
        "visual",
        "multimodal",
        "multi",
        "modal",
        "model",
        "models",
        "deep",
        "neural",
        "network",
        "networks",
        "learning",
        "machine",
        "artificial",
        "intelligence",
        "reinforcement",
        "foundation",
        "image",
        "video",
        "text",
        "audio",
        "speech",
        "generative",
        "pre",
        "trained",
        "natural",
        "processing",
        "data",
        "computer",
        "one",
    ];
    in_lower_case(word, |word| GENERAL.contains(&word))
}

/// Whether the head of a phrase is a noun made from a verb, so that the phrase is a way of doing something: "Active
/// Curation", "Masked Token Modeling for X".
pub(super) fn is_activity(phrase: &str) -> bool {
    const OTHERS: [&str; 12] = [
        "information",
        "station",
        "organization",
        "organisation",
        "nation",
        "population",
        "relation",
        "section",
        "string",
        "thing",
        "education",
        "document",
    ];
    let words = leading_phrase(phrase).split_whitespace();
    let head = words.last().unwrap_or_default().to_lowercase();
    let bare = head.rsplit('-').next().unwrap_or(&head);
    bare.len() >= 6
        && !OTHERS.contains(&bare)
        && ["ation", "ition", "ution", "ction", "ption", "sion", "ing", "ment", "flow"]
            .iter()
            .any(|end| bare.ends_with(end))
}

pub(super) fn is_kind_noun(word: &str) -> bool {
    noun_kind(word).is_some()
}

/// The kind that the last noun phrase of a text states: "accelerator" in "a sparse accelerator for DNN training".
pub(super) fn phrase_kind(text: &str) -> Option<Kind> {
    static DETERMINER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:an?|the|our|new|novel)\s").expect("a constant pattern"));
    let determiner = DETERMINER.find_iter(text).last();
    determiner.and_then(|d| head_noun_kind(leading_phrase(&text[d.end()..]))).or_else(|| head_noun_kind(text))
}

pub(super) fn is_common_noun(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_lowercase) && is_kind_noun(word)
}

/// The kind that the last noun of a phrase states.
pub(in crate::extract) fn head_noun_kind(phrase: &str) -> Option<Kind> {
    let phrase = without_participles(phrase);
    let mut words = phrase.split_whitespace().rev();
    let (last, before) = (words.next()?, words.next().unwrap_or_default());
    let bare = last.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let before_bare = before.to_lowercase();
    // An "image tokenizer" is a network; a "Tamil tokenizer" is a program.
    if bare == "tokenizer" && is_nationality(before) {
        return Some(Kind::Software);
    }
    match (before_bare.as_str(), bare.as_str()) {
        // "test set", "data sets".
        (
            "data" | "test" | "evaluation" | "training" | "development" | "challenge" | "benchmark" | "diagnostic"
            | "question" | "annotation",
            "set" | "sets",
        ) => return Some(Kind::Dataset),
        // By an input method, people write Chinese on a keyboard.
        ("middleware", "layer") | ("input", "method") => return Some(Kind::Software),
        (_, "agent") if is_program_for_people(phrase) => return Some(Kind::Software),
        _ => {}
    }
    // A framework for training or serving is software; any other is a way of doing things.
    if bare == "framework" {
        let software = [
            "training",
            "inference",
            "serving",
            "distributed",
            "software",
            "simulation",
            "learning",
            "deployment",
            "evaluation",
        ];
        rule!(PROGRAM, r"(?i)\b(?:software|open[- ]source|web-based|(?:java|python|uima|pytorch|c\+\+)(?:-based)?)\s");
        let is_software = PROGRAM.is_match(phrase) || software.contains(&before) && phrase.contains("distributed");
        return Some(if is_software { Kind::Software } else { Kind::Method });
    }
    // "Lexicon Induction" is no lexicon, "Parser Transfer" no parser, "Model Probing" no model, "Learning Finder" no
    // learning.
    rule!(
        ACTION,
        r"(?i)[a-z](?:[aiu]tion|ction|ption|sion|ment|ing)$|^(?:transfer|analysis|design|access|research|entry)$"
    );
    let made = bare == "construction" || bare == "creation";
    // "Dictionary Prior" is no dictionary, "Corpus 2.0" and "Corpus Release" are.
    let named = last.starts_with(char::is_uppercase)
        && bare.chars().all(char::is_alphabetic)
        && !made
        && !bare.ends_with("ed")
        && !matches!(bare.as_str(), "release" | "version" | "project" | "demo" | "edition" | "series" | "v");
    let other = ACTION.is_match(&bare) && !made || ends_in_activity(before) || named;
    noun_kind(last).or_else(|| noun_kind(before).filter(|_| !other))
}

/// "dataset automatically", "corpus annotated": what follows the noun describes it.
fn without_participles(phrase: &str) -> &str {
    let mut rest = phrase.trim_end();
    while let Some((before, last)) = rest.rsplit_once(' ') {
        let follows =
            last.starts_with(char::is_lowercase) && last.len() > 4 && (last.ends_with("ed") || last.ends_with("ly"))
                || matches!(last, "built" | "drawn" | "written" | "made" | "taken" | "available");
        if !follows {
            break;
        }
        rest = before.trim_end();
    }
    rest
}

/// "a conversational agent for customers" is a program, "a neural agent" a network.
fn is_program_for_people(phrase: &str) -> bool {
    rule!(PROGRAM, r"(?i)\b(?:conversational|dialog(?:ue)?|intelligent|robotic|virtual|voice|tutoring|software)\s");
    rule!(NETWORK, r"(?i)\b(?:neural|deep|reinforcement|learn\w*|train\w*|transformer\S*|model)\b");
    PROGRAM.is_match(phrase) && !NETWORK.is_match(phrase)
}

/// The kind that the first noun of a phrase states if words that describe the thing follow it: "an online tool
/// supporting 200 signs".
fn kind_before_description(phrase: &str) -> Option<Kind> {
    let words: Vec<&str> = phrase.split_whitespace().collect();
    let describes = |word: &&str| {
        word.len() > 5 && word.starts_with(char::is_lowercase) && word.ends_with("ing") && !is_kind_noun(word)
    };
    words.windows(2).find(|pair| describes(&pair[1])).and_then(|pair| noun_kind(pair[0]))
}

/// Whether the last noun of a phrase names an activity. "Masked Pre-training" before a preposition says what is done,
/// and the thing may be a model.
pub(super) fn ends_in_activity(phrase: &str) -> bool {
    const ACTIVITIES: [&str; 20] = [
        "learning",
        "training",
        "pretraining",
        "tuning",
        "finetuning",
        "attention",
        "search",
        "distillation",
        "optimization",
        "sampling",
        "pruning",
        "quantization",
        "decoding",
        "augmentation",
        "prompting",
        "masking",
        "initialization",
        "representation",
        "embedding",
        "embeddings",
    ];
    let last = leading_phrase(phrase).split_whitespace().next_back().unwrap_or_default().to_lowercase();
    let bare = last.trim_end_matches(|c: char| !c.is_alphanumeric());
    ACTIVITIES.contains(&bare.rsplit('-').next().unwrap_or(bare))
}

/// The noun phrase before the first preposition: "A Large-Scale Dataset" in "A Large-Scale Dataset for X".
pub(super) fn leading_phrase(text: &str) -> &str {
    let mut end = text.len();
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        let bare = word.trim().trim_end_matches(',');
        // "Learning based Technologies" goes on after "based"; "a framework based on" does not.
        let next = text[at + word.len()..].split_whitespace().next().unwrap_or_default();
        if bare.eq_ignore_ascii_case("based") && !word.trim().ends_with(',') && !matches!(next, "on" | "upon" | "") {
            at += word.len();
            continue;
        }
        // "a medical library. As of 2022": the sentence ends.
        let stop = word.trim().ends_with(',') || bare.len() > 3 && bare.ends_with('.') && !next.is_empty();
        if at > 0 && (ends_noun_phrase(bare) || bare.eq_ignore_ascii_case("and")) || stop {
            end = at;
            if stop {
                end = at + bare.len();
            }
            break;
        }
        at += word.len();
    }
    text[..end.min(text.len())].trim()
}

/// "X, a … framework that", "X (…), a dataset of", "X is a benchmark": the noun of the apposition.
pub(super) fn apposition_kind<'t>(after: &'t str) -> Option<Kind> {
    static APPOSITION: LazyLock<Rule> = LazyLock::new(|| {
        rule(
            r"(?x)^\s*(?:\([^)]*\))?\s*(?:[,:—–-]+|is|are|as)?\s*(?:-\s*)?(?:(?:which|that)\s(?:is|are)\s)?(?:to\s(?:our|the\sbest\sof\sour)\sknowledge,?\s)?
               (?:(?:[Tt]he|our)\sfirst|[Aa]n?|[Tt]he|[Oo]ur|one\sof\sthe)\s",
        )
    });
    // "Long Form (FOO), a dataset of": the bracket ends first.
    let after = after.strip_prefix(')').filter(|rest| rest.starts_with(',')).unwrap_or(after);
    if let Some(found) = APPOSITION.find(after) {
        let phrase = &after[found.end()..];
        // "a simple, yet effective decoder that", "an open and simple system that".
        static ADJECTIVE: LazyLock<Rule> =
            LazyLock::new(|| rule(r"^[\w-]+(?:,\s(?:(?:yet|but|and)\s)?|\s(?:yet|but|and)\s)"));
        let behind = |phrase: &&'t str| ADJECTIVE.find(phrase).map(|adjective| &phrase[adjective.end()..]);
        let mut phrases = std::iter::successors(Some(phrase), behind).take(4);
        let noun = phrases.find_map(|phrase| head_noun_kind(leading_phrase(phrase)));
        let noun = noun.or_else(|| kind_before_description(leading_phrase(phrase)));
        // "an architecture and software platform that".
        rule!(ALSO_PROGRAM, r"^(?:[\w-]+\s){1,4}and\s(?:[\w-]+\s){0,2}(?:platform|toolkit|tool|library|software)\b");
        let noun = noun.map(|kind| match kind {
            Kind::Model | Kind::Method if ALSO_PROGRAM.is_match(phrase) => Kind::Software,
            _ => kind,
        });
        return set_of_programs(phrase).or(noun).or_else(|| set_of_data(phrase));
    }
    // "the FooBench benchmark"; "FooBERT fine-tuning" says what is done with it.
    // "FOO models the bars" has a verb.
    rule!(VERB, r"^\smodels\s(?:the|an?|its|each|both|how|all|these)\b");
    let noun = after.split_whitespace().next().filter(|_| after.starts_with(' ') && !VERB.is_match(after));
    let noun = noun
        .filter(|noun| !may_be_made_with(noun) && (!ends_in_activity(noun) || *noun == "attention"))
        .and_then(noun_kind);
    noun.map(|kind| if kind == Kind::Dataset && is_for_data(after) { Kind::Software } else { kind })
}

/// "FOO models" and "FOO representations" may be made with the method Foo.
fn may_be_made_with(noun: &str) -> bool {
    let word = noun.trim_end_matches(|c: char| !c.is_alphanumeric());
    word.ends_with("models") || word.ends_with("representations")
}

/// " corpus annotation environment": a program for data of that sort.
fn is_for_data(after: &str) -> bool {
    rule!(
        PROGRAM,
        r"^\s[a-z]+\s(?:[a-z]+(?:ion|ing|ment)\s)?(?:environment|browser|editor|tool|toolkit|platform|interface|viewer|manager)\b"
    );
    PROGRAM.is_match(after)
}

/// "suite of tools for", "set of scripts".
fn set_of_programs(phrase: &str) -> Option<Kind> {
    rule!(
        PROGRAMS,
        r"^(?:[\w-]+\s){0,3}(?:suite|set|collection|family|pipeline|bundle)s?\sof\s(?:[\w-]+\s){0,3}(?:tools|programs|software|scripts|parsers|taggers|applications|modules|components|systems|services)\b"
    );
    PROGRAMS.is_match(phrase).then_some(Kind::Software)
}

/// "set of 1,690 questions about": things that are counted or written are data.
fn set_of_data(phrase: &str) -> Option<Kind> {
    static DATA: LazyLock<Rule> = LazyLock::new(|| {
        rule(
            r"(?x)^(?:[\w-]+\s){0,3}(?:set|series|bank|pool|inventory|sample)s?\sof\s(?:over\s|about\s|more\sthan\s|around\s)?
              (?: \d[\d,.]*\s?[kKM]?\s
                | (?:[\w-]+\s){0,3}(?:datasets|corpora|benchmarks)\b
                | (?:[\w-]+\s){0,4}(?:questions|sentences|examples|documents|tweets|texts|pairs|annotations|images|dialogues
                    |conversations|articles|utterances|problems|queries|posts|comments|reviews|recordings|stories|puzzles)\b)",
        )
    });
    DATA.is_match(phrase).then_some(Kind::Dataset)
}

/// The kind that a title states for the name before its colon if the first noun phrase states none: the last noun of
/// the whole title, or of its first half before "for", "using" and the like.
pub(super) fn title_kind(rest: &str) -> Option<Kind> {
    let certain = |kind: &Kind| matches!(kind, Kind::Dataset | Kind::Software);
    let words: Vec<&str> = rest.split_whitespace().collect();
    words.split(|word| ends_noun_phrase(&word.to_lowercase())).enumerate().find_map(|(number, part)| {
        let last = part.last()?;
        // "for dialogue systems" and "with limited resources" state a purpose; "using the Y toolkit" states a means.
        let plural = last.ends_with('s') && !last.ends_with("ss") && !last.eq_ignore_ascii_case("corpus")
            || last.eq_ignore_ascii_case("corpora");
        let used = number > 0 && matches!(part.first(), Some(&"a" | &"the" | &"an"));
        let said = number == 0 || number == 1 && !used && part.len() > 1;
        noun_kind(last).filter(certain).filter(|_| said && !plural)
    })
}

/// The kind that the words around a name state: "X, a parser", "the X corpus", "the toolkit X".
pub(super) fn kind_beside(before: &str, after: &str) -> Option<Kind> {
    if before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric) {
        return None;
    }
    // "the toolkit X", "a novel topic model, X", "a dataset: X", "a method named “X”", "a tool -- X", "two models, X and Y".
    let noun_before = || {
        static JOINED: LazyLock<Rule> = LazyLock::new(|| {
            rule(
                r#"(?x)\b(?:[Aa]n?|[Tt]he|[Oo]ur|new|novel|[Tt]his|two|three|four|both|several)\s
                   (?P<phrase>(?:[\w-]+\s){0,5}?[a-z][\w-]*)
                   (?:,\s|:\s|\s\(|\sas\s|\s?(?:--?|[–—])-?\s?
                     |,?\s(?:which\sis\s|we\s)?(?:called|named|dubbed|termed(?:\sas)?|entitled|namely|coined(?:\sas)?|denoted\sas|call|name|dub|term|i\.e\.,?)\s)
                   (?:[A-Z][\w-]*,?\s(?:and\s)?){0,2}
                   (?:the\s|an?\s)?(?:\$\\?\w*\{?|\\\w+\{|["'`“‘]{1,2})?$"#,
            )
        });
        // "We train a model of bars for the web, X."
        rule!(
            APART,
            r"(?x)\b(?:present|introduc|propos|releas|develop|build|creat|train|construct|collect)\w*\s(?:an?|the)\s
              (?P<phrase>(?:[\w-]+\s){0,6}?[a-z][\w-]*)\s(?:for|of|to|in|on|from)\s"
        );
        rule!(SET_OFF, r#",\s(?:(?:namely|called|named|dubbed|coined|(?:termed|denoted)(?:\sas)?)\s)?["“]?$"#);
        let apart = |near: &str| {
            let clause = near[..SET_OFF.find(near)?.start()].rsplit([',', '.', ';', ':', '(', ')']).next()?;
            let found = APART.captures(clause)?;
            let purpose = clause[found.get(0)?.end()..].chars().count();
            (3..=90).contains(&purpose).then(|| head_noun_kind(&found["phrase"]))?
        };
        let open = before.trim_end_matches(['"', '“', '‘', '`']);
        let adjacent = open.strip_suffix(' ').and_then(|before| before.split_whitespace().next_back());
        // "Are Dialogue Systems FOO?" names no kind.
        let of_title = |word: &str| word.starts_with(char::is_uppercase) && word.ends_with('s');
        let adjacent =
            adjacent.filter(|word| word.ends_with(char::is_alphabetic) && !of_title(word)).and_then(noun_kind);
        let near = last_chars(before, 150);
        adjacent.or_else(|| {
            // "two datasets for several tasks: X": the first noun is counted; otherwise the noun beside the name counts.
            let joined = JOINED.captures(near).and_then(|found| {
                let phrase = found.name("phrase")?.as_str();
                let counted = ["two", "three", "four", "both", "several"].iter().any(|n| found[0].starts_with(n));
                match has_preposition(phrase) {
                    true if counted => head_noun_kind(leading_phrase(phrase)),
                    true => noun_kind(phrase.rsplit(' ').next()?),
                    false => head_noun_kind(phrase),
                }
            });
            joined.or_else(|| apart(near))
        })
    };
    // "Learning-to-Compare (L2C) model".
    let noun_behind = || {
        let (inside, _) = after.trim_start_matches(' ').strip_prefix('(')?.split_once(')')?;
        let end = after.find('(')? + 1 + inside.len();
        kind_behind_bracket(&after[end..])
    };
    // "the X review corpus for": the name is the beginning of a longer noun phrase.
    let phrase_behind = || {
        static DETERMINER: LazyLock<Rule> = LazyLock::new(|| rule(r"\b(?:[Tt]he|[Oo]ur|[Aa]n?|new|novel)\s$"));
        let phrase = leading_phrase(after.strip_prefix(' ')?);
        let words: Vec<&str> = phrase.split_whitespace().take(4).collect();
        let number = words.iter().position(|word| noun_kind(word).is_some())?;
        let plain = words[..number].iter().all(|w| w.chars().all(|c| c.is_lowercase() || c == '-'));
        let states =
            number <= 2 && plain && DETERMINER.is_match(before) && !(number == 0 && may_be_made_with(words[0]));
        states.then(|| noun_kind(words[number])).flatten()
    };
    let apposed = apposition_kind(after).filter(|_| !is_place(before, after));
    apposed.or_else(noun_behind).or_else(noun_before).or_else(phrase_behind)
}

/// The abstract's noun for a name in the title: "Monolith, a system", "Lizard, a linearization framework".
pub(super) fn kind_in_body(body: &ReadField, name: &str) -> Option<Kind> {
    body.text.match_indices(name).find_map(|(at, _)| {
        let (before, after) = (&body.text[..at], &body.text[at + name.len()..]);
        kind_behind_bracket(after).or_else(|| apposition_kind(after).filter(|_| !is_place(before, after)))
    })
}

/// "In Foo, a new mechanism": what is described next is in Foo.
fn is_place(before: &str, after: &str) -> bool {
    rule!(IN, r"(?:^|[.\s])(?:[Ii]n|[Ww]ith|[Uu]sing|[Ff]or|[Oo]n|[Uu]nlike|[Ww]ithin)\s$");
    let explained = after.starts_with(", which") || after.starts_with(", that");
    after.starts_with(',') && !explained && IN.is_match(last_chars(before, 10))
}

/// The kind that a noun behind a bracket states: "Foo Bar Assistant (FBA) model", "Foo Bars(FB) learning framework".
/// `after` begins with the end of the bracket.
pub(super) fn kind_behind_bracket(after: &str) -> Option<Kind> {
    const ENDS: [&str; 16] = [
        "and", "or", "that", "which", "we", "the", "a", "an", "as", "has", "have", "at", "was", "were", "while", "our",
    ];
    rule!(WORDS, r"^\)\s((?:[A-Z]?[a-z][a-z-]*\s){0,2}[A-Z]?[a-z][a-z-]*)");
    let words = WORDS.captures(after)?.get(1)?.as_str();
    let end = words.split(' ').take_while(|word| !ends_noun_phrase(word) && !ENDS.contains(word)).count();
    let phrase = words.split(' ').take(end).collect::<Vec<_>>().join(" ");
    head_noun_kind(&phrase)
}

/// What a title and an abstract say about a name that ends in "Net".
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NetworkWords {
    /// The network is a neural network, or another kind of model.
    Neural,
    /// The network is a network of words.
    Lexical,
    Neither,
}

impl NetworkWords {
    pub(super) fn of(texts: &[&str; 2]) -> Self {
        rule!(
            LEXICAL,
            r"(?i)\bword-?nets?\b|wordnet\b|\blexical\s(?:[\w-]+\s)?(?:resources?|networks?|databases?)\b|\bsemantic\snetwork|\bthesaurus\b"
        );
        rule!(
            NEURAL,
            r"(?i)\b(?:neural|deep|convolution\w*|transformers?|(?:en|de)coders?|attention|training|trained|embeddings?|networks?|models?|learn\w*)\b"
        );
        rule!(CERTAINLY_NEURAL, r"(?i)\b(?:neural|deep|convolution\w*|transformers?|(?:en|de)coders?|attention)\b");
        let says = |rule: &Rule| texts.iter().any(|text| rule.is_match(text));
        match (says(&LEXICAL), says(&NEURAL)) {
            (true, _) if !says(&CERTAINLY_NEURAL) => Self::Lexical,
            (_, true) => Self::Neural,
            _ => Self::Neither,
        }
    }
}

/// The endings that outweigh the text: a benchmark remains one even if it is called a framework.
pub(super) fn kind_by_ending(name: &str) -> Option<Kind> {
    let measured = name.len() > 5 && name.ends_with("Score");
    kind_by_suffix(name).filter(|kind| *kind == Kind::Dataset).or(measured.then_some(Kind::Metric))
}

/// Nouns before a list of the paper's own parts: "two techniques: …".
pub(super) fn names_parts(noun: &str) -> bool {
    let singular = noun.strip_suffix('s').unwrap_or(noun);
    is_kind_noun(noun)
        || ["component", "part", "stage", "phase", "contribution", "variant", "step", "idea", "novelty", "version"]
            .contains(&singular)
        || ["strategies", "novelties"].contains(&noun)
}

/// The kind that the phrase at the beginning of a text states. In the Romance languages the noun comes first: "Une
/// plateforme open-source", "outil pour".
pub(super) fn phrase_noun_kind(text: &str) -> Option<Kind> {
    const NOUNS: [&str; 12] = [
        "plateforme",
        "plate-forme",
        "outil",
        "logiciel",
        "système",
        "sistema",
        "herramienta",
        "environnement",
        "étiqueteur",
        "analyseur",
        "lexique",
        "moteur",
    ];
    let mut words = text.split_whitespace();
    let first = words.next()?.to_lowercase();
    match first.as_str() {
        "un" | "une" | "le" | "la" | "uno" | "una" | "el" => words.next().and_then(noun_kind),
        _ if NOUNS.contains(&first.as_str()) => noun_kind(&first),
        _ => head_noun_kind(leading_phrase(text)),
    }
}

pub(in crate::extract) fn kind_by_suffix(name: &str) -> Option<Kind> {
    let last = name.split([' ', '-']).next_back().unwrap_or(name);
    // The last letter mostly says that a name ends in another way.
    let end = name.bytes().next_back();
    let ends = |s: &str| s.bytes().next_back() == end && name.ends_with(s);
    if ends("Bench")
        || ends("Benchmark")
        || ends("Dataset")
        || ends("Corpus")
        || last == "Bench"
        || ends("Challenge")
        || ends("Track")
        || ends("WordNet")
        || ends("Wordnet")
        || ends("Treebank")
        || ends("TreeBank")
        || ends("Lexicon")
        || ends("Corpora")
        || last == "DB"
    {
        return Some(Kind::Dataset);
    }
    if [" Task", " Problem", " Subtask", " task", " problem"].iter().any(|ending| ends(ending)) {
        return Some(Kind::Task);
    }
    const SOFTWARE: [&str; 13] = [
        "Tool",
        "Toolkit",
        "Kit",
        "Parser",
        "Tagger",
        "Lib",
        "Studio",
        "Manager",
        "Viewer",
        "Editor",
        "Annotator",
        "Playground",
        "Explorer",
    ];
    if SOFTWARE.iter().any(|ending| ends(ending)) {
        return Some(Kind::Software);
    }
    if ends("BERT")
        || ends("Bert")
        || ends("GPT")
        || ends("LLM")
        || ends("GAN")
        || ends("VAE")
        || ends("LLaMA")
        || ends("LLaVA")
        || ends("Mamba")
        || ends("ViT")
        || last.ends_with("former")
        || last.ends_with("Former")
        || ends("Net")
        || ends("Encoder")
        || ends("NN")
        || ends("VLM")
        || ends("Transformer")
        || ends("2Vec")
        || ends("2vec")
        || ends("2VEC")
        || ends(" Network")
        || ends(" Networks")
        || ends(" Model")
    {
        return Some(Kind::Model);
    }
    None
}

/// The kind that a name's ending suggests if nothing else states one: most names with it are data, some are not.
pub(super) fn kind_by_habit(name: &str) -> Option<Kind> {
    static COUNTED: LazyLock<Rule> = LazyLock::new(|| rule(r"\d+[Kk]$"));
    const DATA: [&str; 7] = ["Coref", "Eval", "Corp", "Bank", "Lex", "NLI", "News"];
    let long = name.chars().count() >= 5 && !name.contains(' ');
    (long && DATA.iter().any(|ending| name.ends_with(ending)) || COUNTED.is_match(name)).then_some(Kind::Dataset)
}
