//! Which of the names found are kept, how their spellings are joined, and of which kind they are.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use super::super::record::Field;
use super::super::unlisted::is_generic;
use super::cues::{
    BEFORE_TASK_NAME, BEFORE_TEAM, HAS_YEAR, IN_THE, IS_SHARED_TASK, IS_TEAM, NAMES_A_GROUP, TAKES_PART,
};
use super::kinds::{
    NetworkWords, ends_in_activity, head_noun_kind, is_activity, is_general_word, is_kind_noun, kind_beside,
    kind_by_ending, kind_by_habit, kind_by_suffix,
};
use super::names::{
    ends_in_adjective, has_name_shape, is_fragment, is_plain_phrase, is_refused, is_size, names_languages, same_name,
};
use super::parts::kind_of_long_form;
use super::titles::{DESCRIBES, is_of_a_participant, names_a_team, stated_by_title};
use super::{CoinedName, ContributionFinder, NameCue, refusals};
use crate::text::{fold_name, range_of};
use crate::vocabulary::{Kind, squeeze};

impl<F: Fn(&str) -> bool> ContributionFinder<'_, '_, F> {
    /// `name` is a slice of the title or the abstract.
    pub(super) fn add(&mut self, name: &str, cue: NameCue, kind: Option<Kind>) {
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
        let presented = [self.title, self.body].into_iter().find_map(|r| Some((r, range_of(r.text, name)?)));
        if self.titles_a_team(name)
            || presented.as_ref().is_some_and(|(reading, range)| {
                is_fragment(&reading.text[..range.start], name)
                    || IS_TEAM.is_match(&reading.text[range.end..])
                    || reading.text[range.end..].starts_with(['+', '#'])
                    || BEFORE_TEAM.is_match(reading.before(range.start, 20))
                    || refusals::is_of_others(reading, range)
                    || refusals::is_torn(reading, range)
                    || refusals::overlaps_a_long_form(reading, range)
                    || reading.field != Field::Title && refusals::explains_a_name(reading, range)
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
        let place = presented.map(|(reading, range)| reading.place(&range));
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

    /// Joins the spellings of each name, decides the kinds, and drops names that belong to others.
    pub(super) fn finish(mut self) -> Vec<CoinedName> {
        self.join_long_forms();
        self.join_misspelt();
        self.ask_for_kinds();
        self.join_with_noun();
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
        rule!(INSTITUTION, r"(?i)\b(?:universit\w+|universidade?|institut\w*|academy)\b");
        self.found.retain(|c| {
            let named_after = head_noun_kind(&c.name).is_none() && INSTITUTION.is_match(&c.name);
            let short_for = c.kind == Kind::Unknown && c.expansion.as_ref().is_some_and(|l| NAMES_A_GROUP.is_match(l));
            let of_people = named_after && matches!(c.kind, Kind::Unknown | Kind::Method | Kind::Model);
            c.entity.is_some() || !(of_people || short_for)
        });
        self.mark_phrases();
        // "MixFormer-L" is a size of "MixFormer"; the dataset "MixMo-228K" is none of the model "MixMo".
        let families: Vec<(String, Kind)> = self.found.iter().map(|c| (c.name.clone(), c.kind)).collect();
        self.found.retain(|c| {
            !families.iter().any(|(family, kind)| {
                let size = c.name.strip_prefix(family.as_str()).filter(|size| !size.is_empty());
                size.is_some_and(is_size) && (c.kind != Kind::Dataset || *kind == Kind::Dataset)
            })
        });
        self.found
    }
}

impl<F> ContributionFinder<'_, '_, F> {
    /// Joins long forms with their abbreviations.
    fn join_long_forms(&mut self) {
        // Ordered, so that the same text always gives the same names.
        let mut by_short: BTreeMap<String, Vec<String>> = BTreeMap::new();
        // The long form of the abstract comes first, because a title may have another form of a word.
        for reading in [self.body, self.title] {
            for a in &reading.abbreviations {
                let short = reading.text[a.short.clone()].trim().to_string();
                let long = reading.text[a.long.clone()].trim().to_string();
                let known = by_short.entry(short).or_default();
                if !known.contains(&long) {
                    known.push(long);
                }
            }
        }
        let pairs = || by_short.iter().flat_map(|(short, longs)| longs.iter().map(move |long| (short, long)));
        for (short, long) in pairs() {
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
        let longs: Vec<(String, String)> = pairs().map(|(s, l)| (squeeze(s), squeeze(l))).collect();
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
    }

    /// Marks words without the shape of a name that the abstract has once, as a part of what is presented.
    fn mark_phrases(&mut self) {
        let (title, body) = (self.title.text, self.body.text);
        for coined in &mut self.found {
            let name = coined.name.as_str();
            coined.is_phrase = is_plain_phrase(name)
                && coined.expansion.is_none()
                && body.matches(name).count() == 1
                && coined.cues.iter().all(|cue| *cue == NameCue::Part)
                && !title.contains(name);
        }
    }

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
        if self.found.iter().any(|coined| coined.kind == Kind::Task) && is_of_a_participant(self.title.text) {
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
            } else if let Some(kind) = kind_of_rivals(&coined.name, texts[1]) {
                coined.kind = kind;
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

    /// Joins a name and the same name with a noun or a version: "Quux Corpus", "Quux 1.0". Words without the shape of a
    /// name need their noun: "Focus Folding Mechanism".
    fn join_with_noun(&mut self) {
        // Not a number alone: "Task 3" is another than "Task 4".
        rule!(VERSION, r"^(?:[vV]\d+(?:\.\d+)*|\d+(?:\.\d+)+)$");
        for at in (0..self.found.len()).rev() {
            let with = &self.found[at];
            let noun_of = |other: &CoinedName| {
                let rest = with.name.strip_prefix(other.name.as_str())?.strip_prefix(' ')?;
                let one_kind = other.kind == with.kind || other.kind == Kind::Unknown || with.kind == Kind::Unknown;
                let one_entity = with.entity.is_none() || with.entity == other.entity;
                let is_joined = one_kind && one_entity && (is_kind_noun(rest) || VERSION.is_match(rest));
                is_joined.then(|| rest.to_string())
            };
            let joined = self.found.iter().enumerate().find_map(|(short, other)| Some((short, noun_of(other)?)));
            let Some((short, rest)) = joined else { continue };
            let gone = self.found.remove(at);
            let kept = &mut self.found[if at < short { short - 1 } else { short }];
            let needs_noun = !VERSION.is_match(&rest) && !kept.name.split(' ').any(has_name_shape);
            if needs_noun && kept.entity.is_none() {
                kept.surfaces.push(std::mem::replace(&mut kept.name, gone.name.clone()));
            }
            kept.take_in(gone);
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

/// "Conversational Zork Challenge 2017".
fn names_a_challenge(long: &str) -> bool {
    rule!(CHALLENGE, r"\b(?:Challenge|Shared\sTask|Competition)(?:\s(?:19|20)\d\d)?$");
    CHALLENGE.is_match(long)
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

/// "attention that", "Transformer (FB)".
fn begins_with_kind_noun(rest: &str) -> bool {
    rest.split([' ', ',', '(', ')', '.', ';', ':']).next().is_some_and(is_kind_noun)
}

/// Whether the first place of a capitalised phrase begins a sentence: "Foo bars (FBs) are old."
fn begins_a_sentence(text: &str, phrase: &str) -> bool {
    phrase.starts_with(char::is_uppercase)
        && text.find(phrase).is_some_and(|at| at == 0 || text[..at].trim_end().ends_with(['.', '?', '!']))
}

/// The kind of what a name is compared with: "QuuxZ significantly outperforms previous methods".
fn kind_of_rivals(name: &str, text: &str) -> Option<Kind> {
    rule!(
        RIVALS,
        r"(?x)^(?:\s(?:[a-z]+ly|also|can|to|even|still)){0,3}\s(?:outperforms?|surpass(?:es)?|exceeds?|beats?)\s
          [^.;()]{0,80}?\b(?:methods|approaches|algorithms|techniques|baselines|(?P<model>models|networks))\b"
    );
    let after = text.match_indices(name).map(|(at, _)| &text[at + name.len()..]);
    let mut rivals = after.filter_map(|after| RIVALS.captures(after));
    rivals.next().map(|found| if found.name("model").is_some() { Kind::Model } else { Kind::Method })
}

/// Whether a name without a noun for its kind is the name of a method: its long form is an activity ("Partial
/// Connection Adaptation"). That it outperforms others, or what a title says that it does ("FooX: Merging Language
/// Models"), can be said of a method, a model or a program.
fn is_way_of_doing(coined: &CoinedName) -> bool {
    let long = coined.expansion.as_deref().or_else(|| coined.name.contains(' ').then_some(coined.name.as_str()));
    long.is_some_and(is_activity)
}
