//! `kg`: a knowledge graph of machine-learning papers, on the command line.

#[cfg(all(feature = "allocator", not(target_env = "msvc")))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    papergraph::internals::cli::run()
}
