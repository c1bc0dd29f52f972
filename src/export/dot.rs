//! The graph as a picture, in the language of GraphViz.
//!
//! The design: a kind is told by its shape *and* its colour (Okabe and Ito's palette, which colour-blind readers can
//! tell apart; the shapes survive a black-and-white printer). What many papers name is written larger. A tie that a
//! sentence states is drawn in strong ink with an arrow; a bare mention is a thin grey line. Up to [`LARGE`] nodes the
//! picture is read like a table, left to right, papers with their titles; beyond, a force layout shows the shape of
//! the field, and papers become dots, whose titles appear when the pointer rests on them (SVG).
//!
//! The layout engine is written into the text, so that `dot -Tsvg` draws every size as it was meant.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use petgraph::graph::NodeIndex;

use crate::graph::{Graph, Node, Tie};
use crate::ontology::NodeKind;
use crate::text::wrap;
use crate::vocabulary::Kind;

/// Above this number of nodes papers are dots and the layout is by force.
pub const LARGE: usize = 60;

/// What stands around the graph in the picture.
#[derive(Debug, Clone, Default)]
pub struct Caption {
    pub title: String,
    /// Nodes that there was no room for.
    pub left_out: usize,
    /// The id of the node in the middle, which is marked.
    pub middle: Option<String>,
}

/// Writes the graph in DOT.
pub fn to_dot(graph: &Graph, caption: &Caption) -> String {
    let large = graph.node_count() > LARGE;
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = Picture { graph, caption, large, out: &mut out }.write();
    out
}

struct Picture<'a> {
    graph: &'a Graph,
    caption: &'a Caption,
    large: bool,
    out: &'a mut String,
}

/// How nodes of a kind look.
struct Look {
    shape: &'static str,
    fill: &'static str,
    /// Of the letters, dark on light and light on dark.
    ink: &'static str,
}

const FONT: &str = "Helvetica,Arial,DejaVu Sans,sans-serif";
/// Letters and lines that are neither a kind nor a tie.
const INK: &str = "#333333";

fn look(kind: NodeKind) -> Look {
    let (shape, fill, ink) = match kind {
        NodeKind::Paper => ("note", "#F7F7F2", "#222222"),
        NodeKind::Entity(Kind::Dataset) => ("cylinder", "#56B4E9", "#111111"),
        NodeKind::Entity(Kind::Model) => ("hexagon", "#E69F00", "#111111"),
        NodeKind::Entity(Kind::Method) => ("ellipse", "#5DC7A5", "#111111"),
        NodeKind::Entity(Kind::Task) => ("cds", "#F0E442", "#111111"),
        NodeKind::Entity(Kind::Metric) => ("parallelogram", "#CC79A7", "#111111"),
        NodeKind::Entity(Kind::Hardware) => ("box3d", "#D55E00", "#FFFFFF"),
        NodeKind::Entity(Kind::Software) => ("component", "#0072B2", "#FFFFFF"),
        NodeKind::Repository => ("folder", "#4D4D4D", "#FFFFFF"),
        NodeKind::Page => ("tab", "#E0E0E0", "#222222"),
    };
    Look { shape, fill, ink }
}

/// Attributes of an edge.
fn line(tie: Tie) -> &'static str {
    match tie {
        Tie::Introduces => "color=\"#111111\", penwidth=2.4, arrowhead=normal",
        Tie::EvaluatesOn => "color=\"#0072B2\", penwidth=1.6, arrowhead=normal",
        Tie::TrainsOn => "color=\"#009E73\", penwidth=1.6, arrowhead=normal",
        Tie::BuildsOn => "color=\"#E69F00\", penwidth=1.6, arrowhead=normal",
        Tie::ComparesWith => "color=\"#D55E00\", penwidth=1.4, style=dashed, arrowhead=normal",
        Tie::RunsOn => "color=\"#D55E00\", penwidth=1.4, style=dotted, arrowhead=normal",
        Tie::Mentions => "color=\"#B4B4B4\", penwidth=0.8, arrowhead=none",
        Tie::Repository => "color=\"#4D4D4D\", penwidth=1.2, style=dashed, arrowhead=vee",
        Tie::Page => "color=\"#999999\", penwidth=0.8, style=dashed, arrowhead=vee",
        Tie::Broader => "color=\"#555555\", penwidth=1.2, arrowhead=onormal",
        Tie::ForTask => "color=\"#555555\", penwidth=1.2, style=dotted, arrowhead=vee",
        Tie::Related => "color=\"#888888\", arrowhead=none",
    }
}

