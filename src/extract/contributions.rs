//! The names that a paper presents as its own.
//!
//! Read from the places where authors name things: the title before a colon, "we propose X", "called X", "dubbed X",
//! a long form with its abbreviation behind a verb of proposing, "our X". A candidate must look like a name; what it
//! is (method, dataset, …) is told by the noun that the text gives it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::reading::Reading;
use super::record::Field;
use super::rule::{Near, rule};
use crate::text::fold_name;
use crate::vocabulary::{Entity, EntityId, Kind};

/// A name of the paper's own.
#[derive(Debug, Clone)]
pub(super) struct Coined {
    /// In the short form that the paper prefers.
    pub name: String,
    pub kind: Kind,
    /// Every way in which the paper writes it, the name included.
    pub surfaces: Vec<String>,
    /// Found by its place in the title.
    pub in_title: bool,
    /// The entry of the vocabulary that says it comes from this paper.
    pub entity: Option<EntityId>,
}

static PROPOSE: LazyLock<Near> = LazyLock::new(|| {
    Near::new(
        r"(?i)\b(?:we|our|authors?|(?:this|the|present)\s(?:paper|work|article|study|report|thesis|research)|here)\b",
        140,
        r"(?ix)
        \b(?:propos(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?|design(?:s|ed|ing)?|describes?
           |releas(?:e|es|ed|ing)|build(?:s|ing)?|built|creat(?:e|es|ed|ing)|construct(?:s|ed|ing)?|devis(?:e|es|ed|ing)|contribut(?:e|es|ed|ing)
           |offers?|unveils?|open-?source[sd]?|establish(?:es|ed)?|formulat(?:e|es|ed)|provides?|curated?|collect(?:ed)?|deriv(?:e|es|ed)|term(?:ed)?|suggest)\b",
    )
});

static CALLED: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?ix)
        \b(?:called|named|termed|dubbed|coined|nicknamed|namely|abbreviated|denoted|christened
           |(?:is|are)\sreferred\sto|(?:which|that|what)\swe\s(?:refer\sto|call|name|term|dub|denote|coin)
           |we\s(?:refer\sto|call|name|term|dub|coin)\s(?:it|them|this|these|the\sresulting|our|the|such)?(?:\s[a-z-]+){0,4}?)
        (?:\s(?:as|by|to\sas))?\s(?:the\s|a\s|an\s|our\s)?",
    )
});

/// Words that say that a name belongs to somebody else.
static OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:recent(?:ly)?|existing|previous(?:ly)?|prior|popular|well-known|known|widely|traditional|conventional|standard|commonly|usually|often|typically|recently)\b[^,.;]*$",
    )
});

static OUR: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?:\b[Oo]ur(?: (?:newly )?(?:proposed|introduced|new|novel|collected|constructed|curated|improved|full|final))?|\b[Tt]he proposed|\b[Aa] new(?:ly)?(?: (?:proposed|collected|introduced|curated))?)\s(?:(?:[a-z-]+\s){0,2}(?:model|method|approach|framework|system|algorithm|network|dataset|benchmark|solution|tool|toolkit|library|architecture|technique|pipeline),?\s)?",
    )
});

static PASSIVE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)^[^.;]{0,60}?\b(?:is|are|was|were|has been|have been)\s(?:then\s|also\s|further\s|thus\s|first\s|therefore\s|specially\s|carefully\s)?(?:proposed|introduced|presented|developed|designed|devised|constructed|created|built|released|formulated|established)\b",
    )
});

/// A noun and, beside it, the name of what is proposed.
static BESIDE_NOUN: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"\b(?P<noun>datasets?|benchmark|corpus|set|suite|model|network|method|framework|system|algorithm|approach|architecture|toolkit|library|technique|scheme|strategy|module|optimizer|platform|simulator|pipeline|paradigm|mechanism|loss)(?:\s|,\s|\s?-{1,3}\s|\s?[—–]\s?|:\s)(?P<name>[A-Z][A-Za-z0-9]*(?:[-+][A-Za-z0-9]+)*)(?:\s|,|\.|$|:|;)",
    )
});

/// "Experiments show that X outperforms": what the experiments are about.
static SHOWN: LazyLock<Near> = LazyLock::new(|| {
    Near::new(
        r"(?i)\b(?:experiments?|experimental|experimentation|evaluations?|results?|studies|comparisons?|simulations?|we)\b",
        80,
        r"(?i)\b(?:show|shows|demonstrate|demonstrates|indicate|validate|verify|confirm|suggest|reveal|prove|find|showed|demonstrated)\s(?:that\s|how\s)?(?:the\s|our\s|proposed\s)*",
    )
});

static SUCCEEDS: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"^(?:\s(?:scheme|method|framework|approach|model|system|algorithm))?\s(?:can\s|significantly\s|consistently\s|substantially\s|also\s|not only\s|effectively\s|greatly\s)*(?:achiev|outperform|surpass|obtain|improv|reduc|deliver|yield|exhibit|perform|produc|provid|accelerat|attain|enabl|reach|boost|sets?\b|generaliz|maintain|offers?)",
    )
});

/// The paper's own system does something.
static OWN_SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:consists?|employs?|integrat\w+|compris\w+|involv\w+|introduc\w+|leverag\w+|adopts?|us(?:es|ing)|combin\w+|address\w*|incorporat\w+|includ\w+|contain\w*|features?|propos\w+|develop\w*|devis\w+|present\w*|utiliz\w+|design\w*|appl(?:y|ies)|based on|with|via|through|by)\b",
    )
});

