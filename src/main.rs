//! `kg`: a knowledge graph of machine-learning papers, on the command line.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
