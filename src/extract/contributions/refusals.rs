//! Where a name looks like the paper's own but is not: the words around it say that it is the work of others, one of
//! several examples, or the beginning of something longer.

use std::ops::Range;

use super::super::reading::ReadField;
use super::super::rule::within;
use super::super::unlisted::is_nationality;
use super::cues::{IN_THE, IS_CONCEPT, NOVEL_BEFORE};
use super::kinds::is_kind_noun;
use super::names::{ends_in_adjective, has_name_shape, is_plain_phrase};

/// Whether the words around a place say that the thing existed already, or that others made it.
pub(super) fn is_of_others(reading: &ReadField, range: &Range<usize>) -> bool {
    rule!(WITH_THE, r"(?i)\bwith\sthe\s$");
    rule!(IS_PROJECT, r"^\sprojects?\b");
    rule!(
        OF_PEOPLE,
        r"\b(?:contact|user|person|character|speaker|boy|girl|man|woman|child|dog|cat)\s(?:named|called)\s$"
    );
    rule!(IS_USED, r"^\)?\s(?:is|was|are|were|ha(?:s|ve)\sbeen)\sused\s(?:to|for|as)\b");
    rule!(
        MADE_BY,
        r"(?x)^\)?,?\s(?:[a-z]+\s)?(?:(?:that|which)\s)?(?:(?:is|was|has\sbeen)\s)?(?:being\s|first\s|originally\s|recently\s)?
          (?:developed|created|provided|maintained|released|proposed|introduced)\s(?:by|at)\s(?P<who>\w+)"
    );
    let (before, after) = (reading.before(range.start, 110), reading.after(range.end, 90));
    let by_others =
        || MADE_BY.captures(after).is_some_and(|made| !matches!(&made["who"], "us" | "our" | "the" | "this"));
    IN_THE.is_match(before)
        || WITH_THE.is_match(before)
        || is_example(before)
        || OF_PEOPLE.is_match(before)
        || is_what_something_is_seen_as(reading, range)
        || IS_USED.is_match(after)
        || IS_PROJECT.is_match(after) && before.ends_with("the ")
        || by_others()
        || is_cited(before, after)
}

/// "data such as", "formats like X, Y and": one of several examples.
fn is_example(before: &str) -> bool {
    rule!(EXAMPLES, r"(?i)\b(?:such\sas|like|e\.g\.,?|formats?:)\s");
    rule!(NEXT_ONE, r"(?i)(?:,\s(?:and\s)?|\band\s)$");
    EXAMPLES.find_iter(before).any(|cue| {
        let others = &before[cue.end()..];
        let next =
            || NEXT_ONE.find(others).is_some_and(|next| within(&others[..next.start()], &['.', ';', '(', ')'], 80));
        others.is_empty() || next()
    })
}

/// "formulated as a foo bar (FB) problem": the form existed already.
pub(super) fn is_what_something_is_seen_as(reading: &ReadField, range: &Range<usize>) -> bool {
    rule!(
        IS_FORM,
        r"(?i)\b(?:formulated|modell?ed|cast|framed|treated|viewed|regarded|known)\s(?:here\s)?as\s(?:an?\s|the\s)?$"
    );
    IS_FORM.is_match(reading.before(range.start, 40))
}

/// A citation after the name, or after the noun that follows it: "the FooBar dataset (Doe et al., 2018)". Authors who
/// present a thing may cite an earlier paper on it.
fn is_cited(before: &str, after: &str) -> bool {
    rule!(
        PRESENTED,
        r"(?i)\b(?:present|introduc|propos|describ|develop|releas)\w*\s(?:the\s|an?\s|our\s)?(?:[\w’'-]+\s){0,7}\(?$"
    );
    rule!(
        CITED,
        r"(?x)^(?:;\s|\)?\s?(?:[a-z-]+\s)?[(\[])(?:[A-Z][\w’'-]+(?:\s(?:et\sal\.?|(?:and|&)\s[A-Z][\w’'-]+))?,?\s\(?(?:19|20)\d\d|\d{1,2}\]|CITATION\))"
    );
    CITED.is_match(after) && !PRESENTED.is_match(before)
}

/// Whether accents were separated from their letters, "TU ̈BI ̇TAK": the name continues after them.
pub(super) fn is_torn(reading: &ReadField, range: &Range<usize>) -> bool {
    let is_accent = |c: char| matches!(c, '\u{300}'..='\u{36f}' | '¨' | '˙' | '´' | '¸');
    reading.text[range.end..].trim_start_matches(' ').starts_with(is_accent)
        || reading.text[..range.start].trim_end_matches(' ').ends_with(is_accent)
}