/// Verbs and prepositions behind which a part of the system is named, articles and plain adjectives aside.
static PART_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?ix)(?:\b(?:consist(?:s|ing)?\sof|employ(?:s|ing)?|integrat(?:es?|ing)|compris(?:es?|ing)(?:\sof)?|involv(?:es?|ing)|introduc(?:es?|ing)|leverag(?:es?|ing)|adopt(?:s|ing)?
          |combin(?:es?|ing)|incorporat(?:es?|ing)|includ(?:es?|ing)|contain(?:s|ing)?|featur(?:es?|ing)|propos(?:es?|ing|ed)|develop(?:s|ed)?|design(?:s|ed)?|present(?:s|ed)?|devis(?:es?|ed)|construct(?:s|ing)?|build(?:s|ing)?|namely|called|termed|named|dubbed|and|with)\s
          |[:;,]\s(?:and\s)?|\(?\b(?:\d|i{1,3})\)\s)
          (?:(?:a|an|the|two|three|our|novel|new|simple|efficient|effective|both|and|its|key|unified|lightweight|dedicated|specialized|\d\))\s|\(?\b(?:\d|i{1,3})\)\s)*[(\x22`]*$",
    )
});

/// The cues that alone make lower-case words before an abbreviation new ("we develop minimal pairs (MPs)").
static STRONG_CUE: LazyLock<Regex> =
    LazyLock::new(|| rule(r"(?i)^(?:propos|introduc|present|develop|design|devis|novel|new)"));

/// Behind an abbreviation: "): a novel optimizer".
static TOLD_BEHIND: LazyLock<Regex> =
    LazyLock::new(|| rule(r"^\)?[,:]\s(?:an?|our|the)\s(?:novel|new|simple|principled|lightweight|unified)\b"));

/// Between a cue and a name: " pre-training task, ".
static APPOSITIVE: LazyLock<Regex> = LazyLock::new(|| rule(r"^\s(?:[\w-]+\s){0,4}[\w-]+,\s$"));

static MADE_OF: LazyLock<Regex> =
    LazyLock::new(|| rule(r"\b(?:comprising|comprises|consisting of|consists of|composed of|namely|made up of)\s"));

/// A cue before an abbreviation's long form that it is new.
static NOVEL_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:propos\w*|introduc\w*|present\w*|develop\w*|design\w*|novel|new|newly|our|called|named|termed|dubbed|phases?|stages?|components?|modules?|strateg\w+|namely|consists?|compris\w+|involv\w+)\b",
    )
});

/// Finds the paper's own names in title and abstract.
pub(super) fn find(title: &Reading, body: &Reading, is_known: impl Fn(&str) -> bool) -> Vec<Coined> {
    let proposals = body.sentences.iter().map(|range| PROPOSE.find_all(&body.text[range])).collect();
    let mut finder = Finder { title, body, proposals, is_known, found: Vec::new() };
    finder.title_head();
    finder.proposals();
    finder.called();
    finder.ours();
    finder.parts();
    finder.derived();
    finder.finish()
}

/// Adds a name that is known from elsewhere to be the paper's own, or a further way of writing it.
pub(super) fn add_known(found: &mut Vec<Coined>, entity: &Entity, surface: &str, field: Field) {
    let (name_key, surface_key) = (squeezed(&entity.name), squeezed(surface));
    let known = found.iter_mut().find(|c| {
        c.surfaces
            .iter()
            .chain([&c.name])
            .any(|s| same_name(&squeezed(s), &name_key) || same_name(&squeezed(s), &surface_key))
    });
    match known {
        Some(coined) => {
            coined.entity.get_or_insert_with(|| entity.id.clone());
            if !coined.surfaces.iter().any(|s| s == surface) {
                coined.surfaces.push(surface.to_string());
            }
        }
        None => found.push(Coined {
            name: entity.name.clone(),
            kind: entity.kind(),
            surfaces: vec![surface.to_string()],
            in_title: field == Field::Title,
            entity: Some(entity.id.clone()),
        }),
    }
}

struct Finder<'r, 'a, F> {
    title: &'r Reading<'a>,
    body: &'r Reading<'a>,
    /// What says that something is proposed, in each sentence of the abstract.
    proposals: Vec<Vec<Range<usize>>>,
    is_known: F,
    found: Vec<Coined>,
}

impl<F: Fn(&str) -> bool> Finder<'_, '_, F> {
    /// `X: …` and `X (ACRONYM) …` in the title.
    fn title_head(&mut self) {
        let text = self.title.text;
        // "UloRL:An Approach" lost its space, "N:M Sparse" never had one.
        let colon = text.find(':').filter(|&i| {
            let last = text[..i].split_whitespace().next_back().unwrap_or_default();
            text[i + 1..].starts_with(char::is_whitespace) || (has_name_shape(last) && !text[i + 1..].starts_with('/'))
        });
        let Some(colon) = colon else { return };
        let head = text[..colon].trim();
        // "LASP-2" of "LASP-2 (Long Form): …" is the name; the bracket is read as a definition.
        let head = head.split(" (").next().unwrap_or(head).trim();
        // "CoNLL-2013 Shared Task: …" and "MT Quality Estimation: …" name what the paper is about.
        let words: Vec<&str> = head.split_whitespace().collect();
        let subject = head.contains("Shared Task")
            || !words.iter().all(|w| has_name_shape(w))
                && (1..=words.len() / 2).any(|i| (self.is_known)(&words[i..].join(" ")) && words.len() - i >= 2);
        if subject || !is_title_name(head) {
            return;
        }
        let rest = &text[colon + 1..];
        let kind = kind_by_suffix(head)
            .or_else(|| kind_in_body(self.body, head))
            // "Training Recommender Systems with …" says what is done, not what the name is.
            .or_else(|| {
                let gerund = rest.split_whitespace().next().is_some_and(|w| w.ends_with("ing"));
                if gerund { None } else { head_noun_kind(leading_phrase(rest)) }
            })
            .or_else(|| head_noun_kind(head))
            .unwrap_or(Kind::Method);
        // A title in Title Case may use the words of a name without its being one: a single word needs the abstract
        // to use it as a name as well, unless it has the shape of one.
        let words = head.split_whitespace().count();
        let shaped = head.split_whitespace().any(has_name_shape);
        let in_body = self.body.text.contains(head) || occurs_folded(self.body, head);
        if shaped || in_body || words == 1 {
            self.add(head, kind, true);
        }
    }

    /// Names behind a verb of proposing.
    fn proposals(&mut self) {
        for (i, range) in self.body.sentences.iter().enumerate() {
            let sentence = &self.body.text[range.clone()];
            for found in self.proposals[i].clone() {
                self.object(range.start + found.end, range.end);
            }
            if let Some(at) = sentence.find(": ").filter(|_| !self.proposals[i].is_empty()) {
                // "two key techniques: E-I Init and E-I Prop".
                self.list(range.start + at + 1, range.end);
            }
        }
    }

    /// What is proposed from `at` on: a name at once, or a phrase with its abbreviation.
    fn object(&mut self, at: usize, end: usize) {
        let text = self.body.text;
        let rest = &text[at..end];
        let start = at + skip_determiners(rest);
        if let Some(name) = name_at(&text[start..end]) {
            let after = &text[end_of(text, name)..end];
            let plain_long = name.split_whitespace().all(|w| !has_name_shape(w));
            // "propose Generative Encoder" is a name; "propose Transformer-based" is not.
            let apposed = after.is_empty()
                || after.starts_with([',', ':', '.'])
                || after.starts_with(" (")
                || after.starts_with(" -")
                || after.starts_with('(');
            if (!plain_long || name.split_whitespace().count() >= 2 || apposed) && !after.starts_with('-') {
                let follows = after.trim_start();
                let joined = follows.split_whitespace().next().is_some_and(|w| {
                    is_kind_noun(w)
                        || matches!(
                            w,
                            "to" | "for" | "that" | "which" | "and" | "in" | "with" | "as" | "by" | "on" | "using"
                        )
                });
                if !joined && follows.starts_with(char::is_alphabetic) && plain_long {
                    return;
                }
                // A known name is this paper's own if the sentence goes on to say what it is ("We introduce BERT, a …").
                if !(self.is_known)(name)
                    || apposition_kind(after).is_some()
                        && !follows.split_whitespace().next().is_some_and(is_common_noun)
                {
                    let kind = kind_of(name, apposition_kind(after));
                    self.add(name, kind, false);
                    self.coordinated(end_of(text, name), end, kind);
                }
            }
        }
        // "an optimization algorithm -- AdaWAC -- to", "a dataset, LongQA, for", "a new pretraining dataset WebVid-2M".
        if let Some(found) = BESIDE_NOUN.captures(rest)
            && let Some(noun) = found.name("noun")
            && !rest[..noun.start()].contains(['.', ';', ':', '('])
            && rest[..noun.start()].chars().count() <= 110
            && let Some(name) = found.name("name")
            && has_name_shape(name.as_str())
            && !OTHERS.is_match(&rest[..name.start()])
        {
            let kind = kind_by_suffix(name.as_str()).or_else(|| noun_kind(noun.as_str())).unwrap_or(Kind::Method);
            let name = name.as_str().to_string();
            self.add(&name, kind, false);
        }
        // "a Mixed Attention Module (MAM)": the long form must be what is proposed, not something it is made for.
        let clause_end = at + clause_length(rest);
        for abbreviation in &self.body.abbreviations.clone() {
            let (long, short) = (&abbreviation.long, &abbreviation.short);
            let first = long.start.min(short.start);
            if first < at || first >= end {
                continue;
            }
            let between = &text[at..first];
            let direct = between.len() < 90 && !between.contains([',', ';', ':', '(']) && !has_preposition(between);
            if direct && first < clause_end + 1 {
                self.define(long, short, true);
            }
        }
    }

    /// ", and Y" behind a name that was just proposed.
    fn coordinated(&mut self, at: usize, end: usize, kind: Kind) {
        let rest = &self.body.text[at..end];
        let Some(after) = rest.strip_prefix(" and ").or_else(|| rest.strip_prefix(", and ")) else { return };
        let skipped = skip_determiners(after);
        if let Some(name) = name_at(&after[skipped..])
            && name.split_whitespace().any(has_name_shape)
        {
            self.add(name, kind_by_suffix(name).unwrap_or(kind), false);
        }
    }

    /// "E-I Init and E-I Prop.", "(1) Foo, …; (2) Bar, …": names that begin the items of a list.
    fn list(&mut self, at: usize, end: usize) {
        static ITEM: LazyLock<Regex> = LazyLock::new(|| {
            rule(r"(?:^|;|,\s*and|\band|,)\s*(?:\(?(?:\d|i{1,3}|[a-d])\)|\d\.)?\s*(?:the\s|an?\s|and\s)?")
        });
        let rest = &self.body.text[at..end];
        for (i, item) in ITEM.find_iter(rest).enumerate() {
            if i >= 6 {
                break;
            }
            let Some(name) = name_at(&rest[item.end()..]) else { continue };
            let after = rest[end_of(rest, name)..].trim_start();
            let ends = after.is_empty() || after.starts_with(['.', ',', ';', '(', ':']) || after.starts_with("and ");
            let shaped = name.split_whitespace().any(has_name_shape)
                || (name.split_whitespace().count() >= 2 && !has_preposition(name));
            if ends && shaped && !(self.is_known)(name) {
                let kind = kind_by_suffix(name).or_else(|| head_noun_kind(name)).unwrap_or(Kind::Method);
                self.add(name, kind, false);
            }
        }
    }

    /// "called X", "dubbed X", "which we term X".
    fn called(&mut self) {
        let text = self.body.text;
        for (i, range) in self.body.sentences.iter().enumerate() {
            let sentence = &text[range.clone()];
            let proposal = self.proposals[i].first().cloned();
            for found in CALLED.find_iter(sentence) {
                let before = &sentence[..found.start()];
                let proposed_before = proposal.as_ref().is_some_and(|p| p.end <= found.start());
                if OTHERS.is_match(before) && !proposed_before {
                    continue;
                }
                let own = sentence.contains(" we ")
                    || sentence.starts_with("We ")
                    || proposal.is_some()
                    || PASSIVE.is_match(&sentence[found.end()..])
                    || found.as_str().starts_with("dubbed")
                    || found.as_str().starts_with("termed")
                    || before.contains("proposed")
                    || before.to_lowercase().contains("novel")
                    || before.to_lowercase().contains(" new ")
                    || before.contains("our ")
                    || before.contains("Our ");
                if !own {
                    continue;
                }
                let quoted = sentence[found.end()..].len()
                    - sentence[found.end()..].trim_start_matches(['"', '`', '\'', '“', '‘']).len();
                let start = range.start + found.end() + quoted;
                let by_us = found.as_str().to_lowercase().contains("we ") || before.contains("propose");
                let Some(name) = quoted_name(&text[start - quoted..range.end])
                    .or_else(|| name_at(&text[start..range.end]))
                    .or_else(|| by_us.then(|| lower_case_name(&text[start..range.end])).flatten())
                else {
                    continue;
                };
                let kind = kind_by_suffix(name)
                    .or_else(|| phrase_kind(before.trim_end_matches([' ', ','])))
                    .or_else(|| apposition_kind(&text[end_of(text, name)..range.end]))
                    .unwrap_or(Kind::Method);
                if name.split_whitespace().any(has_name_shape)
                    || name.split_whitespace().count() >= 2
                    || quoted > 0
                    || !is_ordinary(name)
                {
                    self.add(name, kind, false);
                    self.coordinated(end_of(text, name), range.end, kind);
                }
            }
            // "a bidirectional weight pruning method, dubbed BDWP, is proposed" is read above; here
            // "Mixed Attention Module (MAM) is proposed".
            for abbreviation in &self.body.abbreviations.clone() {
                let last = abbreviation.long.end.max(abbreviation.short.end);
                if range.contains(&last)
                    && PASSIVE.is_match(&text[last..range.end])
                    && !text[last..range.end].starts_with(|c: char| c.is_alphanumeric())
                {
                    self.define(&abbreviation.long, &abbreviation.short, false);
                }
            }
        }
    }

    /// "our X", where X has the shape of a name and nobody else's.
    fn ours(&mut self) {
        let text = self.body.text;
        for found in SHOWN.find_all(text) {
            let Some(name) = name_at(&text[found.end..]) else { continue };
            let shaped = name.split_whitespace().all(has_name_shape);
            if shaped && SUCCEEDS.is_match(&text[end_of(text, name)..]) && !(self.is_known)(name) {
                let kind = kind_by_suffix(name)
                    .or_else(|| text[end_of(text, name)..].split_whitespace().next().and_then(noun_kind))
                    .unwrap_or(Kind::Method);
                self.add(name, kind, false);
            }
        }
        for found in OUR.find_iter(text) {
            let end = self.body.sentences.around(found.start()).end;
            if found.end() >= end {
                continue;
            }
            let Some(name) = name_at(&text[found.end()..end]) else { continue };
            let shaped = name.split_whitespace().all(has_name_shape);
            let explicit = found.as_str().contains("propos")
                || found.as_str().contains("new")
                || found.as_str().contains("introduced");
            if shaped && (explicit || !(self.is_known)(name)) && !text[end_of(text, name)..].starts_with("-based") {
                let kind = kind_by_suffix(name)
                    .or_else(|| apposition_kind(&text[end_of(text, name)..end]))
                    .unwrap_or(Kind::Method);
                self.add(name, kind, false);
            }
        }
    }

    /// What the paper's own system is made of: capitalised phrases and new abbreviations in sentences that speak of it
    /// ("UniGRec employs Annealed Inference Alignment …", "we use a novel Dense-to-Sparse gate (DTS-Gate)").
    fn parts(&mut self) {
        let text = self.body.text;
        let systems: Vec<String> = self.found.iter().map(|c| c.name.clone()).collect();
        for (i, range) in self.body.sentences.iter().enumerate() {
            let sentence = &text[range.clone()];
            let speaks_of_own = systems.iter().any(|s| sentence.contains(s.as_str())) && OWN_SUBJECT.is_match(sentence);
            let proposes = !self.proposals[i].is_empty();
            let collects = sentence.contains("new ") || sentence.contains("newly ") || sentence.contains("novel ");
            if !speaks_of_own && !proposes && !collects {
                continue;
            }
            let mut accepted: Option<usize> = None;
            for abbreviation in self.body.abbreviations.clone() {
                let first = abbreviation.long.start.min(abbreviation.short.start);
                if !range.contains(&first) {
                    continue;
                }
                let before = &text[range.start..first];
                let long = &text[abbreviation.long.clone()];
                let capitals = long.split([' ', '-']).filter(|w| w.chars().any(char::is_uppercase)).count();
                let short = &text[abbreviation.short.clone()];
                let mixed = short.contains('-') || short.chars().any(char::is_lowercase);
                // "… (STAR) and a … (ADORE)": one of two that were accepted; "(DHSPG): a novel optimizer": said behind it.
                let last = abbreviation.long.end.max(abbreviation.short.end);
                let joined = accepted.is_some_and(|end| {
                    end <= first
                        && first - end < 90
                        && text[end..first].trim_start_matches(')').trim_start().starts_with("and ")
                });
                let told_behind = TOLD_BEHIND.is_match(&text[last..range.end]);
                if (joined || told_behind) && capitals >= 2 && !OTHERS.is_match(before) {
                    self.define(&abbreviation.long, &abbreviation.short, false);
                    accepted = Some(last);
                    continue;
                }
                let Some(cue) = NOVEL_BEFORE.find_iter(before).last() else { continue };
                let between = &before[cue.end()..];
                let appositive = APPOSITIVE.is_match(between);
                let adjacent = appositive
                    || between.split_whitespace().count() <= 2
                        && !has_preposition(between)
                        && !between.contains([',', ':']);
                let near = mixed || !has_preposition(between) && between.len() < 60;
                let strong_cue = STRONG_CUE.is_match(cue.as_str());
                if (adjacent && (capitals > 0 || strong_cue) || near && (capitals >= 2 || mixed))
                    && !OTHERS.is_match(before)
                {
                    self.define(&abbreviation.long, &abbreviation.short, appositive);
                    accepted = Some(last);
                }
            }
            // "an architecture comprising SwapNet, FaceNet, and ID Adapter".
            if let Some(found) = MADE_OF.find(sentence) {
                self.list(range.start + found.end(), range.end);
            }
            let mut at = 0;
            while let Some(phrase) = capitalised_phrase(sentence, at) {
                at = phrase.end;
                let name = &sentence[phrase.clone()];
                let before = &sentence[..phrase.start];
                let verb = PART_BEFORE.is_match(before);
                // "(LLMs)" behind it: a long form, which the rules for abbreviations judge.
                let defines = sentence[phrase.end..].trim_start().starts_with('(');
                if verb
                    && (speaks_of_own || proposes)
                    && !defines
                    && !self.knows_part_of(name)
                    && !OTHERS.is_match(before)
                {
                    let kind = kind_by_suffix(name)
                        .or_else(|| {
                            sentence[phrase.end..]
                                .split_whitespace()
                                .next()
                                .filter(|_| sentence[phrase.end..].starts_with(' '))
                                .and_then(noun_kind)
                        })
                        .or_else(|| head_noun_kind(name))
                        .unwrap_or(Kind::Method);
                    self.add(name, kind, false);
                }
            }
        }
    }

    /// Whether a phrase is, or begins or ends with, a name of the vocabulary: then it is no new one.
    fn knows_part_of(&self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        if words.iter().all(|w| w.split('-').all(is_general_word)) {
            return true;
        }
        // "Mixed-Granularity Activation Quantization" ends in a known word and is new all the same.
        let tails = 0..=words.len() / 2;
        tails.into_iter().any(|i| (self.is_known)(&words[i..].join(" ")))
            || (1..=words.len()).any(|i| (self.is_known)(&words[..i].join(" ")))
    }

    /// Names made of the paper's own: `LASP-2H` of `LASP-2`, `HESSO-CRIC` of `HESSO`.
    fn derived(&mut self) {
        let roots: Vec<(String, Kind)> = self
            .found
            .iter()
            .filter(|c| c.name.len() >= 4 && !c.name.contains(' '))
            .map(|c| (c.name.clone(), c.kind))
            .collect();
        for (root, kind) in roots {
            for (i, _) in self.body.text.match_indices(root.as_str()) {
                let begins = !self.body.text[..i].ends_with(|c: char| c.is_alphanumeric() || c == '-');
                let rest = &self.body.text[i + root.len()..];
                let suffix: &str =
                    &rest[..rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '+')).unwrap_or(rest.len())];
                let name = format!("{root}{}", suffix.trim_end_matches('-'));
                let tail = name[root.len()..].trim_start_matches('-');
                let new = tail.chars().next().is_some_and(|c| c.is_uppercase() || c == '+')
                    && !tail.chars().all(|c| c == 's');
                let adjective = tail.to_lowercase().ends_with("based") || tail.is_empty();
                if begins && new && !adjective && !is_size(&name[root.len()..]) && !(self.is_known)(&name) {
                    self.add(&name, kind_by_suffix(&name).unwrap_or(kind), false);
                }
            }
        }
    }

    fn define(&mut self, long: &Range<usize>, short: &Range<usize>, direct: bool) {
        let text = self.body.text;
        let (long, short) = (text[long.clone()].trim(), text[short.clone()].trim());
        let plural = long.ends_with('s') && short.ends_with('s') && short.len() > 2 && !short.ends_with("ss");
        let name = if plural { &short[..short.len() - 1] } else { short };
        let kind = kind_by_suffix(name).or_else(|| head_noun_kind(long)).unwrap_or(Kind::Method);
        // A general term and its common abbreviation ("reinforcement learning (RL)") is nobody's own, but what is
        // proposed in capitals may be known because this very paper made it so. A new long form behind a known short
        // one is another thing of that name, unless it is only a way of spelling it.
        let capitals = long.split([' ', '-']).filter(|w| w.chars().next().is_some_and(char::is_uppercase)).count();
        let known = (self.is_known)(long) || (self.is_known)(name);
        let general = known && (capitals < 2 || !direct);
        if !general {
            self.add(name, kind, false);
        }
    }

    fn add(&mut self, name: &str, kind: Kind, in_title: bool) {
        let name = name.trim().trim_end_matches([',', '.', ';', ':', '\'', '"', '-']);
        let folded = fold_name(name);
        if folded.chars().filter(|c| c.is_alphanumeric()).count() < 2 || is_refused(name) {
            return;
        }
        let squeezed = folded.replace(' ', "");
        if let Some(known) = self.found.iter_mut().find(|c| same_name(&fold_name(&c.name).replace(' ', ""), &squeezed))
        {
            known.in_title |= in_title;
            if !known.surfaces.iter().any(|s| s == name) {
                known.surfaces.push(name.to_string());
            }
            return;
        }
        self.found.push(Coined {
            name: name.to_string(),
            kind,
            surfaces: vec![name.to_string()],
            in_title,
            entity: None,
        });
    }

    /// Joins long forms to their abbreviations, drops sizes of a name that stands by itself.
    fn finish(mut self) -> Vec<Coined> {
        // Ordered, so that the same text always gives the same names.
        let mut by_short: BTreeMap<String, String> = BTreeMap::new();
        for reading in [self.title, self.body] {
            for a in &reading.abbreviations {
                let short = reading.text[a.short.clone()].trim().to_string();
                let long = reading.text[a.long.clone()].trim().to_string();
                by_short.entry(short).or_insert(long);
            }
        }
        for (short, long) in &by_short {
            let squeezed_short = squeezed(short);
            let squeezed_long = squeezed(long);
            let owner = self.found.iter().position(|c| same_name(&squeezed(&c.name), &squeezed_short));
            let long_owner = self.found.iter().position(|c| same_name(&squeezed(&c.name), &squeezed_long));
            match (owner, long_owner) {
                (Some(s), Some(l)) if s != l => {
                    let gone = self.found.remove(l);
                    let s = if l < s { s - 1 } else { s };
                    self.found[s].in_title |= gone.in_title;
                    self.found[s].surfaces.extend(gone.surfaces);
                }
                (Some(s), None) => self.found[s].surfaces.push(long.clone()),
                // "MoE Parallel Folding (MPF)": the short form is the name.
                (None, Some(l)) => {
                    let short = short.strip_suffix('s').filter(|s| s.ends_with(char::is_uppercase)).unwrap_or(short);
                    self.found[l].name = short.to_string();
                    self.found[l].surfaces.push(short.to_string());
                }
                _ => {}
            }
        }
        // "Stable Training Algorithm" was read out of "Stable Training Algorithm for dense Retrieval (STAR)".
        let longs: Vec<(String, String)> = by_short.iter().map(|(s, l)| (squeezed(s), squeezed(l))).collect();
        let names: Vec<String> = self.found.iter().map(|c| squeezed(&c.name)).collect();
        self.found.retain(|c| {
            let own = squeezed(&c.name);
            !longs.iter().any(|(short, long)| {
                *short != own
                    && long.len() > own.len()
                    && (long.starts_with(&own) || long.ends_with(&own))
                    && names.contains(short)
            })
        });
        self.join_misspelt();
        // "MixFormer-L" is a size of "MixFormer".
        let names: Vec<String> = self.found.iter().map(|c| c.name.clone()).collect();
        self.found.retain(|c| {
            !names
                .iter()
                .any(|n| n.len() < c.name.len() && c.name.starts_with(n.as_str()) && is_size(&c.name[n.len()..]))
        });
        self.found
    }
}