impl Picture<'_> {
    fn write(&mut self) -> std::fmt::Result {
        writeln!(self.out, "digraph papergraph {{")?;
        self.frame()?;
        for (index, node) in self.graph.nodes() {
            self.node(index, node)?;
        }
        let strongest = |from: NodeIndex, to: NodeIndex, link: &crate::graph::Link| {
            link.ties.strongest(&[]).map(|tie| (from, to, tie, link.weight))
        };
        for (from, to, tie, weight) in self.graph.links().filter_map(|(from, to, link)| strongest(from, to, link)) {
            write!(self.out, "  n{} -> n{} [{}", from.index(), to.index(), line(tie))?;
            if tie == Tie::Related {
                write!(self.out, ", penwidth={:.1}, tooltip=\"{weight} papers\"", (1.0 + weight).ln().clamp(0.6, 4.0))?;
            } else {
                write!(self.out, ", tooltip=\"{}\"", tie.words())?;
            }
            writeln!(self.out, "];")?;
        }
        self.legend()?;
        writeln!(self.out, "}}")
    }

    fn frame(&mut self) -> std::fmt::Result {
        let mut label = escape(&self.caption.title);
        if self.caption.left_out > 0 {
            let shown = self.graph.node_count();
            let _ = write!(label, "\\nthe {shown} most important nodes; {} more are left out", self.caption.left_out);
        }
        writeln!(
            self.out,
            "  graph [label=\"{label}\", labelloc=t, fontname=\"{FONT}\", fontsize={}, fontcolor=\"{INK}\", \
             bgcolor=white, pad=0.3, outputorder=edgesfirst,",
            if self.large { 26 } else { 18 }
        )?;
        if self.large {
            writeln!(
                self.out,
                "         layout=sfdp, overlap=prism, overlap_scaling=-6, K=0.9, repulsiveforce=1.6, splines=false, \
                 sep=\"+6\", esep=\"+2\", start=7, packmode=node];"
            )?;
        } else {
            writeln!(
                self.out,
                "         layout=dot, rankdir=LR, ranksep=1.1, nodesep=0.14, splines=true, newrank=true];"
            )?;
        }
        writeln!(self.out, "  node [fontname=\"{FONT}\", style=filled, color=\"#555555\", penwidth=0.8];")?;
        writeln!(self.out, "  edge [fontname=\"{FONT}\", arrowsize=0.6];")
    }

    fn node(&mut self, index: NodeIndex, node: &Node) -> std::fmt::Result {
        let Look { shape, fill, ink } = look(node.kind);
        let degree = self.graph.degree(index);
        let middle = self.caption.middle.as_ref() == Some(&node.id);
        let name = escape(&node.label);
        write!(self.out, "  n{} [", index.index())?;
        let paper = matches!(node.kind, NodeKind::Paper);
        let aside = paper || matches!(node.kind, NodeKind::Repository | NodeKind::Page);
        if self.large && aside && !middle {
            let side = if paper { 0.16 } else { 0.12 };
            let shape = if paper { "circle" } else { "square" };
            write!(
                self.out,
                "label=\"\", shape={shape}, width={side}, height={side}, fixedsize=true, fillcolor=\"{fill}\""
            )?;
        } else {
            let (width, lines) = if paper { (34, 3) } else { (22, 2) };
            let mut label = wrapped(&node.label, width, lines);
            if let (true, Some(date)) = (paper, node.date) {
                let _ = write!(label, "\\n({})", date.year());
            }
            // Twice the ties, two points more: the eye compares areas, and names must stay readable.
            let size = 10.0 + 2.0 * (degree.max(1) as f64).log2();
            let size = if aside { 10.0 } else { size.clamp(10.0, 24.0) };
            let margin = if aside { "0.10,0.05" } else { "0.12,0.06" };
            write!(
                self.out,
                "label=\"{label}\", shape={shape}, fillcolor=\"{fill}\", fontcolor=\"{ink}\", fontsize={size:.0}, \
                 margin=\"{margin}\""
            )?;
        }
        if middle {
            write!(self.out, ", penwidth=3, color=\"#111111\"")?;
        }
        if let Some(url) = url(node) {
            write!(self.out, ", URL=\"{}\"", escape(&url))?;
        }
        writeln!(self.out, ", tooltip=\"{name}\", id=\"{}\"];", escape(&node.id))
    }

    /// What the kinds and lines in this picture mean, and no others.
    fn legend(&mut self) -> std::fmt::Result {
        let kinds: BTreeSet<NodeKind> = self.graph.nodes().map(|(_, node)| node.kind).collect();
        let ties: BTreeSet<Tie> = self.graph.links().filter_map(|(_, _, link)| link.ties.strongest(&[])).collect();
        writeln!(self.out, "  subgraph cluster_legend {{")?;
        writeln!(
            self.out,
            "    graph [label=\"Legend\", labelloc=t, fontsize=12, color=\"#BBBBBB\", style=rounded, penwidth=1];"
        )?;
        for (i, kind) in kinds.iter().enumerate() {
            let Look { shape, fill, ink } = look(*kind);
            writeln!(
                self.out,
                "    k{i} [label=\"{kind}\", shape={shape}, fillcolor=\"{fill}\", fontcolor=\"{ink}\", fontsize=10, \
                 margin=\"0.10,0.05\"];"
            )?;
        }
        for (i, tie) in ties.iter().enumerate() {
            writeln!(self.out, "    t{i} [shape=point, width=0.05, color=\"{INK}\"];")?;
            writeln!(self.out, "    w{i} [shape=plaintext, style=\"\", fontsize=10, label=\"{}\"];", tie.words())?;
            writeln!(self.out, "    t{i} -> w{i} [{}];", line(*tie))?;
        }
        writeln!(self.out, "  }}")
    }
}

