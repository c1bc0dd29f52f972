use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};
use oxigraph::model::NamedNode;

use super::chart::{bar, chart, patterns};
use super::fates::{CodeFates, FateCounts, PaperCodeFate, PaperFate, PromisedCode};
use crate::checks::{LinkFinding, utc_day};
use crate::export::html::{self, clean, outside};
use crate::extract::CodeStatement;
use crate::liveness::ConfirmRule;
use crate::ontology::Base;
use crate::paper::{PaperId, PartialDate};
use crate::text::{counted_as, thousands};

/// Maximum number of rows of a list. For more, use a table format.
const LISTED: usize = 200;
/// Number of organisations and venues with a line of their own.
const GROUPS: usize = 20;
/// Number of the oldest papers with available code that are listed.
const SURVIVORS: usize = 25;

const TITLE: &str = "Is the code still there?";

/// The whole page.
pub(crate) fn to_html(fates: &CodeFates, base: &Base, confirm: ConfirmRule, now: Timestamp) -> String {
    let page = ReportPage { fates, base, confirm };
    let counts = fates.counts();
    let head = html! { style { (PreEscaped(include_str!("style.css"))) } };
    let body = html! {
        (patterns())
        header {
            h1 { (TITLE) }
            p class="when" { (number(fates.papers)) " papers, as of " time datetime=(utc_day(now)) { (long(now)) } }
        }
        main {
            (page.summary(&counts))
            (page.years())
            (page.lost())
            (page.doubted())
            (page.promises())
            (page.moved())
            (page.survivors())
            (page.groups("By organisation", "organisation", |paper| paper.organization.as_deref()))
            (page.groups("By venue", "venue", |paper| paper.venue.as_deref()))
            (page.method())
        }
    };
    html::page(TITLE, &head, &body).into_string()
}

struct ReportPage<'p> {
    fates: &'p CodeFates,
    base: &'p Base,
    confirm: ConfirmRule,
}

