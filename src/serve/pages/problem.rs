use axum::http::StatusCode;
use maud::{Markup, html};

use super::{badge, clean};
use crate::serve::problem::HttpProblem;

/// An error, for people.
pub(crate) fn page(problem: &HttpProblem) -> Markup {
    let status = problem.status;
    let title = title(status);
    super::page(
        title,
        "",
        &html! {
            h1 { (title) }
            // Spaces mark the position of a syntax error.
            @if problem.message.contains('\n') { pre.problem { (clean_lines(&problem.message)) } }
            @else { p.lead.capital { (clean(&problem.message)) "." } }
            @if let Some(help) = &problem.help { p.capital { (clean(help)) "." } }
            @if !problem.suggestions.is_empty() {
                h2 { "Did you mean" }
                ul.plain {
                    @for node in &problem.suggestions {
                        li { a href={ "/" (node.id) } { (clean(&node.label)) } " " (badge(node.kind)) }
                    }
                }
            }
            p {
                @if status == StatusCode::NOT_FOUND { "The search above finds names, titles, ids and addresses. " }
                a href="/" { "To the start page" }
            }
        },
    )
}

/// The heading of a page, in a sentence's case.
fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => "Not found",
        StatusCode::BAD_REQUEST => "This request cannot be answered",
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => "Too much at once",
        _ => status.canonical_reason().unwrap_or("Error"),
    }
}

fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}
