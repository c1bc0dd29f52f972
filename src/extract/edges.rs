//! The bytes that every match of an expression has at its first or last places.
//!
//! Most rules read the words directly before or behind a name, so their expressions begin with `^` or end with `$`, and
//! most texts have other words there. Four bytes show this in a few nanoseconds; the engine of expressions needs as
//! many to begin with as for a hundred bytes of text.

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Bytes that are looked at.
const DEPTH: usize = 4;

/// Steps of the analysis of one expression. What needs more is not checked.
const MOST_STEPS: usize = 10_000;

#[derive(Debug, Clone, Copy, Default)]
struct ByteSet([u64; 4]);

impl ByteSet {
    fn of(bytes: impl IntoIterator<Item = u8>) -> Self {
        let mut set = Self::default();
        bytes.into_iter().for_each(|byte| set.0[usize::from(byte / 64)] |= 1 << (byte % 64));
        set
    }

    fn with(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(bits, more)| *bits |= more);
        self
    }

    #[inline]
    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte / 64)] & (1 << (byte % 64)) != 0
    }
}

/// What the edges of a text must be for an expression to match. Without `^` or `$`, nothing is known.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// The bytes possible at the first places of the text, in order.
    first: Vec<ByteSet>,
    /// The bytes possible at its last places, the last one first.
    last: Vec<ByteSet>,
}

impl Edges {
    pub(super) fn of(hir: &Hir) -> Self {
        let edge = |look, forwards| {
            let mut reader = EdgeReader { forwards, steps: 0 };
            let known = match forwards {
                true => hir.properties().look_set_prefix().contains(look),
                false => hir.properties().look_set_suffix().contains(look),
            };
            if known { reader.read(Some(&Todo { part: Part::One(hir), rest: None }), DEPTH) } else { Vec::new() }
        };
        Self { first: edge(Look::Start, true), last: edge(Look::End, false) }
    }

    /// `false` if the expression cannot match anywhere in the text.
    #[inline]
    pub(super) fn admit(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let fits = |sets: &[ByteSet], byte: &dyn Fn(usize) -> u8| {
            sets.len() <= bytes.len() && sets.iter().enumerate().all(|(i, set)| set.has(byte(i)))
        };
        fits(&self.first, &|i| bytes[i]) && fits(&self.last, &|i| bytes[bytes.len() - 1 - i])
    }
}

