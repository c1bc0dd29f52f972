use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use crate::export::csv::{RowFormat, write_sheet};
use crate::ontology::Base;
use crate::query::{
    Query as Sparql, QueryAnswer, QueryLimits, QueryList, QueryPlan, ResultFormat, Solutions, named_queries,
    named_query, write_boolean, write_solutions, write_triples,
};
use clap::Args;
use oxigraph::io::RdfFormat;
use oxigraph::model::Term;
use oxigraph::sparql::results::QueryResultsFormat;

use super::failure::CommandFailure;
use super::sparql::read_file;
use super::{CommandContext, format, table};

/// Ask the graph a question in SPARQL
///
/// QUERY is the name of a shipped query (see --list), a file, or `-` for standard input; -e takes the text itself. The
/// prefixes kg, dataset, model, method, task, metric, hardware, software, unknown, paper, repository, page, work,
/// author, venue and organization are declared, and so are rdf, rdfs, owl, xsd, skos, dcterms, schema, prov, oa, void,
/// doap, dcat and foaf.
///
/// A query may declare parameters in its head (`# param dataset: dataset, required`); they are given as NAME=VALUE.
/// The name of a dataset, model and so on is looked up in the graph as `kg show` does; the value never becomes part
/// of the query's text.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct QueryArgs {
    /// Name of a shipped query or file, then its parameters
    #[arg(value_name = "QUERY|NAME=VALUE")]
    arguments: Vec<String>,
    /// The query itself
    #[arg(short = 'e', long, value_name = "SPARQL", conflicts_with = "list")]
    execute: Option<String>,
    /// List the shipped queries; --format json, csv or tsv for programs
    #[arg(short, long)]
    list: bool,
    /// table, json, csv, tsv or xml for rows; turtle or ntriples for graphs [default: table on a terminal, else csv;
    /// turtle for graphs]
    #[arg(short, long, value_name = "FORMAT")]
    format: Option<ResultFormat>,
    /// Print how the query is evaluated instead of its rows: each step with its number of rows and its time, including
    /// the steps below it; --format json for programs
    #[arg(long, conflicts_with = "list")]
    explain: bool,
    /// Stop after this many seconds; 0 for never
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds)]
    timeout: Duration,
    /// Stop at this many megabytes of memory (on Linux)
    #[arg(long, value_name = "MB", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(1..1 << 40))]
    memory: u64,
    /// Rows or triples to print; 0 for all [default: all]
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

const EXAMPLES: &str = "\
Examples:
  kg query --list
  kg query papers-using dataset=COCO since=2023
  kg query datasets-by-papers --limit 10 --format csv
  kg query -e 'SELECT ?paper WHERE { ?paper kg:usesDataset dataset:coco }'
  kg query --explain papers-by-year
  kg query my-question.rq model=\"Llama 2\"
  kg query -e 'DESCRIBE dataset:coco'";

pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| format!("`{text}` is not a number of seconds"))?;
    Duration::try_from_secs_f64(seconds).map_err(|_| format!("`{text}` is not a duration"))
}

