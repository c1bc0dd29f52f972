//! A node and its neighbours as SVG inside a page, read like a table: papers on the left, the rest on the right.
//!
//! Unlike the pictures of [`dot`](super::dot) it needs no GraphViz, so that a server can draw it for every page. Kinds
//! have the same colours.

use std::fmt::Write as _;

use super::dot::{line, look};
use super::xml;
use crate::answer::{Vicinity, VicinityNode};
use crate::graph::Tie;
use crate::ontology::NodeKind;
use crate::text::{readable, shorten};

/// Height of a node, and from one node to the next, in units of the picture.
const BOX: f64 = 42.0;
const ROW: f64 = 50.0;
const MARGIN: f64 = 6.0;
/// Width of a letter in a name, and in the text below it.
const LETTER: f64 = 8.9;
const SMALL_LETTER: f64 = 6.4;

/// The place of a box.
#[derive(Debug, Clone, Copy)]
struct BoxPlace {
    x: f64,
    y: f64,
    width: f64,
}

/// Draws a node and its neighbours in three columns. `address` gives the address of a node's page.
pub(crate) fn wide(vicinity: &Vicinity, address: &dyn Fn(&str) -> String) -> String {
    const SIDE: f64 = 316.0;
    const MIDDLE: f64 = 216.0;
    const WIDTH: f64 = 980.0;
    let (left, right): (Vec<&VicinityNode>, Vec<&VicinityNode>) =
        vicinity.neighbors.iter().partition(|neighbor| neighbor.node.kind == NodeKind::Paper);
    let rows = left.len().max(right.len()).max(1) as f64;
    let height = rows * ROW - (ROW - BOX) + 2.0 * MARGIN;
    let centre = BoxPlace { x: (WIDTH - MIDDLE) / 2.0, y: (height - BOX) / 2.0, width: MIDDLE };
    let mut drawing = PictureDrawing::begin(vicinity, "wide", WIDTH, height);
    for (side, x) in [(&left, MARGIN), (&right, WIDTH - SIDE - MARGIN)] {
        let top = (height - (side.len() as f64 * ROW - (ROW - BOX))) / 2.0;
        let places: Vec<BoxPlace> =
            (0..side.len()).map(|at| BoxPlace { x, y: top + at as f64 * ROW, width: SIDE }).collect();
        for (neighbor, place) in side.iter().zip(&places) {
            let (from, to) = match place.x < centre.x {
                true => (place.x + place.width, centre.x),
                false => (centre.x + centre.width, place.x),
            };
            let ends = match place.x < centre.x {
                true => (place.y + BOX / 2.0, centre.y + BOX / 2.0),
                false => (centre.y + BOX / 2.0, place.y + BOX / 2.0),
            };
            let middle = f64::midpoint(from, to);
            let path =
                format!("M{from:.1} {0:.1}C{middle:.1} {0:.1} {middle:.1} {1:.1} {to:.1} {1:.1}", ends.0, ends.1);
            drawing.curve(neighbor, &path);
        }
        for (neighbor, place) in side.iter().zip(places) {
            drawing.neighbor(neighbor, place, address);
        }
    }
    drawing.centre(centre);
    drawing.end()
}

/// Draws the same picture for a narrow screen: the node above, its neighbours below it.
pub(crate) fn narrow(vicinity: &Vicinity, address: &dyn Fn(&str) -> String) -> String {
    const WIDTH: f64 = 360.0;
    const INDENT: f64 = 24.0;
    let rows = 1.0 + vicinity.neighbors.len() as f64;
    let mut drawing = PictureDrawing::begin(vicinity, "narrow", WIDTH, rows * ROW - (ROW - BOX) + 2.0 * MARGIN);
    let trunk = MARGIN + INDENT / 2.0;
    for (at, neighbor) in vicinity.neighbors.iter().enumerate() {
        let place =
            BoxPlace { x: MARGIN + INDENT, y: MARGIN + (at + 1) as f64 * ROW, width: WIDTH - INDENT - 2.0 * MARGIN };
        drawing.curve(neighbor, &format!("M{trunk:.1} {:.1}V{:.1}H{:.1}", MARGIN + BOX, place.y + BOX / 2.0, place.x));
        drawing.neighbor(neighbor, place, address);
    }
    drawing.centre(BoxPlace { x: MARGIN, y: MARGIN, width: WIDTH - 2.0 * MARGIN });
    drawing.end()
}

struct PictureDrawing<'v> {
    vicinity: &'v Vicinity,
    out: String,
}

impl<'v> PictureDrawing<'v> {
    fn begin(vicinity: &'v Vicinity, class: &str, width: f64, height: f64) -> Self {
        let title = xml::text(&format!("{} and its neighbours", readable(&vicinity.node.name)));
        let out = format!(
            "<svg class=\"picture {class}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"group\" \
             aria-label=\"{title}\" xmlns=\"http://www.w3.org/2000/svg\">\n"
        );
        Self { vicinity, out }
    }

    fn end(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }

    fn tie(&self, neighbor: &VicinityNode) -> Tie {
        self.vicinity.edge_to(&neighbor.node.id).map_or(Tie::Related, |edge| edge.relation)
    }

