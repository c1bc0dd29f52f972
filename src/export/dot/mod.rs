//! Pictures of the graph, in the language of GraphViz.
//!
//! The design: shape *and* colour show a kind, so that colour-blind readers and black-and-white printers lose nothing.
//! Nodes with many ties have larger letters. A tie that a sentence states is drawn in strong ink with its own
//! arrowhead; a bare mention is a thin grey line. A dead repository is an empty folder with a broken outline and its
//! name struck out.
//!
//! A picture of a few nodes around one centre is read like a table, left to right: the papers that state something
//! about it, the centre, what it is tied to, and the papers that only name it. Without such a direction, nodes are
//! spread so that their distances are those of the graph. A large picture shows the shape of the field, with papers as
//! dots; only the best connected papers have a name.
//!
//! The text names its layout engine, so that `dot -Tsvg` draws every size as intended.

mod look;
mod text;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use petgraph::graph::NodeIndex;

use super::xml;
use crate::graph::{GraphView, Node, Tie, ViewEdge, web_address};
use crate::liveness::Verdict;
use crate::ontology::NodeKind;
use crate::text::{counted_as, wrap};
use crate::vocabulary::Kind;
use look::DEAD;
use text::{cut, escape, lines_of, quoted, wrapped};

pub use look::{NodeLook, TieLook, line, look, rgb};

/// Number of nodes above which papers are dots and the layout is force-directed.
pub const LARGE: usize = 60;

/// Number of nodes above which a picture of more than one step is not drawn in columns.
const STEPS: usize = 25;

/// Maximum number of papers in one column.
const COLUMN: usize = 12;

/// Maximum number of edges for which each edge has a label.
const SAID: usize = 12;

/// In a large picture: the number of papers per named paper, and the least and greatest number of named papers.
const NAMED: (usize, usize, usize) = (6, 12, 32);

/// Number of ties in a row of the legend.
const TIES: usize = 8;

/// Edges per node above which only the strongest of the counted (not read) edges are drawn.
const DENSE: usize = 4;

/// The text around the graph in the picture.
#[derive(Debug, Clone, Default)]
pub struct PictureCaption {
    pub title: String,
    /// Number of nodes that did not fit.
    pub left_out: usize,
    /// The ids of the centres, which are marked.
    pub centers: Vec<String>,
}

impl PictureCaption {
    /// A description of the picture in a sentence or two, for people who cannot see it.
    pub fn description(&self, graph: &GraphView) -> String {
        let mut counts: BTreeMap<NodeKind, usize> = BTreeMap::new();
        graph.nodes().for_each(|(_, node)| *counts.entry(node.kind).or_default() += 1);
        let counts: Vec<String> = counts
            .into_iter()
            .map(|(kind, n)| format!("{n} {}", if n == 1 { kind.as_str() } else { kind.plural() }))
            .collect();
        let mut text = format!("A graph of {}, and {} ties between them.", counts.join(", "), graph.link_count());
        if self.left_out > 0 {
            text.push_str(&format!(" {} less important nodes are left out.", self.left_out));
        }
        text
    }
}

/// The layout of the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DotLayout {
    /// Left to right.
    Columns,
    /// By distances in the graph.
    Spread,
    /// Like [`DotLayout::Spread`], with papers as dots.
    Field,
}

/// Writes the graph in DOT.
pub fn to_dot(graph: &GraphView, caption: &PictureCaption) -> String {
    let paperless = graph.nodes().all(|(_, node)| node.kind != NodeKind::Paper);
    let wide = graph.node_count() > STEPS && graph.nodes().any(|(_, node)| node.distance > 1);
    let layout = match graph.node_count() {
        n if n > LARGE => DotLayout::Field,
        _ if paperless || wide || caption.centers.len() > 1 => DotLayout::Spread,
        _ => DotLayout::Columns,
    };
    let links = drawn(graph);
    let degrees = graph.nodes().map(|(index, _)| (index, graph.degree(index))).collect();
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = DotPicture { graph, caption, layout, links, degrees, out: &mut out }.write();
    out
}

