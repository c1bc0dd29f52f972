//! Finds the names that a paper presents as its own.
//!
//! Authors name things in typical places: in the title before a colon, after "we propose", "called" or "dubbed", as a
//! long form with its abbreviation after a verb of proposing, and after "our". A candidate must look like a name. Its
//! kind (method, dataset, …) follows from the noun that the text gives it.

mod cues;
mod kinds;
mod names;
mod refusals;

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::reading::ReadField;
use super::record::{Field, TextPlace};
use super::rule::rule;
use super::unlisted::is_generic;
use crate::text::{fold_name, range_of};
use crate::vocabulary::{Entity, EntityId, Kind, squeeze};
pub(super) use cues::IS_TEAM;
use cues::*;
use kinds::*;
pub(super) use kinds::{head_noun_kind, kind_by_suffix, noun_kind};
use names::*;
pub(super) use names::{has_name_shape, is_ordinary, is_refused};

/// A name that the paper introduces.
#[derive(Debug, Clone)]
pub(super) struct CoinedName {
    /// In the short form that the paper prefers.
    pub name: String,
    pub kind: Kind,
    /// Whether a noun or the name's ending states the kind. Otherwise the kind is unknown, or follows from what the
    /// thing does.
    pub kind_stated: bool,
    /// The long form of a name that is an abbreviation.
    pub expansion: Option<String>,
    /// Every spelling in the paper, including the name.
    pub surfaces: Vec<String>,
    /// Found by its position in the title.
    pub in_title: bool,
    /// The vocabulary entry that names this paper as its origin.
    pub entity: Option<EntityId>,
    /// Where the paper presents it.
    pub place: Option<TextPlace>,
    /// The ways in which the texts present it.
    pub cues: BTreeSet<NameCue>,
    /// Words without the shape of a name, which one sentence names once.
    pub is_phrase: bool,
}

/// A way in which a text presents a name as its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameCue {
    /// Before the colon of a title.
    Title,
    /// After a verb of proposing.
    Proposal,
    /// With its long form, which is proposed.
    Definition,
    /// After "called" and the like.
    Called,
    /// After "our".
    Our,
    /// As the subject of the experiments.
    Shown,
    /// As a part of what is proposed.
    Part,
    /// Made from another name of the paper's own.
    Derived,
    /// The vocabulary has it as this paper's.
    Vocabulary,
}

/// Finds the paper's own names in title and abstract. `venue` is where the paper was published.
pub(super) fn find(
    title: &ReadField,
    body: &ReadField,
    venue: Option<&str>,
    is_known: impl Fn(&str) -> bool,
) -> Vec<CoinedName> {
    let proposals = body.sentences.iter().map(|range| PROPOSE.find_all(&body.lower[range])).collect();
    let mut finder = ContributionFinder { title, body, venue, proposals, is_known, found: Vec::new() };
    finder.title_head();
    finder.proposals();
    finder.called();
    finder.ours();
    finder.parts();
    finder.derived();
    finder.finish()
}

/// Adds a name that is known from elsewhere to be the paper's own, or another spelling of it.
pub(super) fn add_known(found: &mut Vec<CoinedName>, entity: &Entity, surface: &str, place: TextPlace) {
    let (name_key, surface_key) = (squeeze(&entity.name), squeeze(surface));
    let known = found.iter_mut().find(|c| {
        c.surfaces
            .iter()
            .chain([&c.name])
            .any(|s| same_name(&squeeze(s), &name_key) || same_name(&squeeze(s), &surface_key))
    });
    match known {
        Some(coined) => {
            coined.entity.get_or_insert_with(|| entity.id.clone());
            if !coined.surfaces.iter().any(|s| s == surface) {
                coined.surfaces.push(surface.to_string());
            }
        }
        None => found.push(CoinedName {
            name: entity.name.clone(),
            kind: entity.kind(),
            kind_stated: true,
            surfaces: vec![surface.to_string()],
            expansion: None,
            in_title: place.field == Field::Title,
            entity: Some(entity.id.clone()),
            place: Some(place),
            cues: BTreeSet::from([NameCue::Vocabulary]),
            is_phrase: false,
        }),
    }
}

struct ContributionFinder<'r, 'a, F> {
    title: &'r ReadField<'a>,
    body: &'r ReadField<'a>,
    venue: Option<&'r str>,
    /// The phrases in each sentence of the abstract that show that something is proposed.
    proposals: Vec<Vec<Range<usize>>>,
    is_known: F,
    found: Vec<CoinedName>,
}

impl<F: Fn(&str) -> bool> ContributionFinder<'_, '_, F> {
    /// `X: …` and `X (ACRONYM) …` in the title.
    fn title_head(&mut self) {
        let text = self.title.text;
        // "UloRL:An Approach" lost its space; "N:M Sparse" never had one.
        let colon = text.find(':').filter(|&i| {
            let last = text[..i].split_whitespace().next_back().unwrap_or_default();
            text[i + 1..].starts_with(char::is_whitespace) || (has_name_shape(last) && !text[i + 1..].starts_with('/'))
        });
        let Some(colon) = colon else { return };
        let head = text[..colon].trim();
        // "LASP-2" of "LASP-2 (Long Form): …" is the name; the bracket is read as a definition.
        let head = without_frame(head.split(" (").next().unwrap_or(head).trim());
        // "CoNLL-2013 Shared Task: …" and "MT Quality Estimation: …" name the subject of the paper.
        let words: Vec<&str> = head.split_whitespace().collect();
        let rest = &text[colon + 1..];
        let subject = head.contains("Shared Task")
            || head.ends_with("System Description")
            || self.is_subject(head, rest)
            || !words.iter().all(|w| has_name_shape(w))
                && (1..=words.len() / 2).any(|i| (self.is_known)(&words[i..].join(" ")) && words.len() - i >= 2);
        // "Cross Language POS Taggers: …" describes things; "FooNet & BarNet: …" names two.
        let names: Vec<&str> = head.split(" & ").collect();
        let two = names.len() == 2 && names.iter().all(|name| !name.contains(' ') && has_name_shape(name));
        let (head, second) = if two { (names[0], Some(names[1])) } else { (head, None) };
        let is_new = |word: &&str| has_name_shape(word) && !is_generic(&word.to_lowercase()) && !(self.is_known)(word);
        let plural = head.strip_suffix('s').is_some_and(|one| one.rsplit(' ').next().is_some_and(is_kind_noun))
            && !head.ends_with("us")
            && head.contains(' ')
            && !head.split(' ').any(|word| is_new(&word));
        if subject || plural && !self.body.text.contains(head) || !is_title_name(head) {
            return;
        }
        // "Taming FooBank: …" says what is done with FooBank, unless the abstract writes the same.
        let gerund = head.split_once(' ').is_some_and(|(first, _)| says_what_is_done(first) && !has_name_shape(first));
        if gerund && !self.body.text.contains(head) {
            return;
        }
        // "FOO discovery: a comparative analysis" and "FOO: MUC-3 Test Results" have a subject and a group.
        rule!(
            IS_STUDY,
            r"^\s?[Aa]n?\s(?:[\w-]+\s)?(?i:analysis|study|survey|review|overview|comparison|investigation)\b"
        );
        rule!(TEST_RESULTS, r"^\s?(?:[\w-]+\s)?Test\sResults\b");
        let small =
            head.contains(' ') && head.rsplit(' ').next().is_some_and(|last| last.starts_with(char::is_lowercase));
        if small && IS_STUDY.is_match(rest) || !head.contains(' ') && TEST_RESULTS.is_match(rest) {
            return;
        }
        let stated = stated_by_title(rest);
        // "FooBERT: A Language Model" whose text speaks of an approach is a model.
        let network = stated.filter(|kind| *kind == Kind::Model && kind_by_suffix(head) == Some(Kind::Model));
        // A library that the abstract calls a framework remains one.
        rule!(
            PROGRAM,
            r"\b(?i:library|toolkit|tool|toolbox|platform|package|software|interface|workbench|environment|plugin)\b"
        );
        let in_body = kind_in_body(self.body, head).filter(|kind| {
            *kind != Kind::Method || stated != Some(Kind::Software) || !PROGRAM.is_match(leading_phrase(rest))
        });
        let stated_kind = network
            .or(in_body)
            // What the title says is done, the abstract may call by a noun: see `ask_for_kinds`.
            .or_else(|| stated.filter(|_| !ends_in_activity(rest)))
            .or_else(|| head_noun_kind(head))
            // "Extending a Test Corpus" is about data; "Evaluating a Chatbot" is no chatbot.
            .or_else(|| title_kind(rest).filter(|kind| *kind == Kind::Dataset || !says_what_is_done(rest)));
        // "Foo: A Translation Method" that the abstract calls a system is one or the other.
        let framework = leading_phrase(rest).ends_with("ramework");
        let program = |kind: Kind| match kind {
            Kind::Software => Some(true),
            Kind::Model | Kind::Method => Some(false),
            _ => None,
        };
        let contradicts = network.is_none()
            && !framework
            && in_body.and_then(program).zip(stated.and_then(program)).is_some_and(|(one, other)| one != other);
        let stated_kind = if contradicts { Some(Kind::Unknown) } else { stated_kind };
        let kind = stated_kind.or_else(|| kind_by_suffix(head));
        // "FOO: An Approach to Hubs" and "FOO: Models of Bars" in the proceedings of a campaign are what the group Foo did.
        let of_team = matches!(stated_kind, None | Some(Kind::Method)) || !DESCRIBES.is_match(rest);
        rule!(ENTRY, r"\b(?:[Ee]ntry|[Ss]ubmission)\b");
        if (of_team || ENTRY.is_match(rest)) && self.is_team(head) || names_a_team(head) && !DESCRIBES.is_match(rest) {
            return;
        }
        // In Title Case, words can look like a name without being one. Unless a single word has the shape of a name,
        // the abstract must also use it as a name.
        let words = head.split_whitespace().count();
        let shaped = head.split_whitespace().any(has_name_shape);
        let in_body = self.body.text.contains(head) || occurs_folded(self.body, head);
        let used_as_name = words == 1
            && self.body.text.match_indices(head).any(|(at, _)| !begins_sentence_at(self.body.text, at))
            && !self.body.text.contains(&head.to_lowercase());
        // "Foos: Models, Methods, and Applications" is about foos.
        let of_several = rest.split_whitespace().next().is_some_and(|word| word.ends_with("s,") && is_kind_noun(word));
        if of_several && !shaped {
            return;
        }
        let described = kind.is_some() || stated.is_some();
        if shaped || used_as_name || described && (in_body || words == 1) {
            self.add(head, NameCue::Title, kind);
            if let Some(second) = second {
                self.add(second, NameCue::Title, kind);
            }
        }
    }

