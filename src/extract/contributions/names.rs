//! Decides which words are a name: its shape, where it begins and ends, and what is never a name.

use std::ops::Range;
use std::sync::LazyLock;

use super::super::reading::ReadField;
use super::super::rule::{Rule, rule};
use super::super::unlisted::is_nationality;
use super::kinds::noun_kind;
use crate::text::{fold_name, in_lower_case};

/// The next run of two to five capitalised words in `sentence` from `at` on that does not begin the sentence.
pub(super) fn capitalised_phrase(sentence: &str, at: usize) -> Option<Range<usize>> {
    let is_capital = |byte: &u8| byte.is_ascii_uppercase() || !byte.is_ascii();
    let mut start = None;
    let mut end = at;
    let mut words = 0;
    let mut position = at;
    let mut plain = 0;
    while position < sentence.len() {
        if words == 0 {
            // No phrase begins in the words before the next capital.
            let capital = position + sentence.as_bytes()[position..].iter().position(is_capital)?;
            position = sentence.as_bytes()[position..capital]
                .iter()
                .rposition(|byte| *byte == b' ')
                .map_or(position, |space| position + space + 1);
            start = None;
        }
        let word = sentence[position..].split_inclusive(' ').next()?;
        let bare = word.trim_end();
        let clean = bare.trim_end_matches([',', '.', ';', ':', ')', '"', '\'']).trim_start_matches(['(', '"', '`']);
        let lead = bare.len() - bare.trim_start_matches(['(', '"', '`']).len();
        let capitalised = clean.chars().next().is_some_and(char::is_uppercase)
            && clean.chars().count() >= 2
            && !clean.ends_with("-based")
            && clean.chars().all(|c| c.is_alphanumeric() || c == '-');
        let begins_sentence = || {
            let before = sentence[..position].trim_end();
            position + lead == 0 || before.ends_with(['.', '?'])
        };
        let broken = lead > 0 && start.is_some();
        if capitalised && !broken && !begins_sentence() && !is_ordinary(clean) {
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

/// Whether the two are equal, or one is the plural of the other ("2s" is not the plural of "2").
pub(super) fn same_name(a: &str, b: &str) -> bool {
    let singular = |s: &str| s.strip_suffix('s').filter(|r| r.ends_with(char::is_alphabetic)).map(str::to_string);
    a == b || singular(a).as_deref() == Some(b) || singular(b).as_deref() == Some(a)
}

/// `-L`, `-7B`, `-Base`, `-XL/2`: what can follow a family's name.
pub(super) fn is_size(suffix: &str) -> bool {
    static SIZE: LazyLock<Rule> = LazyLock::new(|| {
        rule(
            r"(?i)^[- ](?:\d+(?:\.\d+)?[bmk]|tiny|mini|small|medium|base|large|huge|giant|xx?l|[slmbhgt]|xl)(?:/\d+)?$",
        )
    });
    SIZE.is_match(suffix)
}

/// A word that looks like a name: a capital after the first letter, a digit among letters, or a capital after a hyphen
/// with an acronym.
pub(in crate::extract) fn has_name_shape(word: &str) -> bool {
    // Most words have no capital.
    if word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return false;
    }
    let word =
        word.trim_end_matches([',', '.', ';', ':', ')', '"', '\'', '?', '!']).trim_start_matches(['(', '"', '`', '“']);
    let (mut length, mut letters, mut capitals) = (0, 0, 0);
    // Parts between hyphens and slashes with a later capital, or with a capital and a digit.
    let mut inner = false;
    let mut part = WordPart::default();
    // Parts between hyphens that begin with a capital.
    let mut capital_parts = 0;
    let mut begins_part = true;
    for c in word.chars() {
        let is_capital = c.is_uppercase();
        length += 1;
        letters += u32::from(c.is_alphabetic());
        capitals += u32::from(is_capital);
        capital_parts += u32::from(begins_part && is_capital);
        begins_part = c == '-';
        if matches!(c, '-' | '/') {
            inner |= std::mem::take(&mut part).is_name();
        } else {
            part.later_capital |= is_capital && part.has_char;
            part.has_capital |= is_capital;
            part.has_digit |= c.is_ascii_digit();
            part.has_char = true;
        }
    }
    inner |= part.is_name() || capital_parts >= 3;
    let starts_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
    // "3DGS" is a name, "3D" and "70B" are not.
    letters > 0 && length >= 2 && inner && (!starts_with_digit || capitals >= 3)
}

/// What [`has_name_shape`] has read of a part of a word.
#[derive(Default)]
struct WordPart {
    has_char: bool,
    has_capital: bool,
    has_digit: bool,
    /// A capital that is not the first letter.
    later_capital: bool,
}

impl WordPart {
    fn is_name(&self) -> bool {
        self.later_capital || self.has_digit && self.has_capital
    }
}

/// Several words, none of which has the shape of a name: "Robust Foo Encoder".
pub(super) fn is_plain_phrase(name: &str) -> bool {
    name.contains(' ') && !name.split(' ').any(has_name_shape)
}

/// The byte position in `text` after `part`, which must be a slice of it: quotes and spaces may come before a name, so
/// its length does not tell where it ends.
pub(super) fn end_of(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize + part.len()
}

/// The name at the beginning of `text`: words that have the shape of a name, or capitalised words together.
pub(super) fn name_at(text: &str) -> Option<&str> {
    let mut end = 0;
    let mut words = 0;
    let mut shaped = false;
    let mut at = 0;
    let trimmed = text.trim_start_matches(['"', '`', '“', '”', '\'', ' ', '{']);
    let text = trimmed;
    for word in text.split(' ') {
        let length = word.len();
        let clean = word.split(['(', ',', ';', '"', '”', '`', '}']).next().unwrap_or_default();
        let clean = clean.split("--").next().unwrap_or_default();
        let clean = clean.split(['—', '–']).next().unwrap_or_default();
        let mut clean = clean.trim_end_matches([':', '.', '\'', '!', '?']);
        if let Some(stripped) = clean.strip_suffix("'s").or_else(|| clean.strip_suffix("’s")) {
            clean = stripped;
        }
        if clean.is_empty()
            || clean.contains(['\\', '{', '<', '=', '$']) && !clean.contains('$')
            || is_made_adjective(clean) && !has_name_shape(clean)
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
        if words == 0 && is_made_adjective(clean) && next_word_is_lower(&text[at + length..]) {
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
    // A single capitalised word is a name only if it has a name's shape, or if its capital introduces the whole thing.
    (words > 0 && name.len() >= 2 && (shaped || words >= 2 || (name.len() >= 3 && !is_ordinary(name)))).then_some(name)
}

/// "-based" and similar endings turn a name into an adjective.
fn is_made_adjective(word: &str) -> bool {
    const ENDINGS: [&str; 17] = [
        "annotated",
        "aware",
        "based",
        "driven",
        "efficient",
        "enhanced",
        "free",
        "guided",
        "labeled",
        "labelled",
        "level",
        "like",
        "oriented",
        "related",
        "specific",
        "style",
        "trained",
    ];
    word.rsplit_once('-').is_some_and(|(_, ending)| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

pub(super) fn next_word_is_lower(rest: &str) -> bool {
    rest.trim_start().chars().next().is_some_and(char::is_lowercase)
}

/// `2`, `v2`, `2.0`, `2s`.
pub(super) fn is_version(word: &str) -> bool {
    let w = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let w = w.strip_suffix('s').unwrap_or(w);
    !w.is_empty() && w.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// `"perceive-then-fuse"`: a name only because of its quotes.
pub(super) fn quoted_name(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let body = text.strip_prefix(['"', '`', '“'])?.trim_start_matches('`');
    let end = body.find(['"', '\'', '”'])?;
    let name = &body[..end];
    (name.len() >= 3 && name.split_whitespace().count() <= 5).then_some(name)
}

/// "which we call multi-sample dropout, …": words without capitals up to a comma, as a name with at most four words.
pub(super) fn lower_case_name(text: &str) -> Option<&str> {
    let end = text.find([',', '.', ';', ':', '(', ')', '"'])?;
    let name = text[..end].trim_end();
    let name = name.strip_prefix("approach as ").or_else(|| name.strip_prefix("as ")).unwrap_or(name);
    // "we call this approach the fOO framework", "we call our approach zork-shaped learning".
    let name = name.split_once(" the ").map_or(name, |(_, name)| name);
    let name = name
        .split_once(' ')
        .filter(|(first, rest)| rest.contains(' ') && says_kind(first))
        .map_or(name, |(_, rest)| rest);
    let words = name.split_whitespace().count();
    if let Some(first) = name.split_whitespace().next().filter(|first| has_name_shape(first)) {
        return Some(first);
    }
    if name.split_whitespace().next_back().is_some_and(has_name_shape) {
        return name.split_whitespace().next_back();
    }
    ((2..=4).contains(&words) && !has_preposition(name) && name.chars().next().is_some_and(char::is_alphabetic))
        .then_some(name)
        // A phrase that only describes is not a name: "summary vector degeneration" names a finding.
        .filter(|name| {
            name.split([' ', '-']).next_back().is_some_and(|noun| noun_kind(noun).is_some() || is_technique(noun))
        })
}

/// "approach", "problem".
fn says_kind(word: &str) -> bool {
    noun_kind(word).is_some() || matches!(word, "problem" | "setting" | "phenomenon" | "process")
}

/// Nouns of actions that occur in names of methods: "multi-sample dropout", "shift short attention".
fn is_technique(noun: &str) -> bool {
    noun.len() > 5
        && ["ing", "out", "ation", "ction", "sion"].iter().any(|ending| noun.ends_with(ending))
        && !["degeneration", "question", "relation", "information", "situation", "condition"].contains(&noun)
}

/// Byte length of articles, numbers and plain adjectives before the proposed thing.
pub(super) fn skip_determiners(text: &str) -> usize {
    static SKIP: LazyLock<Rule> = LazyLock::new(|| {
        rule(
            r"^(?:\s|\b(?:a|an|the|our|its|two|three|four|several|new|novel|simple|first|also|further|here|both|another|one|of|yet|effective|efficient|powerful|and|in this (?:paper|work))\b|[,:~])*",
        )
    });
    SKIP.find(text).map_or(0, |m| m.end())
}

/// How far the object of the verb can extend.
pub(super) fn clause_length(text: &str) -> usize {
    text.find([';', ':']).unwrap_or(text.len()).min(160)
}

/// A preposition, or a participle that states the purpose of the thing before it ("a framework tailored for").
pub(super) fn ends_noun_phrase(word: &str) -> bool {
    has_preposition(word)
        || matches!(
            word,
            "tailored"
                | "designed"
                | "built"
                | "developed"
                | "aimed"
                | "capable"
                | "able"
                | "dedicated"
                | "comprising"
                | "consisting"
                | "containing"
                | "composed"
                | "covering"
                | "comprised"
                | "towards"
                | "toward"
                | "against"
                | "across"
                | "without"
        )
}

pub(super) fn has_preposition(text: &str) -> bool {
    let is_one = |word: &str| {
        matches!(
            word,
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
    };
    text.split_whitespace().any(|word| in_lower_case(word, is_one))
}

pub(super) fn occurs_folded(body: &ReadField, name: &str) -> bool {
    let folded = fold_name(name);
    body.occurrences(&folded).next().is_some()
}

/// Whether the words before a title's colon are a name: few words, with the shape of a name or plain capitalised words.
pub(super) fn is_title_name(head: &str) -> bool {
    let words: Vec<&str> = head.split_whitespace().collect();
    // A title in quotes is a saying.
    rule!(
        COLUMN,
        r"^(?:(?:Book\s)?Reviews?|DEMO|Demo|Poster|Tutorial|Squibs?|Obituary|Erratum|Corrigendum|Editorial|Preface|Letter|Interview|Last\sWords)$"
    );
    if words.is_empty()
        || words.len() > 5
        || head.ends_with('?')
        || head.ends_with(" Revisited")
        || head.contains(" + ")
        || COLUMN.is_match(head)
        || head.len() > 60
        || head.starts_with(['“', '"', '‘'])
    {
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
        "has",
        "have",
        "need",
        "needs",
        "make",
        "makes",
        "should",
        "must",
        "will",
        "matters",
        "after",
        "before",
        "meet",
        "meets",
        "versus",
        "vs",
        "vs.",
        "without",
        "but",
        "my",
        "me",
        "if",
        "than",
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
    // A verb at the beginning makes a sentence: "Stretching Each Dollar", "Taming 3DGS".
    let gerund = lower[0].ends_with("ing") && lower[0].len() > 5;
    if gerund {
        return shaped && words.len() <= 2;
    }
    shaped && words.len() <= 4
        || words.len() <= 4
            && words.iter().all(|w| w.chars().next().is_some_and(char::is_uppercase) || is_version(w))
            && !head.contains(',')
}

/// The name in the words before a title's colon, without what titles put around it: "Using Foo", "Foo Too", "Acme’s
/// Foo System", "Le projet Foo".
pub(super) fn without_frame(head: &str) -> &str {
    rule!(
        FRONT,
        r"^(?:Using|(?:Le|The|O|El)\s[Pp]ro[jy]e[ct]?to?|(?:Le|La)\s(?:[Pp]late-?forme|[Ss]ystème|[Ll]ogiciel)|[A-Z][\w.-]*(?:\s[A-Z][\w.-]*){0,2}[’']s)\s"
    );
    rule!(BACK, r"\s(?:Too|[Pp]roject|(?:&|and)\sCo\.?)$");
    let front = FRONT.find(head).map_or(0, |found| found.end());
    let rest = &head[front..];
    let rest = &rest[..BACK.find(rest).map_or(rest.len(), |found| found.start())];
    // "FooBar, two facets".
    // "FooBar Pro + BAR" names two things.
    let rest = rest.split_once(" + ").map_or(rest, |(first, _)| first);
    let rest = match rest.split_once(", ") {
        Some((first, _)) if !first.contains(' ') && has_name_shape(first) => first,
        _ => rest,
    };
    // "Acme’s Problems" has no name without its owner.
    if rest.split(' ').any(has_name_shape) { rest } else { head }
}

/// Whether several words end in an adjective, so that the noun behind them belongs to the name: "Foo-Directed Sparse" of
/// "Foo-Directed Sparse attention".
pub(super) fn ends_in_adjective(name: &str) -> bool {
    rule!(ADJECTIVE, r"(?i)(?:ive|able|ible|aware|driven|guided|enhanced|augmented|supervised|oriented|sparse)$");
    rule!(NOUN, r"(?i)(?:archive|narrative|perspective|objective|adjective|table|variable)$");
    name.contains([' ', '-']) && ADJECTIVE.is_match(name) && !NOUN.is_match(name)
}

/// Words that begin sentences of abstracts with a capital and belong to no name.
pub(in crate::extract) fn is_ordinary(word: &str) -> bool {
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
    in_lower_case(word, |word| ORDINARY.contains(&word))
}

/// At most this many characters at the end of a text.
pub(super) fn last_chars(text: &str, chars: usize) -> &str {
    &text[text.char_indices().rev().nth(chars).map_or(0, |(at, _)| at)..]
}

/// Whether a name is only the end of another name: "Match LM" of "Mix and Match LM", "Processing" of "Institute of
/// Processing".
pub(super) fn is_fragment(before: &str, name: &str) -> bool {
    if before.ends_with(['-', '@', '_']) {
        return before.trim_end_matches(['-', '@', '_']).ends_with(char::is_alphanumeric);
    }
    // "Memory" of "Short-Term Memory".
    rule!(HYPHENATED, r"\b[A-Z][a-z]*-[A-Z][a-z]*\s$");
    if !name.contains(' ')
        && !has_name_shape(name)
        && before.ends_with(' ')
        && HYPHENATED.is_match(last_chars(before, 40))
    {
        return true;
    }
    let plain = name.split_whitespace().next().is_some_and(|word| !has_name_shape(word));
    let mut words = before.strip_suffix(' ').unwrap_or_default().rsplit(' ');
    let (link, first, second) = (words.next(), words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let capitalised = |word: &str| {
        word.starts_with(char::is_uppercase) && word.chars().all(char::is_alphanumeric) && !is_ordinary(word)
    };
    let begins_sentence = second.is_empty() || second.ends_with(['.', ':', '?', '!']);
    // "a novel Semantic Matching and Aggregation Network" is one thing, "a Foo Module and Bar Network" are two.
    let one_thing = || {
        rule!(RUN, r"\b(?:an?|novel|new|the)\s((?:[A-Z][\w-]*\s)+)(?:and|&)\s$");
        RUN.captures(before).is_some_and(|run| !run[1].split_whitespace().any(|word| noun_kind(word).is_some()))
    };
    plain
        && matches!(link, Some("and" | "of" | "&"))
        && capitalised(first)
        && !begins_sentence
        && (!second.starts_with(char::is_uppercase) || one_thing())
}

/// Whether a name ends like the names of awards, institutions and meetings: they are nobody's contribution.
fn names_an_institution(name: &str) -> bool {
    const NAMES: [&str; 9] = [
        "fondazione",
        "fundación",
        "fundação",
        "université",
        "universität",
        "universidad",
        "università",
        "institut",
        "istituto",
    ];
    const ENDINGS: [&str; 25] = [
        "agreement",
        "survey",
        "center",
        "centre",
        "academy",
        "award",
        "awards",
        "prize",
        "university",
        "institute",
        "laboratory",
        "department",
        "faculty",
        "college",
        "conference",
        "workshop",
        "symposium",
        "proceedings",
        "association",
        "society",
        "committee",
        "consortium",
        "foundation",
        "council",
        "ministry",
    ];
    let is_one_of =
        |words: &[&str], word: Option<&str>| in_lower_case(word.unwrap_or_default(), |word| words.contains(&word));
    let (first, last) = (name.split_whitespace().next(), name.split_whitespace().next_back());
    name.contains(' ') && is_one_of(&NAMES, first)
        || is_one_of(&ENDINGS, last)
        || name.contains(" of ") && is_one_of(&ENDINGS, first)
}

/// "English-speaking", "English-L2", "Tamil-English", "En-Ru": languages, not names.
pub(super) fn names_languages(name: &str) -> bool {
    rule!(
        CODES,
        r"^(?:En|De|Fr|Ru|Zh|Es|It|Ja|Ro|Cs|Fi|Hi|Ar|Ko|Pt|Nl)-(?:En|De|Fr|Ru|Zh|Es|It|Ja|Ro|Cs|Fi|Hi|Ar|Ko|Pt|Nl)\b"
    );
    CODES.is_match(name)
        || name.split_once('-').is_some_and(|(first, second)| {
            is_nationality(first)
                && (second.starts_with(char::is_lowercase) || second.chars().count() <= 2 || is_nationality(second))
        })
}

/// "thatFOO": a word of the sentence that lost its space.
fn is_glued(name: &str) -> bool {
    rule!(VERB_BEHIND, r"^[A-Z]{2,}(?:outperforms?|achieves?|improves?|which|that|with|can|is|and)$");
    if name.split(' ').any(|word| VERB_BEHIND.is_match(word)) || name.split(' ').skip(1).any(is_glued) {
        return true;
    }
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && ["that", "the", "our", "of", "for", "and", "with", "call", "called", "namely", "release"]
            .iter()
            .any(|word| name.strip_prefix(word).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase())))
}

/// Words that are never a contribution: plain acronyms of the field, numbers, sizes, `team@task`, institutions.
pub(in crate::extract) fn is_refused(name: &str) -> bool {
    const GENERIC: [&str; 43] = [
        "llm", "llms", "vlm", "vlms", "mllm", "mllms", "ai", "rl", "nlp", "cv", "gpu", "gpus", "cpu", "cnn", "cnns",
        "rnn", "gnn", "dnn", "dnns", "ml", "sota", "api", "3d", "2d", "4d", "rgb", "rgb-d", "i/o", "io", "url", "qa",
        "q&a", "agi", "iot", "vit", "vits", "hpc", "lm", "lms", "u.s.", "ir", "l1", "l2",
    ];
    rule!(IS_TALK, r"(?i)^(?:invited|keynote)\s(?:talk|speech|lecture)\b|^(?:keynote|tutorial|panel)\b");
    // What everybody uses for programming: "a Python SDK".
    rule!(OF_PROGRAMS, r"(?i)^[\w+#]+\s(?:APIs?|SDKs?|GUIs?|CLIs?)$");
    let halves = name.contains('/') && name.split('/').all(|half| half.chars().count() <= 4);
    halves
        || name.contains(['@', '→', '↔', '―', '<', '>'])
        || name.contains("://")
        || name.contains(char::is_whitespace) && OF_PROGRAMS.is_match(name)
        || IS_TALK.is_match(name)
        || name.starts_with("Team ")
        || is_glued(name)
        || names_an_institution(name)
        || in_lower_case(name, |name| GENERIC.contains(&name))
        || name.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-')
        || !name.contains(' ') && is_ordinary(name)
        || !name.contains([' ', '-']) && !has_name_shape(name) && noun_kind(name).is_some()
}
