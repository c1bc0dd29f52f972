use std::io::{self, BufWriter, Write};

use crate::answer::{SearchHit, SearchResults, Sheet};
use crate::index::ReadAmount;
use crate::ontology::NodeKind;
use crate::store::GraphStore;
use crate::text::shorten;
use clap::Args;

use super::failure::CommandFailure;
use super::format::{self, OutputFormat};
use super::listing::printable;
use super::selection::PaperArgs;
use super::{CommandContext, table};

/// Find names, even misspelt, and papers by the words of their title and abstract
///
/// A name matches if it or an alias contains all words of TEXT: whole, as the beginning of a word, or misspelt. Exact
/// names come first, then those that more papers name. A paper is found if title and abstract together have all words;
/// rare words count more than common ones, and the title more than the abstract. With a time, an author, an
/// organisation or a venue, only papers are found.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SearchArgs {
    /// Words of a name or title
    #[arg(required = true, value_name = "TEXT")]
    text: Vec<String>,
    /// Kinds to look for
    #[arg(short, long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<NodeKind>,
    #[command(flatten)]
    papers: PaperArgs,
    /// Rows to print; 0 for all
    #[arg(short, long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[arg(short, long, value_name = "FORMAT", value_parser = OutputFormat::among(&format::ROWS), default_value_t = OutputFormat::Table)]
    format: OutputFormat,
}

const EXAMPLES: &str = "\
Examples:
  kg search flashatention
  kg search diffusion transformer
  kg search low-rank adaptation of quantized models --kind paper
  kg search parsing --venue ACL --since 2020
  kg search imagenet --kind dataset --format json";

impl SearchArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let store = context.open_index(ReadAmount::Much)?;
        let text = self.text.join(" ");
        let limit = if self.limit == 0 { usize::MAX } else { self.limit };
        let selection = self.papers.selection(context, &store)?;
        let found = SearchResults::among(&store, &text, &self.kind, &selection, limit)?;
        let mut out = BufWriter::new(io::stdout().lock());
        match self.format {
            OutputFormat::Json => format::json(&mut out, &found)?,
            OutputFormat::Csv | OutputFormat::Tsv => format::rows(&mut out, &found.sheet(), self.format)?,
            _ if found.hits.is_empty() => {
                return Err(self.nothing(&store, &text)?);
            }
            _ => {
                let is_paper = |hit: &&SearchHit| hit.node.node.kind == NodeKind::Paper;
                let (papers, names): (Vec<&SearchHit>, Vec<&SearchHit>) = found.hits.iter().partition(is_paper);
                print_names(&mut out, &names)?;
                if !names.is_empty() && !papers.is_empty() {
                    writeln!(out)?;
                }
                print_papers(&mut out, &papers)?;
                let more = found.extent().left_out();
                if more > 0 {
                    writeln!(out, "… {more} more (--limit 0 lists all, --kind KIND some)")?;
                }
            }
        }
        out.flush()?;
        if self.format != OutputFormat::Table {
            context.say_cut(found.extent(), "--limit 0 lists all");
        }
        Ok(())
    }

    /// Explains why nothing was found: because of the selected kinds, or the words.
    fn nothing(&self, store: &GraphStore, text: &str) -> Result<CommandFailure, CommandFailure> {
        if self.papers.has_names() || self.papers.has_dates() {
            let all = SearchResults::ask(store, text, &[NodeKind::Paper], 1)?.total;
            return Ok(CommandFailure::new(format!(
                "no paper of the time, authors, organisations and venues asked for holds the words `{text}`"
            ))
            .help(format!("of all papers {all} do")));
        }
        let others = if self.kind.is_empty() { 0 } else { SearchResults::ask(store, text, &[], 1)?.total };
        if others > 0 {
            let kinds: Vec<&str> = self.kind.iter().map(|kind| kind.as_str()).collect();
            let found = if others == 1 {
                "1 node of another kind has".to_string()
            } else {
                format!("{others} of other kinds have")
            };
            return Ok(CommandFailure::new(format!("no {} holds the words `{text}`", kinds.join(" or ")))
                .help(format!("{found} them: leave out --kind")));
        }
        Ok(CommandFailure::new(format!("no name, title or abstract holds the words `{text}`"))
            .help("fewer words find more; `kg query --list` has other questions"))
    }
}

fn print_names(out: &mut dyn Write, hits: &[&SearchHit]) -> io::Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let has_two_parts = hits.iter().any(|hit| hit.node.count.has_two_parts());
    let heading = if has_two_parts { vec!["name", "papers", "in text", "id"] } else { vec!["name", "papers", "id"] };
    let mut sheet = Sheet { heading: heading.into_iter().map(str::to_string).collect(), rows: Vec::new() };
    for hit in hits {
        let alias = hit.alias.as_ref().map(|alias| format!(" ({alias})")).unwrap_or_default();
        let mut row = vec![format!("{}{alias}", hit.node.node.name), hit.node.count.papers.to_string()];
        if has_two_parts {
            row.push(hit.node.count.in_text.to_string());
        }
        row.push(hit.node.node.id.clone());
        sheet.rows.push(row);
    }
    format::rows(out, &sheet, OutputFormat::Table)
}

fn print_papers(out: &mut dyn Write, hits: &[&SearchHit]) -> io::Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let width = usize::from(table::width());
    let ids = hits.iter().map(|hit| hit.node.node.id.chars().count()).max().unwrap_or_default().min(40);
    writeln!(out, "{:ids$}  TITLE", "PAPER")?;
    for hit in hits {
        let title = shorten(&printable(&hit.node.node.name), width.saturating_sub(ids + 2).max(20));
        writeln!(out, "{:ids$}  {title}", printable(&hit.node.node.id))?;
    }
    Ok(())
}