impl<F> Finder<'_, '_, F> {
    /// A title and an abstract that disagree by a letter (`RollArt`, `RollArc`) mean one thing, known by both names.
    fn join_misspelt(&mut self) {
        let Some(title) = self.found.iter().position(|c| c.in_title) else { return };
        let name = self.found[title].name.clone();
        if name.chars().count() < 5 || self.body.text.contains(&name) {
            return;
        }
        let twin = self.found.iter().position(|c| {
            !c.in_title && c.name.chars().count() == name.chars().count() && strsim::levenshtein(&c.name, &name) == 1
        });
        if let Some(twin) = twin {
            let gone = self.found.remove(twin);
            let title = if twin < title { title - 1 } else { title };
            self.found[title].surfaces.extend(gone.surfaces);
            self.found[title].kind = gone.kind;
        }
    }
}

/// The next run of two to five capitalised words of `sentence` from `at` on that does not begin the sentence.
fn capitalised_phrase(sentence: &str, at: usize) -> Option<Range<usize>> {
    let mut start = None;
    let mut end = at;
    let mut words = 0;
    let mut position = at;
    let mut plain = 0;
    for word in sentence[at..].split_inclusive(' ') {
        let bare = word.trim_end();
        let clean = bare.trim_end_matches([',', '.', ';', ':', ')', '"', '\'']).trim_start_matches(['(', '"', '`']);
        let lead = bare.len() - bare.trim_start_matches(['(', '"', '`']).len();
        let capitalised = clean.chars().next().is_some_and(char::is_uppercase)
            && clean.chars().count() >= 2
            && !clean.ends_with("-based")
            && clean.chars().all(|c| c.is_alphanumeric() || c == '-');
        let begins_sentence = position + lead == 0
            || sentence[..position].trim_end().ends_with(['.', ':', '?'])
                && !sentence[..position].trim_end().ends_with(':');
        let broken = lead > 0 && start.is_some();
        if capitalised && !begins_sentence && !broken && !is_ordinary(clean) {
            start.get_or_insert(position + lead);
            words += 1;
            plain += usize::from(!has_name_shape(clean));
            end = position + lead + clean.len();
            let closed = clean.len() + lead < bare.len();
            if closed {
                if words >= 2 && plain >= 1 {
                    return Some(start?..end);
                }
                start = None;
                words = 0;
                plain = 0;
            }
        } else {
            if words >= 2 && plain >= 1 {
                return (words <= 5).then_some(start?..end).or_else(|| capitalised_phrase(sentence, end));
            }
            start = None;
            words = 0;
            plain = 0;
            if capitalised && broken && !is_ordinary(clean) {
                start = Some(position + lead);
                words = 1;
                plain = usize::from(!has_name_shape(clean));
                end = position + lead + clean.len();
            }
        }
        position += word.len();
    }
    (words >= 2 && plain >= 1 && words <= 5).then(|| start.map(|s| s..end)).flatten()
}

