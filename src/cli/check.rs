mod network;

use std::io::{self, BufWriter, Write};

use clap::Args;
use papergraph::checks::{Age, Scope};
use papergraph::liveness::{Checker, End, Journal, Link, Outcome, Plan};
use papergraph::store::{self, Change};

use super::Context;
use super::failure::Failure;
use network::Network;

/// See whether repositories and pages are still there
#[derive(Args)]
pub struct Check {
    #[command(flatten)]
    network: Network,
}

impl Check {
    pub fn run(self, context: &Context) -> Result<(), Failure> {
        let config = self.network.config()?;
        let graph = context.open()?;
        let age = Age { now: jiff::Timestamp::now(), most: config.max_age, confirm: config.confirm };
        let confirm = config.confirm;
        let mut journal = Journal::open(&context.store)?;
        let mut links = Vec::new();
        for link in Scope::default().links(&graph, &age)? {
            links.push(Link { key: link.node.id.clone(), url: link.url });
            if let Some(known) = link.known {
                journal.remember(known);
            }
        }
        drop(graph);
        let plan = Plan::new(links, &journal, &config);
        let checker = Checker::new(config)?;
        let mut out = BufWriter::new(io::stdout().lock());
        for outcome in &plan.fresh {
            print(&mut out, outcome)?;
        }
        let mut printed = Ok(());
        let end = checker.run(plan.due, &mut journal, |outcome| {
            if printed.is_ok() {
                printed = print(&mut out, outcome);
            }
        })?;
        printed?;
        out.flush()?;
        for note in checker.notes() {
            context.say(&note);
        }
        let outcomes: Vec<Outcome> = journal.outcomes().cloned().collect();
        let mut change = Change::begin(&context.store)?;
        store::record(&mut change, &outcomes, confirm)?;
        change.finish()?;
        journal.finish()?;
        match end {
            End::Finished => Ok(()),
            End::Interrupted => Err(Failure::interrupted("interrupted; what was found is kept")),
        }
    }
}

fn print(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    serde_json::to_writer(&mut *out, outcome)?;
    writeln!(out)
}