    /// Whether the words before a title's colon state the subject of the paper: a task of others, or a topic of the
    /// field.
    fn is_subject(&self, head: &str, rest: &str) -> bool {
        rule!(
            IS_REPORT,
            r"(?i)\b(?:overview|findings|report|results|tasks?|campaign|evaluation|challenge|competition)\b"
        );
        rule!(IS_SYSTEM, r"^\s(?:[Tt]he\s)?[A-Z][\w-]*(?:\s[\w-]+){0,3}\s[Ss]ystem\b|^\s[Ll]e\s[Ss]ystème\s[A-Z]");
        rule!(
            MADE_HERE,
            r"(?ix)(?:propos\w+|introduc\w+|present\w*|called|named|dub\w*(?:\sas)?|term\w*)
              \s(?:(?:the|an?|novel|new|task\sof)\s)*[\x22“‘]?$"
        );
        rule!(OF_A_CAMPAIGN, r"^\S+\s(?:[Aa]t\s)?(?:SemEval|Senseval|EVALITA|GermEval|WMT|IWSLT|TREC|CLEF)[- ]?\d");
        rule!(ENDS_IN_TASK, r"^(?:[NS]?MT|ASR|TTS|NER|NLP|NLI|NLG|NLU|QA|IE|IR|GEC|WSD|SRL|ABSA)$");
        let in_body = || kind_in_body(self.body, head).is_some();
        let words: Vec<&str> = head.split_whitespace().collect();
        let of_resource = words.iter().any(|word| kind_by_suffix(word).is_some());
        let entered = HAS_YEAR.is_match(head)
            && !IS_REPORT.is_match(rest)
            && (phrase_noun_kind(rest).is_none() || says_what_is_done(rest))
            && !of_resource
            && !in_body()
            || (head.ends_with("Task") || head.contains(' ') && !of_resource) && IS_SYSTEM.is_match(rest)
            || OF_A_CAMPAIGN.is_match(head);
        let [first, .., last] = words[..] else { return entered };
        // The abstract treats "human sentence processing" as an existing thing.
        let in_lower_case = || {
            let (text, lower) = (self.body.text, head.to_lowercase());
            let mut places = text.match_indices(&lower).map(|(at, _)| at).peekable();
            places.peek().is_some()
                && !text.contains(head)
                && !in_body()
                && !places
                    .any(|at| MADE_HERE.is_match(&text[..at]) || apposition_kind(&text[at + lower.len()..]).is_some())
        };
        // "Low-Resource NMT: Diagnosing the Problem".
        let ends_in_term = || {
            ENDS_IN_TASK.is_match(last)
                && !words[..words.len() - 1].iter().any(|word| !word.contains('-') && has_name_shape(word))
                && !DESCRIBES.is_match(rest)
                && !self.body.text.to_lowercase().contains(&head.to_lowercase())
        };
        entered || first == "Inside" || in_lower_case() || ends_in_term()
    }