impl ReportPage<'_> {
    fn summary(&self, counts: &FateCounts) -> Markup {
        let all = counts.all();
        if all == 0 {
            return html! { p class="lead" { "None of these papers links to a repository." } };
        }
        html! {
            p class="lead" {
                "Of " strong { (papers(all)) } " that link to code, "
                strong { (number(counts.of(PaperCodeFate::There))) " still have it" } " (" (share(counts.of(PaperCodeFate::There), all)) ")"
                " and " strong { (number(counts.of(PaperCodeFate::Lost))) " lost it" } " (" (share(counts.of(PaperCodeFate::Lost), all)) ")."
            }
            ul class="figures" {
                @for (n, what) in [
                    (counts.of(PaperCodeFate::InDoubt), "in doubt: missing, but not yet on enough days"),
                    (counts.of(PaperCodeFate::Hollow), "link to a repository without code in it"),
                    (counts.of(PaperCodeFate::Unknown), "unknown: the host gave no clear answer"),
                    (self.fates.promises.len(), "promise or claim code and have none"),
                ] {
                    @if n > 0 { li { strong { (number(n)) } " " (what) } }
                }
            }
            @if self.fates.unchecked > 0 {
                p class="note" { (counted_as(self.fates.unchecked, "repository was never checked and counts", "repositories were never checked and count")) " as “could not tell”." }
            }
        }
    }

    fn years(&self) -> Markup {
        let years: Vec<(String, FateCounts)> = self
            .fates
            .by_year()
            .into_iter()
            .map(|(year, counts)| (year.map_or("undated".to_string(), |year| year.to_string()), counts))
            .collect();
        if years.is_empty() {
            return html! {};
        }
        html! {
            section {
                h2 { "By year of the paper" }
                figure {
                    (chart("State of the code of papers by year: shares of the papers that link to code", &years))
                    figcaption { "Shares of the papers of a year that link to code. The figures are in the table below." }
                }
                (table_of(&years, "year"))
            }
        }
    }

    fn lost(&self) -> Markup {
        let lost: Vec<&PaperFate> = self.fates.of(PaperCodeFate::Lost).collect();
        html! {
            section {
                h2 { "Papers that lost their code" (tail(lost.len())) }
                @if lost.is_empty() {
                    p { "None." }
                } @else {
                    p { "Every repository that the paper links to was missing in " (self.confirm.times) " checks or more, on different days." }
                    (self.table(&lost, "what was found", |finding| html! { (finding.explanation(self.confirm)) }))
                }
            }
        }
    }

    fn doubted(&self) -> Markup {
        let doubted: Vec<&PaperFate> = self.fates.of(PaperCodeFate::InDoubt).collect();
        if doubted.is_empty() {
            return html! {};
        }
        html! {
            section {
                h2 { "In doubt" (tail(doubted.len())) }
                p { "Missing at the last check. A link is dead after " (self.confirm.times) " such checks on different days." }
                (self.table(&doubted, "what was found", |finding| html! { (finding.explanation(self.confirm)) }))
            }
        }
    }

    fn promises(&self) -> Markup {
        let promises = &self.fates.promises;
        if promises.is_empty() {
            return html! {};
        }
        html! {
            section {
                h2 { "Promised, but not available" (tail(promises.len())) }
                p { "The abstract says that code will be, or is, available; no source has a link to it, or the repository has no code in it. The longest overdue first." }
                table {
                    thead { tr { th scope="col" { "date" } th scope="col" { "paper" } th scope="col" { "the abstract says" } } }
                    tbody {
                        @for promise in promises.iter().take(LISTED) {
                            tr {
                                (date_cell(promise.date))
                                td { (self.paper_link(&promise.iri, &promise.title)) (hollow(promise)) }
                                td { @match promise.statement {
                                    CodeStatement::Promised => "code will come",
                                    _ => "code is available, without saying where",
                                } }
                            }
                        }
                    }
                }
                (more(promises.len(), "kg query promised-code"))
            }
        }
    }

    fn moved(&self) -> Markup {
        let mut moved: Vec<(&LinkFinding, &str)> = self
            .fates
            .with_code
            .iter()
            .flat_map(|paper| &paper.repositories)
            .filter_map(|finding| Some((finding, finding.moved_to()?)))
            .collect();
        moved.sort_by(|a, b| a.0.node.cmp(&b.0.node));
        moved.dedup_by(|a, b| a.0.node == b.0.node);
        if moved.is_empty() {
            return html! {};
        }
        html! {
            section {
                h2 { "Moved" (tail(moved.len())) }
                p { "The papers give the old address. The host redirects to the new one until the old name is taken." }
                table {
                    thead { tr { th scope="col" { "in the papers" } th scope="col" { "now" } } }
                    tbody {
                        @for (finding, to) in moved.iter().take(LISTED) {
                            tr { td { (address(&finding.url)) } td { (address(to)) } }
                        }
                    }
                }
                (more(moved.len(), "kg query moved-repositories"))
            }
        }
    }

    fn survivors(&self) -> Markup {
        let survivors: Vec<&PaperFate> =
            self.fates.of(PaperCodeFate::There).filter(|paper| paper.date.is_some()).take(SURVIVORS).collect();
        if survivors.is_empty() {
            return html! {};
        }
        html! {
            section {
                h2 { "The oldest survivors" }
                p { "The oldest papers whose code is still there." }
                (self.table(&survivors, "of the repository", |finding| html! { (facts(finding)) }))
            }
        }
    }

    fn groups<'p>(&'p self, heading: &str, what: &str, of: impl Fn(&'p PaperFate) -> Option<&'p str>) -> Markup {
        let mut groups = self.fates.by(of);
        if groups.len() < 2 {
            return html! {};
        }
        let all = groups.len();
        groups.truncate(GROUPS);
        let groups: Vec<(String, FateCounts)> =
            groups.into_iter().map(|(name, counts)| (name.to_string(), counts)).collect();
        html! {
            section {
                h2 { (heading) }
                @if all > GROUPS { p { "The " (GROUPS) " with the most papers that link to code, of " (number(all)) "." } }
                (table_of(&groups, what))
            }
        }
    }

    fn method(&self) -> Markup {
        html! {
            section class="method" {
                h2 { "How this was found" }
                p {
                    "kg asked each host for its repositories. The best repository of a paper decides: the paper still has its code if one repository is there (also if it moved or was archived)."
                }
                p {
                    "A repository is " em { "lost" } " when its host said in " (self.confirm.times) " checks, each at least "
                    (hours(self.confirm)) " after the one before, that there is no such thing or nothing that is public. Until then it is "
                    em { "in doubt" } ". Hosts that are down, slow or refuse to answer do not make it lost, however long that lasts: its "
                    "state is " em { "unknown" } "."
                }
            }
        }
    }

    fn table(&self, papers: &[&PaperFate], beside: &str, said: impl Fn(&LinkFinding) -> Markup) -> Markup {
        html! {
            table {
                thead { tr {
                    th scope="col" { "date" } th scope="col" { "paper" } th scope="col" { "repository" } th scope="col" { (beside) }
                } }
                tbody {
                    @for paper in papers.iter().take(LISTED) {
                        @for (i, finding) in paper.repositories.iter().enumerate() {
                            tr class=[(i > 0).then_some("again")] {
                                @if i == 0 {
                                    (date_cell(paper.date))
                                    td { (self.paper_link(&paper.iri, &paper.title)) @if let Some(by) = &paper.organization { span class="by" { (clean(by)) } } }
                                } @else {
                                    td {} td {}
                                }
                                td { (address(&finding.url)) }
                                td { @if let Some(verdict) = finding.verdict() { b class=(verdict.severity().as_str()) { (verdict) } " " } (said(finding)) }
                            }
                        }
                    }
                }
            }
            (more(papers.len(), "kg check --offline --format csv"))
        }
    }

    /// The title, with a link to the paper if its address is known.
    fn paper_link(&self, iri: &NamedNode, title: &str) -> Markup {
        let arxiv = self.base.id(iri.as_str()).and_then(|id| id.parse::<PaperId>().ok()?.as_arxiv());
        html! {
            @if let Some(id) = arxiv { a href=(format!("https://arxiv.org/abs/{id}")) { (clean(title)) } } @else { (clean(title)) }
        }
    }
}