/// The edges of the picture. Nodes that papers name together have so many ties that nothing would be visible. Then each
/// node keeps only its strongest.
fn drawn(graph: &GraphView) -> Vec<(NodeIndex, NodeIndex, Tie, &ViewEdge)> {
    let all = || graph.links().filter_map(|(from, to, link)| Some((from, to, link.ties.strongest(&[])?, link)));
    if graph.link_count() <= DENSE * graph.node_count() {
        return all().collect();
    }
    let mut counted: HashMap<NodeIndex, Vec<(NodeIndex, NodeIndex, f64)>> = HashMap::new();
    for (from, to, _, link) in all().filter(|(_, _, tie, _)| *tie == Tie::Related) {
        counted.entry(from).or_default().push((from, to, link.weight));
        counted.entry(to).or_default().push((from, to, link.weight));
    }
    let mut kept = BTreeSet::new();
    for edges in counted.values_mut() {
        edges.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
        kept.extend(edges.iter().take(DENSE).map(|(from, to, _)| (*from, *to)));
    }
    all().filter(|(from, to, tie, _)| *tie != Tie::Related || kept.contains(&(*from, *to))).collect()
}

struct DotPicture<'a> {
    graph: &'a GraphView,
    caption: &'a PictureCaption,
    layout: DotLayout,
    links: Vec<(NodeIndex, NodeIndex, Tie, &'a ViewEdge)>,
    degrees: HashMap<NodeIndex, usize>,
    out: &'a mut String,
}

const FONT: &str = "Helvetica,Arial,DejaVu Sans,sans-serif";
/// Colour of letters and lines that belong to neither a kind nor a tie.
const INK: &str = "#333333";

