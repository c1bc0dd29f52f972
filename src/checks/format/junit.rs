use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesText, Event};

use crate::checks::{CheckFindings, FailOn, LinkFinding};
use crate::liveness::Severity;

/// Writes a test report for CI systems: a suite for each host, a test for each link. A link that meets a condition in
/// `on` is a failure; a link with an unclear verdict is skipped.
pub(crate) fn write_junit(out: &mut dyn Write, findings: &CheckFindings, on: &[FailOn]) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Event::Decl(quick_xml::events::BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let counts = |findings: &[LinkFinding], confirm| {
        let count = |wanted: TestState| findings.iter().filter(|f| state(f, on, confirm) == wanted).count().to_string();
        [findings.len().to_string(), count(TestState::Failed), count(TestState::Skipped)]
    };
    let confirm = findings.confirm;
    let [tests, failures, skipped] = counts(&findings.links, confirm);
    xml.create_element("testsuites")
        .with_attributes([
            ("name", "kg check"),
            ("tests", tests.as_str()),
            ("failures", failures.as_str()),
            ("skipped", skipped.as_str()),
        ])
        .write_inner_content(|xml| {
            for suite in findings.links.chunk_by(|a, b| a.host == b.host) {
                let host = suite.first().map(|finding| finding.host.as_str()).unwrap_or_default();
                let [tests, failures, skipped] = counts(suite, confirm);
                xml.create_element("testsuite")
                    .with_attributes([
                        ("name", if host.is_empty() { "no host" } else { host }),
                        ("tests", tests.as_str()),
                        ("failures", failures.as_str()),
                        ("skipped", skipped.as_str()),
                    ])
                    .write_inner_content(|xml| {
                        for finding in suite {
                            case(xml, finding, on, confirm)?;
                        }
                        Ok(())
                    })?;
            }
            Ok(())
        })?;
    writeln!(out)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TestState {
    Passed,
    Failed,
    Skipped,
}

fn state(finding: &LinkFinding, on: &[FailOn], confirm: crate::liveness::ConfirmRule) -> TestState {
    if on.iter().any(|on| finding.fails(*on, confirm)) {
        TestState::Failed
    } else if finding.verdict().is_none_or(|verdict| verdict.severity() == Severity::Unclear) {
        TestState::Skipped
    } else {
        TestState::Passed
    }
}

fn case<W: Write>(
    xml: &mut Writer<W>,
    finding: &LinkFinding,
    on: &[FailOn],
    confirm: crate::liveness::ConfirmRule,
) -> io::Result<()> {
    let verdict = finding.verdict().map_or("unchecked", |verdict| verdict.as_str());
    let explanation = readable(&finding.explanation(confirm));
    let (url, kind) = (readable(&finding.url), finding.node.kind.as_str());
    let case = xml.create_element("testcase").with_attributes([("classname", kind), ("name", url.as_str())]);
    match state(finding, on, confirm) {
        TestState::Passed => case.write_empty()?,
        TestState::Failed => case.write_inner_content(|xml| {
            let failure = xml.create_element("failure").with_attributes([("type", verdict), ("message", verdict)]);
            failure.write_text_content(BytesText::new(&explanation)).map(|_| ())
        })?,
        TestState::Skipped => case.write_inner_content(|xml| {
            let message = format!("{verdict}: {explanation}");
            xml.create_element("skipped").with_attribute(("message", message.as_str())).write_empty().map(|_| ())
        })?,
    };
    Ok(())
}

/// XML cannot represent most control characters.
fn readable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}