fn squeezed(s: &str) -> String {
    crate::vocabulary::squeeze(s)
}

/// Equal, or one the plural of the other ("2s" is no plural of "2").
fn same_name(a: &str, b: &str) -> bool {
    let singular = |s: &str| s.strip_suffix('s').filter(|r| r.ends_with(char::is_alphabetic)).map(str::to_string);
    a == b || singular(a).as_deref() == Some(b) || singular(b).as_deref() == Some(a)
}

/// `-L`, `-7B`, `-Base`, `-XL/2`: what can stand behind a family's name.
fn is_size(suffix: &str) -> bool {
    static SIZE: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            r"(?i)^[- ](?:\d+(?:\.\d+)?[bmk]|tiny|mini|small|medium|base|large|huge|giant|xx?l|[slmbhgt]|xl)(?:/\d+)?$",
        )
    });
    SIZE.is_match(suffix)
}

/// A word that looks like a name: a capital beyond the first letter, or a digit among letters, or a capital behind a
/// hyphen with an acronym.
pub(super) fn has_name_shape(word: &str) -> bool {
    let word =
        word.trim_end_matches([',', '.', ';', ':', ')', '"', '\'', '?', '!']).trim_start_matches(['(', '"', '`', '“']);
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    if letters == 0 || word.chars().count() < 2 {
        return false;
    }
    let inner = word.split(['-', '/']).any(|part| {
        let capitals = part.chars().filter(|c| c.is_uppercase()).count();
        let digits = part.chars().any(|c| c.is_ascii_digit());
        let later_capital = part.chars().skip(1).any(char::is_uppercase);
        later_capital || (digits && capitals > 0)
    }) || word.split('-').filter(|part| part.chars().next().is_some_and(char::is_uppercase)).count() >= 3;
    let starts_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
    // "3DGS" is a name, "3D" and "70B" are not.
    inner && (!starts_with_digit || word.chars().filter(|c| c.is_uppercase()).count() >= 3)
}