impl QueryArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let mut out = BufWriter::new(io::stdout().lock());
        if self.list {
            self.print_list(&mut out)?;
        } else {
            let (text, values) = self.text_and_values()?;
            let graph = context.open()?;
            let query = Sparql::parse(&text, graph.base())?.bind(&values, &graph)?;
            query.notes().iter().for_each(|note| context.say(&format!("note: {note}")));
            let timeout = (!self.timeout.is_zero()).then_some(self.timeout);
            let memory = Some(self.memory << 20);
            let limits =
                QueryLimits { timeout, rows: self.limit.filter(|limit| *limit > 0), memory, answer_bytes: None };
            if self.explain {
                self.print_plan(&mut out, &query.explain(&graph, limits)?)?;
            } else {
                self.print(&mut out, query.run(&graph, limits)?, graph.base())?;
            }
        }
        out.flush()?;
        Ok(())
    }

    fn text_and_values(&self) -> Result<(String, Vec<(String, String)>), CommandFailure> {
        let mut arguments = self.arguments.iter();
        let text = match &self.execute {
            Some(text) => text.clone(),
            None => match arguments.next() {
                Some(name) => read(name)?,
                None if !io::stdin().is_terminal() => read("-")?,
                None => {
                    return Err(CommandFailure::usage("which query?")
                        .help("give a name (`kg query --list` shows them), a file, or the text after -e"));
                }
            },
        };
        let values = arguments
            .map(|argument| match argument.split_once('=') {
                Some((name, value)) => Ok((name.to_string(), value.to_string())),
                None => Err(CommandFailure::usage(format!("`{argument}` is not a parameter"))
                    .help("parameters are written NAME=VALUE, after the query; quote values with spaces")),
            })
            .collect::<Result<_, _>>()?;
        Ok((text, values))
    }

    fn print_list(&self, out: &mut dyn Write) -> Result<(), CommandFailure> {
        match self.format {
            None | Some(ResultFormat::Table) => list(out),
            Some(ResultFormat::Json) => Ok(format::json(out, &QueryList::read()?)?),
            Some(ResultFormat::Csv) => Ok(write_sheet(out, &QueryList::read()?.sheet(), RowFormat::Csv)?),
            Some(ResultFormat::Tsv) => Ok(write_sheet(out, &QueryList::read()?.sheet(), RowFormat::Tsv)?),
            Some(other) => Err(CommandFailure::usage(format!("--format {other} cannot hold the list of queries"))
                .help("use table, json, csv or tsv")),
        }
    }

    fn print_plan(&self, out: &mut dyn Write, plan: &QueryPlan) -> Result<(), CommandFailure> {
        match self.format {
            None | Some(ResultFormat::Table) => write!(out, "{plan}")?,
            Some(ResultFormat::Json) => writeln!(out, "{}", plan.json)?,
            Some(other) => {
                return Err(
                    CommandFailure::usage(format!("--format {other} cannot hold a plan")).help("use table or json")
                );
            }
        }
        out.flush()?;
        match &plan.stopped {
            None => Ok(()),
            Some(error) => {
                Err(CommandFailure::new(error.to_string()).help("this is the plan; its figures are not known"))
            }
        }
    }

    fn print(&self, out: &mut dyn Write, answer: QueryAnswer, base: &Base) -> Result<(), CommandFailure> {
        let terminal = io::stdout().is_terminal();
        let rows = self.format.unwrap_or(if terminal { ResultFormat::Table } else { ResultFormat::Csv });
        let wrong = |wanted: &str| {
            CommandFailure::usage(format!("--format {rows} cannot hold the result of this query")).help(wanted)
        };
        const FOR_ROWS: &str = "SELECT and ASK give rows: use table, json, csv, tsv or xml";
        match answer {
            QueryAnswer::Boolean(value) if rows == ResultFormat::Table => writeln!(out, "{value}")?,
            QueryAnswer::Boolean(value) => write_boolean(out, value, rows.of_rows().ok_or_else(|| wrong(FOR_ROWS))?)?,
            QueryAnswer::Solutions(solutions) if rows == ResultFormat::Table => print_table(out, solutions, base)?,
            QueryAnswer::Solutions(solutions) => {
                let format: QueryResultsFormat = rows.of_rows().ok_or_else(|| wrong(FOR_ROWS))?;
                write_solutions(out, solutions.variables().to_vec(), solutions, format)?;
            }
            QueryAnswer::Graph(triples) => {
                let format = match self.format {
                    None => RdfFormat::Turtle,
                    Some(ResultFormat::Table) => {
                        let mut rows = Vec::new();
                        for triple in triples {
                            let triple = triple?;
                            rows.push(vec![
                                show(&triple.subject.into(), base),
                                show(&triple.predicate.into(), base),
                                show(&triple.object, base),
                            ]);
                        }
                        let heading = ["subject", "predicate", "object"].map(str::to_string);
                        return Ok(table::print(out, &heading, &rows, table::width())?);
                    }
                    Some(format) => format
                        .of_triples()
                        .ok_or_else(|| wrong("CONSTRUCT and DESCRIBE give triples: use turtle, ntriples or table"))?,
                };
                write_triples(out, triples, format, base)?;
            }
        }
        Ok(())
    }
}

/// The text of a query, from standard input, from a file, or shipped. A file in the current folder takes precedence
/// over a shipped query only if it is written as a file (`x.rq`, `./x`).
fn read(name: &str) -> Result<String, CommandFailure> {
    if name == "-" {
        return read_file(name);
    }
    let like_a_file = name.contains(['/', '\\']) || name.ends_with(".rq") || name.ends_with(".sparql");
    if !like_a_file && let Ok(text) = named_query(name) {
        return Ok(text.to_string());
    }
    if Path::new(name).is_file() {
        return read_file(name);
    }
    if name.split_whitespace().count() > 1 {
        return Err(CommandFailure::usage("the text of a query is where a name is expected").help("put -e before it"));
    }
    Ok(named_query(name)?.to_string())
}

fn list(out: &mut dyn Write) -> Result<(), CommandFailure> {
    for (i, query) in named_queries()?.iter().enumerate() {
        if i > 0 {
            writeln!(out)?;
        }
        write!(out, "{}", query.name)?;
        for parameter in &query.head.parameters {
            write!(out, " {parameter}")?;
        }
        writeln!(out, "\n    {}", query.head.summary)?;
    }
    Ok(())
}

fn print_table(out: &mut dyn Write, solutions: Solutions, base: &Base) -> Result<(), CommandFailure> {
    let heading: Vec<String> = solutions.variables().iter().map(|v| v.as_str().to_string()).collect();
    let mut rows = Vec::new();
    for row in solutions {
        let row = row?;
        rows.push(
            row.values().iter().map(|value| value.as_ref().map_or_else(String::new, |v| show(v, base))).collect(),
        );
    }
    if rows.is_empty() {
        writeln!(out, "no rows")?;
        return Ok(());
    }
    Ok(table::print(out, &heading, &rows, table::width())?)
}

/// A term in a form for people.
fn show(term: &Term, base: &Base) -> String {
    match term {
        Term::NamedNode(node) => base.shorten(node.as_str()),
        Term::BlankNode(node) => node.to_string(),
        Term::Literal(literal) => literal.value().to_string(),
    }
}
