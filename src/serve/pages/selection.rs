//! The papers that an address selects by date, author, organisation and venue, as `--since`, `--author`,
//! `--organization` and `--venue` do for a command.

use maud::{Markup, html};

use super::papers::one_node_of;
use super::raw;
use crate::graph::{PaperSet, Selection};
use crate::ontology::NodeKind;
use crate::paper::PartialDate;
use crate::serve::parameters::Parameters;
use crate::serve::problem::HttpProblem;
use crate::store::GraphStore;

/// The selected papers.
#[derive(Debug, Clone, Default)]
pub(super) struct AskedPapers {
    dates: Selection,
    /// Names of authors, organisations and venues, in the order of [`ORIGINS`].
    names: [Vec<String>; 3],
}

/// Parameter, kind, and label in the form.
const ORIGINS: [(&str, NodeKind, &str); 3] = [
    ("author", NodeKind::Author, "Author"),
    ("organization", NodeKind::Organization, "Organisation"),
    ("venue", NodeKind::Venue, "Venue"),
];

impl AskedPapers {
    /// # Errors
    /// If a parameter is not a date, or the period has no day.
    pub(super) fn of(parameters: &Parameters) -> Result<Self, HttpProblem> {
        let date = |name| {
            let date: Option<&str> = parameters.filled(name)?;
            date.map(|date| date.parse::<PartialDate>().map_err(|_| not_a_date(name, date))).transpose()
        };
        let names = ORIGINS.map(|(name, ..)| {
            let names = parameters.all(name).map(str::trim).filter(|name| !name.is_empty());
            names.map(str::to_string).collect()
        });
        let dates = Selection::between(date("since")?, date("until")?).map_err(HttpProblem::bad_request)?;
        Ok(Self { dates, names })
    }

    /// Whether all papers are selected.
    pub(super) fn is_all(&self) -> bool {
        !self.dates.has_dates() && self.names.iter().all(Vec::is_empty)
    }

    /// # Errors
    /// If the graph has no author, organisation or venue with a name, or cannot be read.
    pub(super) fn selection(&self, store: &GraphStore) -> Result<Selection, HttpProblem> {
        let mut groups = Vec::new();
        for ((_, kind, _), names) in ORIGINS.iter().zip(&self.names) {
            let nodes = names.iter().map(|name| one_node_of(store, name, Some(*kind)));
            groups.push(nodes.collect::<Result<Vec<_>, _>>()?);
        }
        let papers = PaperSet::of(store, &groups)?;
        Ok(Selection { papers, ..self.dates.clone() })
    }

    /// The parameters, for an address that selects the same papers.
    pub(super) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        pairs.extend(self.dates.since.map(|date| ("since", date.to_string())));
        pairs.extend(self.dates.until.map(|date| ("until", date.to_string())));
        for ((name, ..), names) in ORIGINS.iter().zip(&self.names) {
            pairs.extend(names.iter().map(|value| (*name, value.clone())));
        }
        pairs
    }

    /// The fields of a form.
    pub(super) fn fields(&self) -> Markup {
        let said = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
        html! {
            div.field.short { label for="since" { "From" } input #since name="since" value=(said(self.dates.since)) placeholder="2020" size="7"; }
            div.field.short { label for="until" { "To" } input #until name="until" value=(said(self.dates.until)) placeholder="2025" size="7"; }
            @for ((name, _, label), names) in ORIGINS.iter().zip(&self.names) {
                // One empty field if no name is given.
                @for i in 0..names.len().max(1) {
                    @let id = if i == 0 { (*name).to_string() } else { format!("{name}-{i}") };
                    div.field.medium {
                        label for=(id) { (label) }
                        input id=(id) name=(name) value=(raw(names.get(i).map_or("", String::as_str))) size="14" autocomplete="off" spellcheck="false";
                    }
                }
            }
        }
    }
}

fn not_a_date(name: &str, text: &str) -> HttpProblem {
    HttpProblem::bad_request(format!("`{name}` is not a date: `{text}`")).help("write 2024, 2024-07 or 2024-07-10")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_the_same_parameters_asks_for_the_same_papers() {
        let parameters = "since=2020&author=A.+Doe&author=B.+Doe&venue=ACL&until=&organization=+";
        let asked = AskedPapers::of(&Parameters::parse(parameters).unwrap()).unwrap();
        let pairs = asked.pairs();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(pairs, [("since", "2020"), ("author", "A. Doe"), ("author", "B. Doe"), ("venue", "ACL")]);
        assert!(!asked.is_all());
        assert!(AskedPapers::of(&Parameters::default()).unwrap().is_all());
    }

    #[test]
    fn what_is_not_a_date_is_refused() {
        let problem = AskedPapers::of(&Parameters::parse("since=soon").unwrap()).unwrap_err();
        assert_eq!(problem.message, "`since` is not a date: `soon`");
        assert!(AskedPapers::of(&Parameters::parse("since=2025-06&until=2025").unwrap()).is_ok());
        let problem = AskedPapers::of(&Parameters::parse("since=2025-06&until=2025-05").unwrap()).unwrap_err();
        assert!(problem.message.contains("no day is in the period"), "{}", problem.message);
    }
}