impl DotPicture<'_> {
    fn write(&mut self) -> std::fmt::Result {
        writeln!(self.out, "digraph papergraph {{")?;
        self.frame()?;
        let right = self.right();
        let named = self.named();
        for (index, node) in self.graph.nodes() {
            self.node(index, node, named.contains(&index))?;
        }
        if !right.is_empty() {
            let papers: Vec<String> =
                right.iter().filter_map(|index| self.graph.node(*index)).map(|node| quoted(&node.id)).collect();
            writeln!(self.out, "  {{ rank=max; {}; }}", papers.join("; "))?;
        }
        for (from, to, tie, link) in self.links.clone() {
            self.edge(from, to, tie, link, &right)?;
        }
        writeln!(self.out, "}}")
    }

    fn edge(
        &mut self,
        from: NodeIndex,
        to: NodeIndex,
        tie: Tie,
        link: &ViewEdge,
        right: &BTreeSet<NodeIndex>,
    ) -> std::fmt::Result {
        let TieLook { color, mut width, style, arrow, .. } = line(tie);
        let (Some(a), Some(b)) = (self.graph.node(from), self.graph.node(to)) else { return Ok(()) };
        let mut said = tie.words().to_string();
        if tie == Tie::Related {
            width = (1.0 + link.weight).ln().clamp(0.6, 4.0);
            said = counted_as(link.weight, "paper names both", "papers name both");
        }
        // A reversed edge puts its paper on the right.
        let (ends, head) = if right.contains(&from) {
            (format!("{} -> {}", quoted(&b.id), quoted(&a.id)), format!("dir=back, arrowtail={arrow}"))
        } else {
            (format!("{} -> {}", quoted(&a.id), quoted(&b.id)), format!("arrowhead={arrow}"))
        };
        let tooltip = escape(&format!("{} {said} {}", cut(&a.label), cut(&b.label)));
        write!(
            self.out,
            "  {ends} [{head}, color=\"{color}\", penwidth={width:.1}, style={style}, tooltip=\"{tooltip}\""
        )?;
        if self.links.len() <= SAID && tie != Tie::Mentions {
            write!(self.out, ", label=\" {said} \", fontcolor=\"{color}\", fontsize=9")?;
        }
        writeln!(self.out, "];")
    }

    /// The papers on the right, if one column cannot hold all: those that only name the centre. Without a centre, or if
    /// all papers are of one sort, every second paper.
    fn right(&self) -> BTreeSet<NodeIndex> {
        let papers: Vec<NodeIndex> =
            self.graph.nodes().filter(|(_, node)| node.kind == NodeKind::Paper).map(|(index, _)| index).collect();
        if self.layout != DotLayout::Columns || papers.len() <= COLUMN {
            return BTreeSet::new();
        }
        let center = self.caption.centers.first().and_then(|id| self.graph.find(id));
        let only_names = |paper: NodeIndex| {
            let stated = |(from, to, tie, _): &(NodeIndex, NodeIndex, Tie, &ViewEdge)| {
                *from == paper && Some(*to) == center && *tie != Tie::Mentions
            };
            !self.links.iter().any(stated)
        };
        let right: BTreeSet<NodeIndex> = papers.iter().copied().filter(|paper| only_names(*paper)).collect();
        let balanced = right.len() * 4 >= papers.len() && right.len() * 4 <= papers.len() * 3;
        if center.is_some() && balanced { right } else { papers.into_iter().skip(1).step_by(2).collect() }
    }

    /// The papers of a large picture that have a name: those with the most ties, unless their contribution is in the
    /// picture under its own name.
    fn named(&self) -> BTreeSet<NodeIndex> {
        if self.layout != DotLayout::Field {
            return BTreeSet::new();
        }
        let introduces: BTreeSet<NodeIndex> =
            self.links.iter().filter(|(_, _, tie, _)| *tie == Tie::Introduces).map(|(from, ..)| *from).collect();
        let mut papers: Vec<(usize, NodeIndex)> = self
            .graph
            .nodes()
            .filter(|(index, node)| node.kind == NodeKind::Paper && !introduces.contains(index))
            .map(|(index, _)| (self.degree(index), index))
            .collect();
        papers.sort_by_key(|(degree, index)| (std::cmp::Reverse(*degree), *index));
        let (each, least, most) = NAMED;
        let named = (papers.len() / each).clamp(least, most);
        papers.into_iter().take(named).map(|(_, index)| index).collect()
    }

    fn degree(&self, index: NodeIndex) -> usize {
        self.degrees.get(&index).copied().unwrap_or_default()
    }

    fn frame(&mut self) -> std::fmt::Result {
        writeln!(
            self.out,
            "  graph [labelloc=t, fontname=\"{FONT}\", fontcolor=\"{INK}\", bgcolor=white, pad=0.3, \
             outputorder=edgesfirst,"
        )?;
        let layout = match self.layout {
            DotLayout::Columns => "layout=dot, rankdir=LR, ranksep=1.1, nodesep=0.12, splines=true,",
            DotLayout::Spread => {
                "layout=neato, mode=major, model=shortpath, overlap=prism, overlap_scaling=-3, sep=\"+8\", \
                 esep=\"+4\", splines=true, start=7,"
            }
            DotLayout::Field => {
                "layout=sfdp, overlap=prism, overlap_scaling=-4, K=0.9, repulsiveforce=1.6, sep=\"+6\", esep=\"+2\", \
                 splines=false, start=7,"
            }
        };
        writeln!(self.out, "         {layout}")?;
        self.head()?;
        writeln!(self.out, "  node [fontname=\"{FONT}\", style=filled, color=\"#555555\", penwidth=0.8];")?;
        writeln!(self.out, "  edge [fontname=\"{FONT}\", arrowsize=0.6];")
    }

    /// Title and legend, as one table: the only place that every layout engine keeps free of nodes. The legend has only
    /// the kinds and ties of this picture.
    fn head(&mut self) -> std::fmt::Result {
        let (title, text) = match self.layout {
            DotLayout::Field => (34, 18),
            DotLayout::Spread => (24, 12),
            DotLayout::Columns => (20, 11),
        };
        writeln!(
            self.out,
            "         label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"4\" cellpadding=\"2\">"
        )?;
        let lines: Vec<String> = wrap(&self.caption.title, 70, 2).iter().map(|line| xml::text(line)).collect();
        let lines = lines.join("<br/>");
        // GraphViz rejects a row without text.
        let title_row = format!("<tr><td><font point-size=\"{title}\"><b>{lines}</b></font></td></tr>");
        writeln!(self.out, "           {}", if lines.trim().is_empty() { "<tr><td></td></tr>" } else { &title_row })?;
        for note in self.notes() {
            writeln!(self.out, "           <tr><td><font point-size=\"{text}\">{note}</font></td></tr>")?;
        }
        self.kinds(text)?;
        self.ties(text)?;
        writeln!(self.out, "         </table>>];")
    }

    /// Notes on what the picture does not show.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.caption.left_out > 0 {
            let shown = self.graph.node_count();
            notes.push(format!("the {shown} most important nodes; {} more are left out", self.caption.left_out));
        }
        let hidden = self.graph.link_count().saturating_sub(self.links.len());
        if hidden > 0 {
            notes.push(format!("only the strongest ties of each node; {hidden} weaker ones are left out"));
        }
        notes
    }

    fn kinds(&mut self, text: u8) -> std::fmt::Result {
        let kinds: BTreeSet<NodeKind> = self.graph.nodes().map(|(_, node)| node.kind).collect();
        let field = self.layout == DotLayout::Field;
        let small = text * 4 / 5;
        write!(
            self.out,
            "           <tr><td><table border=\"0\" cellborder=\"0\" cellspacing=\"4\" cellpadding=\"4\"><tr>"
        )?;
        // Two lines, because the renderer may use a different font from the one that was measured, and two texts in one
        // line would overlap.
        for kind in &kinds {
            let NodeLook { shape_name: said, fill, ink, .. } = look(*kind);
            let said = match kind {
                NodeKind::Paper if field => "sheet or circle",
                NodeKind::Repository | NodeKind::Page if field => "square",
                _ => said,
            };
            write!(
                self.out,
                "<td bgcolor=\"{fill}\" border=\"1\" style=\"rounded\" color=\"#555555\"><font color=\"{ink}\" \
                 point-size=\"{text}\"><b>{kind}</b></font><br/><font color=\"{ink}\" point-size=\"{small}\">{said}\
                 </font></td>"
            )?;
        }
        if self.graph.nodes().any(|(_, node)| node.dead) {
            write!(
                self.out,
                "<td bgcolor=\"white\" border=\"1\" style=\"rounded,dashed\" color=\"{DEAD}\"><font \
                 color=\"{DEAD}\" point-size=\"{text}\"><s>dead</s></font><br/><font color=\"{DEAD}\" \
                 point-size=\"{small}\">✗</font></td>"
            )?;
        }
        if kinds.is_empty() {
            write!(self.out, "<td></td>")?;
        }
        writeln!(self.out, "</tr></table></td></tr>")
    }

    fn ties(&mut self, text: u8) -> std::fmt::Result {
        let ties: BTreeSet<Tie> = self.links.iter().map(|(_, _, tie, _)| *tie).collect();
        let cells: Vec<String> = ties
            .into_iter()
            .map(|tie| {
                let TieLook { color, sample, .. } = line(tie);
                format!(
                    "<td align=\"right\"><font color=\"{color}\" point-size=\"{text}\"><b>{sample}</b></font></td><td \
                     align=\"left\"><font point-size=\"{text}\">{}</font></td>",
                    tie.words()
                )
            })
            .collect();
        let rows = cells.len().div_ceil(TIES).max(1);
        for row in cells.chunks(cells.len().div_ceil(rows).max(1)) {
            writeln!(
                self.out,
                "           <tr><td><table border=\"0\" cellborder=\"0\" cellspacing=\"5\" \
                 cellpadding=\"0\"><tr>{}</tr></table></td></tr>",
                row.join("<td width=\"6\"></td>")
            )?;
        }
        Ok(())
    }

    fn node(&mut self, index: NodeIndex, node: &Node, named: bool) -> std::fmt::Result {
        let look = look(node.kind);
        let is_center = self.caption.centers.contains(&node.id);
        let aside = matches!(node.kind, NodeKind::Paper | NodeKind::Repository | NodeKind::Page);
        write!(self.out, "  {} [", quoted(&node.id))?;
        if self.layout == DotLayout::Field && aside && !is_center {
            if named { self.sheet(node, &look)? } else { self.dot(index, node, &look)? }
        } else {
            self.shape(index, node, &look)?;
        }
        if is_center {
            write!(self.out, ", penwidth=3, color=\"#111111\"")?;
        }
        if let Some(url) = url(node).filter(|url| cut(url) == *url) {
            write!(self.out, ", URL=\"{}\", target=\"_blank\"", escape(&url))?;
        }
        let tooltip = match node.verdict {
            Some(verdict) => format!("{} ({verdict})", cut(&node.label)).into(),
            None => cut(&node.label),
        };
        writeln!(self.out, ", tooltip=\"{}\", id=\"{}\"];", escape(&tooltip), escape(&cut(&node.id)))
    }

    /// A node of a large picture that is only a dot.
    fn dot(&mut self, index: NodeIndex, node: &Node, look: &NodeLook) -> std::fmt::Result {
        let paper = node.kind == NodeKind::Paper;
        let side = if paper { (0.17 + 0.045 * (self.degree(index) as f64).sqrt()).min(0.5) } else { 0.18 };
        let shape = if paper { "circle" } else { "square" };
        write!(self.out, "label=\"\", shape={shape}, width={side:.2}, height={side:.2}, fixedsize=true")?;
        if node.dead {
            write!(self.out, ", style=\"filled,dashed\", fillcolor=white, color=\"{DEAD}\", fontcolor=\"{DEAD}\"")?;
            return write!(self.out, ", label=\"✗\", fontsize=10");
        }
        write!(self.out, ", fillcolor=\"{}\"", look.fill)
    }

    /// A paper of a large picture that has a name: the part of its title before the colon, by which people call it.
    fn sheet(&mut self, node: &Node, look: &NodeLook) -> std::fmt::Result {
        let title = title(node);
        let short = title.split(": ").next().unwrap_or_default();
        let NodeLook { shape, fill, ink, .. } = look;
        let label = wrapped(short, 22, 2);
        write!(
            self.out,
            "label=\"{label}\", shape={shape}, fontsize=15, margin=\"0.07,0.04\", fillcolor=\"{fill}\", \
             fontcolor=\"{ink}\""
        )
    }

    fn shape(&mut self, index: NodeIndex, node: &Node, look: &NodeLook) -> std::fmt::Result {
        let NodeLook { shape, fill, ink, .. } = look;
        let aside = matches!(node.kind, NodeKind::Paper | NodeKind::Repository | NodeKind::Page);
        // Twice the ties add a fixed number of points: the eye compares areas, and names must stay readable.
        let (least, step, most) = if self.layout == DotLayout::Field { (14.0, 3.0, 38.0) } else { (10.0, 2.0, 32.0) };
        let size: f64 = least + step * (self.degree(index).max(1) as f64).log2();
        let size = if aside { least } else { size.clamp(least, most) };
        // The slanting sides of a hexagon already leave room beside the letters.
        let margin = match *shape {
            "hexagon" | "octagon" => "0.03,0.03",
            _ => "0.10,0.05",
        };
        write!(self.out, "shape={shape}, fontsize={size:.0}, margin=\"{margin}\"")?;
        if node.dead {
            let lines: Vec<String> =
                name(node).iter().map(|line| xml::text(line)).filter(|line| !line.trim().is_empty()).collect();
            let struck = if lines.is_empty() { String::new() } else { format!("<s>{}</s><br/>", lines.join("<br/>")) };
            let verdict = node.verdict.map_or("dead", Verdict::as_str);
            return write!(
                self.out,
                ", label=<{struck}<b>✗ {verdict}</b>>, style=\"filled,dashed\", fillcolor=white, color=\"{DEAD}\", \
                 fontcolor=\"{DEAD}\", penwidth=1.4"
            );
        }
        let mut label = name(node).iter().map(|line| escape(line)).collect::<Vec<_>>().join("\\n");
        if let Some(verdict) = node.verdict.filter(|verdict| *verdict != Verdict::Alive) {
            label = format!("{label}\\n({verdict})");
        }
        write!(self.out, ", label=\"{label}\", fillcolor=\"{fill}\", fontcolor=\"{ink}\"")?;
        if node.kind == NodeKind::Entity(Kind::Metric) {
            write!(self.out, ", style=\"filled,rounded\"")?;
        }
        Ok(())
    }
}