/// The byte of `text` behind `part`, which must be a slice of it: quotes and spaces may stand before a name, so that
/// its length does not tell where it ends.
fn end_of(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize + part.len()
}

/// The name at the beginning of `text`: words that have the shape of a name, or capitalised words together.
fn name_at(text: &str) -> Option<&str> {
    let mut end = 0;
    let mut words = 0;
    let mut shaped = false;
    let mut at = 0;
    let trimmed = text.trim_start_matches(['"', '`', '“', '\'', ' ', '{']);
    let offset = text.len() - trimmed.len();
    let text = trimmed;
    let _ = offset;
    for word in text.split(' ') {
        let length = word.len();
        let clean = word.split(['(', ',', ';', '"', '”', '`', '}']).next().unwrap_or_default();
        let clean = clean.split("--").next().unwrap_or_default();
        let clean = clean.split(['—', '–']).next().unwrap_or_default();
        let clean = clean.split(": ").next().unwrap_or_default();
        let mut clean = clean.trim_end_matches([':', '.', '\'', '!', '?']);
        if let Some(stripped) = clean.strip_suffix("'s").or_else(|| clean.strip_suffix("’s")) {
            clean = stripped;
        }
        // "-based" and the like make an adjective of a name.
        let adjective = [
            "-based",
            "-style",
            "-like",
            "-driven",
            "-aware",
            "-guided",
            "-level",
            "-specific",
            "-free",
            "-enhanced",
            "-oriented",
            "-efficient",
        ];
        if clean.is_empty()
            || clean.contains(['\\', '{', '<', '=', '$']) && !clean.contains("$")
            || adjective.iter().any(|a| clean.to_lowercase().ends_with(a)) && !has_name_shape(clean)
        {
            break;
        }
        let capitalised = clean.chars().next().is_some_and(char::is_uppercase);
        let name_shape = has_name_shape(clean);
        let number = words > 0 && clean.chars().all(|c| c.is_ascii_digit() || c == '.') && clean.len() <= 4;
        let version = words > 0 && is_version(clean);
        if !(capitalised || name_shape || number || version) {
            break;
        }
        if adjective.iter().any(|a| clean.to_lowercase().ends_with(a))
            && words == 0
            && next_word_is_lower(&text[at + length..])
        {
            break;
        }
        words += 1;
        shaped |= name_shape;
        end = at + clean.len();
        at += length + 1;
        if clean.len() < length || words >= 6 || at > text.len() {
            break;
        }
    }
    let name = &text[..end];
    // A capitalised word alone is no name unless shaped, or the whole thing is introduced by its capital.
    (words > 0 && name.len() >= 2 && (shaped || words >= 2 || (name.len() >= 3 && !is_ordinary(name)))).then_some(name)
}

