use std::io::{self, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;

use crate::serve::{AccessRules, CrossOrigin, ServeLimits, ServeOptions, serve};
use axum::http::HeaderValue;
use axum::http::uri::Authority;
use clap::Args;

use super::CommandContext;
use super::failure::CommandFailure;
use super::own_program;

/// Serve the graph over HTTP: a SPARQL endpoint and pages to browse
///
/// Programs query /sparql (SPARQL 1.1 Protocol), read whole graphs at /graphs, and get every node under the path of its
/// IRI (/dataset/coco) as Turtle, JSON-LD, N-Triples or RDF/XML; browsers get pages; agents call tools at /mcp. /health
/// and /metrics report the state of the server.
///
/// By default it listens on this machine only, answers only to the names of this machine, hides answers from pages of
/// other sites, and refuses updates. Options change each of these. When a build ends, the next request sees the new
/// graph. SIGTERM and Ctrl-C let running requests end first.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ServeArgs {
    /// Address and port to listen on; port 0 takes any free port
    #[arg(short, long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:7878", value_parser = address)]
    bind: SocketAddr,
    /// Stop a query after this many seconds
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = super::query::seconds)]
    timeout: Duration,
    /// Refuse results with more rows or triples
    #[arg(long, value_name = "N", default_value_t = ServeLimits::default().rows)]
    max_rows: usize,
    /// Refuse results with more MiB
    #[arg(long, value_name = "MIB", default_value_t = ServeLimits::default().result_bytes >> 20)]
    max_result: usize,
    /// Refuse requests whose body has more KiB
    #[arg(long, value_name = "KIB", default_value_t = ServeLimits::default().request_bytes >> 10)]
    max_request: usize,
    /// Stop a query that takes more MiB of memory
    #[arg(long, value_name = "MIB", default_value_t = ServeLimits::default().memory >> 20)]
    max_memory: u64,
    /// Number of concurrent queries; others wait for a short time, then get status 503
    #[arg(long, value_name = "N", default_value_t = ServeLimits::default().queries)]
    max_queries: usize,
    /// Number of queries that may wait
    #[arg(long, value_name = "N", default_value_t = ServeLimits::default().waiting)]
    max_waiting: usize,
    /// Give up on a client that is silent for this many seconds
    #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = super::query::seconds)]
    client_timeout: Duration,
    /// Accept SPARQL updates
    #[arg(long)]
    allow_update: bool,
    /// The token that a client must send as `Authorization: Bearer TOKEN` to update; required if other machines can
    /// reach the server
    #[arg(long, value_name = "TOKEN", env = "KG_TOKEN", hide_env_values = true, requires = "allow_update")]
    token: Option<String>,
    /// The path at which a reverse proxy publishes the pages, such as /kg. Links in pages begin with it
    #[arg(long, value_name = "PATH", default_value = "", value_parser = base_path)]
    base_path: String,
    /// Also answer requests for this host name, such as kg.example.org; may be given several times. Without it the
    /// server answers only to localhost and its own address
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = host)]
    host: Vec<String>,
    /// Let pages of another site read answers in a browser: an origin such as https://example.org, `any`, or `none`
    #[arg(long, value_name = "ORIGIN", default_value = "none", value_parser = origin)]
    cors: CrossOrigin,
}

const EXAMPLES: &str = "\
Examples:
  kg serve
  kg serve --bind 127.0.0.1:0 --timeout 10
  kg serve --bind 0.0.0.0:7878 --host kg.example.org
  kg serve --host papers.example.org --base-path /kg
  kg serve --cors https://notebooks.example.org
  kg serve --bind 0.0.0.0:7878 --allow-update --token \"$(openssl rand -hex 16)\"
  curl -H 'Accept: text/csv' --data-urlencode 'query=SELECT * { ?p kg:usesDataset dataset:coco }' \\
       http://127.0.0.1:7878/sparql";

fn address(text: &str) -> Result<SocketAddr, String> {
    let mut found = text.to_socket_addrs().map_err(|_| format!("`{text}` is not an address with a port"))?;
    found.next().ok_or_else(|| format!("`{text}` has no address"))
}

/// A host name without a port.
fn host(text: &str) -> Result<String, String> {
    let wrong = || format!("`{text}` is not a host name; write kg.example.org, without http:// and without a port");
    let authority: Authority = text.trim().parse().map_err(|_| wrong())?;
    if authority.as_str() != authority.host() || authority.host().is_empty() {
        return Err(wrong());
    }
    Ok(authority.host().trim_end_matches('.').to_lowercase())
}

/// `/kg` of `kg`, `/kg` and `/kg/`; nothing of `/`.
fn base_path(text: &str) -> Result<String, String> {
    let path = text.trim().trim_matches('/');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    match path {
        "" => Ok(String::new()),
        path if path.chars().all(is_plain) => Ok(format!("/{path}")),
        _ => Err(format!("`{text}` is not a path; write /kg")),
    }
}

fn origin(text: &str) -> Result<CrossOrigin, String> {
    match text {
        "any" | "*" => Ok(CrossOrigin::Any),
        "none" => Ok(CrossOrigin::None),
        site if site.starts_with("http://") || site.starts_with("https://") => {
            let site = HeaderValue::from_str(site.trim_end_matches('/'));
            site.map(CrossOrigin::One).map_err(|_| format!("`{text}` is not a site"))
        }
        _ => Err(format!("`{text}` is not a site; write any, none, or https://example.org")),
    }
}

impl ServeArgs {
    pub(super) fn run(self, context: &CommandContext) -> Result<(), CommandFailure> {
        let limits = ServeLimits {
            query_time: self.timeout,
            rows: self.max_rows,
            result_bytes: self.max_result << 20,
            request_bytes: self.max_request << 10,
            memory: self.max_memory << 20,
            queries: self.max_queries,
            waiting: self.max_waiting,
            client_timeout: self.client_timeout,
            ..ServeLimits::default()
        };
        let Self { allow_update, token, cors: cross_origin, host: hosts, base_path, .. } = self;
        let access = AccessRules { allow_update, token, cross_origin, hosts };
        let options = ServeOptions {
            store: context.store.clone(),
            program: own_program()?,
            bind: self.bind,
            access,
            limits,
            base_path,
            verbose: context.verbose,
        };
        serve(options, |address| {
            // The program that started the server may have closed its output, which is no reason to stop serving.
            let _ = writeln!(io::stdout(), "http://{address}/");
            context.say("Ctrl-C stops the server");
        })
        .map_err(|error| {
            let failure = CommandFailure::new(error.to_string());
            match error.help() {
                Some(help) => failure.help(help),
                None => failure,
            }
        })
    }
}
