//! The text above the abstract in a paper that was extracted from a PDF: running heads, arXiv's stamp, the title,
//! authors and their places of work, in lines without marks that distinguish them.

use std::sync::LazyLock;

use regex::Regex;

use super::small_capitals::is_function_word;
use crate::paper::{PaperId, PartialDate};
use crate::source::facts::{date, month};
use crate::text::single_spaced;

/// A line above the abstract.
#[derive(Debug, Default)]
pub(super) struct FrontLine {
    pub text: String,
    /// Whether a blank line is above it.
    pub begins_paragraph: bool,
}

/// Number of lines in a title.
const MOST_TITLE_LINES: usize = 5;
const MAX_TITLE: usize = 350;

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of the program is sound")
}

/// `arXiv:2407.11062v1 [cs.LG] 10 Jul 2024`: arXiv's stamp in the margin of the first page.
static STAMP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^arXiv:([^\s\[\]]+?)(?:v(\d+))?(?:\s+\[[A-Za-z.\-]+\])?(?:\s+(\d{1,2})\s+([A-Z][a-z]{2,8})\s+(\d{4}))?$")
});

/// Lines that journals, conferences and publishers add to a paper.
static RUNNING_HEAD: LazyLock<Regex> = LazyLock::new(|| {
    let whole = "article|original (?:article|paper|research)|research (?:article|paper)|review(?: article)?|open access|letter|\
                 preprint|draft|technical report|working paper|letter communicated by .*|noname manuscript.*";
    let begins = "anonymous authors?$|paper under double-blind|(?:published|accepted|presented|to appear|appeared|appears) (?:as|at|in|by|online|to)\\b|under (?:double-blind )?review|\
                  preprint[.,:]|submitted to\\b|submitted \\d|received[: ]|copyright\\b|©|https?://|doi[: ]|issn\\b|isbn\\b|\
                  (?:in )?proceedings of\\b|contents lists available|available online|licensed under|distributed under|\
                  this (?:paper|work|article|version|is the) .*(?:accepted|version|appear|licensed)|permission to|editors?:|\
                  (?:advances in )?neural information processing systems \\d|\\d{4} ieee\\b|ieee transactions on\\b|manuscript (?:id|no|submitted)|\
                  provided proper attribution|\\d+(?:st|nd|rd|th) (?:conference|international|annual|workshop)\\b|\
                  the \\d+(?:st|nd|rd|th) (?:conference|international|annual)\\b";
    let within = r"\bvol(?:ume)?\.? ?\d|\bpp\.? ?\d|\bpages \d|\(\d{4}\) \d+\s?[-–:]|\d{4}\) \d+[-–]\d+|issn \d";
    pattern(&format!(r"(?i)^(?:(?:{whole})$|{begins})|{within}"))
});

static EMAIL: LazyLock<Regex> = LazyLock::new(|| pattern(r"\S@\S|\}\s?@|\bat\b \w+ \bdot\b"));

/// Words of places of work.
static AFFILIATION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:universit\w+|université|institut\w*|department|dept\.?|dipartimento|laborator\w+|facult\w+|college|academy|school of|polytechni\w+|inc\.|ltd\.?|gmbh|corporation|cnrs|inria|centre for|center for)(?:\b|$)|^\W*\d?\W*[A-Z][\w&.]* (?:Research|Labs?|AI|Brain)\b[^:]{0,40}$",
    )
});

/// A name with the marks of a footnote: `Jane Doe1`, `Rick Roe∗†`.
static MARKED_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\p{Lu}[\p{L}.'’-]*(?: \p{Lu}[\p{L}.'’-]*)* \p{Lu}[\p{Ll}'’-]+\s?(?:[∗*†‡§¶♠♣♦♥⋆]|\d(?:\s?,\s?\d|[,∗*†‡])*(?:\s*,|\s+and\b|\s*$|\s+\p{Lu}))",
    )
});