    /// Whether the name before a title's colon is that of a group in a campaign, as in "FOO-BAR: Senses from Hubs". If
    /// the abstract calls it a thing, it is one.
    fn is_team(&self, head: &str) -> bool {
        let is_handle =
            !head.contains(' ') && head.chars().filter(|c| c.is_alphabetic()).filter(|c| c.is_uppercase()).count() >= 2;
        let in_capitals = !head.chars().skip_while(|c| c.is_uppercase() || !c.is_alphabetic()).any(char::is_lowercase);
        // "FOO-BAR" by the university Foo, not "BERT-QUX" from the known BERT.
        let group_and_task = || {
            let parts: Vec<&str> = head.split(['-', '/']).collect();
            parts.len() == 2
                && parts.iter().all(|part| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_uppercase()))
                && !parts.iter().any(|part| (self.is_known)(part))
                && !self.body.text.contains(head)
        };
        let campaign = || [self.title.text, self.body.text].iter().any(|text| NAMES_A_CAMPAIGN.is_match(text));
        let takes_part =
            || campaign() && [self.title.text, self.body.text].iter().any(|text| TAKES_PART.is_match(text));
        rule!(
            ENTERS,
            r"\b(?i:approach|system|model|submission)s?\s(?:to|for|at)\s[^:]*(?:\b[Ss]hared\s[Tt]ask|\b(?:SemEval|WMT|IWSLT|CoNLL|EVALITA)[- ]?\d)"
        );
        let enters = || in_capitals && ENTERS.is_match(self.title.text);
        is_handle
            && kind_by_suffix(head).is_none()
            && (takes_part()
                || enters()
                || group_and_task()
                || self.venue.is_some_and(|venue| IS_CAMPAIGN.is_match(venue)))
            && kind_in_body(self.body, head).is_none()
    }

    /// Names after a verb of proposing.
    fn proposals(&mut self) {
        rule!(
            COUNTED,
            r"(?i)\b(?:(?:[a-z]+\s)?(?:types|kinds|sorts)\sof|two|three|four|five|six|several|following)\s((?:[\w-]+\s){0,3}[\w-]+)$"
        );
        for (i, range) in self.body.sentences.iter().enumerate() {
            let sentence = &self.body.text[range.clone()];
            for found in self.proposals[i].clone() {
                // "the recently proposed RecipeQA" and the form in "formulated as" are somebody else's.
                let is_form =
                    sentence[found.end..].starts_with(" as a") && !sentence[found.clone()].starts_with("term");
                if is_form || PROPOSED_BEFORE.is_match(&sentence[..found.end]) {
                    continue;
                }
                self.object(range.start + found.end, range.end);
            }
            if let Some(at) = sentence.find(": ").filter(|_| !self.proposals[i].is_empty()) {
                // "two key techniques: E-I Init and E-I Prop"; not "three languages: Upper Foo and Lower Foo".
                let lead = sentence[..at].split_whitespace().next_back().unwrap_or_default();
                if !names_parts(lead)
                    && !sentence[at + 1..].split(',').take(1).any(|item| item.split_whitespace().all(has_name_shape))
                {
                    continue;
                }
                // "links to several other resources: Foo, Bar".
                rule!(OTHER_THINGS, r"\b[Oo]ther\s(?:[\w-]+\s)?[\w-]+$");
                if OTHERS.is_match(&sentence[..at]) || OTHER_THINGS.is_match(&sentence[..at]) {
                    continue;
                }
                // "three new tasks: …" names tasks; "data for these tasks: …" does not.
                let counted = COUNTED.captures(&sentence[..at]).is_some_and(|found| !has_preposition(&found[1]));
                let kind =
                    noun_kind(lead).filter(|kind| counted && matches!(kind, Kind::Task | Kind::Dataset | Kind::Metric));
                self.list(range.start + at + 1, range.end, kind);
            }
        }
    }

    /// What is proposed from `at` on: a name directly, or a phrase with its abbreviation.
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
            // "Acme’s framework": the maker; "a FOO framework": one that is made with FOO; "a Foo QA dataset called Bar":
            // words that describe Bar.
            // "the FOO system developed for BarEval-2017": what the group Foo entered.
            let entered = WAS_ENTERED.is_match(after) && !self.title.text.starts_with(name);
            let describes = after.starts_with(['’', '\''])
                || entered
                || self.qualifies(&rest[..start - at], name, after)
                || plain_long && is_half_of_a_name(name, after);
            if (!plain_long || name.split_whitespace().count() >= 2 || apposed) && !after.starts_with('-') && !describes
            {
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
                // A known name is this paper's own if the sentence then explains it ("We introduce BERT, a …").
                if !(self.is_known)(name)
                    || apposition_kind(after).is_some()
                        && !follows.split_whitespace().next().is_some_and(is_common_noun)
                {
                    let kind = apposition_kind(after);
                    self.add(name, NameCue::Proposal, kind);
                    self.coordinated(end_of(text, name), end, NameCue::Proposal, kind);
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
            && !BASED_ON.is_match(&rest[..noun.start()])
            && !self.is_one_of_known(noun.as_str(), &rest[name.end()..])
        {
            let kind = noun_kind(noun.as_str());
            // "a new architecture, FOO Transformer".
            let longer = name_at(&rest[name.start()..]).filter(|longer| longer.starts_with(name.as_str()));
            self.add(longer.unwrap_or(name.as_str()), NameCue::Proposal, kind);
        }
        // "a Mixed Attention Module (MAM)": the long form must be the proposed thing, not something that it is made
        // from.
        let clause_end = at + clause_length(rest);
        for abbreviation in &self.body.abbreviations.clone() {
            let (long, short) = (&abbreviation.long, &abbreviation.short);
            let first = long.start.min(short.start);
            if first < at || first >= end {
                continue;
            }
            let between = &text[at..first];
            let direct = between.len() < 90
                && !between.contains([',', ';', ':', '('])
                && !has_preposition(between)
                && !MADE_FROM.is_match(between)
                && !HAS_EFFECT.is_match(between);
            if direct && first < clause_end + 1 {
                self.define(long, short, true);
            }
        }
    }

    /// Whether a name before a noun only says which of several such things is meant. `determiners` come before the name.
    fn qualifies(&self, determiners: &str, name: &str, after: &str) -> bool {
        rule!(NAMED, r"^\s[\w-]+(?:\s[\w-]+)?,?\s(?:called|named|dubbed|termed)\s");
        rule!(NAMES_ANOTHER, r"^\s[a-z]+\s([A-Z][\w-]+)(?:\s\(|,|\.|\s[a-z])");
        let words: Vec<&str> = determiners.split_whitespace().collect();
        let one_of = words.iter().any(|word| matches!(*word, "a" | "an"))
            && !words.iter().any(|word| matches!(*word, "new" | "novel"))
            && name.bytes().all(|b| b.is_ascii_uppercase());
        let next = after.strip_prefix(' ').and_then(|rest| rest.split_whitespace().next());
        let before_noun = next.is_some_and(is_common_noun);
        let once =
            || [self.title, self.body].iter().map(|reading| reading.text.matches(name).count()).sum::<usize>() == 1;
        // "a Foo QA system BarQux".
        let another = || before_noun && NAMES_ANOTHER.captures(after).is_some_and(|other| has_name_shape(&other[1]));
        NAMED.is_match(after) || another() || one_of && before_noun && once()
    }

    /// Whether the next of several things is known: "from two datasets, FOO and SQuAD".
    fn is_one_of_known(&self, noun: &str, after: &str) -> bool {
        rule!(NEXT, r"^(?:,|,?\s(?:and|or))\s([A-Z][\w.+-]*[\w+])");
        noun.ends_with('s') && NEXT.captures(after).is_some_and(|next| (self.is_known)(&next[1]))
    }

    /// ", and Y" after a name that was just proposed.
    fn coordinated(&mut self, at: usize, end: usize, cue: NameCue, kind: Option<Kind>) {
        let rest = &self.body.text[at..end];
        let Some(after) = rest.strip_prefix(" and ").or_else(|| rest.strip_prefix(", and ")) else { return };
        let skipped = skip_determiners(after);
        if let Some(name) = name_at(&after[skipped..])
            && name.split_whitespace().any(has_name_shape)
        {
            self.add(name, cue, kind);
        }
    }

    /// "E-I Init and E-I Prop.", "(1) Foo, …; (2) Bar, …": names that begin the items of a list.
    fn list(&mut self, at: usize, end: usize, lead: Option<Kind>) {
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
            if ends && shaped && !self.knows_part_of(name) {
                // "three tasks: Foo Restoration, Bar Restoration".
                let kind = head_noun_kind(name).filter(|_| lead != Some(Kind::Task)).or(lead);
                self.add(name, NameCue::Part, kind);
            }
        }
    }

    /// "called X", "dubbed X", "which we term X".
    fn called(&mut self) {
        rule!(IN_PHRASE, r"(?i)\b(?:in|of|for|with|on|from)\s(?:the\s|an?\s|multiple\s)?$");
        rule!(HAVE_BEEN, r"^\)?\shave\sbeen\b");
        let text = self.body.text;
        for (i, range) in self.body.sentences.iter().enumerate() {
            let sentence = &text[range.clone()];
            let proposal = self.proposals[i].first().cloned();
            for found in CALLED.find_iter(sentence) {
                let before = &sentence[..found.start()];
                let proposed_before = proposal.as_ref().is_some_and(|p| p.end <= found.start());
                let by_us = found.as_str().to_lowercase().contains("we ");
                // Names listed after "namely" exist already, unless the words before say that something is new.
                let near = &before[before.char_indices().rev().nth(70).map_or(0, |(at, _)| at)..];
                let listed = found.as_str().starts_with("namely") && !before.ends_with('(') && are_known(near);
                if before.ends_with("so-") {
                    continue;
                }
                let of_entities = sentence[found.end()..].to_lowercase().starts_with("entit");
                let of_others = OTHERS.is_match(if by_us { before } else { before.trim_end_matches([',', ' ', '(']) });
                // "a novel model based on a model called Foo": only what it is based on is called so.
                let built_on = BUILDS_ON.find(before).map_or(before, |on| &before[on.start()..]);
                let is_new = ["new ", "novel ", "our "].iter().any(|word| built_on.contains(word));
                let existed = !by_us
                    && !is_new
                    && (BUILDS_ON.is_match(before)
                        || !IMPLEMENTS.is_match(before) && (FROM_A.is_match(before) || STUDIES.is_match(before)));
                if listed || of_entities || of_others && !proposed_before || existed {
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
                let by_us = by_us || before.contains("propose");
                let Some(name) = quoted_name(&text[start - quoted..range.end])
                    .or_else(|| name_at(&text[start..range.end]))
                    .or_else(|| by_us.then(|| lower_case_name(&text[start..range.end])).flatten())
                else {
                    continue;
                };
                // "we refer to our model as"
                // "scores, in what we call a Foo framework": the noun before is that of something else.
                let of_other = found.as_str().starts_with("what");
                let kind = found
                    .as_str()
                    .split_whitespace()
                    .find_map(noun_kind)
                    .or_else(|| phrase_kind(before.trim_end_matches([' ', ','])).filter(|_| !of_other))
                    .or_else(|| apposition_kind(&text[end_of(text, name)..range.end]));
                if name.split_whitespace().any(has_name_shape)
                    || name.split_whitespace().count() >= 2
                    || quoted > 0
                    || !is_ordinary(name)
                {
                    self.add(name, NameCue::Called, kind);
                    self.coordinated(end_of(text, name), range.end, NameCue::Called, kind);
                }
            }
            // "a bidirectional weight pruning method, dubbed BDWP, is proposed" is read above; here
            // "Mixed Attention Module (MAM) is proposed".
            for abbreviation in &self.body.abbreviations.clone() {
                let last = abbreviation.long.end.max(abbreviation.short.end);
                let first = abbreviation.long.start.min(abbreviation.short.start);
                let before = &text[range.start.min(first)..first];
                // "In Foo Bar (FB), two tasks are introduced", "Recently, Foo Bar (FB) was introduced", "Foo bars (FBs)
                // have been developed".
                if range.contains(&last)
                    && !IN_PHRASE.is_match(before)
                    && !sentence.starts_with("Recent")
                    && !HAVE_BEEN.is_match(&text[last..range.end])
                    && PASSIVE.is_match(&text[last..range.end])
                    && !text[last..range.end].starts_with(|c: char| c.is_alphanumeric())
                {
                    self.define(&abbreviation.long, &abbreviation.short, false);
                }
            }
        }
    }

    /// "our X", where X has the shape of a name and belongs to nobody else.
    fn ours(&mut self) {
        let text = self.body.text;
        for found in SHOWN.find_all(&self.body.lower) {
            let Some(name) = name_at(&text[found.end..]) else { continue };
            let shaped = name.split_whitespace().all(has_name_shape);
            if shaped && SUCCEEDS.is_match(&text[end_of(text, name)..]) && !(self.is_known)(name) {
                let kind = text[end_of(text, name)..].split_whitespace().next().and_then(noun_kind);
                self.add(name, NameCue::Shown, kind);
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
            let after = &text[end_of(text, name)..];
            // "our SMT system": everybody's abbreviation.
            let of_all = name.bytes().all(|b| b.is_ascii_uppercase()) && is_generic(&name.to_lowercase());
            if shaped && !of_all && (explicit || !(self.is_known)(name)) && !refusals::is_begin_of_a_phrase(name, after)
            {
                let kind = apposition_kind(&text[end_of(text, name)..end]);
                self.add(name, NameCue::Our, kind);
            }
        }
    }

    /// Parts of the paper's own system: capitalised phrases and new abbreviations in sentences about it ("UniGRec
    /// employs Annealed Inference Alignment …", "we use a novel Dense-to-Sparse gate (DTS-Gate)").
    fn parts(&mut self) {
        rule!(IN_PHRASE_OF, r"(?i)\b(?:in|for|on)\s(?:the\s)?$");
        rule!(DESCRIPTION, r"(\S+),\s(?:an?|the|our)\s((?:[\w-]+\s){0,4})$");
        rule!(SPELLED_OUT, r"([A-Z][\w-]*),\s$");
        rule!(IN_ENUMERATION, r"\((?:\d|i{1,3}|iv|[a-d])\)\s(?:the\s|an?\s)?$");
        rule!(SAYS, r"^(?:\s[\w-]+)?\s(?:is|are|was|were|does|do|achieves?|performs?|remains?)\b");
        rule!(JOINED_ONLY, r"(?:\b(?:and|with)|,)\s(?:the\s|an?\s)?$");
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
                // "acoustic word embeddings (AWEs)": the plural ending is no part of the shape.
                let mixed = short.contains('-') || short.trim_end_matches('s').chars().any(char::is_lowercase);
                // "… (STAR) and a … (ADORE)": the other of the two was accepted; "(DHSPG): a novel optimizer": stated
                // after it.
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
                let Some(cue) = NOVEL_BEFORE.find_iter(before).last().filter(|_| !IN_THE.is_match(before)) else {
                    continue;
                };
                let between = &before[cue.end()..];
                let appositive = APPOSITIVE.is_match(between);
                let adjacent = appositive
                    || between.split_whitespace().count() <= 2
                        && !has_preposition(between)
                        && !between.contains([',', ':']);
                // "our system for the task Foo in Bar Baz (BaBa)": where the system is used.
                let in_phrase = IN_PHRASE_OF.is_match(between) || between.contains(['“', '"']);
                let near = !in_phrase
                    && (mixed || !has_preposition(between) && between.len() < 60)
                    && !HAS_EFFECT.is_match(between)
                    && !MADE_FROM.is_match(between);
                let strong_cue = STRONG_CUE.is_match(cue.as_str());
                if (adjacent && (capitals > 0 || strong_cue) || near && (capitals >= 2 || mixed))
                    && !OTHERS.is_match(before)
                {
                    self.define(&abbreviation.long, &abbreviation.short, appositive);
                    accepted = Some(last);
                }
            }
            // "an architecture comprising SwapNet, FaceNet, and ID Adapter".
            let known = |found: &regex::Match<'_>| found.as_str() == "namely " && are_known(&sentence[..found.start()]);
            if let Some(found) = MADE_OF.find(sentence).filter(|found| !known(found)) {
                self.list(range.start + found.end(), range.end, None);
            }
            let mut at = 0;
            while let Some(phrase) = capitalised_phrase(sentence, at) {
                at = phrase.end;
                let name = &sentence[phrase.clone()];
                let before = &sentence[..phrase.start];
                if !(speaks_of_own || proposes) || !PART_BEFORE.is_match(before) {
                    continue;
                }
                // "Emotion Topic Hidden Markov Model": an ordinary word ended the phrase too early.
                let glued = sentence[phrase.end..].strip_prefix(' ').is_some_and(|rest| {
                    let mut words = rest.split_whitespace();
                    let first = words.next().unwrap_or_default();
                    let noun = is_kind_noun(first);
                    let ended = first.ends_with(|c: char| c.is_ascii_punctuation());
                    rest.starts_with(char::is_uppercase)
                        && (!noun || !ended && words.next().is_some_and(|word| word.starts_with(char::is_uppercase)))
                });
                // "FOO, an Unreferenced Bar for": what FOO is.
                // "FOB, Foo of Bars": what the letters stand for.
                let describes = DESCRIPTION.captures(before).is_some_and(|found| {
                    let words = &found[2];
                    has_name_shape(&found[1]) && !has_preposition(words) && !words.contains("ing ")
                }) || SPELLED_OUT
                    .captures(before)
                    .is_some_and(|found| has_name_shape(&found[1]) && found[1].chars().next() == name.chars().next());
                let after = &sentence[phrase.end..];
                let noun = after.strip_prefix(' ').and_then(|after| after.split_whitespace().next());
                let kind = noun.and_then(noun_kind).or_else(|| head_noun_kind(name));
                // "a large benchmark, Foo Bars, with": the noun before the comma states the kind.
                let noun_before = before.strip_suffix(", ").and_then(|before| before.split_whitespace().next_back());
                let kind = kind.or_else(|| noun_before.filter(|noun| !noun.ends_with('s')).and_then(noun_kind));
                // "Foo and Bar Baz" without any word for what it is: a phrase like any other.
                let joined = JOINED_ONLY.is_match(before);
                let several = noun.is_some_and(|noun| is_common_noun(noun) && noun.ends_with('s'));
                // "Social Network Graphs" are no network: only the last word counts.
                let last = name.rsplit(' ').next().and_then(noun_kind);
                let plain = last.or_else(|| kind.filter(|_| noun.and_then(noun_kind).is_some())).is_none()
                    && noun_before.and_then(noun_kind).is_none()
                    // "FooRec employs Annealed Alignment and Zork Regularization": its own ways of doing things.
                    && !(speaks_of_own && is_activity(name));
                // "(iii) the Foo Bar Model is the best": a finding.
                let found = IN_ENUMERATION.is_match(before) && SAYS.is_match(after);
                let half = !name.split(' ').any(has_name_shape) && is_half_of_a_name(name, after);
                let exists = found
                    || half
                    || joined
                        && (several
                            || MEASURED_ON.is_match(before)
                            || plain && !name.split(' ').any(has_name_shape) && !self.title.text.contains(name))
                    || before.ends_with("namely ") && are_known(before);
                // "(LLMs)" follows: it is a long form, and the rules for abbreviations decide.
                let defines = sentence[phrase.end..].trim_start().starts_with('(');
                if !glued
                    && !describes
                    && !defines
                    && !exists
                    && !self.knows_part_of(name)
                    && !refusals::is_listed_with_known(before, after, &self.is_known)
                    && !OTHERS.is_match(before)
                    && !TAKEN_FROM.is_match(before)
                {
                    self.add(name, NameCue::Part, kind);
                }
            }
        }
    }

    /// Whether a phrase equals a name of the vocabulary, or begins or ends with one: then it is not a new name.
    fn knows_part_of(&self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split_whitespace().collect();
        if words.iter().all(|w| w.split('-').all(is_general_word)) {
            return true;
        }
        // "Mixed-Granularity Activation Quantization" ends in a known word and is still new.
        let tails = 0..=words.len() / 2;
        tails.into_iter().any(|i| (self.is_known)(&words[i..].join(" ")))
            || (1..=words.len()).any(|i| (self.is_known)(&words[..i].join(" ")))
    }

    /// Names made from the paper's own: `LASP-2H` from `LASP-2`, `HESSO-CRIC` from `HESSO`.
    fn derived(&mut self) {
        let roots: Vec<(String, Option<Kind>)> = self
            .found
            .iter()
            .filter(|c| c.name.len() >= 4 && !c.name.contains(' '))
            .map(|c| (c.name.clone(), c.kind_stated.then_some(c.kind)))
            .collect();
        for (root, kind) in roots {
            let text = self.body.text;
            for (i, _) in text.match_indices(root.as_str()) {
                let begins = !text[..i].ends_with(|c: char| c.is_alphanumeric() || c == '-');
                let rest = &text[i + root.len()..];
                let suffix: &str =
                    &rest[..rest.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '+')).unwrap_or(rest.len())];
                let name = &text[i..end_of(text, suffix.trim_end_matches('-'))];
                let tail = name[root.len()..].trim_start_matches('-');
                let new = tail.chars().next().is_some_and(|c| c.is_uppercase() || c == '+')
                    && !tail.chars().all(|c| c == 's');
                let adjective = tail.to_lowercase().ends_with("based") || tail.is_empty();
                if begins && new && !adjective && !is_size(&name[root.len()..]) && !(self.is_known)(name) {
                    self.add(name, NameCue::Derived, kind);
                }
            }
        }
    }

    fn define(&mut self, long: &Range<usize>, short: &Range<usize>, direct: bool) {
        let text = self.body.text;
        if refusals::is_what_something_is_seen_as(self.body, long) || refusals::is_of_others(self.body, short) {
            return;
        }
        let after = &text[long.end.max(short.end)..];
        if refusals::is_begin_of_a_phrase("", after) {
            return;
        }
        let (long, short) = (text[long.clone()].trim(), text[short.clone()].trim());
        let plural = long.ends_with('s') && short.ends_with('s') && short.len() > 2 && !short.ends_with("ss");
        let name = if plural { &short[..short.len() - 1] } else { short };
        // "Foo Bar Assistant (FBA) model", "Foo Networks for Bar Learning".
        let of_long = kind_of_long_form(long).filter(|_| !ends_in_activity(long));
        // A network remains one, even if the text speaks of the "Foo Network (FN) approach".
        let behind = kind_behind_bracket(after).filter(|kind| *kind != Kind::Method || of_long != Some(Kind::Model));
        let kind = behind.or(of_long);
        // A general term with its common abbreviation ("reinforcement learning (RL)") belongs to nobody. But a proposed
        // term in capitals may be known because of this very paper. A new long form with a known short form is another
        // thing with that name, unless it is only another spelling.
        let capitals = long.split([' ', '-']).filter(|w| w.chars().next().is_some_and(char::is_uppercase)).count();
        let known = (self.is_known)(long) || (self.is_known)(name);
        let general = known && (capitals < 2 || !direct);
        if !general {
            self.add(name, NameCue::Definition, kind);
        }
    }

    /// Whether the title names a group in a campaign: "Foo at SemEval-2019 Task 5", "The FOO translation system for
    /// IWSLT 2013".
    fn titles_a_team(&self, name: &str) -> bool {
        let title = self.title.text;
        let is_handle = !name.chars().any(char::is_lowercase);
        let in_campaign =
            || NAMES_A_CAMPAIGN.is_match(title) || self.venue.is_some_and(|venue| IS_CAMPAIGN.is_match(venue));
        title.match_indices(name).any(|(at, _)| {
            let (before, after) = (&title[..at], &title[at + name.len()..]);
            let begins = before.is_empty() || before == "The ";
            IS_TEAM.is_match(after) && !before.ends_with(char::is_alphanumeric)
                || is_handle && begins && OF_A_SYSTEM.is_match(after) && in_campaign()
        })
    }

    /// `name` is a slice of the title or the abstract.
    fn add(&mut self, name: &str, cue: NameCue, kind: Option<Kind>) {
        let mut name = name.trim().trim_end_matches([',', '.', ';', ':', '\'', '"', '-']);
        if !name.contains('(') {
            name = name.trim_end_matches([')', ']']);
        }
        // "the Foo Python package".
        for language in [" Python", " Java", " Perl"] {
            let cut = name.strip_suffix(language).filter(|_| {
                let after = range_of(self.body.text, name).map(|range| &self.body.text[range.end..]);
                after.is_some_and(|after| after.starts_with(" package") || after.starts_with(" library"))
            });
            name = cut.unwrap_or(name);
        }
        // "AMRs" is the plural of "AMR".
        if let Some(one) =
            name.strip_suffix('s').filter(|one| one.len() > 1 && one.bytes().all(|b| b.is_ascii_uppercase()))
        {
            name = one;
        }
        let folded = fold_name(name);
        if folded.chars().filter(|c| c.is_alphanumeric()).count() < 2
            || is_refused(name)
            || names_languages(name)
            || refusals::is_language(name)
            || refusals::is_adjective(name)
            || refusals::is_sort_of_known(name)
            || refusals::is_row_of_known(name, &self.is_known)
            || refusals::is_several_of_a_language(name)
            || refusals::is_acronym_of_a_language(name)
                && kind != Some(Kind::Dataset)
                && !self.title.text.contains(name)
            || name.split([' ', '-']).all(is_general_word)
        {
            return;
        }
        let squeezed = folded.replace(' ', "");
        // "zNLP: Identifying Bars" by the team zNLP.
        let titled = self.title.text.strip_prefix(name).and_then(|rest| rest.strip_prefix(':'));
        if names_a_team(name) && titled.is_some_and(|rest| !DESCRIBES.is_match(rest)) {
            return;
        }
        let stands = [self.title, self.body].into_iter().find_map(|r| Some((r, range_of(r.text, name)?)));
        if self.titles_a_team(name)
            || stands.as_ref().is_some_and(|(reading, range)| {
                is_fragment(&reading.text[..range.start], name)
                    || IS_TEAM.is_match(&reading.text[range.end..])
                    || reading.text[range.end..].starts_with(['+', '#'])
                    || BEFORE_TEAM.is_match(reading.before(range.start, 20))
                    || refusals::is_of_others(reading, range)
                    || refusals::is_torn(reading, range)
                    || refusals::overlaps_a_long_form(reading, range)
                    || reading.field != Field::Title && refusals::is_begin_of_a_phrase(name, &reading.text[range.end..])
                    || ends_in_adjective(name)
                        && reading.text[range.end..].strip_prefix(' ').is_some_and(begins_with_kind_noun)
                    || reading.field != Field::Title && is_begin_of_sentence(reading.text, name)
            })
        {
            return;
        }
        // "Foo Bars: …" in the title, and "we apply Foo (FOO; Doe et al., 2020)" in the abstract.
        let text = self.body.text;
        let of_others = self.body.abbreviations.iter().any(|defined| {
            let (long, short) = (&defined.long, &defined.short);
            let ends = long.end.max(short.end);
            text[short.clone()] == *name && refusals::is_of_others(self.body, short)
                // "a Foo Bar (FB) based model".
                || text[long.clone()] == *name && refusals::is_begin_of_a_phrase("", &text[ends..])
        });
        if of_others {
            return;
        }
        let place = stands.map(|(reading, range)| reading.place(&range));
        let in_title = place.is_some_and(|place| place.field == Field::Title);
        if let Some(known) = self.found.iter_mut().find(|c| same_name(&fold_name(&c.name).replace(' ', ""), &squeezed))
        {
            known.in_title |= in_title;
            known.cues.insert(cue);
            known.said_at(place);
            if !known.kind_stated
                && let Some(kind) = kind
            {
                (known.kind, known.kind_stated) = (kind, true);
            }
            if !known.surfaces.iter().any(|s| s == name) {
                known.surfaces.push(name.to_string());
            }
            return;
        }
        self.found.push(CoinedName {
            name: name.to_string(),
            kind: kind.or_else(|| kind_by_suffix(name)).unwrap_or(Kind::Unknown),
            kind_stated: kind.is_some(),
            surfaces: vec![name.to_string()],
            expansion: None,
            in_title,
            entity: None,
            place,
            cues: BTreeSet::from([cue]),
            is_phrase: false,
        });
    }

    /// Joins long forms with their abbreviations, and drops sizes of a name that also occurs alone.
    fn finish(mut self) -> Vec<CoinedName> {
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
            let squeezed_short = squeeze(short);
            let squeezed_long = squeeze(long);
            let owner = self.found.iter().position(|c| same_name(&squeeze(&c.name), &squeezed_short));
            // "Siam Foo Bar" was taken from "Siam Foo Bar learning (SiFoBa)".
            let is_long = |name: &str| {
                let rest = squeezed_long.strip_prefix(&squeeze(name));
                same_name(&squeeze(name), &squeezed_long)
                    || name.contains(' ') && rest.is_some_and(|rest| rest.len() > 2 && is_kind_noun(rest))
            };
            let long_owner = self.found.iter().position(|c| is_long(&c.name));
            match (owner, long_owner) {
                (Some(s), Some(l)) if s != l => {
                    let gone = self.found.remove(l);
                    let s = if l < s { s - 1 } else { s };
                    self.found[s].take_in(gone);
                    self.found[s].expansion.get_or_insert_with(|| long.clone());
                }
                (Some(s), None) => {
                    self.found[s].surfaces.push(long.clone());
                    self.found[s].expansion.get_or_insert_with(|| long.clone());
                }
                // "MoE Parallel Folding (MPF)": the short form is the name.
                (None, Some(l)) => {
                    let short = short.strip_suffix('s').filter(|s| s.ends_with(char::is_uppercase)).unwrap_or(short);
                    self.found[l].name = short.to_string();
                    self.found[l].expansion.get_or_insert_with(|| long.clone());
                    self.found[l].surfaces.push(short.to_string());
                }
                _ => {}
            }
        }
        // "Stable Training Algorithm" was taken from "Stable Training Algorithm for dense Retrieval (STAR)".
        let longs: Vec<(String, String)> = by_short.iter().map(|(s, l)| (squeeze(s), squeeze(l))).collect();
        let names: Vec<String> = self.found.iter().map(|c| squeeze(&c.name)).collect();
        self.found.retain(|c| {
            let own = squeeze(&c.name);
            !longs.iter().any(|(short, long)| {
                *short != own
                    && long.len() > own.len()
                    && (long.starts_with(&own) || long.ends_with(&own))
                    && names.contains(short)
            })
        });
        self.join_misspelt();
        self.ask_for_kinds();
        self.drop_entered_tasks();
        // A term of the field and its abbreviation belong to nobody, wherever the paper has the short form.
        let (found, is_known) = (&mut self.found, &self.is_known);
        found.retain(|c| {
            let general = |long: &String| {
                long.split([' ', '-']).filter(|w| w.starts_with(char::is_uppercase)).count() < 2 && is_known(long)
            };
            c.entity.is_some() || !c.expansion.as_ref().is_some_and(general)
        });
        let (readings, title) = ([self.title, self.body], self.title);
        self.found.retain(|c| {
            let letters = c.name.chars().filter(|c| c.is_alphanumeric()).count();
            let in_capitals = c.name.bytes().all(|b| b.is_ascii_uppercase());
            // Two letters, or an acronym that everybody knows, need the words that they stand for.
            // "the corpus RAG" is a name, "our SMT systems" is none.
            let is_system = matches!(c.kind, Kind::Software | Kind::Model | Kind::Method);
            let said = c.kind_stated && (!is_system || title.text.contains(&c.name));
            let bare = in_capitals && (letters <= 2 || !said && is_generic(&c.name.to_lowercase()));
            let is_term = bare && c.expansion.is_none();
            let of_others = |long: &String| {
                refusals::is_language(long)
                    || refusals::is_law(long)
                    || are_several(long) && (c.kind == Kind::Unknown || begins_a_sentence(self.body.text, long))
            };
            let long_refused = c.expansion.as_ref().is_some_and(of_others);
            c.entity.is_some() || !(is_term || long_refused || refusals::is_part_of_a_long_form(&c.name, readings))
        });
        // "existing FOO models", "Foo bar (FB) aims to", "Genres in the Foo Bank": the thing is there already.
        let (title, body) = (self.title, self.body);
        self.found.retain(|c| {
            let in_the = || title.text.match_indices(&c.name).any(|(at, _)| IN_THE.is_match(&title.text[..at]));
            c.entity.is_some()
                || title.text.starts_with(&c.name)
                || !(refusals::is_concept(&c.name, title, body) || in_the())
        });
        // "Hunter MT", "BERT Overkill": without a word for its kind, a phrase with nothing new in it is only a phrase.
        let is_known = &self.is_known;
        let is_new = |word: &str| {
            let word = word.trim_matches(|c: char| !c.is_alphanumeric());
            let one = word.strip_suffix('s').unwrap_or(word);
            let known = [word, one].iter().any(|word| is_generic(&word.to_lowercase()) || is_known(word));
            has_name_shape(word) && !known && word.split('-').all(|part| part.len() < 3 || !is_known(part))
        };
        self.found.retain(|c| {
            let plain = c.kind == Kind::Unknown && c.entity.is_none() && c.expansion.is_none();
            !(plain && c.name.contains(' ') && c.name.split(' ').any(has_name_shape) && !c.name.split(' ').any(is_new))
        });
        // "University of Foo (UFoo)" and "the Instituto Foo approach" name groups of people.
        self.found.retain(|c| {
            let named_after = head_noun_kind(&c.name).is_none() && NAMES_A_GROUP.is_match(&c.name);
            let short_for = c.kind == Kind::Unknown && c.expansion.as_ref().is_some_and(|l| NAMES_A_GROUP.is_match(l));
            let of_people = named_after && matches!(c.kind, Kind::Unknown | Kind::Method | Kind::Model);
            c.entity.is_some() || !(of_people || short_for)
        });
        let texts = [self.title.text, self.body.text];
        for coined in &mut self.found {
            let (name, once) = (&coined.name, texts[1].matches(coined.name.as_str()).count() == 1);
            let plain = name.contains(' ') && !name.split(' ').any(has_name_shape) && coined.expansion.is_none();
            coined.is_phrase = plain && once && coined.cues.len() == 1 && !texts[0].contains(name.as_str());
        }
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

