//! The appearance of kinds and ties.

use crate::graph::Tie;
use crate::ontology::NodeKind;
use crate::vocabulary::Kind;

/// The appearance of a kind of node.
pub struct NodeLook {
    pub shape: &'static str,
    /// The name of the shape in the legend, for readers of a black-and-white print.
    pub shape_name: &'static str,
    pub fill: &'static str,
    /// The colour of letters: dark on light, or light on dark.
    pub ink: &'static str,
}

/// The palette is Okabe and Ito's ("Color Universal Design", 2008), which people with any colour vision can
/// distinguish. The vermilion is darker, so that white letters on it have the contrast that WCAG asks for (4.5:1), and
/// the green is lighter, for black letters. Kinds that are neither a thing nor its use are grey.
pub fn look(kind: NodeKind) -> NodeLook {
    let (shape, said, fill, ink) = match kind {
        NodeKind::Paper => ("note", "sheet", "#FBFAF4", "#222222"),
        NodeKind::Entity(Kind::Dataset) => ("cylinder", "cylinder", "#56B4E9", "#111111"),
        NodeKind::Entity(Kind::Model) => ("hexagon", "hexagon", "#E69F00", "#111111"),
        NodeKind::Entity(Kind::Method) => ("ellipse", "ellipse", "#5DC7A5", "#111111"),
        NodeKind::Entity(Kind::Task) => ("octagon", "octagon", "#F0E442", "#111111"),
        NodeKind::Entity(Kind::Metric) => ("box", "rounded", "#CC79A7", "#111111"),
        NodeKind::Entity(Kind::Hardware) => ("box3d", "block", "#BC5200", "#FFFFFF"),
        NodeKind::Entity(Kind::Software) => ("component", "component", "#0072B2", "#FFFFFF"),
        NodeKind::Entity(Kind::Unknown) => ("diamond", "diamond", "#BDBDBD", "#111111"),
        NodeKind::Repository => ("folder", "folder", "#4D4D4D", "#FFFFFF"),
        NodeKind::Page => ("tab", "tab", "#E0E0E0", "#222222"),
        NodeKind::Author => ("house", "house", "#E8DCC8", "#222222"),
        NodeKind::Venue => ("tripleoctagon", "triple octagon", "#D9E8D0", "#222222"),
        NodeKind::Organization => ("invhouse", "inverted house", "#D6E2EE", "#222222"),
        NodeKind::Work => ("parallelogram", "slanted", "#F3F1FA", "#222222"),
    };
    NodeLook { shape, shape_name: said, fill, ink }
}

/// Red, green and blue of a kind's fill, 0 to 255.
pub fn rgb(kind: NodeKind) -> [u8; 3] {
    let hex = u32::from_str_radix(look(kind).fill.trim_start_matches('#'), 16).unwrap_or_default();
    [16, 8, 0].map(|shift: u32| (hex >> shift) as u8)
}

/// The appearance of a tie.
pub struct TieLook {
    pub color: &'static str,
    pub width: f64,
    pub style: &'static str,
    pub arrow: &'static str,
    /// A sample of the line in text characters, for the legend.
    pub sample: &'static str,
}

pub fn line(tie: Tie) -> TieLook {
    let (color, width, style, arrow) = match tie {
        Tie::Introduces => ("#111111", 2.4, "solid", "normal"),
        Tie::EvaluatesOn => ("#0072B2", 1.5, "solid", "normal"),
        Tie::TrainsOn => ("#007A5A", 1.5, "bold", "dot"),
        Tie::BuildsOn => ("#C77F00", 1.5, "solid", "diamond"),
        Tie::ComparesWith => ("#CC3D6E", 1.3, "dashed", "normal"),
        Tie::RunsOn => ("#BC5200", 1.2, "dotted", "normal"),
        Tie::Mentions => ("#C4C4C4", 0.8, "solid", "none"),
        Tie::Declares => ("#8C6BB1", 0.8, "dashed", "none"),
        Tie::Repository => ("#4D4D4D", 1.2, "dashed", "vee"),
        Tie::Page => ("#999999", 0.8, "dashed", "vee"),
        Tie::WrittenBy => ("#A08C5B", 0.8, "dotted", "vee"),
        Tie::PublishedIn => ("#7A9A63", 0.8, "dotted", "vee"),
        Tie::AffiliatedWith => ("#6C8AA8", 0.8, "dotted", "vee"),
        Tie::Cites => ("#777777", 0.8, "solid", "vee"),
        Tie::Broader => ("#555555", 1.2, "solid", "onormal"),
        Tie::ForTask => ("#555555", 1.2, "dotted", "vee"),
        Tie::Related => ("#9A9A9A", 1.0, "solid", "none"),
    };
    let sample = match (style, arrow) {
        ("dashed", "none") => "╌╌╌",
        ("dashed", _) => "╌╌▶",
        ("dotted", _) => "┈┈▶",
        (_, "none") => "───",
        (_, "onormal") => "──▷",
        (_, "dot") => "──●",
        (_, "diamond") => "──◆",
        _ if width > 2.0 => "━━▶",
        _ => "──▶",
    };
    TieLook { color, width, style, arrow, sample }
}

/// The colour of dead links: letters and lines.
pub(super) const DEAD: &str = "#A61E1E";

#[cfg(test)]
mod tests {
    use super::*;

    /// WCAG 2's relative luminance.
    fn luminance(hex: &str) -> f64 {
        let value = u32::from_str_radix(&hex[1..], 16).unwrap();
        let part = |shift: u32| {
            let c = f64::from((value >> shift) as u8) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055_f64).powf(2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn letters_stand_out_from_every_fill() {
        for kind in NodeKind::ALL {
            let NodeLook { fill, ink, .. } = look(kind);
            assert!(contrast(fill, ink) >= 4.5, "{kind}: {}", contrast(fill, ink));
        }
        assert!(contrast(DEAD, "#FFFFFF") >= 4.5);
    }

    #[test]
    fn no_two_kinds_share_a_shape_or_a_colour() {
        let shapes: std::collections::BTreeSet<_> = NodeKind::ALL.map(|kind| look(kind).shape).into();
        let fills: std::collections::BTreeSet<_> = NodeKind::ALL.map(|kind| look(kind).fill).into();
        assert_eq!((shapes.len(), fills.len()), (NodeKind::ALL.len(), NodeKind::ALL.len()));
        assert_eq!(rgb(NodeKind::Entity(Kind::Dataset)), [0x56, 0xb4, 0xe9]);
    }
}
