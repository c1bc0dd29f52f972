//! Numbers of sections, tables, figures and equations, by their labels.

use std::collections::HashMap;

use super::arguments::{next_command, short_group};
use super::commands::float;
use super::tokens::{PlacedToken, text};

/// Facts known before the text is read: the meanings of labels.
pub(super) struct LabelMeanings {
    /// Kind and number by label: "Table", "2".
    pub(super) numbers: HashMap<String, (String, String)>,
}

impl LabelMeanings {
    /// Counts sections, tables, figures and equations as LaTeX does.
    pub(super) fn of(tokens: &[PlacedToken]) -> Self {
        let mut numbers = HashMap::new();
        let mut counters = [0_u32; 3];
        let (mut tables, mut figures, mut equations, mut theorems) = (0_u32, 0_u32, 0_u32, 0_u32);
        let mut appendix = false;
        let mut current = (String::new(), String::new());
        let mut environments: Vec<String> = Vec::new();
        let mut at = 0;
        while let Some((name, next)) = next_command(tokens, at) {
            at = next;
            match name {
                "begin" => {
                    let (argument, _) = short_group(tokens, at);
                    let kind = text(argument);
                    match kind.trim_end_matches('*') {
                        "equation" | "align" | "eqnarray" | "gather" if !kind.ends_with('*') => {
                            equations += 1;
                            current = ("Equation".to_string(), equations.to_string());
                        }
                        "theorem" | "lemma" | "proposition" | "definition" | "corollary" => {
                            theorems += 1;
                            current = (String::new(), theorems.to_string());
                        }
                        _ => {}
                    }
                    environments.push(kind);
                }
                "end" => {
                    environments.pop();
                }
                "appendix" => {
                    appendix = true;
                    counters = [0; 3];
                }
                "section" | "subsection" | "subsubsection" => {
                    let level = name.len() / 3 - 2;
                    let level = match name {
                        "section" => 0,
                        "subsection" => 1,
                        _ => level.min(2),
                    };
                    counters[level] += 1;
                    counters[level + 1..].fill(0);
                    let first = match appendix {
                        true => char::from_u32(u32::from('A') + counters[0].saturating_sub(1).min(25))
                            .unwrap_or('A')
                            .to_string(),
                        false => counters[0].to_string(),
                    };
                    let rest = counters[1..=level].iter().map(|n| format!(".{n}")).collect::<String>();
                    current = ("Section".to_string(), first + &rest);
                }
                "caption" | "captionof" => {
                    let kind = match name {
                        "captionof" => text(short_group(tokens, at).0),
                        _ => environments.iter().rev().find_map(|kind| float(kind)).unwrap_or_default().to_string(),
                    };
                    match kind.as_str() {
                        "table" => {
                            tables += 1;
                            current = ("Table".to_string(), tables.to_string());
                        }
                        "figure" => {
                            figures += 1;
                            current = ("Figure".to_string(), figures.to_string());
                        }
                        _ => {}
                    }
                }
                "label" => {
                    let key = text(short_group(tokens, at).0);
                    numbers.entry(key.trim().to_string()).or_insert_with(|| current.clone());
                }
                _ => {}
            }
        }
        Self { numbers }
    }
}
