//! Adds to GraphViz's SVG the text for people who cannot see it.

use super::xml;

/// Adds a title and a description, where screen readers look for them, and removes GraphViz's comments. Names of nodes
/// are already titles inside the drawing. A text that is not an SVG of GraphViz is left unchanged.
pub(crate) fn with_title(svg: &str, title: &str, description: &str) -> String {
    let Some((before, rest)) = svg.split_once("<svg ") else { return svg.to_string() };
    let Some((attributes, drawing)) = rest.split_once('>') else { return svg.to_string() };
    let head = without_comments(before);
    let drawing = without_comments(drawing);
    format!(
        "{head}<svg role=\"img\" aria-labelledby=\"kg-title kg-description\" {attributes}>\n<title \
         id=\"kg-title\">{}</title>\n<desc id=\"kg-description\">{}</desc>{drawing}",
        xml::text(title),
        xml::text(description)
    )
}

/// Comments repeat the name of each node. GraphViz puts no `-->` into a comment and no `<!--` into text.
fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after.strip_prefix('\n').unwrap_or(after));
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn title_and_description_are_the_first_things_in_the_drawing() {
        let svg = "<?xml?>\n<!-- by -->\n<svg width=\"1\"\n height=\"2\">\n<g><!-- n0 -->\n<text>a</text></g></svg>";
        assert_eq!(
            with_title(svg, "A <b>", "c & d"),
            "<?xml?>\n<svg role=\"img\" aria-labelledby=\"kg-title kg-description\" width=\"1\"\n height=\"2\">\n<title \
             id=\"kg-title\">A &lt;b&gt;</title>\n<desc id=\"kg-description\">c &amp; d</desc>\n<g><text>a</text></g></svg>"
        );
        assert_eq!(with_title("nothing", "a", "b"), "nothing");
    }
}