fn next_word_is_lower(rest: &str) -> bool {
    rest.trim_start().chars().next().is_some_and(char::is_lowercase)
}

/// `2`, `v2`, `2.0`, `2s`.
fn is_version(word: &str) -> bool {
    let w = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let w = w.strip_suffix('s').unwrap_or(w);
    !w.is_empty() && w.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// `"perceive-then-fuse"`: a name that is one only by its quotes.
fn quoted_name(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let body = text.strip_prefix(['"', '`', '“'])?.trim_start_matches('`');
    let end = body.find(['"', '\'', '”'])?;
    let name = &body[..end];
    (name.len() >= 3 && name.split_whitespace().count() <= 5).then_some(name)
}

/// "which we call multi-sample dropout, …": words without capitals up to a comma, as a name of at most four words.
fn lower_case_name(text: &str) -> Option<&str> {
    let end = text.find([',', '.', ';', ':', '(', ')', '"'])?;
    let name = text[..end].trim_end();
    let words = name.split_whitespace().count();
    if name.split_whitespace().next_back().is_some_and(has_name_shape) {
        return name.split_whitespace().next_back();
    }
    ((2..=4).contains(&words) && !has_preposition(name) && name.chars().next().is_some_and(char::is_alphabetic))
        .then_some(name)
}

/// Bytes of articles, numbers and plain adjectives before what is proposed.
fn skip_determiners(text: &str) -> usize {
    static SKIP: LazyLock<Regex> = LazyLock::new(|| {
        rule(
            r"^(?:\s|\b(?:a|an|the|our|its|two|three|four|several|new|novel|simple|first|also|further|here|both|another|one|of|yet|effective|efficient|powerful|and|in this (?:paper|work))\b|[,:~])*",
        )
    });
    SKIP.find(text).map_or(0, |m| m.end())
}

/// How far the object of the verb can reach.
fn clause_length(text: &str) -> usize {
    text.find([';', ':']).unwrap_or(text.len()).min(160)
}

/// A preposition, or a participle that says what the thing before it is for ("a framework tailored for").
fn ends_noun_phrase(word: &str) -> bool {
    has_preposition(word)
        || matches!(word, "tailored" | "designed" | "built" | "developed" | "aimed" | "capable" | "able" | "dedicated")
}

fn has_preposition(text: &str) -> bool {
    text.split_whitespace().any(|w| {
        matches!(
            w.to_lowercase().as_str(),
            "of" | "for"
                | "to"
                | "in"
                | "with"
                | "by"
                | "on"
                | "from"
                | "using"
                | "that"
                | "which"
                | "via"
                | "into"
                | "through"
                | "between"
                | "over"
                | "under"
                | "where"
                | "is"
                | "are"
                | "can"
                | "based"
        )
    })
}

/// What a noun says about the thing it names.
pub(super) fn noun_kind(word: &str) -> Option<Kind> {
    let lower = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let singular = lower.strip_suffix('s').filter(|w| !w.ends_with('s')).unwrap_or(&lower);
    Some(match singular {
        "dataset" | "corpu" | "corpus" | "corpora" | "benchmark" | "suite" | "challenge" | "testbed" | "collection"
        | "database" | "testset" | "leaderboard" | "treebank" | "track" => Kind::Dataset,
        "system" | "library" | "librarie" | "toolkit" | "platform" | "engine" | "simulator" | "compiler"
        | "software" | "package" | "tool" | "infrastructure" | "runtime" | "middleware" | "ecosystem" | "stack" => {
            Kind::Software
        }
        "model" | "network" | "transformer" | "architecture" | "llm" | "encoder" | "decoder" | "autoencoder"
        | "backbone" | "detector" | "vlm" | "mllm" | "net" | "agent" | "gan" | "vae" | "tokenizer" | "family"
        | "generator" | "classifier" | "lm" | "transformers" => Kind::Model,
        "method" | "framework" | "approach" | "approache" | "algorithm" | "technique" | "strategy" | "strategie"
        | "mechanism" | "module" | "loss" | "optimizer" | "scheme" | "pipeline" | "paradigm" | "procedure"
        | "objective" | "attention" | "learning" | "training" | "tuning" | "layer" | "operator" | "block"
        | "adapter" | "regularizer" | "recipe" | "distillation" | "optimization" | "sampling" | "estimator"
        | "search" | "pruning" | "quantization" | "protocol" | "kernel" | "parallelism" | "sampler" | "solver"
        | "policy" | "formulation" | "representation" => Kind::Method,
        "metric" | "score" | "measure" | "index" => Kind::Metric,
        "task" => Kind::Task,
        "accelerator" | "chip" | "processor" | "fpga" | "asic" => Kind::Hardware,
        _ => return None,
    })
}

/// Words of which the field's general terms are made ("Vision Language Model"): together they name nothing new.
fn is_general_word(word: &str) -> bool {
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
    GENERAL.contains(&word.to_lowercase().as_str())
}

fn is_kind_noun(word: &str) -> bool {
    noun_kind(word).is_some()
}

/// The kind that the last noun phrase of a text gives: "accelerator" of "a sparse accelerator for DNN training".
fn phrase_kind(text: &str) -> Option<Kind> {
    static DETERMINER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)\b(?:an?|the|our|new|novel)\s").expect("a constant pattern"));
    let determiner = DETERMINER.find_iter(text).last();
    determiner.and_then(|d| head_noun_kind(leading_phrase(&text[d.end()..]))).or_else(|| head_noun_kind(text))
}