impl<F> ContributionFinder<'_, '_, F> {
    /// A shared task in which the paper takes part belongs to others.
    fn drop_entered_tasks(&mut self) {
        let texts = [self.title.text, self.body.text];
        let is_task = |coined: &CoinedName| {
            let mut places = texts.iter().flat_map(|text| {
                let places = text.match_indices(coined.name.as_str());
                places.map(|(at, _)| (&text[..at], &text[at + coined.name.len()..]))
            });
            coined.entity.is_none()
                && (coined.expansion.as_deref().is_some_and(names_a_challenge)
                    || coined.kind == Kind::Task && coined.name.ends_with("ask")
                    || HAS_YEAR.is_match(&coined.name)
                    || places.any(|(before, after)| {
                        IS_SHARED_TASK.is_match(after)
                            || BEFORE_TASK_NAME
                                .is_match(before.get(before.len().saturating_sub(20)..).unwrap_or(before))
                    }))
        };
        if self.found.iter().any(is_task) && texts.iter().any(|text| TAKES_PART.is_match(text)) {
            self.found.retain(|coined| !is_task(coined));
        }
        // "Foo at SemEval-2019 Task 5": the task, whatever it is called, is that of others.
        rule!(PARTICIPANT, r"^[^:]{1,40}(?:\s?@\s?|\sat\s(?:the\s)?)[A-Z]|\b(?:[Pp]articipation|[Ss]ubmission)\b");
        if NAMES_A_CAMPAIGN.is_match(self.title.text) && PARTICIPANT.is_match(self.title.text) {
            self.found.retain(|coined| coined.entity.is_some() || coined.kind != Kind::Task);
        }
    }