/// Whether a name is only the beginning of a longer one, or describes another: "Foo Controllable generator", "Bar
/// Graph enhanced decoder", "Foo based approach".
pub(super) fn is_begin_of_a_phrase(name: &str, after: &str) -> bool {
    rule!(JOINED, r"(?i)^(?:\)\s|\s|-)based(?:\s(?P<next>\w+)|$)");
    rule!(DESCRIBES, r"^[\s-](?:supervised|guided|aware|augmented|enhanced|oriented|aided|driven)\s");
    rule!(NOUN, r"^\s[a-z][a-z-]{3,}\b");
    const OTHERS: [&str; 17] = [
        "will", "could", "through", "and", "that", "which", "with", "from", "using", "have", "into", "over", "when",
        "where", "while", "does", "also",
    ];
    let based = JOINED
        .captures(after)
        .is_some_and(|found| found.name("next").is_none_or(|next| !matches!(next.as_str(), "on" | "upon")));
    let next = NOUN.find(after).map(|found| found.as_str().trim());
    let goes_on = next.is_some_and(|next| {
        !OTHERS.contains(&next) && !next.ends_with("ly") && !next.ends_with('s') && !next.ends_with("ed")
    });
    based
        || DESCRIBES.is_match(after)
        || name.contains(' ') && name.ends_with("ly")
        || ends_in_adjective(name) && name.contains(' ') && goes_on
}

/// Whether a phrase is a part of what explains the name before a colon: "Robust Foo Encoder" of "Quux: Fast and Robust
/// Foo Encoder".
pub(super) fn explains_a_name(reading: &ReadField, range: &Range<usize>) -> bool {
    rule!(
        BEHIND_NAME,
        r"(?:^|[\s(])([A-Za-z][\w-]+):\s(?:(?:[A-Z][\w-]*|an?|and|by|for|from|in|of|on|the|to|with)\s)*$"
    );
    is_plain_phrase(&reading.text[range.clone()])
        && BEHIND_NAME.captures(reading.before(range.start, 110)).is_some_and(|found| has_name_shape(&found[1]))
}

/// Whether the words at a place end in the middle of a long form whose abbreviation is another name: "Target Tracking
/// Foo" of "Tracking Foo divergence (TFD)".
pub(super) fn overlaps_a_long_form(reading: &ReadField, range: &Range<usize>) -> bool {
    let longs = reading.abbreviations.iter().map(|abbreviation| &abbreviation.long);
    let name = &reading.text[range.clone()];
    name.contains(' ')
        && longs.into_iter().any(|long| range.start < long.start && long.start < range.end && range.end < long.end)
}

/// Whether a name is an item of a list in which the vocabulary has the item beside it: "the Quux Parser, spaCy and zork".
pub(super) fn is_listed_with_known(before: &str, after: &str, is_known: impl Fn(&str) -> bool) -> bool {
    rule!(BEHIND, r"^,\s(?:and\s|or\s)?([A-Za-z][\w.+-]*[\w+])");
    rule!(AHEAD, r"([A-Z][\w.+-]*[\w+]),\s(?:and\s|or\s)?(?:the\s)?$");
    BEHIND.captures(after).is_some_and(|found| is_known(&found[1]))
        || AHEAD.captures(before).is_some_and(|found| is_known(&found[1]))
}

/// Whether the abstract speaks of a thing as existing: "existing FOO models", or a first sentence that explains "Foo bar
/// (FB)".
pub(super) fn is_concept(name: &str, title: &ReadField, body: &ReadField) -> bool {
    rule!(EXISTING, r"(?i)\b(?:existing|previous|prior|traditional|conventional|current|most)\s$");
    let exists = |at: usize| {
        let after = &body.text[at + name.len()..];
        EXISTING.is_match(body.before(at, 16)) && after.strip_prefix(' ').is_some_and(|rest| !rest.starts_with("is "))
    };
    let explained = || {
        let first = body.abbreviations.iter().find(|abbreviation| {
            let short = &body.text[abbreviation.short.clone()];
            short == name || short.strip_suffix('s') == Some(name)
        });
        first.is_some_and(|abbreviation| {
            let long = &abbreviation.long;
            let sentence = body.sentences.around(long.start);
            body.sentences.index(long.start) < 2
                && sentence.start == long.start
                && IS_CONCEPT.is_match(&body.text[abbreviation.short.end.max(long.end)..])
        })
    };
    // "using Foo Bar (FB) techniques", "in many foo-bar (FB) systems": a class of things.
    let several = || {
        rule!(SEVERAL, r"^\)\s(?:[a-z-]+\s)?(?:systems|models|methods|approaches|techniques|algorithms)\b");
        let first = body.abbreviations.iter().find(|abbreviation| {
            let short = &body.text[abbreviation.short.clone()];
            short == name || short.strip_suffix('s') == Some(name)
        });
        first.is_some_and(|abbreviation| {
            let (long, short) = (&abbreviation.long, &abbreviation.short);
            let before = &body.text[body.sentences.around(long.start).start..long.start.min(short.start)];
            SEVERAL.is_match(&body.text[short.end.max(long.end)..])
                && body.matches(&NOVEL_BEFORE, before).next().is_none()
                && !title.text.contains(&body.text[long.clone()])
        })
    };
    body.text.match_indices(name).any(|(at, _)| exists(at)) || explained() || several()
}

