//! Joins words into lines of text.

use super::marks::FontStyle;
use super::words::Word;

/// A line of one column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TextLine {
    /// From left to right.
    pub words: Vec<Word>,
    pub x0: f32,
    pub x1: f32,
    /// Position of the base line of most of it.
    pub y: f32,
    /// The font size of most of it.
    pub size: f32,
    /// The size of its largest letters.
    pub largest: f32,
    /// Most of it.
    pub style: FontStyle,
}

impl TextLine {
    pub(super) fn top(&self) -> f32 {
        self.y - 0.75 * self.size
    }

    pub(super) fn bottom(&self) -> f32 {
        self.y + 0.22 * self.size
    }

    pub(super) fn text(&self) -> String {
        join(&self.words)
    }
}

/// Words in a row as text; a glued word follows without a space.
pub(super) fn join(words: &[Word]) -> String {
    let mut text = String::new();
    for word in words {
        if !text.is_empty() && !word.is_glued {
            text.push(' ');
        }
        text.push_str(&word.text);
    }
    text
}

/// The lines of one column, from top to bottom. Indices and exponents are part of the line next to which they are
/// printed.
pub(super) fn lines(mut words: Vec<Word>) -> Vec<TextLine> {
    // Large words come first, so that small ones can find their line.
    words.sort_by(|a, b| b.size.total_cmp(&a.size).then(a.y.total_cmp(&b.y)));
    let mut rows: Vec<WordRow> = Vec::new();
    let mut small: Vec<Word> = Vec::new();
    let typical = words.get(words.len() / 2).map_or(10.0, |word| word.size);
    for word in words {
        if word.size < 0.82 * typical {
            small.push(word);
            continue;
        }
        add(&mut rows, word, 0.35);
    }
    // Text in small print, such as footnotes, makes lines of its own.
    small.sort_by(|a, b| a.y.total_cmp(&b.y));
    let beside = rows.len();
    let mut own: Vec<WordRow> = Vec::new();
    for word in small {
        let near = rows[..beside]
            .iter_mut()
            .filter(|row| row.takes(&word))
            .min_by(|a, b| (a.y - word.y).abs().total_cmp(&(b.y - word.y).abs()));
        match near {
            Some(row) => row.words.push(word),
            None => add(&mut own, word, 0.35),
        }
    }
    rows.append(&mut own);
    let mut lines: Vec<TextLine> = rows.into_iter().map(WordRow::line).collect();
    lines.sort_by(|a, b| a.y.total_cmp(&b.y));
    lines
}

struct WordRow {
    y: f32,
    size: f32,
    words: Vec<Word>,
}

/// Adds a word to the row with its base line, within a share of the font size.
fn add(rows: &mut Vec<WordRow>, word: Word, tolerance: f32) {
    let near = rows
        .iter_mut()
        .filter(|row| (row.y - word.y).abs() <= tolerance * row.size.min(word.size))
        .min_by(|a, b| (a.y - word.y).abs().total_cmp(&(b.y - word.y).abs()));
    match near {
        Some(row) => row.words.push(word),
        None => rows.push(WordRow { y: word.y, size: word.size, words: vec![word] }),
    }
}

impl WordRow {
    /// Whether a small word is printed next to a word of this row.
    fn takes(&self, word: &Word) -> bool {
        let shift = self.y - word.y;
        let level = shift > -0.45 * self.size && shift < 0.75 * self.size;
        level && self.words.iter().any(|other| word.x0 - other.x1 < self.size && other.x0 - word.x1 < self.size)
    }

    fn line(mut self) -> TextLine {
        self.words.sort_by(|a, b| a.x0.total_cmp(&b.x0));
        // A word that was glued in the content stream is glued here only if nothing came between.
        for i in 0..self.words.len() {
            let near = i > 0
                && self.words[i].x0 - self.words[i - 1].x1 < 0.13 * self.words[i].size.max(self.words[i - 1].size);
            self.words[i].is_glued = near && (self.words[i].is_glued || self.words[i].y != self.words[i - 1].y);
        }
        let mut line = TextLine {
            x0: self.words.iter().map(|word| word.x0).fold(f32::MAX, f32::min),
            x1: self.words.iter().map(|word| word.x1).fold(f32::MIN, f32::max),
            y: self.y,
            size: 0.0,
            largest: 0.0,
            style: FontStyle::default(),
            words: Vec::new(),
        };
        let mut counts: Vec<(f32, f32, usize)> = Vec::new();
        let (mut bold, mut italic, mut symbols, mut all) = (0, 0, 0, 0);
        for word in &self.words {
            let length = word.text.chars().count();
            all += length;
            bold += if word.style.bold { length } else { 0 };
            italic += if word.style.italic { length } else { 0 };
            symbols += if word.style.symbols { length } else { 0 };
            match counts.iter_mut().find(|(size, _, _)| (*size - word.size).abs() < 0.1) {
                Some((_, _, count)) => *count += length,
                None => counts.push((word.size, word.y, length)),
            }
        }
        line.style = FontStyle { bold: bold * 10 > all * 6, italic: italic * 10 > all * 6, symbols: symbols * 2 > all };
        if let Some((size, y, _)) = counts.iter().max_by_key(|(_, _, count)| *count) {
            line.size = *size;
            line.y = *y;
        }
        line.largest = self
            .words
            .iter()
            .filter(|word| word.text.chars().any(char::is_alphabetic))
            .map(|word| word.largest)
            .fold(line.size, f32::max);
        small_capitals(&mut self.words);
        line.words = self.words;
        line
    }
}

/// In a line set in capitals and small capitals, words that are only in small capitals are lower-case words.
fn small_capitals(words: &mut [Word]) {
    let Some(size) =
        words.iter().find(|word| word.largest > 1.12 * word.size && is_capitalised(&word.text)).map(|word| word.size)
    else {
        return;
    };
    for word in words {
        let small = (word.largest - size).abs() < 0.1 && word.text.chars().any(char::is_alphabetic);
        if small && !word.text.chars().any(char::is_lowercase) {
            word.text = word.text.to_lowercase();
        }
    }
}

/// A capital and lower case, which is how small capitals are read.
fn is_capitalised(text: &str) -> bool {
    let mut letters = text.chars().filter(|c| c.is_alphabetic());
    letters.next().is_some_and(char::is_uppercase) && letters.any(char::is_lowercase)
}