/// Where a click on a node leads, in SVG.
fn url(node: &Node) -> Option<String> {
    let key = node.id.split_once('/')?.1;
    match node.kind {
        NodeKind::Paper => {
            Some(format!("https://arxiv.org/abs/{}", key.parse::<crate::paper::PaperId>().ok()?.as_arxiv()?))
        }
        NodeKind::Repository => Some(format!("https://{}", node.label)),
        NodeKind::Page if node.label.starts_with("http") => Some(node.label.clone()),
        _ => None,
    }
}

/// The text in a few lines, as a label.
fn wrapped(text: &str, width: usize, lines: usize) -> String {
    let lines: Vec<String> = wrap(text, width, lines).iter().map(|line| escape(line)).collect();
    lines.join("\\n")
}

/// A text as the inside of a quoted string that is shown as it is.
///
/// GraphViz reads backslashes as escapes (`\N` is the node's name) and HTML entities (`&lt;`) in labels; both are
/// told apart from the text. Control signs, and signs that turn the direction of everything behind them, are dropped.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' | '\t' | '\r' => out.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_cannot_leave_its_quotes() {
        assert_eq!(escape(r#"a "b" \N & <c>"#), r#"a \"b\" \\N &amp; <c>"#);
        assert_eq!(escape("end\\"), "end\\\\");
        assert_eq!(escape("a\nb\u{0}\u{202e}c"), "a bc");
    }

    #[test]
    fn the_legend_shows_what_is_there_and_nothing_else() {
        let mut graph = Graph::default();
        let mut node =
            |id: &str, kind| graph.add_node(Node { kind, id: id.into(), label: id.into(), date: None, distance: 0 });
        let paper = node("paper/x", NodeKind::Paper);
        let dataset = node("dataset/x", NodeKind::Entity(Kind::Dataset));
        graph.tie(paper, dataset, Tie::EvaluatesOn);
        let dot = to_dot(&graph, &Caption { title: "T".into(), left_out: 3, middle: None });
        assert!(dot.contains("label=\"evaluates on\"") && !dot.contains("label=\"trains on\""), "{dot}");
        assert!(dot.contains("shape=cylinder") && !dot.contains("shape=hexagon"), "{dot}");
        assert!(dot.contains("3 more are left out"), "{dot}");
    }
}
