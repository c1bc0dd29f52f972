//! The words of titles and abstracts with markup of HTML, JATS or MathML.

use super::xml::{Element, fragment};
use crate::text::single_spaced;

/// The words of a text: headings of an abstract are left out, and a formula is written once, as TeX if possible.
pub(super) fn plain(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return single_spaced(text);
    }
    let text = fragment(text).text_with(&mut |element, out| match element.name.as_str() {
        "title" => true,
        "p" | "sec" | "br" | "div" => {
            out.push(' ');
            false
        }
        "alternatives" => {
            let formula = element.first(&["tex-math"]).or_else(|| element.elements().next());
            out.push_str(&formula.map(Element::text).unwrap_or_default());
            true
        }
        _ => false,
    });
    let text = single_spaced(&text);
    text.strip_prefix("Abstract ").map_or(text.clone(), str::to_string)
}
