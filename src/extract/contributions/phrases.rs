//! The names behind the phrases with which authors present something: "we propose", "called", "our".

use std::sync::LazyLock;

use super::super::rule::{Rule, rule};
use super::super::unlisted::is_generic;
use super::cues::{
    BASED_ON, BESIDE_NOUN, BUILDS_ON, CALLED, DEPENDS, FROM_A, HAS_EFFECT, IMPLEMENTS, IS_NEW, MADE_FROM,
    NAMES_A_CAMPAIGN, OTHERS, OUR, PASSIVE, PROPOSED_BEFORE, SHOWN, STUDIES, SUCCEEDS, WAS_ENTERED,
};
use super::kinds::{
    apposition_kind, head_noun_kind, is_common_noun, is_kind_noun, names_parts, noun_kind, phrase_kind,
};
use super::names::{
    clause_length, end_of, has_name_shape, has_preposition, is_ordinary, last_chars, lower_case_name, name_at,
    quoted_name, skip_determiners,
};
use super::titles::is_of_a_participant;
use super::{ContributionFinder, NameCue, refusals};
use crate::vocabulary::Kind;

impl<F: Fn(&str) -> bool> ContributionFinder<'_, '_, F> {
    /// Names after a verb of proposing.
    pub(super) fn proposals(&mut self) {
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
            if !self.proposals[i].is_empty()
                && let Some(at) = sentence.find(": ")
            {
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
        if rest.bytes().any(|byte| byte.is_ascii_uppercase())
            && let Some(found) = BESIDE_NOUN.captures(rest)
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
        let body = self.body;
        for abbreviation in &body.abbreviations {
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
    pub(super) fn list(&mut self, at: usize, end: usize, lead: Option<Kind>) {
        static ITEM: LazyLock<Rule> = LazyLock::new(|| {
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
    pub(super) fn called(&mut self) {
        rule!(IN_PHRASE, r"(?i)\b(?:in|of|for|with|on|from)\s(?:the\s|an?\s|multiple\s)?$");
        rule!(HAVE_BEEN, r"^\)?\shave\sbeen\b");
        let body = self.body;
        let text = body.text;
        for (i, range) in self.body.sentences.iter().enumerate() {
            let sentence = &text[range.clone()];
            let proposal = self.proposals[i].first().cloned();
            for found in body.matches(&CALLED, sentence) {
                let called = &sentence[found.clone()];
                let before = &sentence[..found.start];
                let proposed_before = proposal.as_ref().is_some_and(|p| p.end <= found.start);
                let by_us = called.to_lowercase().contains("we ");
                // Names listed after "namely" exist already, unless the words before say that something is new.
                let near = &before[before.char_indices().rev().nth(70).map_or(0, |(at, _)| at)..];
                let listed = called.starts_with("namely") && !before.ends_with('(') && are_known(near);
                if before.ends_with("so-") {
                    continue;
                }
                let of_entities = sentence[found.end..].to_lowercase().starts_with("entit");
                let of_others = OTHERS.is_match(if by_us { before } else { before.trim_end_matches([',', ' ', '(']) });
                // "a novel model based on a model called Foo": only what it is based on is called so.
                let built_on = BUILDS_ON.find(before).map_or(before, |on| &before[on.start()..]);
                let is_new = ["new ", "novel ", "our ", "we "].iter().any(|word| built_on.contains(word));
                let existed = !by_us
                    && !is_new
                    && (BUILDS_ON.is_match(before)
                        || !IMPLEMENTS.is_match(before) && (FROM_A.is_match(before) || STUDIES.is_match(before)));
                // "task 5 in SemEval 2019, called FooEval".
                let entered = NAMES_A_CAMPAIGN.is_match(near) && is_of_a_participant(self.title.text);
                if entered || listed || of_entities || of_others && !proposed_before || existed {
                    continue;
                }
                let own = sentence.contains(" we ")
                    || sentence.starts_with("We ")
                    || proposal.is_some()
                    || self.is_passive(&sentence[found.end..])
                    || called.starts_with("dubbed")
                    || called.starts_with("termed")
                    || before.contains("proposed")
                    || before.to_lowercase().contains("novel")
                    || before.to_lowercase().contains(" new ")
                    || before.contains("our ")
                    || before.contains("Our ");
                if !own {
                    continue;
                }
                let quoted = sentence[found.end..].len()
                    - sentence[found.end..].trim_start_matches(['"', '`', '\'', '“', '‘']).len();
                let start = range.start + found.end + quoted;
                let by_us = by_us || before.contains("propose");
                let Some(name) = quoted_name(&text[start - quoted..range.end])
                    .or_else(|| name_at(&text[start..range.end]))
                    .or_else(|| by_us.then(|| lower_case_name(&text[start..range.end])).flatten())
                else {
                    continue;
                };
                // "we refer to our model as"
                // "scores, in what we call a Foo framework": the noun before is that of something else.
                let of_other = called.starts_with("what");
                let kind = called
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
            for abbreviation in &body.abbreviations {
                let last = abbreviation.long.end.max(abbreviation.short.end);
                let first = abbreviation.long.start.min(abbreviation.short.start);
                let before = &text[range.start.min(first)..first];
                // "In Foo Bar (FB), two tasks are introduced", "Recently, Foo Bar (FB) was introduced", "Foo bars (FBs)
                // have been developed".
                if range.contains(&last)
                    && !IN_PHRASE.is_match(before)
                    && !sentence.starts_with("Recent")
                    && !HAVE_BEEN.is_match(&text[last..range.end])
                    && self.is_passive(&text[last..range.end])
                    && !text[last..range.end].starts_with(|c: char| c.is_alphanumeric())
                {
                    self.define(&abbreviation.long, &abbreviation.short, false);
                }
            }
        }
    }

    /// "is then introduced": whether a piece of the abstract begins so.
    fn is_passive(&self, piece: &str) -> bool {
        PASSIVE.begins(&self.body.lower, self.body.lower_of(piece))
    }

    /// "our X", where X has the shape of a name and belongs to nobody else.
    pub(super) fn ours(&mut self) {
        let text = self.body.text;
        let lower = &self.body.lower;
        for found in SHOWN.find_all(lower, lower) {
            let Some(name) = name_at(&text[found.end..]) else { continue };
            let shaped = name.split_whitespace().all(has_name_shape);
            if shaped && SUCCEEDS.is_match(&text[end_of(text, name)..]) && !(self.is_known)(name) {
                let kind = text[end_of(text, name)..].split_whitespace().next().and_then(noun_kind);
                self.add(name, NameCue::Shown, kind);
            }
        }
        let body = self.body;
        for found in body.matches(&OUR, text) {
            let end = body.sentences.around(found.start).end;
            if found.end >= end {
                continue;
            }
            let our = &text[found.clone()];
            let Some(name) = name_at(&text[found.end..end]) else { continue };
            let shaped = name.split_whitespace().all(has_name_shape);
            let explicit = our.contains("propos") || our.contains("new") || our.contains("introduced");
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
}

/// "Foo Matching" of "a Foo Matching and Bar Network", which is one thing.
pub(super) fn is_half_of_a_name(name: &str, after: &str) -> bool {
    let other = after.strip_prefix(" and ").and_then(name_at);
    other.is_some_and(|other| other.rsplit(' ').next().is_some_and(is_kind_noun)) && head_noun_kind(name).is_none()
}

/// Whether the names behind "namely" exist already: nothing before it is new.
pub(super) fn are_known(before: &str) -> bool {
    let near = last_chars(before, 70);
    !IS_NEW.is_match(near) || DEPENDS.is_match(near)
}