/// Nouns in titles. A line with one of them is not the name of a person.
const TITLE_WORDS: [&str; 66] = [
    "adaptation",
    "agents",
    "algorithm",
    "algorithms",
    "alignment",
    "analysis",
    "approach",
    "attention",
    "benchmark",
    "challenge",
    "classification",
    "classifiers",
    "clustering",
    "compression",
    "computation",
    "computing",
    "data",
    "dataset",
    "datasets",
    "detection",
    "dialogue",
    "diffusion",
    "distillation",
    "domains",
    "embedding",
    "embeddings",
    "evaluation",
    "features",
    "framework",
    "functions",
    "generation",
    "graph",
    "graphs",
    "images",
    "inference",
    "knowledge",
    "language",
    "languages",
    "learning",
    "methods",
    "model",
    "models",
    "modeling",
    "modelling",
    "network",
    "networks",
    "optimization",
    "parsing",
    "performance",
    "planning",
    "policies",
    "prediction",
    "problems",
    "processing",
    "reasoning",
    "recognition",
    "representation",
    "representations",
    "retrieval",
    "search",
    "segmentation",
    "study",
    "survey",
    "systems",
    "training",
    "translation",
];

/// The fields in the lines above the abstract.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FrontMatter {
    pub title: String,
    pub arxiv: Option<PaperId>,
    pub published: Option<PartialDate>,
}

impl FrontMatter {
    pub(super) fn of(lines: &[FrontLine]) -> Self {
        let mut front = Self::default();
        for line in lines {
            front.stamp(&line.text);
        }
        let is_title = |line: &&FrontLine| {
            !is_furniture(&line.text) && line.text.chars().filter(|c| c.is_alphabetic()).count() > 2
        };
        // The heading of a Markdown text is its title, whatever comes above it.
        if let Some(heading) = lines.iter().find(|line| line.text.starts_with('#')) {
            front.title = heading.text.trim_start_matches('#').trim().to_string();
            return front;
        }
        let Some(start) = lines.iter().position(|line| is_title(&line)) else {
            front.title = lines
                .iter()
                .map(|line| line.text.as_str())
                .find(|text| stamp(text).is_none())
                .unwrap_or("")
                .to_string();
            return front;
        };
        front.title = title_from(&lines[start..]);
        front
    }

    /// Records the id of a stamp, and its date if it is that of the first version.
    pub(super) fn stamp(&mut self, line: &str) -> bool {
        let Some((id, published)) = stamp(line) else { return false };
        self.arxiv = self.arxiv.take().or(Some(id));
        self.published = self.published.or(published);
        true
    }
}

/// The id in a stamp, and the date if it is that of the first version.
pub(super) fn stamp(line: &str) -> Option<(PaperId, Option<PartialDate>)> {
    let found = STAMP.captures(line)?;
    let id = PaperId::arxiv(&found[1])?;
    let is_first = found.get(2).is_none_or(|version| version.as_str() == "1");
    let day = || date(&format!("{}-{:02}-{:0>2}", found.get(5)?.as_str(), month(&found[4])?, &found[3]));
    Some((id, if is_first { day() } else { None }))
}

fn is_furniture(line: &str) -> bool {
    stamp(line).is_some() || RUNNING_HEAD.is_match(line) || !line.contains(char::is_alphabetic)
}

fn title_from(lines: &[FrontLine]) -> String {
    let Some(first) = lines.first() else { return String::new() };
    let mut title = first.text.trim_start_matches('#').trim().to_string();
    for (at, line) in lines.iter().enumerate().skip(1).take(MOST_TITLE_LINES - 1) {
        let goes_on = ends_open(&title) || line.text.starts_with(char::is_lowercase);
        if first.text.starts_with('#')
            || (line.begins_paragraph && !goes_on)
            || title.len() + line.text.len() > MAX_TITLE
        {
            break;
        }
        if is_furniture(&line.text) || is_of_authors(&line.text, lines.get(at + 1), ends_open(&title)) {
            break;
        }
        super::add(&mut title, &line.text);
    }
    let title = single_spaced(&title);
    // The mark of a footnote.
    title.trim_end_matches(['∗', '*', '†', '‡', '⋆']).trim_end().to_string()
}

/// Whether a title cannot end here.
fn ends_open(title: &str) -> bool {
    title.ends_with([':', '-', '–', '—', ',', '&'])
        || title.split_whitespace().last().is_some_and(|word| is_function_word(&word.to_lowercase()))
}

/// Whether a line after a title names authors or their places of work. `next` is the line below it.
fn is_of_authors(line: &str, next: Option<&FrontLine>, title_is_open: bool) -> bool {
    if EMAIL.is_match(line) || (AFFILIATION.is_match(line) && !title_is_open) || MARKED_NAME.is_match(line) {
        return true;
    }
    let names = names_in(line);
    if title_is_open || names == 0 {
        return false;
    }
    // Two words in capitals can be the rest of a title: after a name comes another name, a place of work, or nothing.
    names > 1
        || next.is_none_or(|next| {
            next.begins_paragraph || is_furniture(&next.text) || is_of_authors(&next.text, None, false)
        })
}