/// The title of a paper without the delimiters of formulas, whose content is Unicode already.
fn title(node: &Node) -> String {
    let formulas = node.label.matches('$').count();
    if formulas.is_multiple_of(2) { node.label.replace('$', "") } else { node.label.clone() }
}

/// The text on a node, in lines.
fn name(node: &Node) -> Vec<String> {
    match (node.kind, node.date) {
        (NodeKind::Paper, Some(date)) => {
            let mut lines = lines_of(&title(node), 40, 2);
            if let Some(last) = lines.last_mut() {
                last.push_str(&format!(" ({})", date.year()));
            }
            lines
        }
        (NodeKind::Paper, None) => lines_of(&title(node), 42, 2),
        (NodeKind::Repository, _) => {
            // The owner and the name. The host is left out if it is GitHub, where almost all of them are.
            let path = node.label.strip_prefix("github.com/").unwrap_or(&node.label);
            match path.rsplit_once('/') {
                Some((owner, name)) => [lines_of(&format!("{owner}/"), 28, 2), lines_of(name, 28, 2)].concat(),
                None => lines_of(path, 28, 3),
            }
        }
        (NodeKind::Page, _) => {
            let address = node.label.strip_prefix("https://").or_else(|| node.label.strip_prefix("http://"));
            lines_of(address.unwrap_or(&node.label), 30, 2)
        }
        _ => lines_of(&node.label, 20, 3),
    }
}

