//! Decides which names of a metric mean the same metric: `AP`, `AP50` and `mask AP` are three, `F1 score` and `F1` one.

/// Words for a split, an average or a unit, which do not make another metric.
const NO_PART: [&str; 34] = [
    "test",
    "testing",
    "validation",
    "valid",
    "val",
    "dev",
    "development",
    "average",
    "avg",
    "overall",
    "score",
    "scores",
    "points",
    "rate",
    "percent",
    "percentage",
    "metric",
    "measure",
    "the",
    "in",
    "of",
    "on",
    "and",
    "classification",
    "prediction",
    "final",
    "best",
    "total",
    "set",
    "value",
    "zero",
    "shot",
    "coco",
    "performance",
];

/// Words that make another metric from one.
const QUALIFIERS: [&str; 24] = [
    "micro", "macro", "weighted", "mask", "box", "bbox", "top", "small", "medium", "large", "exact", "strict",
    "relaxed", "balanced", "unigram", "ngram", "joint", "token", "entity", "sentence", "l", "lsum", "su4", "s",
];

/// The common key of two names for one metric: the metric (`label`, if it is known) with the numbers and words that
/// make it another. Accuracy is top-1 accuracy unless it has another number.
pub(super) fn metric_key(label: Option<&str>, written: &str) -> String {
    let words = words(written);
    let Some(label) = label else {
        let kept: Vec<&str> = words.iter().map(String::as_str).filter(|word| !NO_PART.contains(word)).collect();
        return if kept.is_empty() { words.join(" ") } else { kept.join(" ") };
    };
    let of_label = self::words(label);
    let numbers: Vec<String> =
        words.iter().filter(|word| is_number(word) && !of_label.contains(word)).map(|word| share(word)).collect();
    // AP means AP over 50 to 95 % unless something else is stated.
    let is_range = numbers.len() >= 2;
    let mut parts: Vec<String> = if is_range { Vec::new() } else { numbers };
    let first_guess = parts == ["1"] && words.iter().any(|word| word == "top" || word == "accuracy" || word == "acc");
    if first_guess {
        parts.clear();
    }
    let qualifiers = words.iter().filter(|word| {
        QUALIFIERS.contains(&word.as_str()) && !of_label.contains(word) && !(word.as_str() == "top" && first_guess)
    });
    parts.extend(qualifiers.map(|word| if word == "bbox" { "box".to_string() } else { word.clone() }));
    // AP is of boxes unless something else is stated.
    parts.retain(|part| part != "box");
    parts.sort();
    parts.insert(0, label.to_lowercase());
    parts.join(" ")
}

/// The name that a board shows: the vocabulary's (`label`) where the words differ only in `score` or `points`.
pub(super) fn shown_name(label: Option<&str>, written: &str) -> String {
    let telling = |name: &str| -> Vec<String> {
        words(name)
            .into_iter()
            .filter(|word| !["score", "scores", "point", "points"].contains(&word.as_str()))
            .collect()
    };
    match label {
        Some(label) if telling(label) == telling(written) => label.to_string(),
        _ => written.to_string(),
    }
}

/// Separates letters and numbers, in lower case: `AP@0.5` becomes `ap` and `0.5`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    let chars: Vec<char> = name.to_lowercase().replace("n-gram", "ngram").chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let digit = c.is_ascii_digit()
            || *c == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit) && !matches!(last, Some(false));
        let class = if digit { Some(true) } else { c.is_alphabetic().then_some(false) };
        match class {
            Some(_) if class == last => {
                if let Some(word) = words.last_mut() {
                    word.push(*c);
                }
            }
            Some(_) => words.push(c.to_string()),
            None => {}
        }
        last = class;
    }
    words
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// `0.5` and `.5` as `50`.
fn share(number: &str) -> String {
    match number.parse::<f64>() {
        Ok(n) if n > 0.0 && n < 1.0 => format!("{}", (n * 100.0).round()),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_metric_have_one_key_and_those_of_others_have_another() {
        let same = |label: &str, a: &str, b: &str| {
            assert_eq!(metric_key(Some(label), a), metric_key(Some(label), b), "{a} / {b}");
        };
        let other = |label: &str, a: &str, b: &str| {
            assert_ne!(metric_key(Some(label), a), metric_key(Some(label), b), "{a} / {b}");
        };
        same("AP", "AP50", "AP@0.5");
        same("AP", "box AP", "AP");
        same("AP", "AP@[.5:.95]", "COCO AP");
        same("F1", "F1 score", "F-score");
        same("accuracy", "Top 1 Accuracy", "accuracy");
        same("ROUGE", "ROUGE-1", "Rouge 1");
        other("AP", "AP", "AP50");
        other("AP", "AP", "mask AP");
        other("AP", "AP50", "AP75");
        other("accuracy", "top-5 accuracy", "accuracy");
        other("ROUGE", "ROUGE-L", "ROUGE-1");
        other("hit rate", "Hits@1", "Hits@10");
        other("F1", "macro F1", "micro-F1");
        assert_eq!(metric_key(None, "Unigram Acc"), "unigram acc");
    }

    #[test]
    fn a_board_has_the_name_of_its_metric_unless_the_words_say_more() {
        assert_eq!(shown_name(Some("BLEU"), "BLEU points"), "BLEU");
        assert_eq!(shown_name(Some("F1"), "f1-scores"), "F1");
        assert_eq!(shown_name(Some("BLEU"), "BLEU-4"), "BLEU-4");
        assert_eq!(shown_name(Some("accuracy"), "top-1 accuracy"), "top-1 accuracy");
        assert_eq!(shown_name(None, "BLEU points"), "BLEU points");
    }

    proptest::proptest! {
        #[test]
        fn any_name_has_a_key(name in "([A-Z]{1,3}|[a-z]{1,5}|[0-9]{1,2}|[.@:\\[\\] -]|é){0,8}") {
            let _ = (metric_key(None, &name), metric_key(Some("AP"), &name));
        }
    }
}
