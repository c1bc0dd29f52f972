//! What separates figures on one dataset that cannot be compared: languages, shots, resolution.

rule!(
    LANGUAGES,
    r"(?x)\b(?P<a>[A-Z][a-z]+|[A-Za-z]{2})\s?(?:-|–|→|->|⇒|⇔|↔|=>|\sto\s|2)\s?(?P<b>[A-Z][a-z]+|[A-Za-z]{2})\b"
);
rule!(SHOTS, r"(?i)\b(?:zero|one|few|many|\d{1,3})[- ]?shots?\b");
rule!(RESOLUTION, r"\b(\d{2,4})\s?[x×]\s?(\d{2,4})\b|\b@\s?(\d{3,4})\b");

/// Names and codes of languages, which distinguish the parts of multilingual datasets.
const LANGUAGE_NAMES: [(&str, &str); 34] = [
    ("english", "en"),
    ("german", "de"),
    ("french", "fr"),
    ("spanish", "es"),
    ("dutch", "nl"),
    ("italian", "it"),
    ("portuguese", "pt"),
    ("russian", "ru"),
    ("chinese", "zh"),
    ("japanese", "ja"),
    ("korean", "ko"),
    ("arabic", "ar"),
    ("czech", "cs"),
    ("romanian", "ro"),
    ("turkish", "tr"),
    ("finnish", "fi"),
    ("hungarian", "hu"),
    ("polish", "pl"),
    ("swedish", "sv"),
    ("danish", "da"),
    ("norwegian", "no"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("vietnamese", "vi"),
    ("thai", "th"),
    ("indonesian", "id"),
    ("latvian", "lv"),
    ("estonian", "et"),
    ("bulgarian", "bg"),
    ("catalan", "ca"),
    ("basque", "eu"),
    ("persian", "fa"),
    ("ukrainian", "uk"),
];

/// The settings that a text names, as results write them: `en-de`, `5-shot`, `256x256`.
pub(super) fn settings(text: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for pair in LANGUAGES.captures_iter(text) {
        if let (Some(a), Some(b)) = (language(&pair["a"]), language(&pair["b"])) {
            all.push(format!("{a}-{b}"));
        }
    }
    if all.is_empty() {
        let words = text.split(|c: char| !c.is_alphabetic());
        all.extend(words.filter(|word| word.len() > 3).filter_map(language).map(str::to_string));
    }
    all.extend(SHOTS.find_iter(text).map(|shots| shots.as_str().to_lowercase().replace(' ', "-")));
    for size in RESOLUTION.captures_iter(text) {
        match (size.get(1), size.get(2), size.get(3)) {
            (Some(a), Some(b), _) => all.push(format!("{}x{}", a.as_str(), b.as_str())),
            (_, _, Some(side)) => all.push(side.as_str().to_string()),
            _ => {}
        }
    }
    all.dedup();
    all
}

/// The code of a language by its name or code.
fn language(word: &str) -> Option<&'static str> {
    let lower = word.to_lowercase();
    LANGUAGE_NAMES.iter().find(|(name, code)| lower == *name || lower == *code).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_languages_shots_and_sizes() {
        assert_eq!(settings("WMT 2014 En-De"), ["en-de"]);
        assert_eq!(settings("English to French, 5-shot"), ["en-fr", "5-shot"]);
        assert_eq!(settings("German 256 × 256"), ["de", "256x256"]);
        assert_eq!(settings("LSTM-CRF"), [""; 0]);
    }
}
