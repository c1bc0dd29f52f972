//! The questions of a graph for agents: tools, resources and prompts of the Model Context Protocol.
//!
//! A tool answers with the views of [`answer`](crate::answer), so an agent reads what people and scripts read. Only the
//! size differs. The caller sets the largest number of characters of an answer (`bounded`): a cursor leads to the rows
//! that do not fit, a text that does not fit is marked as cut, and the answer lists everything that it leaves out. Each
//! answer says which papers the graph covers (`coverage`), so that no reader takes "nothing found" for "there is
//! nothing".
//!
//! Nothing here changes a graph. A mistake in a call is an answer that says what to try instead; it never ends the
//! server. The transport is not decided here: `kg mcp` serves standard input and output, `kg serve` serves `/mcp`.

mod arguments;
mod bounded;
mod coverage;
mod cursor;
mod failure;
mod markdown;
mod node;
mod prompts;
mod resources;
mod schemas;
mod server;
mod source;
mod tool;
mod tools;

pub(crate) use server::AgentServer;
pub(crate) use source::GraphSource;
pub(crate) use tools::tool_names;