fn hollow(promise: &PromisedCode) -> Markup {
    html! {
        @if let Some(finding) = &promise.hollow {
            span class="by" { (address(&finding.url)) " has no code in it" }
        }
    }
}

/// A table of the groups with their counts, and a bar for each.
fn table_of(groups: &[(String, FateCounts)], what: &str) -> Markup {
    html! {
        table class="counts" {
            thead { tr {
                th scope="col" { (what) }
                th scope="col" class="n" { "papers with code" }
                @for fate in PaperCodeFate::ALL { th scope="col" class="n" { (fate.words()) } }
                th scope="col" { span class="unseen" { "shares" } }
            } }
            tbody {
                @for (name, counts) in groups {
                    tr {
                        th scope="row" { (name) }
                        td class="n" { (number(counts.all())) }
                        @for fate in PaperCodeFate::ALL {
                            td class="n" { @if counts.of(fate) > 0 { (number(counts.of(fate))) } @else { "·" } }
                        }
                        td class="share" { (bar(counts)) }
                    }
                }
            }
        }
    }
}

fn facts(finding: &LinkFinding) -> Markup {
    let Some(outcome) = &finding.outcome else { return html! {} };
    let mut said = Vec::new();
    if let Some(stars) = outcome.facts.stars {
        said.push(if stars == 1 { "1 star".to_string() } else { format!("{} stars", number(stars)) });
    }
    said.extend(outcome.facts.licence.clone());
    if let Some(pushed) = outcome.facts.last_push {
        said.push(format!("last push {}", utc_day(pushed)));
    }
    html! { (said.join(", ")) }
}

/// An address without its scheme, as a link if it is one that a browser may follow.
fn address(url: &str) -> Markup {
    outside(url, url.trim_start_matches("https://").trim_start_matches("http://"))
}

fn date_cell(date: Option<PartialDate>) -> Markup {
    html! { td class="date" { @if let Some(date) = date { (date) } @else { "undated" } } }
}

fn more(n: usize, how: &str) -> Markup {
    html! { @if n > LISTED { p class="note" { "… and " (number(n - LISTED)) " more: " code { (how) } } } }
}

fn tail(n: usize) -> Markup {
    html! { @if n > 0 { " " span class="n" { "(" (number(n)) ")" } } }
}

fn papers(n: usize) -> String {
    if n == 1 { "1 paper".to_string() } else { format!("{} papers", number(n)) }
}

fn number(n: impl TryInto<u64>) -> String {
    thousands(n.try_into().unwrap_or_default())
}

fn share(part: usize, all: usize) -> String {
    let share = 100.0 * part as f64 / all.max(1) as f64;
    // Rounds to nothing or to all only if that is exact.
    match part {
        0 => "0\u{a0}%".to_string(),
        _ if share < 1.0 => "less than 1\u{a0}%".to_string(),
        _ if part < all && share > 99.0 => "more than 99\u{a0}%".to_string(),
        _ => format!("{share:.0}\u{a0}%"),
    }
}

fn long(moment: Timestamp) -> String {
    moment.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d %B %Y").to_string()
}

fn hours(confirm: ConfirmRule) -> String {
    let hours = confirm.apart.as_secs_f64() / 3600.0;
    if hours == 24.0 {
        "a day".to_string()
    } else if hours >= 48.0 {
        format!("{:.0} days", hours / 24.0)
    } else {
        format!("{hours:.0} hours")
    }
}