/// Whether every place of a phrase is inside the long form of an abbreviation: "Bidirectional Encoder Representation"
/// of "Bidirectional Encoder Representation from Transformers (BERT)".
pub(super) fn is_part_of_a_long_form(name: &str, readings: [&ReadField; 2]) -> bool {
    let mut places = readings.into_iter().flat_map(|reading| {
        reading.text.match_indices(name).map(move |(at, _)| {
            let mut longs = reading.abbreviations.iter().map(|abbreviation| &abbreviation.long);
            longs.any(|long| {
                let end = at + name.len();
                // The noun after it belongs to the same name: "Foo Bar Model (FBM)".
                let rest = reading.text.get(end..long.end).unwrap_or_default().trim();
                long.start <= at && end <= long.end && long.len() > name.len() + 3 && !is_kind_noun(rest)
            })
        })
    });
    is_plain_phrase(name) && places.next() == Some(true) && places.all(|inside| inside)
}

/// "Gulf Arabic", "Ancient Greek", "Arabic Spoken", "Tamil-English": languages and varieties of them.
pub(super) fn is_language(name: &str) -> bool {
    const VARIETIES: [&str; 14] = [
        "Ancient",
        "Classical",
        "Colloquial",
        "Dialectal",
        "Gulf",
        "Historical",
        "Learner",
        "Medieval",
        "Modern",
        "Old",
        "Spoken",
        "Standard",
        "Text",
        "Written",
    ];
    let mut words = name.split([' ', '-']).filter(|word| !word.is_empty());
    let parts = words.clone().count();
    let mut languages = 0;
    parts >= 2
        && words.all(|word| {
            languages += usize::from(is_nationality(word));
            is_nationality(word) || VARIETIES.contains(&word)
        })
        && languages > 0
}

/// "Arabic PLMs": things of a sort for a language.
pub(super) fn is_several_of_a_language(name: &str) -> bool {
    let Some((first, rest)) = name.split_once(' ') else { return false };
    let plural = rest.strip_suffix('s').is_some_and(|one| one.bytes().all(|b| b.is_ascii_uppercase()));
    is_nationality(first) && plural
}

/// "Japanese PAS": a short acronym of the field for a language.
pub(super) fn is_acronym_of_a_language(name: &str) -> bool {
    let Some((first, rest)) = name.split_once(' ') else { return false };
    is_nationality(first) && rest.len() <= 4 && rest.bytes().all(|b| b.is_ascii_uppercase())
}

/// "Zipf's Law of Abbreviation": named after a person.
pub(super) fn is_law(long: &str) -> bool {
    rule!(OF_SOMEBODY, r"^[A-Z]\w+[’']s\s[A-Z]");
    OF_SOMEBODY.is_match(long)
}

/// "WordNet—Wikipedia—Wiktionary": a row of known things.
pub(super) fn is_row_of_known(name: &str, is_known: impl Fn(&str) -> bool) -> bool {
    name.contains(['—', '–']) && name.split(['—', '–']).all(|part| part.chars().count() >= 3 && is_known(part))
}

/// "BERT-based LMs": things of a sort.
pub(super) fn is_sort_of_known(name: &str) -> bool {
    let mut words = name.split(' ');
    let first = words.next().unwrap_or_default();
    words.next().is_some() && first.ends_with("-based") && name.ends_with('s')
}

/// "AI-powered", "KG-grounded": properties of things.
pub(super) fn is_adjective(name: &str) -> bool {
    rule!(
        ADJECTIVE,
        r"(?x)^[A-Z][A-Za-z]*-(?:powered|tailored|assisted|supported|induced|generated|mediated|focused|centric|grounded
            |based|proof|augmented|infused|agnostic|independent|dependent|sensitive|friendly|compatible|equipped|inspired)$"
    );
    ADJECTIVE.is_match(name)
}