    fn curve(&mut self, neighbor: &VicinityNode, path: &str) {
        let look = line(self.tie(neighbor));
        let dashes = match look.style {
            "dashed" => " stroke-dasharray=\"6 4\"",
            "dotted" => " stroke-dasharray=\"2 3\"",
            _ => "",
        };
        // Writing to a String does not fail.
        let _ = writeln!(
            self.out,
            "<path class=\"tie\" d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{:.1}\"{dashes}/>",
            look.color,
            look.width.max(1.2)
        );
    }

    fn neighbor(&mut self, neighbor: &VicinityNode, place: BoxPlace, address: &dyn Fn(&str) -> String) {
        let mut about = vec![neighbor.node.kind.as_str().to_string()];
        // The picture is read from left to right.
        let is_left = neighbor.node.kind == NodeKind::Paper;
        about.extend(self.vicinity.edge_to(&neighbor.node.id).map(|edge| match edge.relation {
            Tie::Related if is_left => "shares names".to_string(),
            // Who or what papers come from is not named in them.
            Tie::Related if self.vicinity.node.kind.is_origin() || neighbor.node.kind.is_origin() => {
                "in the same papers".to_string()
            }
            Tie::Related => "often named together".to_string(),
            relation if (edge.from == neighbor.node.id) == is_left => relation.words().to_string(),
            relation => relation.words_back().to_string(),
        }));
        about.extend(neighbor.date.map(|date| date.year().to_string()));
        if neighbor.dead {
            about.push("gone".to_string());
        }
        let _ = write!(self.out, "<a href=\"{}\">", xml::text(&address(&neighbor.node.id)));
        self.node(neighbor.node.kind, &neighbor.node.name, &about.join(" · "), place, 1.0);
        self.out.push_str("</a>\n");
    }

    fn centre(&mut self, place: BoxPlace) {
        let node = &self.vicinity.node;
        self.node(node.kind, &node.name, node.kind.as_str(), place, 2.5);
        self.out.push('\n');
    }

    /// A box with the name of a node and a text below it.
    fn node(&mut self, kind: NodeKind, name: &str, about: &str, place: BoxPlace, border: f64) {
        let look = look(kind);
        let BoxPlace { x, y, width } = place;
        let name = readable(name);
        let short = name.strip_prefix("github.com/").unwrap_or(&name);
        let _ = write!(
            self.out,
            "<title>{0}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{BOX}\" rx=\"6\" fill=\"{1}\" \
             stroke=\"#555555\" stroke-width=\"{border}\"/><text class=\"name\" x=\"{2:.1}\" y=\"{3:.1}\" fill=\"{4}\">{5}</text>\
             <text class=\"about\" x=\"{2:.1}\" y=\"{6:.1}\" fill=\"{4}\">{7}</text>",
            xml::text(&name),
            look.fill,
            x + 10.0,
            y + 18.0,
            look.ink,
            xml::text(&shorten(short, ((width - 20.0) / LETTER) as usize)),
            y + 34.0,
            xml::text(&shorten(about, ((width - 20.0) / SMALL_LETTER) as usize)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{NodeName, VicinityEdge};
    use crate::vocabulary::Kind;

    fn vicinity() -> Vicinity {
        let named = |id: &str, kind, name: &str| NodeName { id: id.into(), kind, name: name.into() };
        let neighbor = |node| VicinityNode { node, date: Some("2021-05".parse().unwrap()), papers: 0, dead: false };
        let edge = |from: &str, relation, to: &str| VicinityEdge { from: from.into(), relation, to: to.into() };
        Vicinity {
            node: named("dataset/x", NodeKind::Entity(Kind::Dataset), "X & <Y>"),
            neighbors: vec![
                neighbor(named("paper/a", NodeKind::Paper, "On $\\alpha$ \u{202e}</text><script>")),
                neighbor(named("task/t", NodeKind::Entity(Kind::Task), "T")),
            ],
            edges: vec![edge("paper/a", Tie::EvaluatesOn, "dataset/x"), edge("dataset/x", Tie::ForTask, "task/t")],
            left_out: 3,
        }
    }

    #[test]
    fn papers_are_left_of_the_node_and_the_rest_right_of_it() {
        let svg = wide(&vicinity(), &|id| format!("/{id}"));
        let x = |name: &str| {
            // The name of the node is in the title of the picture, too.
            let (before, _) = svg.rsplit_once(name).unwrap();
            let x = before.rsplit("<rect x=\"").next().unwrap().split('"').next().unwrap();
            x.parse::<f64>().unwrap()
        };
        assert!(x("On α") < x("X &amp;") && x("X &amp;") < x(">T<"), "{svg}");
        assert!(svg.contains("<a href=\"/paper/a\">") && svg.contains("paper · evaluates on · 2021"), "{svg}");
        assert!(svg.contains("task · is made for"), "{svg}");
    }

    #[test]
    fn names_stay_text() {
        for svg in [wide(&vicinity(), &|id| format!("/{id}")), narrow(&vicinity(), &|id| format!("/{id}"))] {
            assert!(!svg.contains("<script") && !svg.contains('\u{202e}') && !svg.contains("<Y>"), "{svg}");
        }
    }
}
