//! Finds the names that a paper presents as its own.
//!
//! Authors name things in typical places: in the title before a colon, after "we propose", "called" or "dubbed", as a
//! long form with its abbreviation after a verb of proposing, and after "our". A candidate must look like a name. Its
//! kind (method, dataset, …) follows from the noun that the text gives it.

mod cues;
mod kinds;
mod names;
mod parts;
mod phrases;
mod refusals;
mod selection;
#[cfg(test)]
mod tests;
mod titles;

use std::collections::BTreeSet;
use std::ops::Range;

use super::reading::ReadField;
use super::record::{Field, TextPlace};
use crate::vocabulary::{Entity, EntityId, Kind, squeeze};
use cues::PROPOSE;
pub(super) use cues::{IS_TEAM, cue_rules};
pub(super) use kinds::{head_noun_kind, kind_by_suffix, noun_kind};
use names::same_name;
pub(super) use names::{has_name_shape, is_ordinary, is_refused};

/// A name that the paper introduces.
#[derive(Debug, Clone)]
pub(super) struct CoinedName {
    /// In the short form that the paper prefers.
    pub name: String,
    pub kind: Kind,
    /// Whether a noun or the name's ending states the kind. Otherwise the kind is unknown, or follows from what the
    /// thing does.
    pub kind_stated: bool,
    /// The long form of a name that is an abbreviation.
    pub expansion: Option<String>,
    /// Every spelling in the paper, including the name.
    pub surfaces: Vec<String>,
    /// Found by its position in the title.
    pub in_title: bool,
    /// The vocabulary entry that names this paper as its origin.
    pub entity: Option<EntityId>,
    /// Where the paper presents it.
    pub place: Option<TextPlace>,
    /// The ways in which the texts present it.
    pub cues: BTreeSet<NameCue>,
    /// Several words without the shape of a name, which the abstract has once, as a part of what is presented.
    pub is_phrase: bool,
}

/// A way in which a text presents a name as its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NameCue {
    /// Before the colon of a title.
    Title,
    /// After a verb of proposing.
    Proposal,
    /// With its long form, which is proposed.
    Definition,
    /// After "called" and the like.
    Called,
    /// After "our".
    Our,
    /// As the subject of the experiments.
    Shown,
    /// As a part of what is proposed.
    Part,
    /// Made from another name of the paper's own.
    Derived,
    /// The vocabulary has it as this paper's.
    Vocabulary,
}

/// Finds the paper's own names in title and abstract. `venue` is where the paper was published.
pub(super) fn find(
    title: &ReadField,
    body: &ReadField,
    venue: Option<&str>,
    is_known: impl Fn(&str) -> bool,
) -> Vec<CoinedName> {
    let lower = &body.lower;
    let proposals = body.sentences.iter().map(|range| PROPOSE.find_all(lower, &lower[range])).collect();
    let mut finder = ContributionFinder { title, body, venue, proposals, is_known, found: Vec::new() };
    finder.title_head();
    finder.proposals();
    finder.called();
    finder.ours();
    finder.parts();
    finder.derived();
    finder.finish()
}

/// Adds a name that is known from elsewhere to be the paper's own, or another spelling of it.
pub(super) fn add_known(found: &mut Vec<CoinedName>, entity: &Entity, surface: &str, place: TextPlace) {
    let (name_key, surface_key) = (squeeze(&entity.name), squeeze(surface));
    let known = found.iter_mut().find(|c| {
        c.surfaces
            .iter()
            .chain([&c.name])
            .any(|s| same_name(&squeeze(s), &name_key) || same_name(&squeeze(s), &surface_key))
    });
    match known {
        Some(coined) => {
            coined.entity.get_or_insert_with(|| entity.id.clone());
            if !coined.surfaces.iter().any(|s| s == surface) {
                coined.surfaces.push(surface.to_string());
            }
        }
        None => found.push(CoinedName {
            name: entity.name.clone(),
            kind: entity.kind(),
            kind_stated: true,
            surfaces: vec![surface.to_string()],
            expansion: None,
            in_title: place.field == Field::Title,
            entity: Some(entity.id.clone()),
            place: Some(place),
            cues: BTreeSet::from([NameCue::Vocabulary]),
            is_phrase: false,
        }),
    }
}

struct ContributionFinder<'r, 'a, F> {
    title: &'r ReadField<'a>,
    body: &'r ReadField<'a>,
    venue: Option<&'r str>,
    /// The phrases in each sentence of the abstract that show that something is proposed.
    proposals: Vec<Vec<Range<usize>>>,
    is_known: F,
    found: Vec<CoinedName>,
}

impl CoinedName {
    /// Another spelling of the same name.
    fn take_in(&mut self, other: Self) {
        self.in_title |= other.in_title;
        if !self.kind_stated && other.kind != Kind::Unknown {
            (self.kind, self.kind_stated) = (other.kind, other.kind_stated);
        }
        self.said_at(other.place);
        self.surfaces.extend(other.surfaces);
        self.cues.extend(other.cues);
    }

    /// The abstract explains in a sentence what the title only names; otherwise the first place is used.
    fn said_at(&mut self, place: Option<TextPlace>) {
        let is_title = |place: Option<TextPlace>| place.is_none_or(|place| place.field == Field::Title);
        if self.place.is_none() || is_title(self.place) && !is_title(place) {
            self.place = place;
        }
    }
}

/// Whether other papers that write the same name can mean this thing: not for a plain word or an acronym of three
/// letters.
pub(super) fn is_distinctive(name: &str) -> bool {
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    letters >= 4
        && name.split_whitespace().any(has_name_shape)
        && (letters > 4 || name.chars().any(|c| c.is_lowercase() || c.is_ascii_digit()))
}