    /// The kind of names whose introduction does not state it, from the other places of the name in the paper.
    fn ask_for_kinds(&mut self) {
        let texts = [self.title.text, self.body.text];
        for coined in self.found.iter_mut().filter(|coined| !coined.kind_stated) {
            let beside = || {
                // The title may write a name with a capital that the abstract writes without.
                let lower: String = coined
                    .name
                    .chars()
                    .take(1)
                    .flat_map(char::to_lowercase)
                    .chain(coined.name.chars().skip(1))
                    .collect();
                let lower = Some(lower).filter(|name| name.contains(' '));
                let surfaces = std::iter::once(&coined.name).chain(&coined.surfaces).chain(&lower);
                let mut places = surfaces.flat_map(|surface| {
                    texts.iter().flat_map(move |text| {
                        text.match_indices(surface.as_str()).map(|(at, _)| (*text, at, at + surface.len()))
                    })
                });
                places.find_map(|(text, start, end)| kind_beside(&text[..start], &text[end..]))
            };
            let long = coined.expansion.as_deref();
            let of_long = long.and_then(kind_of_long_form);
            // "Foo Training (FT)" may be a model, as the text says elsewhere; it is no task.
            let beside = || beside().filter(|kind| of_long.is_none() || *kind != Kind::Task);
            let stated_kind = of_long.filter(|_| !long.is_some_and(ends_in_activity)).or_else(beside).or(of_long);
            let stated_kind =
                stated_kind.or_else(|| kind_by_suffix(&coined.name)).or_else(|| kind_by_habit(&coined.name));
            // "Foo: Masked Pre-training of Bars", and the abstract has no word for it.
            let titled = || texts[0].strip_prefix(coined.name.as_str()).and_then(|rest| rest.strip_prefix(": "));
            let stated_kind = stated_kind.or_else(|| titled().and_then(stated_by_title));
            if let Some(kind) = stated_kind {
                (coined.kind, coined.kind_stated) = (kind, true);
            } else if is_way_of_doing(coined) {
                coined.kind = Kind::Method;
            }
        }
        // "a novel task of Foo Bar (FB)", "a new research task, i.e., Foo Bar".
        rule!(
            NEW_TASK,
            r"(?x)\b(?:(?:new|novel)\s(?:[\w-]+\s){0,4}(?:sub-?)?tasks?(?:,\s(?:i\.e\.,\s|namely\s)?|\s(?:of|called|named)\s|:\s|\s[–—-]\s)
                |(?:propos|introduc|defin|present|formulat)\w*\s(?:the|an?)\s(?:[\w-]+\s){0,3}task\s(?:setting\s)?(?:of|called|named)\s)
               (?:the\s|an?\s)?[\x22“]?(?:[A-Z]\w*-)?$"
        );
        let text = self.body.text;
        for coined in self.found.iter_mut().filter(|coined| coined.entity.is_none()) {
            let mut names = coined.surfaces.iter().chain(&coined.expansion).chain([&coined.name]);
            let place = names.find_map(|name| {
                text.match_indices(name.as_str()).next().map(|(at, _)| at).filter(|at| NEW_TASK.is_match(&text[..*at]))
            });
            // The title and the abstract can spell the long form differently.
            let defined = self.body.abbreviations.iter().find(|defined| text[defined.short.clone()] == coined.name);
            let place = place.or_else(|| {
                let start = defined?.long.start;
                Some(start).filter(|at| NEW_TASK.is_match(&text[..*at]))
            });
            if place.is_some() {
                (coined.kind, coined.kind_stated) = (Kind::Task, true);
            }
        }
        // A demonstration shows a program, whatever else its text calls it.
        let is_demonstration = self.venue.is_some_and(|venue| venue.contains("emonstration"));
        for coined in self.found.iter_mut().filter(|coined| coined.entity.is_none() && is_demonstration) {
            if coined.kind == Kind::Method && coined.kind_stated && texts[0].contains(&coined.name) {
                coined.kind = Kind::Software;
            }
        }
        let network = LazyCell::new(|| NetworkWords::of(&texts));
        // "FooBench, a framework for testing" is still a benchmark.
        for coined in &mut self.found {
            if coined.entity.is_none() && coined.name.ends_with("Net") && coined.kind == Kind::Model {
                match *network {
                    NetworkWords::Lexical => (coined.kind, coined.kind_stated) = (Kind::Dataset, true),
                    NetworkWords::Neither => (coined.kind, coined.kind_stated) = (Kind::Unknown, false),
                    NetworkWords::Neural => {}
                }
            }
            // "FooGAN: A System for Words" is a network.
            let network = ["GAN", "VAE", "BERT"].iter().any(|ending| coined.name.ends_with(ending));
            if coined.kind == Kind::Software && network {
                coined.kind = Kind::Model;
            }
            if let Some(kind) = kind_by_ending(&coined.name) {
                (coined.kind, coined.kind_stated) = (kind, true);
            }
            if coined.name.starts_with("Project ") || coined.kind == Kind::Unknown {
                (coined.kind, coined.kind_stated) = (Kind::Unknown, false);
            }
        }
    }

    /// If a title and an abstract differ by one letter (`RollArt`, `RollArc`), they mean one thing, known by both
    /// names.
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
            (self.found[title].kind, self.found[title].kind_stated) = (gone.kind, gone.kind_stated);
            self.found[title].take_in(gone);
        }
    }
}

/// Before a description: "FOO: A Knowledge-Based System".
static DESCRIBES: LazyLock<Regex> = LazyLock::new(|| rule(r"^\s?(?:An?|The)\s"));

/// The kind that a long form states. "Fold Concatenation of Embeddings" is an activity, not what it is done with.
fn kind_of_long_form(long: &str) -> Option<Kind> {
    let leading = leading_phrase(long);
    head_noun_kind(leading)
        .or_else(|| (leading == long || !is_activity(leading)).then(|| head_noun_kind(long)).flatten())
}

/// "Foo Matching" of "a Foo Matching and Bar Network", which is one thing.
fn is_half_of_a_name(name: &str, after: &str) -> bool {
    let other = after.strip_prefix(" and ").and_then(name_at);
    other.is_some_and(|other| other.rsplit(' ').next().is_some_and(is_kind_noun)) && head_noun_kind(name).is_none()
}

