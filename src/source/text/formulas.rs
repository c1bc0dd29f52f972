//! Formulas as MinerU writes them, with a space between all signs: `$9 5 . 3 \pm 0 . 2$` is `$95.3 \pm 0.2$`.

/// The text with the digits of each number in a formula, and the letters of each word in an upright font, joined.
/// Spaces beside braces and marks of indices are removed.
pub(super) fn joined(text: String) -> String {
    if !text.contains('$') {
        return text;
    }
    let mut parts: Vec<String> = text.split('$').map(str::to_string).collect();
    // A formula is between two dollars, so the last part is none.
    let last = parts.len() - 1;
    for formula in parts[..last].iter_mut().skip(1).step_by(2) {
        let joined = joined_formula(formula);
        // Amounts of money can be between two dollars too.
        if joined.len() < formula.trim().len() {
            *formula = joined;
        }
    }
    parts.join("$")
}

fn joined_formula(formula: &str) -> String {
    const UPRIGHT: [&str; 8] =
        ["\\mathrm", "\\mathbf", "\\text", "\\textbf", "\\mathsf", "\\bf", "\\rm", "\\operatorname"];
    let mut joined = String::with_capacity(formula.len());
    // Number of open braces at which an upright font began.
    let mut upright = None;
    let (mut depth, mut last) = (0_usize, "");
    for token in formula.split(' ').filter(|token| !token.is_empty()) {
        if UPRIGHT.contains(&token) {
            upright = Some(depth);
        }
        let is_part = |token: &str| {
            let mut signs = token.chars();
            let sign = signs.next().filter(|_| signs.next().is_none());
            sign.is_some_and(|sign| {
                sign.is_ascii_digit() || matches!(sign, '.' | ',') || upright.is_some() && sign.is_alphanumeric()
            })
        };
        if !(joined.is_empty() || is_part(last) && is_part(token)) {
            joined.push(' ');
        }
        joined.push_str(token);
        match token {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                upright = upright.filter(|begin| depth > *begin);
            }
            _ => {}
        }
        last = token;
    }
    for sign in ["{", "}", "_", "^"] {
        joined = joined.replace(&format!(" {sign}"), sign).replace(&format!("{sign} "), sign);
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn numbers_and_words_of_formulas_are_joined() {
        for (text, wanted) in [
            (r"It has $9 5 . 3 \pm 0 . 2$ and $8 4 . 2 \%$.", r"It has $95.3 \pm 0.2$ and $84.2 \%$."),
            (r"$\mathbf { A P _ { 5 0 } }$ and $X _ { k }$", r"$\mathbf{AP_{50}}$ and $X_{k}$"),
            ("costs 5 $ and 6 7", "costs 5 $ and 6 7"),
            ("5$ and 12 $ and", "5$ and 12 $ and"),
            ("no formula: 5 6", "no formula: 5 6"),
        ] {
            assert_eq!(joined(text.to_string()), wanted);
        }
    }
}