/// The number of names in a line; 0 if it has anything else.
fn names_in(line: &str) -> usize {
    static BETWEEN: LazyLock<Regex> = LazyLock::new(|| pattern(r"\s*[,;·•&]\s*(?:and\s+)?|\s+and\s+|\s{3,}"));
    let plain: String = line.chars().filter(|c| !c.is_ascii_digit() && !"∗*†‡§¶♠♣♦♥⋆".contains(*c)).collect();
    let parts: Vec<&str> = BETWEEN.split(plain.trim()).filter(|part| !part.trim().is_empty()).collect();
    if parts.iter().all(|part| is_name(part)) { parts.len() } else { 0 }
}

fn is_name(text: &str) -> bool {
    const PARTICLES: [&str; 20] = [
        "de", "da", "do", "dos", "del", "della", "der", "den", "di", "du", "la", "le", "van", "von", "bin", "ibn",
        "al", "el", "ten", "zu",
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_part = |word: &&str| {
        let letters = word.trim_end_matches('.');
        PARTICLES.contains(word)
            || (letters.starts_with(char::is_uppercase)
                && letters.chars().all(|c| c.is_alphabetic() || "-'’.".contains(c))
                && !TITLE_WORDS.contains(&letters.to_lowercase().as_str())
                && !is_function_word(&letters.to_lowercase()))
    };
    (2..=5).contains(&words.len()) && words.iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn front(text: &str) -> FrontMatter {
        let mut blank = true;
        let mut lines = Vec::new();
        for line in text.lines() {
            if !line.trim().is_empty() {
                lines.push(FrontLine { text: line.trim().to_string(), begins_paragraph: blank });
            }
            blank = line.trim().is_empty();
        }
        FrontMatter::of(&lines)
    }

    #[test]
    fn the_title_ends_where_authors_begin() {
        for (text, wanted) in [
            ("Fast Cats for Slow Dogs\nAnn Lee\nAcme University\n", "Fast Cats for Slow Dogs"),
            ("Fast Cats for Slow Dogs\nAnn Lee1 , Bo Chen2\n1\nAcme Research\n", "Fast Cats for Slow Dogs"),
            ("Fast Cats for\nSlow Dogs\nAnn Lee\nann@acme.example\n", "Fast Cats for Slow Dogs"),
            ("Fast Cats and Slow Dogs:\nA Long Survey\n\nAnn Lee\n", "Fast Cats and Slow Dogs: A Long Survey"),
            ("Fast Cats Beat Slow\nRunning Networks\nAnn Lee and Bo van Dam\n", "Fast Cats Beat Slow Running Networks"),
            ("Fast Cats\n\nAnn Lee\n", "Fast Cats"),
            ("Journal of Cats 15 (2014) 19-29\n\nFast Cats\n\nAnn Lee\n", "Fast Cats"),
            ("Published as a conference paper at CATS 2015\n\nFast Cats∗\nAnn Lee\n\n", "Fast Cats"),
            ("12\n\nFast Cats\n\n", "Fast Cats"),
            ("# Fast Cats\nAnn Lee\n", "Fast Cats"),
        ] {
            assert_eq!(front(text).title, wanted, "{text}");
        }
    }

    #[test]
    fn the_stamp_of_arxiv_is_the_id_and_no_part_of_the_title() {
        let found = front("arXiv:2301.00037v1 [cs.LG] 3 Feb 2023\nFast Cats\n\nAnn Lee\n");
        assert_eq!((found.title.as_str(), found.arxiv.unwrap().key()), ("Fast Cats", "arxiv-2301.00037"));
        assert_eq!(found.published.unwrap().to_string(), "2023-02-03");
        // A later version was not published on the date of the paper.
        assert_eq!(front("Fast Cats\n\narXiv:cs/0112017v3 [cs.CL] 3 Feb 2023\n").published, None);
    }

    proptest::proptest! {
        #[test]
        fn any_lines_are_read(text in "(arXiv:[0-9]{4}\\.[0-9]{4}|[A-Z][a-z]{1,6}|[0-9]| |\n|∗|é|,|@){0,60}") {
            let _ = front(&text);
        }
    }
}