/// "Conversational Zork Challenge 2017".
fn names_a_challenge(long: &str) -> bool {
    rule!(CHALLENGE, r"\b(?:Challenge|Shared\sTask|Competition)(?:\s(?:19|20)\d\d)?$");
    CHALLENGE.is_match(long)
}

/// Whether the names behind "namely" exist already: nothing before it is new.
fn are_known(before: &str) -> bool {
    let near = last_chars(before, 70);
    !IS_NEW.is_match(near) || DEPENDS.is_match(near)
}

/// The kind that a title states behind the name and its colon.
fn stated_by_title(rest: &str) -> Option<Kind> {
    rule!(ENTERED, r"\b(?:[Tt]asks|[Tt]ask\s(?:[Uu]sing|[Ww]ith|[Vv]ia|[Bb]y))\b");
    // "Releasing Bars as a Public Resource".
    if says_what_is_done(rest) {
        return rest.split_once(" as a ").and_then(|(_, thing)| phrase_noun_kind(thing));
    }
    // "Foo Search Task Using Bars" says what a system does; "Auxiliary Tasks and Bars" says what there is to read.
    phrase_noun_kind(rest).filter(|kind| *kind != Kind::Task || !ENTERED.is_match(rest))
}

/// After a title's colon: "Training Systems with Foo" says what is done, not what a thing is called.
fn says_what_is_done(rest: &str) -> bool {
    rest.split_whitespace().next().is_some_and(|word| word.ends_with("ing"))
}

/// "lexical knowledge bases", "Formulaic expressions" at the beginning of a sentence: a class of things, not a proper
/// name.
fn are_several(long: &str) -> bool {
    long.ends_with('s')
        && !["ss", "is", "us"].iter().any(|ending| long.ends_with(ending))
        && !long.chars().skip(1).any(char::is_uppercase)
}

/// Several words of which only the first has a capital, and only because it begins a sentence: "Linguistic
/// configurations are mutable."
fn is_begin_of_sentence(text: &str, name: &str) -> bool {
    let mut words = name.split(' ').skip(1).peekable();
    words.peek().is_some()
        && words.all(|word| !word.contains(|c: char| c.is_uppercase() || c.is_ascii_digit()))
        && !name.split(' ').any(has_name_shape)
        && begins_a_sentence(text, name)
}

/// Whether the place of a word is the beginning of a sentence.
fn begins_sentence_at(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    before.is_empty() || before.ends_with(['.', '?', '!'])
}

/// "attention that", "Transformer (FB)".
fn begins_with_kind_noun(rest: &str) -> bool {
    rest.split([' ', ',', '(', ')', '.', ';', ':']).next().is_some_and(is_kind_noun)
}

/// "quuxNLP", "Quux-Lab": groups are called so.
fn names_a_team(head: &str) -> bool {
    !head.contains(' ')
        && ["NLP", "Lab", "Team"].iter().any(|end| head.strip_suffix(end).is_some_and(|r| !r.is_empty()))
}

/// Whether the first place of a capitalised phrase begins a sentence: "Foo bars (FBs) are old."
fn begins_a_sentence(text: &str, phrase: &str) -> bool {
    phrase.starts_with(char::is_uppercase)
        && text.find(phrase).is_some_and(|at| at == 0 || text[..at].trim_end().ends_with(['.', '?', '!']))
}

impl CoinedName {
    /// Another spelling of the same name.
    fn take_in(&mut self, other: Self) {
        self.in_title |= other.in_title;
        if !self.kind_stated && other.kind != Kind::Unknown {
            (self.kind, self.kind_stated) = (other.kind, other.kind_stated);
        }
        self.said_at(other.place);
        self.surfaces.extend(other.surfaces);
        self.cues.extend(other.cues);
    }

    /// The abstract explains in a sentence what the title only names; otherwise the first place is used.
    fn said_at(&mut self, place: Option<TextPlace>) {
        let is_title = |place: Option<TextPlace>| place.is_none_or(|place| place.field == Field::Title);
        if self.place.is_none() || is_title(self.place) && !is_title(place) {
            self.place = place;
        }
    }
}

/// Whether a name without a noun for its kind is the name of a method: its long form is an activity ("Partial
/// Connection Adaptation"). That it outperforms others, or what a title says that it does ("FooX: Merging Language
/// Models"), can be said of a method, a model or a program.
fn is_way_of_doing(coined: &CoinedName) -> bool {
    let long = coined.expansion.as_deref().or_else(|| coined.name.contains(' ').then_some(coined.name.as_str()));
    long.is_some_and(is_activity)
}

