//! Checks vocabulary files for a curator: the errors of the loader, and warnings.
//!
//! A warning is a name that will be linked wherever the word occurs, or a fact that is probably a slip. A vocabulary
//! with warnings can still be used.

mod corpus;

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::paper::{Paper, arxiv_id};
use crate::vocabulary::{Entity, Vocabulary, VocabularyLine, VocabularyLoader, VocabularyProblem};

/// The base on which the files are checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LintBase {
    /// The shipped vocabulary. The files extend it and may not reuse its names.
    Shipped,
    /// No base: the files must be complete by themselves.
    Nothing,
}

/// The result of a check.
#[derive(Debug, Clone, Default)]
pub(crate) struct LintFindings {
    /// Number of checked entities.
    pub entities: usize,
    /// Each error prevents the vocabulary from being loaded.
    pub errors: Vec<VocabularyProblem>,
    pub warnings: Vec<VocabularyProblem>,
}

/// Checks vocabulary files. Each of `paths`, a file or a folder, is laid over the one before. Without paths, the
/// shipped files are checked. Warnings are given only for the files of `paths`, errors for everything.
///
/// With `papers`, there are also warnings about names that behave like something else in them.
pub(crate) fn lint<P: AsRef<Path>>(base: LintBase, paths: &[P], papers: &[Paper]) -> LintFindings {
    let mut loader = if base == LintBase::Shipped || paths.is_empty() {
        match Vocabulary::builtin() {
            Ok(shipped) => VocabularyLoader::over(shipped),
            Err(problems) => return LintFindings { errors: problems.0, ..LintFindings::default() },
        }
    } else {
        VocabularyLoader::default()
    };
    let mut own = HashSet::new();
    for path in paths {
        own.extend(loader.path(path.as_ref()));
    }
    let (vocabulary, mut errors) = loader.examine();
    let mut looked_at: Vec<&Entity> =
        vocabulary.entities().iter().filter(|e| paths.is_empty() || own.contains(&e.id)).collect();
    looked_at.sort_by(|a, b| (&a.defined_at.file, a.defined_at.line).cmp(&(&b.defined_at.file, b.defined_at.line)));

    let mut warnings = LintWarnings { found: Vec::new(), this_year: this_year() };
    let mut before: Option<&Entity> = None;
    for entity in &looked_at {
        warnings.names(entity);
        warnings.paper_and_year(entity);
        warnings.modality(entity);
        if let Some(before) =
            before.filter(|b| b.defined_at.file == entity.defined_at.file && b.id.slug() > entity.id.slug())
        {
            warnings.add(
                &entity.defined_at,
                format!("`{}` comes after `{}`; entries are sorted by id", entity.id.slug(), before.id.slug()),
            );
        }
        before = Some(entity);
    }
    let mut warnings = warnings.found;
    if !papers.is_empty() {
        let places: HashSet<(&str, usize)> =
            looked_at.iter().map(|e| (&*e.defined_at.file, e.defined_at.line)).collect();
        match corpus::warnings(&vocabulary, papers) {
            Ok(found) => warnings.extend(
                found.into_iter().filter(|p| p.line.is_some_and(|line| places.contains(&(p.file.as_str(), line)))),
            ),
            Err(error) => {
                errors.push(VocabularyProblem { file: "--corpus".into(), line: None, message: error.to_string() });
            }
        }
    }
    LintFindings { entities: looked_at.len(), errors, warnings }
}

struct LintWarnings {
    found: Vec<VocabularyProblem>,
    this_year: u16,
}

impl LintWarnings {
    fn add(&mut self, place: &VocabularyLine, message: String) {
        self.found.push(VocabularyProblem { file: place.file.to_string(), line: Some(place.line), message });
    }

    fn names(&mut self, entity: &Entity) {
        for name in entity.strong_names() {
            let what = if is_common_word(name) {
                "an ordinary word"
            } else if is_short_acronym(name) {
                "an acronym with few letters"
            } else {
                continue;
            };
            self.add(
                &entity.defined_at,
                format!(
                    "`{name}` of `{}` is {what}, linked wherever it occurs; put it into `weak`, with `context`",
                    entity.id.slug()
                ),
            );
        }
        if entity.context.is_empty()
            && let Some(weak) = entity.weak.first()
        {
            self.add(
                &entity.defined_at,
                format!("`{}` has the weak name `{weak}` and no `context` that would be evidence", entity.id.slug()),
            );
        }
    }