fn is_common_noun(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_lowercase) && is_kind_noun(word)
}

/// The kind that the last noun of a phrase gives.
pub(super) fn head_noun_kind(phrase: &str) -> Option<Kind> {
    let mut words = phrase.split_whitespace().rev();
    let (last, before) = (words.next()?, words.next().unwrap_or_default());
    // A framework to train or serve with is software; any other is a way of doing things.
    if last.trim_end_matches(|c: char| !c.is_alphanumeric()) == "framework" {
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
        let system = phrase.contains("distributed") || phrase.contains("open-source");
        return Some(if software.contains(&before) && system { Kind::Software } else { Kind::Method });
    }
    noun_kind(last).or_else(|| noun_kind(before))
}

/// The noun phrase before the first preposition: "A Large-Scale Dataset" of "A Large-Scale Dataset for X".
fn leading_phrase(text: &str) -> &str {
    let mut end = text.len();
    let mut at = 0;
    for word in text.split_inclusive(' ') {
        let bare = word.trim().trim_end_matches(',');
        if at > 0 && (ends_noun_phrase(bare) || bare.eq_ignore_ascii_case("and")) || word.trim().ends_with(',') {
            end = at;
            if word.trim().ends_with(',') {
                end = at + bare.len();
            }
            break;
        }
        at += word.len();
    }
    text[..end.min(text.len())].trim()
}

/// "X, a … framework that", "X (…), a dataset of", "X is a benchmark": the noun of the apposition.
fn apposition_kind(after: &str) -> Option<Kind> {
    static APPOSITION: LazyLock<Regex> = LazyLock::new(|| {
        rule(r"^\s*(?:\([^)]*\))?\s*(?:[,:—–-]+|is|are|as)?\s*(?:-\s*)?(?:the first|a|an|the|our|one of the)\s")
    });
    if let Some(found) = APPOSITION.find(after) {
        return head_noun_kind(leading_phrase(&after[found.end()..]));
    }
    // "the FooBench benchmark"
    after.split_whitespace().next().filter(|_| after.starts_with(' ')).and_then(noun_kind)
}

/// The abstract's word for a name of the title: "Monolith, a system", "Lizard, a linearization framework".
fn kind_in_body(body: &Reading, name: &str) -> Option<Kind> {
    body.text.match_indices(name).find_map(|(i, _)| apposition_kind(&body.text[i + name.len()..]))
}

/// What a name's own ending says of a benchmark wins, then what the text says, then what the ending suggests.
fn kind_of(name: &str, told: Option<Kind>) -> Kind {
    let suffix = kind_by_suffix(name);
    suffix.filter(|k| *k == Kind::Dataset).or(told).or(suffix).unwrap_or(Kind::Method)
}

pub(super) fn kind_by_suffix(name: &str) -> Option<Kind> {
    let last = name.split([' ', '-']).next_back().unwrap_or(name);
    let ends = |s: &str| name.ends_with(s);
    if ends("Bench")
        || ends("Benchmark")
        || ends("Dataset")
        || ends("Corpus")
        || last == "Bench"
        || ends("Challenge")
        || ends("Track")
    {
        return Some(Kind::Dataset);
    }
    if ends("BERT")
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
    {
        return Some(Kind::Model);
    }
    None
}

fn occurs_folded(body: &Reading, name: &str) -> bool {
    let folded = fold_name(name);
    body.occurrences(&folded).next().is_some()
}

