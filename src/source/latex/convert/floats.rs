//! Tables and figures, with their captions.

use super::Converter;
use crate::document::{Figure, Table};
use crate::source::latex::arguments::{environment, group, optional};
use crate::source::latex::commands::TABULARS;
use crate::source::latex::tabular;
use crate::source::latex::tokens::{LatexPlace, LatexToken, PlacedToken, text};

/// Number of tables next to each other under one caption.
const MAX_TABULARS: usize = 50;

impl<'t> Converter<'t> {
    /// A table or a figure, with its captions.
    pub(super) fn float(
        &mut self,
        tokens: &'t [PlacedToken],
        own: Option<(&str, &'t [PlacedToken])>,
        kind: &str,
        place: LatexPlace,
    ) {
        let mut captions: Vec<(&str, &'t [PlacedToken], usize)> = Vec::new();
        let mut tabulars: Vec<(String, &'t [PlacedToken], LatexPlace, usize)> = Vec::new();
        let mut sub: Vec<(usize, &'t [PlacedToken])> = Vec::new();
        let mut nested: usize = 0;
        let mut notes = String::new();
        let mut at = 0;
        if let Some((kind, inside)) = own {
            tabulars.push((kind.to_string(), inside, place, 0));
        }
        while at < tokens.len() {
            let (LatexToken::Command(name), here) = &tokens[at] else {
                at += 1;
                continue;
            };
            at += 1;
            match &**name {
                "caption" | "caption*" | "captionof" | "captionof*" | "subcaption" | "topcaption" => {
                    let mut of = if nested > 0 { "sub" } else { kind };
                    if name.starts_with("captionof") {
                        let (argument, next) = group(tokens, at);
                        of = if text(argument).trim() == "table" { "table" } else { "figure" };
                        at = next;
                    }
                    let behind = optional(tokens, at).map_or(at, |(_, next)| next);
                    let (argument, next) = group(tokens, behind);
                    if of == "sub" || &**name == "subcaption" {
                        sub.push((at, argument));
                    } else {
                        captions.push((of, argument, at));
                    }
                    at = next;
                }
                "begin" => {
                    let (argument, next) = group(tokens, at);
                    let inner = text(argument).trim().to_string();
                    at = next;
                    if TABULARS.contains(&inner.as_str()) {
                        let (inside, next) = environment(tokens, at, &inner);
                        if own.is_none() {
                            tabulars.push((inner, inside, *here, at));
                        }
                        at = next;
                    } else if inner == "tablenotes" {
                        let (inside, next) = environment(tokens, at, &inner);
                        notes = self.plain(inside);
                        at = next;
                    } else if ["subtable", "subfigure"].contains(&inner.trim_end_matches('*')) {
                        nested += 1;
                    }
                }
                "end" => {
                    let (argument, next) = group(tokens, at);
                    if ["subtable", "subfigure"].contains(&text(argument).trim().trim_end_matches('*')) {
                        nested = nested.saturating_sub(1);
                    }
                    at = next;
                }
                _ => {}
            }
        }
        tabulars.truncate(MAX_TABULARS);
        let wanted = if tabulars.is_empty() { 0 } else { sub.len() };
        let sub: Vec<(usize, String)> =
            sub.into_iter().take(wanted).map(|(at, words)| (at, self.plain(words).replace('\n', " "))).collect();
        let mut of_tables: Vec<(String, String, usize)> = Vec::new();
        for (of, argument, at) in captions {
            let caption = self.plain(argument).replace('\n', " ");
            let location = Some(self.location(place));
            match of {
                "table" => {
                    self.counts.0 += 1;
                    of_tables.push((format!("Table {}", self.counts.0), caption, at));
                }
                _ => {
                    self.counts.1 += 1;
                    let label = format!("Figure {}", self.counts.1);
                    // A table of results can be marked up as a figure.
                    if kind == "figure" && !tabulars.is_empty() && of_tables.is_empty() {
                        of_tables.push((label.clone(), caption.clone(), at));
                    }
                    self.document.parts.figures.push(Figure { label, caption, location });
                }
            }
        }
        if tabulars.is_empty() && !of_tables.is_empty() {
            for (label, caption, _) in of_tables {
                let location = Some(self.location(place));
                self.document.parts.tables.push(Table { label, caption, location, ..Table::default() });
            }
            return;
        }
        for (nth, (inner, inside, here, at)) in tabulars.into_iter().enumerate() {
            // If there are several captions, a table has the nearest one; else the only one.
            let (label, mut caption, _) = match of_tables.len() {
                0 | 1 => of_tables.first().cloned().unwrap_or_default(),
                many => of_tables.get(nth.min(many - 1)).cloned().unwrap_or_default(),
            };
            let own = sub.iter().filter(|(place, _)| *place > at).min_by_key(|(place, _)| *place).or(sub.last());
            if let Some((_, words)) = own.filter(|_| sub.len() > 1 || nth > 0) {
                caption = if caption.is_empty() { words.clone() } else { format!("{caption} {words}") };
            }
            self.table(&inner, inside, label, caption, here);
            if let Some(table) = self.document.parts.tables.last_mut().filter(|_| !notes.is_empty()) {
                table.notes.clone_from(&notes);
            }
        }
    }

    pub(super) fn table(
        &mut self,
        kind: &str,
        inside: &'t [PlacedToken],
        label: String,
        caption: String,
        place: LatexPlace,
    ) {
        let rows = tabular::rows(kind, inside, &mut |tokens| self.marked(tokens));
        let location = Some(self.location(place));
        if rows.is_empty() && label.is_empty() {
            return;
        }
        self.document.parts.tables.push(Table { label, caption, rows, location, ..Table::default() });
    }
}
