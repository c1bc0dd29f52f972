//! The names of the parts of what a paper presents, and those made from its own names.

use std::ops::Range;

use super::cues::{
    APPOSITIVE, BUILDS_ON, HAS_EFFECT, IN_THE, MADE_FROM, MADE_OF, MEASURED_ON, NEW_BEHIND, NOVEL_BEFORE, OTHERS,
    OWN_SUBJECT, PART_BEFORE, STRONG_CUE, TAKEN_FROM,
};
use super::kinds::{
    ends_in_activity, head_noun_kind, is_activity, is_common_noun, is_general_word, is_kind_noun, kind_behind_bracket,
    leading_phrase, noun_kind,
};
use super::names::{capitalised_phrase, end_of, has_name_shape, has_preposition, is_size};
use super::phrases::{are_known, is_half_of_a_name};
use super::{ContributionFinder, NameCue, refusals};
use crate::vocabulary::Kind;

impl<F: Fn(&str) -> bool> ContributionFinder<'_, '_, F> {
    /// Parts of the paper's own system: capitalised phrases and new abbreviations in sentences about it ("UniGRec
    /// employs Annealed Inference Alignment …", "we use a novel Dense-to-Sparse gate (DTS-Gate)").
    pub(super) fn parts(&mut self) {
        rule!(IN_PHRASE_OF, r"(?i)\b(?:in|for|on)\s(?:the\s)?$");
        rule!(DESCRIPTION, r"(\S+),\s(?:an?|the|our)\s((?:[\w-]+\s){0,4})$");
        rule!(SPELLED_OUT, r"([A-Z][\w-]*),\s$");
        rule!(IN_ENUMERATION, r"\((?:\d|i{1,3}|iv|[a-d])\)\s(?:the\s|an?\s)?$");
        rule!(SAYS, r"^(?:\s[\w-]+)?\s(?:is|are|was|were|does|do|achieves?|performs?|remains?)\b");
        rule!(JOINED_ONLY, r"(?:\b(?:and|with)|,)\s(?:the\s|an?\s)?$");
        let body = self.body;
        let text = body.text;
        let systems: Vec<String> = self.found.iter().map(|c| c.name.clone()).collect();
        for (i, range) in self.body.sentences.iter().enumerate() {
            let sentence = &text[range.clone()];
            let speaks_of_own = systems.iter().any(|s| sentence.contains(s.as_str())) && OWN_SUBJECT.is_match(sentence);
            let proposes = !self.proposals[i].is_empty();
            let collects = || ["new ", "newly ", "novel "].iter().any(|word| sentence.contains(word));
            if !speaks_of_own && !proposes && !collects() {
                continue;
            }
            let mut accepted: Option<usize> = None;
            for abbreviation in &body.abbreviations {
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
                let new_behind = NEW_BEHIND.is_match(&text[last..range.end]);
                if (joined || new_behind) && capitals >= 2 && !OTHERS.is_match(before) {
                    self.define(&abbreviation.long, &abbreviation.short, false);
                    accepted = Some(last);
                    continue;
                }
                let Some(cue) = body.matches(&NOVEL_BEFORE, before).last().filter(|_| !IN_THE.is_match(before)) else {
                    continue;
                };
                let cue_word = &before[cue.clone()];
                // "a model based on a model called Foo Bar (FB)".
                let built_on = BUILDS_ON.find(&before[..cue.start]).is_some_and(|on| {
                    let since = &before[on.start()..cue.start];
                    !["new ", "novel ", "our ", "we "].iter().any(|word| since.contains(word))
                });
                if built_on && matches!(cue_word, "called" | "named" | "termed" | "dubbed") {
                    continue;
                }
                let between = &before[cue.end..];
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
                let strong_cue = STRONG_CUE.is_match(cue_word);
                if (adjacent && (capitals > 0 || strong_cue) || near && (capitals >= 2 || mixed))
                    && !OTHERS.is_match(before)
                {
                    self.define(&abbreviation.long, &abbreviation.short, appositive);
                    accepted = Some(last);
                }
            }
            // "an architecture comprising SwapNet, FaceNet, and ID Adapter".
            let known =
                |found: &Range<usize>| &sentence[found.clone()] == "namely " && are_known(&sentence[..found.start]);
            if let Some(found) = body.matches(&MADE_OF, sentence).next().filter(|found| !known(found)) {
                self.list(range.start + found.end, range.end, None);
            }
            let mut at = 0;
            while (speaks_of_own || proposes)
                && let Some(phrase) = capitalised_phrase(sentence, at)
            {
                at = phrase.end;
                let name = &sentence[phrase.clone()];
                let before = &sentence[..phrase.start];
                if !PART_BEFORE.is_match(before) {
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
    pub(super) fn knows_part_of(&self, phrase: &str) -> bool {
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
    pub(super) fn derived(&mut self) {
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

    pub(super) fn define(&mut self, long: &Range<usize>, short: &Range<usize>, direct: bool) {
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
}

/// The kind that a long form states. "Fold Concatenation of Embeddings" is an activity, not what it is done with.
pub(super) fn kind_of_long_form(long: &str) -> Option<Kind> {
    let leading = leading_phrase(long);
    head_noun_kind(leading)
        .or_else(|| (leading == long || !is_activity(leading)).then(|| head_noun_kind(long)).flatten())
}
