//! Finds teams of shared tasks with names that look like the name of a thing: "Volta at SemEval-2021 Task 9".

use std::collections::HashSet;

use super::Field;
use super::contributions::IS_TEAM;
use super::mentions::Span;
use super::reading::ReadField;

/// Drops the name at the beginning of a title if it is a team's, unless the paper names the thing in another text.
pub(super) fn drop_teams(decided: &mut [(&ReadField, Vec<Span>)]) {
    let is_of_team = |reading: &ReadField, span: &Span| {
        reading.field == Field::Title && span.range.start == 0 && IS_TEAM.is_match(&reading.text[span.range.end..])
    };
    if !decided.iter().any(|(reading, spans)| spans.iter().any(|span| is_of_team(reading, span))) {
        return;
    }
    let others = decided.iter().filter(|(reading, _)| reading.field != Field::Title);
    let named: HashSet<_> = others.flat_map(|(_, spans)| spans.iter().map(|span| span.entity.clone())).collect();
    for (reading, spans) in decided.iter_mut().filter(|(reading, _)| reading.field == Field::Title) {
        spans.retain(|span| named.contains(&span.entity) || !is_of_team(reading, span));
    }
}

#[cfg(test)]
mod tests {
    use crate::extract::Extractor;
    use crate::paper::Paper;
    use crate::vocabulary::Vocabulary;

    #[test]
    fn a_team_in_a_title_is_not_the_thing_that_is_called_so() {
        let text = "kind = \"hardware\"\nentity = [ { id = \"quuxon\", name = \"Quuxon\" } ]";
        let extractor = Extractor::new(Vocabulary::from_texts([("hardware.toml", text)]).unwrap()).unwrap();
        let named = |title: &str, text: &str| {
            let paper = Paper { abstract_text: text.to_string(), ..Paper::titled(title) };
            extractor.extract(paper).mentions.len()
        };
        assert_eq!(named("Quuxon at SemEval-2021 Task 9: Reading Tables", "We fine-tune a parser."), 0);
        assert_eq!(named("Quuxon at SemEval-2021 Task 9: Reading Tables", "We train on a Quuxon."), 2);
        assert_eq!(named("Quuxon at Full Load", "We train a parser."), 1);
    }
}
