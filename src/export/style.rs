//! How kinds look in every program that shows colours.

use crate::ontology::NodeKind;
use crate::vocabulary::Kind;

/// The fill of a kind: the palette of Okabe and Ito ("Color Universal Design", 2008), whose colours people with any
/// colour vision tell apart, with what is neither a kind of thing nor a paper in greys. The lightness differs too, so
/// that a grey print keeps most of it.
pub fn color(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Paper => "#FBFAF4",
        NodeKind::Entity(Kind::Dataset) => "#56B4E9",
        NodeKind::Entity(Kind::Model) => "#E69F00",
        NodeKind::Entity(Kind::Method) => "#5DC7A5",
        NodeKind::Entity(Kind::Task) => "#F0E442",
        NodeKind::Entity(Kind::Metric) => "#CC79A7",
        NodeKind::Entity(Kind::Hardware) => "#D55E00",
        NodeKind::Entity(Kind::Software) => "#0072B2",
        NodeKind::Repository => "#4D4D4D",
        NodeKind::Page => "#E0E0E0",
    }
}

/// Red, green and blue, 0 to 255.
pub fn rgb(kind: NodeKind) -> (u8, u8, u8) {
    let hex = u32::from_str_radix(color(kind).trim_start_matches('#'), 16).unwrap_or_default();
    let byte = |shift: u32| (hex >> shift) as u8;
    (byte(16), byte(8), byte(0))
}