/// The address that a click on a node opens in the SVG: always http or https.
fn url(node: &Node) -> Option<String> {
    node.url.as_deref().and_then(web_address).or_else(|| match node.kind {
        NodeKind::Repository => web_address(&format!("https://{}", node.label)),
        NodeKind::Page => web_address(&node.label),
        NodeKind::Paper
        | NodeKind::Entity(_)
        | NodeKind::Work
        | NodeKind::Author
        | NodeKind::Venue
        | NodeKind::Organization => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(graph: &mut GraphView, id: &str, kind: NodeKind) -> NodeIndex {
        graph.add_node(Node::new(kind, id, id))
    }

    #[test]
    fn the_legend_shows_what_is_there_and_nothing_else() {
        let mut graph = GraphView::default();
        let paper = node(&mut graph, "paper/x", NodeKind::Paper);
        let dataset = node(&mut graph, "dataset/x", NodeKind::Entity(Kind::Dataset));
        graph.tie(paper, dataset, Tie::EvaluatesOn);
        let dot = to_dot(&graph, &PictureCaption { title: "T".into(), left_out: 3, ..PictureCaption::default() });
        assert!(dot.contains(">evaluates on</font>") && !dot.contains(">trains on</font>"), "{dot}");
        assert!(dot.contains("shape=cylinder") && !dot.contains("shape=hexagon"), "{dot}");
        assert!(dot.contains("3 more are left out") && !dot.contains("dead"), "{dot}");
    }

    #[test]
    fn a_dead_repository_is_struck_out_and_a_moved_one_is_reported() {
        let mut graph = GraphView::default();
        let paper = node(&mut graph, "paper/x", NodeKind::Paper);
        for (name, verdict) in [("lost", Verdict::Gone), ("left", Verdict::Moved)] {
            let label = format!("github.com/a/{name}");
            let repository = Node::new(NodeKind::Repository, format!("repository/{label}"), label);
            let repository = Node { verdict: Some(verdict), dead: verdict == Verdict::Gone, ..repository };
            let repository = graph.add_node(repository);
            graph.tie(paper, repository, Tie::Repository);
        }
        let dot = to_dot(&graph, &PictureCaption::default());
        assert!(dot.contains("lost</s><br/><b>✗ gone</b>") && dot.contains("<s>dead</s>"), "{dot}");
        assert!(dot.contains("left\\n(moved)"), "{dot}");
    }

    #[test]
    fn too_many_counted_ties_leave_the_strongest_of_each_node() {
        let mut graph = GraphView::default();
        let all: Vec<NodeIndex> =
            (0..30).map(|i| node(&mut graph, &format!("dataset/{i}"), NodeKind::Entity(Kind::Dataset))).collect();
        for (i, &a) in all.iter().enumerate() {
            for (j, &b) in all.iter().enumerate().skip(i + 1) {
                graph.relate(a, b, (i * j) as u32 + 1);
            }
        }
        let dot = to_dot(&graph, &PictureCaption::default());
        let edges = dot.matches(" -> ").count();
        assert!((30..=DENSE * 30).contains(&edges), "{edges}");
        assert!(dot.contains(&format!("{} weaker ones are left out", 30 * 29 / 2 - edges)), "{dot}");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let mut graph = GraphView::default();
        graph.add_node(Node::new(NodeKind::Page, "page/x", "javascript:alert(1)"));
        assert!(!to_dot(&graph, &PictureCaption::default()).contains("URL="));
    }
}
