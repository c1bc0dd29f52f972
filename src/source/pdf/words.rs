//! Joins characters into words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::marks::{FontStyle, Glyph, PageMarks};

/// A word as printed: characters without a space between them, on one base line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Word {
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    /// Position of the base line.
    pub y: f32,
    /// The font size of most of it.
    pub size: f32,
    /// The size of its largest letters: capitals among small capitals.
    pub largest: f32,
    pub style: FontStyle,
    /// Whether it is part of a form.
    pub in_form: bool,
    /// Whether it follows the word before it in the content stream without a space: an index, an exponent, a mark.
    pub is_glued: bool,
}

/// A gap with this share of the font size separates words. TeX's spaces shrink to about 0.2; kerning stays below 0.1.
const WORD_GAP: f32 = 0.13;

/// A shift of the base line by this share of the font size makes an index or an exponent.
const SHIFT: f32 = 0.1;

/// Small capitals have at most this share of the size of capitals (TeX uses 0.8).
const SMALL_CAPITALS: f32 = 0.87;

/// The words of a page in the order of the content stream.
pub(super) fn words(marks: &PageMarks) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut open: Vec<(Glyph, Option<char>)> = Vec::new();
    let mut is_glued = false;
    let mut glyphs = marks.glyphs.iter().peekable();
    while let Some(glyph) = glyphs.next() {
        if glyph.text.is_whitespace() || glyph.text.is_control() {
            words.extend(word(&open, is_glued, &marks.fonts));
            open.clear();
            is_glued = false;
            continue;
        }
        let mut item = (*glyph, None);
        // An accent that TeX puts over the letter after it, or before it.
        if let Some(mark) = accent(glyph.text) {
            if let Some(letter) = glyphs.next_if(|next| next.text.is_alphabetic() && is_over(glyph, next)) {
                item = (*letter, Some(mark));
            } else if let Some(last) = open.last_mut().filter(|(last, known)| known.is_none() && is_over(glyph, last)) {
                last.1 = Some(mark);
                continue;
            }
        }
        let glyph = &item.0;
        if let Some((last, _)) = open.last() {
            let size = last.size.max(glyph.size);
            let gap = glyph.x0 - last.x1;
            let shift = (glyph.y - last.y).abs();
            let follows = (-0.5 * size..=WORD_GAP * size).contains(&gap) && glyph.in_form == last.in_form;
            if !follows || shift > SHIFT * size {
                words.extend(word(&open, is_glued, &marks.fonts));
                open.clear();
                is_glued = follows && shift < 0.8 * size;
            }
        }
        open.push(item);
    }
    words.extend(word(&open, is_glued, &marks.fonts));
    words
}

fn word(glyphs: &[(Glyph, Option<char>)], is_glued: bool, fonts: &[FontStyle]) -> Option<Word> {
    let (first, _) = glyphs.first()?;
    let letters = || glyphs.iter().map(|(glyph, _)| glyph).filter(|glyph| glyph.text.is_alphanumeric());
    let sizes = |start: f32, pick: fn(f32, f32) -> f32| letters().map(|glyph| glyph.size).reduce(pick).unwrap_or(start);
    let largest = sizes(first.size, f32::max);
    let smallest = sizes(first.size, f32::min);
    let small_capitals = smallest < SMALL_CAPITALS * largest && !letters().any(|glyph| glyph.text.is_lowercase());
    let mut text = String::with_capacity(glyphs.len());
    let mut accented = false;
    for (glyph, mark) in glyphs {
        match glyph.text {
            'ı' if mark.is_some() => text.push('i'),
            c if small_capitals && glyph.size < SMALL_CAPITALS * largest => text.extend(c.to_lowercase()),
            c => text.push(c),
        }
        text.extend(*mark);
        accented |= mark.is_some() || is_combining_mark(glyph.text);
    }
    // The size and font of most characters.
    let mut counts: Vec<(f32, u16, usize)> = Vec::new();
    for (glyph, _) in glyphs {
        match counts.iter_mut().find(|(size, font, _)| *size == glyph.size && *font == glyph.font) {
            Some((_, _, count)) => *count += 1,
            None => counts.push((glyph.size, glyph.font, 1)),
        }
    }
    let (size, font, _) = counts.into_iter().max_by_key(|(_, _, count)| *count)?;
    Some(Word {
        text: if accented { text.nfc().collect() } else { text },
        x0: glyphs.iter().map(|(glyph, _)| glyph.x0).fold(f32::MAX, f32::min),
        x1: glyphs.iter().map(|(glyph, _)| glyph.x1).fold(f32::MIN, f32::max),
        y: first.y,
        size,
        largest,
        style: fonts.get(usize::from(font)).copied().unwrap_or_default(),
        in_form: first.in_form,
        is_glued,
    })
}

/// Whether an accent is above a letter.
fn is_over(accent: &Glyph, letter: &Glyph) -> bool {
    let middle = |glyph: &Glyph| f32::midpoint(glyph.x0, glyph.x1);
    (middle(accent) - middle(letter)).abs() < 0.3 * letter.size && (accent.y - letter.y).abs() < 0.8 * letter.size
}

/// The combining form of a separate accent.
fn accent(c: char) -> Option<char> {
    Some(match c {
        '´' | 'ˊ' => '\u{301}',
        '`' | 'ˋ' => '\u{300}',
        '¨' => '\u{308}',
        'ˆ' => '\u{302}',
        '˜' => '\u{303}',
        '¸' => '\u{327}',
        'ˇ' => '\u{30c}',
        '˚' => '\u{30a}',
        '¯' | 'ˉ' => '\u{304}',
        '˙' => '\u{307}',
        '˝' => '\u{30b}',
        '˘' => '\u{306}',
        '˛' => '\u{328}',
        _ => return None,
    })
}
