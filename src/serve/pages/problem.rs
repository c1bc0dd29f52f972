use maud::{Markup, html};

use super::{badge, clean};
use crate::serve::problem::HttpProblem;

/// An error, for people.
pub(crate) fn page(problem: &HttpProblem) -> Markup {
    let status = problem.status;
    let title = status.canonical_reason().unwrap_or("Error");
    super::page(
        title,
        "",
        &html! {
            h1 { (title) }
            // Spaces mark the position of a syntax error.
            @if problem.message.contains('\n') { pre.problem { (clean_lines(&problem.message)) } }
            @else { p.lead { (clean(&problem.message)) } }
            @if let Some(help) = &problem.help { p { (clean(help)) } }
            @if !problem.near.is_empty() {
                h2 { "Did you mean" }
                ul.plain {
                    @for node in &problem.near {
                        li { a href={ "/" (node.id) } { (clean(&node.label)) } " " (badge(node.kind)) }
                    }
                }
            }
            p { a href="/" { "To the start page" } }
        },
    )
}

fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}