/// A part of an expression.
#[derive(Clone, Copy)]
enum Part<'h> {
    One(&'h Hir),
    Row(&'h [Hir]),
    Repeated { sub: &'h Hir, least: u32, most: Option<u32> },
}

/// What is to be read: a part, then the rest.
struct Todo<'h, 't> {
    part: Part<'h>,
    rest: Option<&'t Todo<'h, 't>>,
}

/// Reads the edge of an expression, from its beginning or from its end.
struct EdgeReader {
    forwards: bool,
    steps: usize,
}

impl EdgeReader {
    /// The bytes possible at the next `depth` places. Fewer sets say that a match can be shorter, or that no more is
    /// known.
    fn read(&mut self, todo: Option<&Todo>, depth: usize) -> Vec<ByteSet> {
        self.steps += 1;
        let Some(&Todo { part, rest }) = todo else { return Vec::new() };
        if depth == 0 || self.steps > MOST_STEPS {
            return Vec::new();
        }
        match part {
            Part::One(hir) => self.one(hir, rest, depth),
            Part::Row([]) | Part::Repeated { most: Some(0), .. } => self.read(rest, depth),
            Part::Row([first, others @ ..]) if self.forwards => {
                let behind = Todo { part: Part::Row(others), rest };
                self.read(Some(&Todo { part: Part::One(first), rest: Some(&behind) }), depth)
            }
            Part::Row([others @ .., last]) => {
                let before = Todo { part: Part::Row(others), rest };
                self.read(Some(&Todo { part: Part::One(last), rest: Some(&before) }), depth)
            }
            // What can be empty could be repeated for ever.
            Part::Repeated { sub, .. } if sub.properties().minimum_len().is_none_or(|least| least == 0) => Vec::new(),
            Part::Repeated { sub, least, most } => {
                let more = Part::Repeated { sub, least: least.saturating_sub(1), most: most.map(|most| most - 1) };
                let again = Todo { part: more, rest };
                let once = self.read(Some(&Todo { part: Part::One(sub), rest: Some(&again) }), depth);
                if least > 0 { once } else { either(once, self.read(rest, depth)) }
            }
        }
    }

    fn one(&mut self, hir: &Hir, rest: Option<&Todo>, depth: usize) -> Vec<ByteSet> {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => self.read(rest, depth),
            HirKind::Literal(literal) => {
                let bytes = literal.0.iter().copied();
                let places = match self.forwards {
                    true => bytes.take(depth).map(|byte| ByteSet::of([byte])).collect(),
                    false => bytes.rev().take(depth).map(|byte| ByteSet::of([byte])).collect(),
                };
                self.then(places, rest, depth)
            }
            HirKind::Class(class) => self.class(class, rest, depth),
            HirKind::Repetition(repetition) => {
                let (least, most) = (repetition.min, repetition.max);
                self.read(Some(&Todo { part: Part::Repeated { sub: &repetition.sub, least, most }, rest }), depth)
            }
            HirKind::Capture(capture) => self.read(Some(&Todo { part: Part::One(&capture.sub), rest }), depth),
            HirKind::Concat(parts) => self.read(Some(&Todo { part: Part::Row(parts), rest }), depth),
            HirKind::Alternation(parts) => {
                let mut all = parts.iter().map(|part| self.read(Some(&Todo { part: Part::One(part), rest }), depth));
                let first = all.next().unwrap_or_default();
                all.fold(first, either)
            }
        }
    }

    fn then(&mut self, mut places: Vec<ByteSet>, rest: Option<&Todo>, depth: usize) -> Vec<ByteSet> {
        places.extend(self.read(rest, depth - places.len()));
        places
    }

    /// One character of a class. Beyond ASCII, only the number of its bytes is kept.
    fn class(&mut self, class: &Class, rest: Option<&Todo>, depth: usize) -> Vec<ByteSet> {
        let ranges: Vec<(u32, u32)> = match class {
            Class::Unicode(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
            Class::Bytes(class) => class.iter().map(|range| (range.start().into(), range.end().into())).collect(),
        };
        let is_used = |least: u32, most: u32| ranges.iter().any(|(start, end)| *start <= most && *end >= least);
        let mut all: Vec<Vec<ByteSet>> = Vec::new();
        if is_used(0, 0x7f) {
            let of_range = |&(start, end): &(u32, u32)| (start..=end.min(0x7f)).map(|byte| byte as u8);
            let ascii = ByteSet::of(ranges.iter().flat_map(of_range));
            all.push(self.then(vec![ascii], rest, depth));
        }
        const LONGER: [(u32, u32, std::ops::RangeInclusive<u8>, usize); 3] =
            [(0x80, 0x7ff, 0xc2..=0xdf, 1), (0x800, 0xffff, 0xe0..=0xef, 2), (0x1_0000, 0x10_ffff, 0xf0..=0xf4, 3)];
        for (_, _, head, tail) in LONGER.into_iter().filter(|(least, most, ..)| is_used(*least, *most)) {
            let mut places = vec![ByteSet::of(head)];
            places.extend(std::iter::repeat_n(ByteSet::of(0x80..=0xbf), tail));
            if !self.forwards {
                places.reverse();
            }
            places.truncate(depth);
            all.push(self.then(places, rest, depth));
        }
        all.into_iter().reduce(either).unwrap_or_default()
    }
}

/// The bytes possible at the places that both have.
fn either(one: Vec<ByteSet>, other: Vec<ByteSet>) -> Vec<ByteSet> {
    one.into_iter().zip(other).map(|(a, b)| a.with(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pattern: &str) -> Edges {
        Edges::of(&regex_syntax::parse(pattern).unwrap())
    }

    #[test]
    fn bytes_that_no_match_has_at_an_edge_are_refused() {
        let ahead = edges(r"^\s(?:is|are)\b");
        assert!(ahead.admit(" is") && ahead.admit("\u{a0}are it") && ahead.admit(" issue"));
        assert!(!ahead.admit(" it is") && !ahead.admit("is") && !ahead.admit(" i"));
        let behind = edges(r"(?i)\b(?:with|and)\s(?:the\s|an?\s)?$");
        assert!(behind.admit("foo AND the ") && behind.admit("with "));
        assert!(!behind.admit("foo and") && !behind.admit("for a "));
    }

    #[test]
    fn without_an_anchor_nothing_is_refused() {
        for pattern in [r"is\b", r"^is|are", r"^\s*", r"\w*$", r"^(?:a|bc)?"] {
            assert!(edges(pattern).admit("") && edges(pattern).admit("zzz"), "{pattern}");
        }
    }

    const PARTS: [&str; 12] =
        ["a", "b?", "(?:ab|c)", "[b-e]{1,2}", r"\s", r"\w+", "[^ab]*", "(?i:k)", r"(?-u:\b)", "é", ".", "(?:a*|cb)?"];

    proptest::proptest! {
        #[test]
        fn what_matches_is_admitted(
            parts in proptest::collection::vec(proptest::sample::select(PARTS.to_vec()), 0..6),
            anchors in 0..4_usize,
            text in "[abckK é\u{a0}\u{212a}]{0,6}",
        ) {
            let (front, back) = (["", "^"][anchors % 2], ["", "$"][anchors / 2]);
            let pattern = format!("{front}{}{back}", parts.concat());
            if let (Ok(expression), Ok(hir)) = (regex::Regex::new(&pattern), regex_syntax::parse(&pattern)) {
                proptest::prop_assert!(!expression.is_match(&text) || Edges::of(&hir).admit(&text), "{} {:?}", pattern, text);
            }
        }
    }
}