/// Whether the words before a title's colon are a name: short, and either shaped or plain capitalised words.
fn is_title_name(head: &str) -> bool {
    let words: Vec<&str> = head.split_whitespace().collect();
    if words.is_empty() || words.len() > 5 || head.ends_with('?') || head.len() > 60 {
        return false;
    }
    let lower: Vec<String> = words.iter().map(|w| w.to_lowercase()).collect();
    let sentence_words = [
        "a",
        "an",
        "the",
        "to",
        "of",
        "in",
        "on",
        "for",
        "with",
        "and",
        "or",
        "your",
        "you",
        "is",
        "are",
        "do",
        "does",
        "how",
        "why",
        "what",
        "when",
        "where",
        "we",
        "it",
        "from",
        "beyond",
        "towards",
        "toward",
        "rethinking",
        "understanding",
        "revisiting",
        "learning",
        "improving",
        "every",
        "each",
        "not",
        "no",
        "all",
        "can",
        "at",
        "by",
        "as",
        "via",
    ];
    let shaped = words.iter().any(|w| has_name_shape(w));
    let has_sentence_word = lower.iter().any(|w| sentence_words.contains(&w.trim_end_matches(',')));
    if words.len() == 1 {
        return words[0].chars().next().is_some_and(|c| c.is_uppercase() || shaped)
            && !sentence_words.contains(&lower[0].as_str());
    }
    if has_sentence_word {
        return false;
    }
    // A verb at the front makes a sentence: "Stretching Each Dollar", "Taming 3DGS".
    let gerund = lower[0].ends_with("ing") && lower[0].len() > 5;
    if gerund {
        return shaped && words.len() <= 2;
    }
    shaped && words.len() <= 4
        || words.len() <= 4
            && words.iter().all(|w| w.chars().next().is_some_and(char::is_uppercase) || is_version(w))
            && !head.contains(',')
}

/// Words that begin sentences of abstracts with a capital and are nobody's name.
pub(super) fn is_ordinary(word: &str) -> bool {
    const ORDINARY: [&str; 60] = [
        "the",
        "this",
        "these",
        "we",
        "our",
        "in",
        "it",
        "to",
        "for",
        "a",
        "an",
        "as",
        "by",
        "on",
        "here",
        "both",
        "first",
        "second",
        "third",
        "finally",
        "moreover",
        "furthermore",
        "additionally",
        "specifically",
        "however",
        "extensive",
        "experiments",
        "results",
        "code",
        "english",
        "chinese",
        "japanese",
        "german",
        "french",
        "gaussian",
        "bayesian",
        "markov",
        "euclidean",
        "fourier",
        "internet",
        "transformer",
        "transformers",
        "large",
        "deep",
        "neural",
        "data",
        "model",
        "models",
        "bert",
        "appendix",
        "section",
        "figure",
        "table",
        "algorithm",
        "theorem",
        "google",
        "meta",
        "microsoft",
        "nvidia",
        "openai",
    ];
    ORDINARY.contains(&word.to_lowercase().as_str())
}

/// Shapes that are never a contribution: plain acronyms of the field, numbers, sizes.
pub(super) fn is_refused(name: &str) -> bool {
    const GENERIC: [&str; 41] = [
        "llm", "llms", "vlm", "vlms", "mllm", "mllms", "ai", "rl", "nlp", "cv", "gpu", "gpus", "cpu", "cnn", "cnns",
        "rnn", "gnn", "dnn", "dnns", "ml", "sota", "api", "3d", "2d", "4d", "rgb", "rgb-d", "i/o", "io", "url", "qa",
        "q&a", "agi", "iot", "vit", "vits", "hpc", "lm", "lms", "u.s.", "ir",
    ];
    let lower = name.to_lowercase();
    let halves = name.split('/').count() > 1 && name.split('/').all(|half| half.chars().count() <= 4);
    halves
        || GENERIC.contains(&lower.as_str())
        || lower.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-')
        || (is_ordinary(name) && !name.contains(' '))
}

impl Coined {
    /// Whether other papers that write the same name can be taken to mean this: not so for a plain word, or an acronym
    /// of three letters.
    pub fn is_distinctive(&self) -> bool {
        let letters = self.name.chars().filter(|c| c.is_alphanumeric()).count();
        letters >= 4
            && self.name.split_whitespace().any(has_name_shape)
            && (letters > 4 || self.name.chars().any(|c| c.is_lowercase() || c.is_ascii_digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::Matcher;

    fn coined(title: &str, body: &str) -> Vec<(String, &'static str)> {
        let matcher = Matcher::new(&[]).unwrap();
        let title = Reading::new(Field::Title, title, &matcher);
        let body = Reading::new(Field::Abstract, body, &matcher);
        find(&title, &body, |_| false).into_iter().map(|c| (c.name, c.kind.as_str())).collect()
    }

    fn names(title: &str, body: &str) -> Vec<String> {
        coined(title, body).into_iter().map(|c| c.0).collect()
    }

    #[test]
    fn a_name_before_the_titles_colon_is_the_papers_own() {
        assert_eq!(names("FooNet: A Network for Bars", ""), ["FooNet"]);
        assert_eq!(names("Cut Your Losses: On Losing", ""), [""; 0]);
        assert_eq!(names("One Model, Many Modalities: An Approach", ""), [""; 0]);
    }

    #[test]
    fn verbs_of_proposing_introduce_names() {
        assert_eq!(names("", "We propose UNITE - an autoencoder architecture."), ["UNITE"]);
        assert_eq!(names("", "In this paper, we introduce V3(Viewing Volumetric Videos), a novel approach."), ["V3"]);
        assert_eq!(names("", "We propose a Mixed Attention Module (MAM) for extraction."), ["MAM"]);
        assert_eq!(names("", "We propose two key techniques: E-I Init and E-I Prop."), ["E-I Init", "E-I Prop"]);
        assert_eq!(names("", "We propose a simple baseline for pose."), [""; 0]);
    }

    #[test]
    fn called_and_dubbed_introduce_names_unless_they_are_anothers() {
        assert_eq!(names("", "We present a pipeline named Any-Size-Diffusion (ASD)."), ["ASD"]);
        assert_eq!(names("", "A pruning method, dubbed BDWP, is proposed."), ["BDWP"]);
        assert_eq!(names("", "We explore a recent method called Rectified Flow."), [""; 0]);
    }

    #[test]
    fn the_noun_beside_a_name_tells_its_kind() {
        assert_eq!(coined("", "We introduce FooQ, a large dataset of bars."), [("FooQ".to_string(), "dataset")]);
        assert_eq!(coined("FooBench: Testing Bars", ""), [("FooBench".to_string(), "dataset")]);
        assert_eq!(
            coined("", "We present AReaL, a fully asynchronous RL system that runs."),
            [("AReaL".to_string(), "software")]
        );
    }

    #[test]
    fn a_name_in_quotes_ends_behind_its_quotes() {
        assert_eq!(names("", "We propose dubbed dubbed éWe propose AAcalled ("), ["AAcalled", "éWe"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(title in r"[A-Za-z:é ,.()-]{0,60}", body in r"(We propose |called |our |dubbed |[A-Z][a-z]{2,6}|[A-Z]{2,4}|[ ,.():é\x22`-]){0,25}") {
            let _ = coined(&title, &body);
        }
    }
}
