//! `kg`: a knowledge graph of machine-learning papers, on the command line.

mod cli;

/// A build makes and drops some hundred strings a paper, on all cores: a fifth of its time with the allocator of glibc.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::run()
}