/// Whether other papers that write the same name can mean this thing: not for a plain word or an acronym of three
/// letters.
pub(super) fn is_distinctive(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    letters >= 4
        && name.split_whitespace().any(has_name_shape)
        && (letters > 4 || name.chars().any(|c| c.is_lowercase() || c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matcher::Matcher;

    fn coined(title: &str, body: &str) -> Vec<(String, &'static str)> {
        let matcher = Matcher::new(&[]).unwrap();
        let title = ReadField::new(Field::Title, title, &matcher);
        let body = ReadField::new(Field::Abstract, body, &matcher);
        find(&title, &body, None, |_| false).into_iter().map(|c| (c.name, c.kind.as_str())).collect()
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
    fn the_kind_of_a_name_without_a_word_for_it_is_unknown() {
        let kind = |title: &str, body: &str| coined(title, body)[0].1;
        assert_eq!(kind("QuuxTalk: Zorks and Their Bars", ""), "unknown");
        assert_eq!(kind("", "We present QuuxTalk for the bars of zorks."), "unknown");
        assert_eq!(kind("", "We present QuuxTalk. It holds. QuuxTalk outperforms all bars."), "unknown");
        assert_eq!(kind("QuuxTalk: Merging Zorks of Bars", "It merges zorks."), "unknown");
        assert_eq!(kind("", "We propose Partial Zork Adaptation (PaZA) for bars."), "method");
    }

    #[test]
    fn a_noun_before_or_after_a_name_says_its_kind() {
        let kind = |body: &str| coined("", body)[0].1;
        assert_eq!(kind("We propose a novel topic model, Neural Quux Coding (NQC), of bars."), "model");
        assert_eq!(kind("We present the ZORKS review corpus for bars."), "dataset");
        assert_eq!(kind("We propose QuuxDec, a simple, yet effective decoder that reads bars."), "model");
        assert_eq!(kind("Our toolkit, QuuxKat, reads bars. We propose QuuxKat for them."), "software");
    }

    #[test]
    fn several_things_of_a_sort_and_groups_of_people_are_no_contributions() {
        assert_eq!(names("", "We present foo knowledge bases (FKBs) for bars."), [""; 0]);
        assert_eq!(names("", "We describe a Deep Learning approach to bars."), [""; 0]);
        assert_eq!(names("", "The problem is formulated here as a quadratic zork problem (QZP)."), [""; 0]);
        assert_eq!(names("", "We present a study of pairs in the Bulgarian Quuxes Net (BulQNet)."), [""; 0]);
        assert_eq!(names("", "We present the work of the University of Quux team (UQuux)."), [""; 0]);
    }

    #[test]
    fn proceedings_of_a_campaign_make_the_name_before_the_colon_a_team() {
        let matcher = Matcher::new(&[]).unwrap();
        let title = ReadField::new(Field::Title, "QUX: Senses from Hubs", &matcher);
        let body = ReadField::new(Field::Abstract, "", &matcher);
        let found = |venue| find(&title, &body, Some(venue), |_| false).len();
        assert_eq!(found("Workshop on Semantic Evaluations (SemEval-2007)"), 0);
        assert_eq!(found("Annual Meeting on Hubs"), 1);
        let campaign = "Workshop on Semantic Evaluations (SemEval-2007)";
        let found = |title: &str| {
            let title = ReadField::new(Field::Title, title, &matcher);
            find(&title, &body, Some(campaign), |_| false).len()
        };
        assert_eq!(found("UofQux: Folding Senses"), 0);
        assert_eq!(found("QU-ZORK: Exponential Models for the Coarse Task"), 0);
        assert_eq!(found("QuxFold: A Model of Senses"), 1);
    }

    #[test]
    fn what_a_group_entered_and_the_task_are_not_contributions() {
        let text = "We take part in task 5 in SemEval 2019, called QuuxEval. Our method folds zorks.";
        assert_eq!(names("ZORK at SemEval-2019 Task 5: Folding", text), [""; 0]);
        assert_eq!(names("", "This paper describes the UQuux zork system developed for ZorkInt-2017."), [""; 0]);
        assert_eq!(names("", "We describe the UQuux system submitted to the shared task on zorks."), [""; 0]);
        assert_eq!(names("", "This paper describes the UQuux system developed for readers."), ["UQuux"]);
        assert_eq!(
            names("", "We present a dataset for the Quux-centric Zork Folding (QZoF) task first proposed by Doe."),
            [""; 0]
        );
    }

    #[test]
    fn words_that_one_sentence_names_once_are_only_a_phrase() {
        let matcher = Matcher::new(&[]).unwrap();
        let is_phrase = |title: &str, body: &str| {
            let title = ReadField::new(Field::Title, title, &matcher);
            let body = ReadField::new(Field::Abstract, body, &matcher);
            find(&title, &body, None, |_| false).iter().map(|c| c.is_phrase).collect::<Vec<_>>()
        };
        let text = "We propose ZorkNet that employs a Universal Quux encoder for bars.";
        assert_eq!(is_phrase("", text), [false, true]);
        assert_eq!(is_phrase("On the Universal Quux", text), [false, false]);
        let text = "We propose ZorkNet that employs a Universal Quux encoder. The Universal Quux folds.";
        assert_eq!(is_phrase("", text), [false, false]);
    }

    #[test]
    fn a_title_and_an_abstract_that_contradict_state_no_kind() {
        let kind = |title: &str, body: &str| coined(title, body)[0].1;
        assert_eq!(
            kind("QuuxZo: A Folding Method for Zorks", "We propose a novel QuuxZo system for zorks."),
            "unknown"
        );
        assert_eq!(kind("QuuxZo: A Neural Model of Zorks", "We propose QuuxZo, a system that folds."), "unknown");
        assert_eq!(kind("QuuxZo: A Framework for Zorks", "We present QuuxZo, an open library for zorks."), "software");
        assert_eq!(kind("QuuxZo: A Library for Zorks", "We present QuuxZo, a framework for zorks."), "software");
        assert_eq!(kind("QuuxZo: A Model of Zorks", "We propose QuuxZo, an approach to zorks."), "method");
    }

    #[test]
    fn known_things_sayings_and_people_are_no_names() {
        let matcher = Matcher::new(&[]).unwrap();
        let found = |title: &str, body: &str| {
            let title = ReadField::new(Field::Title, title, &matcher);
            let body = ReadField::new(Field::Abstract, body, &matcher);
            find(&title, &body, None, |name| name == "ZorkNet" || name == "QuuxNet").len()
        };
        assert_eq!(found("ZorkNet—QuuxNet: Building an Alignment", ""), 0);
        assert_eq!(found("ZorkNet—FoldNet: Building an Alignment", ""), 1);
        assert_eq!(names("Zorky QUX but OK: Making Sense of Bars", ""), [""; 0]);
        assert_eq!(names("Cross Zorkish POS Taggers (and other Tools) for Bars", ""), [""; 0]);
        assert_eq!(names("QUXNet & ZorkNet: Networks for Bars", ""), ["QUXNet", "ZorkNet"]);
        assert_eq!(names("QuuxZo project: Zorks of Bars", ""), ["QuuxZo"]);
        assert_eq!(names("", "Our experiments show that QUX-based ZLMs outperform others."), [""; 0]);
        assert_eq!(names("", "This paper presents the Instituto Politécnico Quux approach to bars."), [""; 0]);
        assert_eq!(names("", "Our model is built on the powerful model QuuxZo (CITATION)."), [""; 0]);
        assert_eq!(names("", "We propose a novel model, NZFQ, based on a model called Zork Folding (ZoFo)."), ["NZFQ"]);
        assert_eq!(
            names("", "We propose a mapping to several other resources: QuuxData, ZorkML and FoldPedia."),
            [""; 0]
        );
    }

    #[test]
    fn the_kind_comes_from_what_is_said_of_the_thing_itself() {
        let kind = |body: &str| coined("", body)[0].1;
        assert_eq!(kind("We propose Zork Flags (ZF), which trace bars. The ZF models fold them."), "unknown");
        assert_eq!(kind("We propose a new model, Quux2Zo. The Quux2Zo representations fold."), "model");
        assert_eq!(kind("We propose QUUXLE, an architecture and software platform that folds."), "software");
        assert_eq!(kind("We present the design for QuuxZo, which is a system that folds."), "software");
        assert_eq!(kind("It has real-valued scores, in what we call a Weighted-QUX framework."), "method");
    }

    #[test]
    fn a_demonstration_shows_a_program() {
        let matcher = Matcher::new(&[]).unwrap();
        let title = ReadField::new(Field::Title, "QuuxZo: A Framework for Zorks", &matcher);
        let body = ReadField::new(Field::Abstract, "", &matcher);
        let kind = |venue| find(&title, &body, Some(venue), |_| false)[0].kind;
        assert_eq!(kind("Meeting on Zorks: System Demonstrations"), Kind::Software);
        assert_eq!(kind("Meeting on Zorks"), Kind::Method);
    }

    #[test]
    fn a_title_says_the_kind_by_the_last_noun_of_its_first_part() {
        assert_eq!(coined("QuuxPen: Scanner and Translation Software for Readers", "")[0].1, "software");
        assert_eq!(coined("QuuxTalk: Answers for Dialogue Systems", "")[0].1, "unknown");
        assert_eq!(
            coined("", "We present QUUX-Q, a set of 1,690 questions about zorks."),
            [("QUUX-Q".to_string(), "dataset")]
        );
    }

    #[test]
    fn a_team_that_takes_part_is_not_a_contribution() {
        assert_eq!(
            names("QUUX: Learning Senses for the SemEval-2007 Task", "Our submission is ranked first."),
            [""; 0]
        );
        assert_eq!(names("QUUX-WSD: Learning Senses from Hubs", ""), [""; 0]);
        assert_eq!(names("QUUX: Learning Senses from Hubs", "We propose a method."), ["QUUX"]);
        assert_eq!(
            names("QUUX: Senses for the SemEval-2007 Task", "Our submission QUUX is a parser of senses."),
            ["QUUX"]
        );
    }

    #[test]
    fn groups_and_known_measures_are_not_contributions() {
        assert_eq!(names("quuxNLP: Finding Zorks in Texts", "We propose a method."), [""; 0]);
        assert_eq!(names("quuxNLP: A Toolkit for Zorks", "It is fast."), ["quuxNLP"]);
        assert_eq!(names("Team Quux: Better Zorks", "We train it."), [""; 0]);
        assert_eq!(names("", "Our proposed method reduces the Zork Error Rate (ZER) by two points."), [""; 0]);
        assert_eq!(names("", "It is inspired by the Quux Zork Bank project of others."), [""; 0]);
        assert_eq!(names("ZQ Zork Ranking: The Quux System for ZMT", "It ranks zorks."), [""; 0]);
    }

    #[test]
    fn what_others_made_is_not_a_contribution() {
        assert_eq!(names("", "We propose a system based on the latest model QuuxNet."), [""; 0]);
        assert_eq!(names("", "We present results on a dataset, QuuxBank (Doe et al., 2018)."), [""; 0]);
        assert_eq!(names("", "It is built in a new environment called QuuxLab that is developed by Doe."), [""; 0]);
        assert_eq!(names("", "We present QuuxLab (Doe et al., 2018), a new environment."), ["QuuxLab"]);
        assert_eq!(names("", "We propose Quux's Law of Zorks (QLZ) as a measure."), [""; 0]);
    }

    #[test]
    fn a_subject_before_the_titles_colon_is_not_a_contribution() {
        assert_eq!(names("Human Zork Folding: Why?", "Models of human zork folding are old."), [""; 0]);
        assert_eq!(
            names("Zork Folding: A Method", "In this paper, we propose zork folding, a method."),
            ["Zork Folding"]
        );
        assert_eq!(names("QuuxDSem 2017: Exploring Data of Zorks", ""), [""; 0]);
        assert_eq!(names("Zork Task: UQ Quux System", "We propose a method."), [""; 0]);
    }

    #[test]
    fn what_is_listed_after_namely_is_there_already_unless_something_new_is_said() {
        assert_eq!(names("", "We evaluate it on two common datasets, namely QuuxNotes and ZASHI."), [""; 0]);
        assert_eq!(names("", "We introduce a novel variant, namely QuuxNotes."), ["QuuxNotes"]);
        assert_eq!(names("", "We propose a task of named Entity segmentation."), [""; 0]);
    }

    #[test]
    fn what_the_text_treats_as_existing_is_not_a_contribution() {
        assert_eq!(names("", "We apply Multiple Zork Training (MZT; Doe et al., 2018) to quuxes."), [""; 0]);
        assert_eq!(
            names(
                "",
                "Distantly supervised zork answering (DS-ZA) aims to find quuxes. We propose a novel DS-ZA model."
            ),
            [""; 0]
        );
        assert_eq!(names("", "We propose a novel ZUX model. Existing ZUX models fail."), [""; 0]);
        assert_eq!(names("", "In Reading Zorks of Quuxes (ReZoQ) task, the answers are introduced."), [""; 0]);
        assert_eq!(names("", "Temporal Zork Graphs (TZGs) have been developed and used."), [""; 0]);
        assert_eq!(names("", "We evaluate our system on common datasets, namely QuuxNotes."), [""; 0]);
        assert_eq!(names("", "We analyze posts of a novel sort from an application called Quux."), ["Quux"]);
        assert_eq!(names("", "We analyze posts from a quuxing application called Quux."), [""; 0]);
        assert_eq!(names("", "We collected texts from Twitter and the Quux Short Zorks dataset."), [""; 0]);
        assert_eq!(names("Genres in the Quux Zork Treebank", "We introduce the Quux Zork Treebank."), [""; 0]);
        assert_eq!(names("", "We implement folding in a system called DistQUX, which folds."), ["DistQUX"]);
        assert_eq!(names("", "We evaluate five existing techniques: Zork Folding, QuuxFold, and ZorkNull."), [""; 0]);
    }

    #[test]
    fn words_that_describe_a_thing_are_not_its_name() {
        assert_eq!(names("", "We introduce UQIC, an Unquuxed Zork for captions."), ["UQIC"]);
        assert_eq!(names("", "We introduce the first Tamil Zork QuuxQA dataset called DuQuux."), ["DuQuux"]);
        assert_eq!(names("", "We present a ZIMA framework to fold bars."), [""; 0]);
        assert_eq!(names("", "We describe Quux ZMC’s framework of bars."), [""; 0]);
        assert_eq!(names("", "We design Quux-Directed Sparse attention for bars."), [""; 0]);
        assert_eq!(names("", "We probe Zork, and propose Arabic PTZs."), [""; 0]);
        assert_eq!(names("", "We call this approach the qUX framework."), ["qUX"]);
    }

    #[test]
    fn titles_put_words_around_names() {
        assert_eq!(names("Using QuuxTalk: Zorks at a Desk", ""), ["QuuxTalk"]);
        assert_eq!(names("Acme International’s QUUXUS System: Results", ""), ["QUUXUS System"]);
        assert_eq!(names("Le projet QuuxTalk : des zorks", ""), ["QuuxTalk"]);
        assert_eq!(names("QuuxAligner & Co: Methods for Zorks", ""), ["QuuxAligner"]);
        assert_eq!(names("“You move QUUX!”: Gestures", ""), [""; 0]);
        assert_eq!(names("QUUX meets Zork: A Model of Bars", ""), [""; 0]);
        assert_eq!(names("Quuxody: Models, Methods, and Applications", "Quuxody is old."), [""; 0]);
        assert_eq!(names("ZUIG: Quux approach to the ZorkTyp 2020 Shared Task", "It folds."), [""; 0]);
    }

    #[test]
    fn a_new_task_is_a_task() {
        let kind = |body: &str| coined("", body)[0].1;
        assert_eq!(kind("We present a novel task of Long-term Zork Conversation (LeZo)."), "task");
        assert_eq!(kind("We define a novel research task, i.e., multiple zork answering (MuZoA)."), "task");
        assert_eq!(kind("We introduce three types of tasks: Zork Restoration, Quux Folding, Quux Tying."), "task");
        assert_eq!(kind("We build two datasets for zork tasks: QuuxKG240K and ZorkNet360K."), "dataset");
        assert_eq!(coined("Distributed ZLI: On Zorks", "We introduce distributed ZLI, a new task.")[0].1, "task");
    }

    #[test]
    fn sets_of_programs_and_programs_for_data_are_software() {
        let kind = |body: &str| coined("", body)[0].1;
        assert_eq!(kind("We present QUUX2, a suite of tools for zorks."), "software");
        assert_eq!(kind("We present QUUX2, a software framework for zorks."), "software");
        assert_eq!(kind("We present the QuuxDY corpus annotation environment for zorks."), "software");
        assert_eq!(kind("We propose QuuxScore, an approach to learn zorks."), "metric");
        assert_eq!(coined("Quuxus: an open-source framework for zorks", "")[0].1, "software");
        assert_eq!(kind("We propose Zork Lexicon Induction with Supervision (ZLISS)."), "method");
        assert_eq!(kind("We refer to our model as QuuxReco, and it folds."), "model");
    }

    #[test]
    fn networks_may_be_proposed_as_several() {
        assert_eq!(names("", "We propose the stack-quux networks (StackQu)."), ["StackQu"]);
        assert_eq!(names("", "Formulaic quuxes (FQs) are proposed."), [""; 0]);
    }

    #[test]
    fn a_part_of_a_long_form_is_not_a_contribution() {
        assert_eq!(names("", "We propose a method called Siam Quux Folding learning (SiQuFo)."), ["SiQuFo"]);
        let text = "Our Zork model introduces Bidirectional Quux Representation from Zorks (BQRZ).";
        assert_eq!(names("Zork: A Model", text), ["Zork", "BQRZ"]);
    }

    #[test]
    fn networks_of_words_are_data() {
        let kind = |title: &str| coined(title, "It is a lexical resource.")[0].1;
        assert_eq!(kind("QuuxNet: A Lexical Knowledge Network for Zorks"), "dataset");
        assert_eq!(coined("QuuxNet: Folding Zorks", "The deep neural network folds.")[0].1, "model");
        assert_eq!(coined("QuuxNet: Folding Zorks", "It folds. QuuxNet is old.")[0].1, "unknown");
    }

    #[test]
    fn languages_are_no_contributions() {
        assert_eq!(names("", "We present Gulf Arabic, a corpus of AI-powered zorks."), [""; 0]);
        assert_eq!(names("", "We present an English-speaking corpus and a new Tamil-English one."), [""; 0]);
    }

    #[test]
    fn the_noun_behind_the_bracket_of_an_abbreviation_states_the_kind() {
        let kind = |body: &str| coined("", body)[0].1;
        assert_eq!(kind("We propose a Quux-Enabled Zork Assistant (QEZA) model for bars."), "model");
        assert_eq!(kind("We develop a Fold-and-Quux(FaQ) technique to fold zorks."), "method");
        assert_eq!(kind("We present a Zork Fold for Quux Ontologies (ZFQO) framework, an open one."), "method");
        assert_eq!(kind("We release the Quux Zork Folding (QZF) dataset of bars."), "dataset");
        assert_eq!(kind("We propose Quux Networks for Zork to Bar learning (QuNeZo)."), "model");
    }

    #[test]
    fn an_activity_in_a_title_is_weaker_than_a_word_for_the_kind() {
        assert_eq!(
            coined("QUUX-ZO: Zork Pre-training of Bars", "We present a trained model for bars, namely QUUX-ZO.")[0].1,
            "model"
        );
        assert_eq!(coined("QuuxBERT: Zork Pre-training of Bars", "It reads bars.")[0].1, "model");
        assert_eq!(coined("QUUXZO: Zork Pre-training of Bars", "It reads bars.")[0].1, "method");
        assert_eq!(coined("QuuxBERT: A Language Model of Zorks", "QuuxBERT is an approach to zorks.")[0].1, "model");
        assert_eq!(coined("QUUXPT: Parsimonious Parser Transfer", "")[0].1, "unknown");
        assert_eq!(coined("QUUXGPT: Auxiliary Tasks and Bars", "")[0].1, "model");
    }

    #[test]
    fn the_kind_may_be_stated_before_words_that_describe_the_thing() {
        let kind = |body: &str| coined("", body)[0].1;
        assert_eq!(kind("We introduce QUUXZ, a new zork dataset automatically folded from bars."), "dataset");
        assert_eq!(kind("We introduce QuuxFinder, an online tool supporting 2, 000 zorks."), "software");
        assert_eq!(kind("We present QuuxGen, a novel, generative, small model which folds."), "model");
        assert_eq!(kind("We construct a new zork test set, SimpleQUUX, of bars."), "dataset");
        let text = "We propose two neural models, QuuxZo and ZorkQu, both small.";
        assert_eq!(coined("QuuxZo: Zorks of Bars", text)[0].1, "model");
        let text = "We train a zork prediction model for social bars, XLM-QUUX.";
        assert_eq!(coined("XLM-QUUX: Zorks of Bars", text)[0].1, "model");
        assert_eq!(kind("We present QuuxFrame, an open-source framework of zorks."), "software");
        assert_eq!(kind("We present QuuxZoe, a conversational agent for zorks."), "software");
        assert_eq!(kind("We propose QuuxZ. QuuxZ fine-tuning converges. In QuuxZ, a new layer folds."), "unknown");
        assert_eq!(kind("We propose QuuxZ. QuuxZ models the zorks."), "unknown");
    }

    #[test]
    fn a_noun_before_an_action_states_no_kind() {
        assert_eq!(coined("", "We propose Zork Concatenation of Embeddings (ZCE) to fold bars.")[0].1, "method");
        assert_eq!(coined("", "We introduce QUUXPro (Quux Language Model Probing) to read zorks.")[0].1, "method");
        assert_eq!(coined("QUUXER: a Fast Learning Zork-finder", "")[0].1, "software");
        assert_eq!(
            coined("QUUX-QA: An Evaluation Library", "We introduce QUUX-QA: a framework of bars.")[0].1,
            "software"
        );
        assert_eq!(coined("", "A Quux Attention Network (QUAN) approach is proposed to fold bars.")[0].1, "model");
    }

    #[test]
    fn findings_lists_and_gerunds_are_no_names() {
        assert_eq!(
            names("", "We find that (i) bars fold, (ii) the Quux Zork Inference Model is the best so far."),
            [""; 0]
        );
        let matcher = Matcher::new(&[]).unwrap();
        let title = ReadField::new(Field::Title, "", &matcher);
        let text = "We propose a method to fold zorks from two datasets, QUX and SQuAD.";
        let body = ReadField::new(Field::Abstract, text, &matcher);
        assert_eq!(find(&title, &body, None, |name| name == "SQuAD").len(), 0);
        assert_eq!(names("Constraining QUUXbank: Agreement in Grammars", "We fold zorks."), [""; 0]);
        assert_eq!(
            names("", "Our proposed ZorkNet model incorporates both Zork Fold and Social Network Graphs."),
            ["ZorkNet", "Zork Fold"]
        );
        assert_eq!(names("", "We present the QuuxZo Python package for zorks."), ["QuuxZo"]);
    }

    #[test]
    fn tasks_of_others_labels_and_glued_verbs_are_no_names() {
        let text = "We present a dialog system for the Quux Zork Challenge 2017 (QuZC).";
        assert_eq!(names("Quux Zork Challenge 2017 Winner System: An Agent", text), [""; 0]);
        assert_eq!(names("DEMO: Open-Source Dictionaries", ""), [""; 0]);
        assert_eq!(names("QUUXYS: MUC-3 Test Results and Analysis", ""), [""; 0]);
        assert_eq!(names("QUX discovery: a comparative analysis of Corpora", ""), [""; 0]);
        assert_eq!(names("", "We show that our proposed QUXoutperforms the baseline on zorks."), [""; 0]);
        assert_eq!(names("", "We present the SMT systems built for the zork."), [""; 0]);
        assert_eq!(names("Quux Pro + QZX: folding of zorks", ""), [""; 0]);
        assert_eq!(names("", "We present the Old Zorkish corpus RAG of texts."), ["RAG"]);
        assert_eq!(coined("Quuxorge: A Zorkish Lexicon Extracted from Bars", "")[0].1, "dataset");
        let text = "We present QuuxMedic, a Zork-and-Bar library. As of 2022, it folds.";
        assert_eq!(coined("QuuxMedic: a framework for zorks", text)[0].1, "software");
        assert_eq!(
            coined("", "QuuxCAT is here. We present QuuxCAT, a collection of software for zorks.")[0].1,
            "software"
        );
        assert_eq!(coined("", "We propose Dictionary Zorkprior (DZorp), a new zorkprior.")[0].1, "unknown");
    }

    #[test]
    fn titles_in_romance_languages_begin_with_the_noun() {
        assert_eq!(coined("QUUXZO : Outil pour plier des zorks", "")[0], ("QUUXZO".to_string(), "software"));
        assert_eq!(coined("QuuxZo : Plate-forme de zorks", "")[0], ("QuuxZo".to_string(), "software"));
        assert_eq!(names("Analyse des zorks: Le système QUUXAR", ""), [""; 0]);
        assert_eq!(names("La plate-forme QuuxStream : un outil de zorks", ""), ["QuuxStream"]);
    }

    #[test]
    fn a_defined_task_is_a_task() {
        let kind = |title: &str, body: &str| coined(title, body)[0].1;
        let text = "We propose the task of zork-level quux folding (ZLQF) and a benchmark.";
        assert_eq!(kind("ZLQF: Zork-Level Quux Folding", text), "task");
        assert_eq!(
            kind("Multi-Zork Folding (MZF): A View", "We address a novel task, Multiple Zork Folding (MZF)."),
            "task"
        );
    }

    #[test]
    fn what_is_beside_a_known_thing_or_in_use_is_not_a_contribution() {
        let matcher = Matcher::new(&[]).unwrap();
        let title = ReadField::new(Field::Title, "", &matcher);
        let found = |body: &str| {
            let body = ReadField::new(Field::Abstract, body, &matcher);
            find(&title, &body, None, |name| name == "spacy" || name == "spaCy").len()
        };
        assert_eq!(found("We propose a pipeline combining three tools, the Quux Geoparser, spaCy and zork."), 0);
        assert_eq!(names("", "We build on one such system, named QUUXER, to fold zorks."), [""; 0]);
        assert_eq!(
            names("", "The proposed systems depend on five approaches namely Complement Quux Zork, and others."),
            [""; 0]
        );
        assert_eq!(names("", "We improve zork folding using Quux Zork Prediction (QZP) techniques."), [""; 0]);
        assert_eq!(names("", "We present experiments on both corpora (ZORK and the Public Quux Corpus)."), [""; 0]);
        assert_eq!(names("", "To overcome this, we apply Zork Fold Training (ZFT; Doe et al., 2020)."), [""; 0]);
        assert_eq!(
            names("", "We apply Zork Fold Training (ZFT; Doe et al., 2020). We find that ZFT improves quuxes."),
            [""; 0]
        );
        assert_eq!(names("", "It shows how our SMT system reads zorks from off-the-shelf systems: Quux ASR."), [""; 0]);
    }

    #[test]
    fn a_part_of_a_phrase_is_not_a_name() {
        assert_eq!(names("", "We propose QUUXNO, a novel Zork Quuxing based Fold framework for bars."), ["QUUXNO"]);
        assert_eq!(names("", "We propose a Multi-Zork Folding (MZF) based model of bars."), [""; 0]);
        assert_eq!(names("", "We propose DiQ, the Diverse Quuxing generation system that folds."), ["DiQ"]);
        assert_eq!(names("", "We introduce HOQM, Hallucinating Objects with Quux Models, to fold."), ["HOQM"]);
        assert_eq!(names("", "We present a Tamil ZEA system QuuxZorkAssess of bars."), ["QuuxZorkAssess"]);
        assert_eq!(names("", "We propose a novel Quux Matching and Zork Network of bars."), [""; 0]);
        assert_eq!(names("", "We release a toolkit. We hope the release ofQUUXMEL will help ofQUUXMEL."), [""; 0]);
        assert_eq!(names("Zork Systems Revisited: How Much?", ""), [""; 0]);
        assert_eq!(names("Review: QuuxZork by Doe", ""), [""; 0]);
        assert_eq!(names("QuuxZo, two sides: Zorks", ""), ["QuuxZo"]);
    }

    #[test]
    fn a_name_in_quotes_ends_after_its_quotes() {
        assert_eq!(names("", "We propose dubbed dubbed éWe propose AAcalled ("), ["AAcalled", "éWe"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(title in r"[A-Za-z:é ,.()-]{0,60}", body in r"(We propose |called |our |dubbed |[A-Z][a-z]{2,6}|[A-Z]{2,4}|[ ,.():é\x22`-]){0,25}") {
            let _ = coined(&title, &body);
        }
    }
}