    fn paper_and_year(&mut self, entity: &Entity) {
        let slug = entity.id.slug();
        let mut submitted = None;
        if let Some(paper) = &entity.paper {
            match arxiv_id(paper) {
                Some(id) if id == *paper => submitted = arxiv_year(&id),
                Some(id) => self.add(&entity.defined_at, format!("paper `{paper}` of `{slug}` is written `{id}` here")),
                None if is_doi(paper) => {}
                None => self.add(
                    &entity.defined_at,
                    format!("paper `{paper}` of `{slug}` is neither an arXiv id (2407.11062) nor a DOI (10.1145/…)"),
                ),
            }
        }
        let Some(year) = entity.year else { return };
        if year < FIRST_YEAR {
            self.add(&entity.defined_at, format!("year {year} of `{slug}` is before {FIRST_YEAR}"));
        } else if year > self.this_year + 1 {
            self.add(&entity.defined_at, format!("year {year} of `{slug}` is in the future"));
        } else if let Some(submitted) = submitted
            && year.abs_diff(submitted) > 1
        {
            let paper = entity.paper.as_deref().unwrap_or_default();
            self.add(
                &entity.defined_at,
                format!("year {year} of `{slug}` does not fit its paper {paper} of {submitted}"),
            );
        }
    }

    /// A unique modality is allowed. A different spelling of a known modality is a slip.
    fn modality(&mut self, entity: &Entity) {
        for modality in entity.modality.iter().filter(|m| !MODALITIES.contains(&m.as_str())) {
            let meant = MODALITIES.iter().find(|known| {
                let bare = |s: &str| s.to_lowercase().replace(['-', '_', ' '], "");
                let (a, b) = (bare(modality), bare(known));
                a == b || a.trim_end_matches('s') == b || strsim::normalized_levenshtein(&a, &b) >= 0.75
            });
            if let Some(known) = meant {
                let slug = entity.id.slug();
                self.add(&entity.defined_at, format!("modality `{modality}` of `{slug}`: did you mean `{known}`?"));
            }
        }
    }
}

/// Older than every method that machine learning knows by name, except least squares and the like.
const FIRST_YEAR: u16 = 1750;

/// The modalities of the shipped vocabulary, in their spelling.
const MODALITIES: [&str; 37] = [
    "3d",
    "audio",
    "benchmark",
    "code",
    "dna",
    "document",
    "ecog",
    "eeg",
    "ehr",
    "emg",
    "event",
    "federated",
    "fmri",
    "genomics",
    "graph",
    "image",
    "material",
    "meg",
    "molecule",
    "multimodal",
    "physics",
    "protein",
    "rl-environment",
    "rna",
    "robotics",
    "satellite",
    "simulation",
    "single-cell",
    "spectra",
    "speech",
    "spikes",
    "tabular",
    "text",
    "time-series",
    "trajectory",
    "user-behavior",
    "video",
];

/// Whether a name is written like an ordinary word: `match`, `Match` or `MATCH`, but not `mAP`, whose capitals
/// distinguish it.
fn is_common_word(name: &str) -> bool {
    let rest = name.get(1..).unwrap_or_default();
    let uniform = !rest.contains(char::is_uppercase) || !name.contains(char::is_lowercase);
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| include_str!("common_words.txt").split_ascii_whitespace().collect());
    uniform && WORDS.contains(name.to_lowercase().as_str())
}

/// Whether a name is only two or three capitals, which are likely to be another abbreviation too.
fn is_short_acronym(name: &str) -> bool {
    (2..=3).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_doi(paper: &str) -> bool {
    let doi = paper.strip_prefix("doi:").unwrap_or(paper);
    doi.strip_prefix("10.").and_then(|rest| rest.split_once('/')).is_some_and(|(registrant, suffix)| {
        registrant.len() >= 4
            && registrant.bytes().all(|b| b.is_ascii_digit() || b == b'.')
            && !suffix.is_empty()
            && !suffix.contains(char::is_whitespace)
    })
}

/// The year in which an arXiv paper was submitted, from its id.
fn arxiv_year(id: &str) -> Option<u16> {
    let number = id.rsplit('/').next()?;
    let year: u16 = number.get(..2)?.parse().ok()?;
    // Ids begin in 1991.
    Some(if year >= 91 { 1900 + year } else { 2000 + year })
}

fn this_year() -> u16 {
    /// Mean length of a Gregorian year. An error of a day at New Year does not matter here.
    const YEAR: Duration = Duration::from_secs(31_556_952);
    let years = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / YEAR.as_secs());
    1970 + u16::try_from(years).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_arxiv_ids_of_both_styles() {
        assert_eq!(arxiv_year("2407.11062"), Some(2024));
        assert_eq!(arxiv_year("cs/9905014"), Some(1999));
        assert_eq!(arxiv_year("cs/0112017"), Some(2001));
    }

    #[test]
    fn dois_are_recognised_by_their_shape() {
        assert!(is_doi("10.1145/3292500.3330701") && is_doi("doi:10.18653/v1/N19-1423"));
        assert!(!is_doi("10.1145") && !is_doi("N19-1423") && !is_doi("10.x/y"));
    }

    #[test]
    fn the_shipped_vocabulary_has_no_errors() {
        let findings = lint(LintBase::Shipped, &[] as &[&Path], &[]);
        assert_eq!(findings.errors, []);
        assert!(findings.entities > 10_000);
    }
}
