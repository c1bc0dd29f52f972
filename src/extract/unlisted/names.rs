//! Finds the words of a text that look like names, and the linked spans between them.

use std::ops::Range;

use super::super::contributions::{has_name_shape, is_ordinary, is_refused, kind_by_suffix};
use crate::text::{Sentences, in_lower_case, range_of};
use crate::vocabulary::Kind;

/// Shorter names mean too many things; their context does not decide.
const LEAST_LETTERS: usize = 3;
/// A name with more words is a phrase.
const MOST_WORDS: usize = 5;

/// A span that is linked or looks like a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameSpan {
    /// Byte range in the text.
    pub range: Range<usize>,
    pub form: NameForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameForm {
    /// Decided already: an entity of the vocabulary or one of the paper's own names.
    Linked(Kind),
    /// A shape that only names have: `FooBench`, `BAR-9`.
    Shaped,
    /// Capitalised words inside a sentence: `Argoverse`, `Penn Action`.
    Capitalised,
    /// Small letters with digits after them: `a9a`, `rcv1`.
    Code,
}

impl NameSpan {
    pub(super) fn is_linked(&self) -> bool {
        matches!(self.form, NameForm::Linked(_))
    }
}

/// The units of a text in order. `linked` are the decided spans in order. In a title every word is capitalised, so only
/// the shape of a word counts there.
pub(super) fn units(
    text: &str,
    sentences: &Sentences,
    linked: &[(Range<usize>, Kind)],
    is_title: bool,
) -> Vec<NameSpan> {
    let mut units: Vec<NameSpan> = Vec::new();
    let mut open: Option<NameSpan> = None;
    let mut next_linked = linked.iter().peekable();
    for TextWord { range: word, signs } in words(text) {
        while let Some((range, kind)) = next_linked.peek()
            && range.start < word.end
        {
            close(text, &mut open, &mut units);
            if units.last().is_none_or(|last| last.range.end <= range.start) {
                units.push(NameSpan { range: range.clone(), form: NameForm::Linked(*kind) });
            }
            next_linked.next();
        }
        if units.last().is_some_and(|last| word.start < last.range.end) {
            continue;
        }
        // Most words are plain words of the sentence.
        if signs & !(SMALL | HYPHEN) == 0 {
            close(text, &mut open, &mut units);
            continue;
        }
        let surface = &text[word.clone()];
        let together = open.as_ref().is_some_and(|unit| &text[unit.range.end..word.start] == " ");
        if together && is_version(surface) {
            open.iter_mut().for_each(|unit| unit.range.end = word.end);
            continue;
        }
        let Some(form) = form(surface) else {
            close(text, &mut open, &mut units);
            continue;
        };
        let begins_sentence = || sentences.around(word.start).start == word.start || starts_clause(text, word.start);
        if form == NameForm::Capitalised && (is_title || is_ordinary(surface) || begins_sentence()) {
            close(text, &mut open, &mut units);
            continue;
        }
        match &mut open {
            Some(unit) if together && form != NameForm::Code && unit.form != NameForm::Code => {
                unit.range.end = word.end;
                if form == NameForm::Shaped {
                    unit.form = NameForm::Shaped;
                }
            }
            _ => {
                close(text, &mut open, &mut units);
                open = Some(NameSpan { range: word, form });
            }
        }
    }
    close(text, &mut open, &mut units);
    for (range, kind) in next_linked {
        units.push(NameSpan { range: range.clone(), form: NameForm::Linked(*kind) });
    }
    units
}

/// Ends the open unit, if there is one.
fn close(text: &str, open: &mut Option<NameSpan>, units: &mut Vec<NameSpan>) {
    if let Some(unit) = open.take() {
        units.extend(finished(text, unit));
    }
}

/// A unit that can be a name, without the generic words at its ends.
fn finished(text: &str, mut unit: NameSpan) -> Option<NameSpan> {
    let around = text[..unit.range.start].chars().next_back().into_iter().chain(text[unit.range.end..].chars().next());
    if around
        .into_iter()
        .any(|c| matches!(c, '/' | '@' | '\\' | '_' | '=' | '{' | '}' | '$' | '^' | '#' | '<' | '>' | '*' | '&'))
    {
        return None;
    }
    if is_citation(text, &unit.range) {
        return None;
    }
    let plain = |word: &str| is_refused(word) || is_generic(word) || is_ordinary(word);
    loop {
        let name = &text[unit.range.clone()];
        let first = name.split(' ').next().unwrap_or_default();
        if first.len() == name.len() {
            break;
        }
        // "the Croatian Reference Corpus" is a name.
        let belongs = is_nationality(first) && ends_in_kind(name);
        if belongs || !(plain(first) || is_plain_capital(first)) {
            break;
        }
        unit.range.start += first.len() + 1;
    }
    if unit.form == NameForm::Capitalised && is_fragment(text, &unit.range) {
        return None;
    }
    let name = &text[unit.range.clone()];
    let words = name.split(' ').count();
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    let alphabetic = name.chars().filter(|c| c.is_alphabetic()).count();
    let capitalised = unit.form == NameForm::Capitalised;
    // "L1-Japanese" and "Odia-English" are languages.
    let language = name.contains('-') && name.split('-').any(is_nationality);
    // "Treebank" alone is not a name, "French Treebank" is one.
    let belongs = name.split(' ').next().is_some_and(is_nationality) && ends_in_kind(name);
    let generic = language
        || is_language_pair(name)
        || capitalised && names_a_task(name)
        || !belongs
            && name
                .split([' ', '-'])
                .all(|word| plain(word) || capitalised && (is_plain_capital(word) || is_kind_word(word)));
    (letters >= LEAST_LETTERS && alphabetic >= 2 && words <= MOST_WORDS && !generic && !plain(name)).then_some(unit)
}

/// The authors of a citation: "(Foo et al., 2020)", "(Foo, 2020)", "(Foo 2020)". Some texts have "(CITATION)" for each.
fn is_citation(text: &str, range: &Range<usize>) -> bool {
    rule!(CO_AUTHOR, r"^(?:,\s[A-Z][\w-]+)*,?\s(?:and|&)\s[A-Z][\w-]+,?\s\(?(?:19|20)\d\d");
    rule!(NAME_AND_YEAR, r"^[A-Z][a-z]+ (?:19|20)\d\d$");
    let after = &text[range.end..];
    let year = |text: &str| text.starts_with("19") || text.starts_with("20");
    let others = after.trim_start();
    others.starts_with("et al")
        || others.starts_with("el al")
        || after.strip_prefix(", ").is_some_and(year)
        || CO_AUTHOR.is_match(after)
        || &text[range.clone()] == "CITATION"
        || text[..range.start].ends_with('(') && NAME_AND_YEAR.is_match(&text[range.clone()])
}

/// Whether capitalised words are only part of a name: "York Times" of "New York Times", "Sentences 2" of "Lip Reading
/// Sentences 2", "Digital Corpus" of "Digital Corpus of the European Parliament".
fn is_fragment(text: &str, range: &Range<usize>) -> bool {
    rule!(GOES_ON, r"^\s(?:of\s(?:the\s)?)?[A-Z][a-z]");
    let last = text[..range.start].strip_suffix(' ').and_then(|before| before.rsplit([' ', '(']).next());
    let follows_name = last.is_some_and(|word| {
        word.starts_with(char::is_uppercase)
            && word.ends_with(char::is_alphanumeric)
            && !is_ordinary(word)
            && !matches!(word, "A" | "An" | "And" | "Using" | "Both" | "With" | "From" | "Of" | "All" | "Also")
            && !is_nationality(word)
    });
    follows_name || GOES_ON.is_match(&text[range.end..])
}

/// Whether the last word states the kind of the thing.
fn ends_in_kind(name: &str) -> bool {
    name.rsplit_once(' ').is_some_and(|(_, last)| is_kind_word(last) && last.starts_with(char::is_uppercase))
}

/// Words for kinds of resources, and words that qualify them: together they are not certain to be a name.
fn is_kind_word(word: &str) -> bool {
    const WORDS: [&str; 26] = [
        "Annotated",
        "Balanced",
        "Closed",
        "Corpora",
        "Corpus",
        "Data",
        "Database",
        "Dataset",
        "Dependency",
        "Dictionary",
        "Digital",
        "Lexicon",
        "Lexicons",
        "Library",
        "Morphological",
        "National",
        "Ontology",
        "Parallel",
        "Parser",
        "Reference",
        "Tagger",
        "Toolkit",
        "Track",
        "Treebank",
        "Treebanks",
        "Wordnet",
    ];
    WORDS.binary_search(&word).is_ok()
}

/// "Duplicate Detection datasets" are data for a task.
fn names_a_task(name: &str) -> bool {
    let last = name.rsplit([' ', '-']).next().unwrap_or_default();
    matches!(
        last,
        "Answering"
            | "Captioning"
            | "Classification"
            | "Completion"
            | "Detection"
            | "Disambiguation"
            | "Extraction"
            | "Generation"
            | "Identification"
            | "Inference"
            | "Labeling"
            | "Labelling"
            | "Linking"
            | "Modeling"
            | "Parsing"
            | "Prediction"
            | "Processing"
            | "Recognition"
            | "Resolution"
            | "Retrieval"
            | "Segmentation"
            | "Summarization"
            | "Tagging"
            | "Translation"
            | "Understanding"
    )
}

/// `En-De`, `EnFr`, `ZhEn`: a direction of translation.
fn is_language_pair(name: &str) -> bool {
    rule!(PAIR, r"^(?:[A-Z][a-z]-?[A-Z][a-z]|[A-Z]{2}-[A-Z]{2}|[a-z]{2}-[a-z]{2})$");
    PAIR.is_match(name)
}

/// After a colon, a bullet or an opening bracket of a new clause, a capital says nothing.
fn starts_clause(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    before.is_empty() || before.ends_with([':', '•', '\n', '.', '?', '!']) || text[..at].ends_with('\n')
}

/// A word of a text, without the punctuation around it; signs inside a name remain.
struct TextWord {
    /// Byte range in the text.
    range: Range<usize>,
    /// The sorts of signs that it has.
    signs: u8,
}

// Sorts of signs: a set of them has one bit for each.
const SMALL: u8 = 1;
const CAPITAL: u8 = 2;
const DIGIT: u8 = 4;
const HYPHEN: u8 = 8;
/// Other signs of ASCII that can be inside a word.
const INNER: u8 = 16;
const BEYOND_ASCII: u8 = 32;

/// The sort of a byte, or none if it cannot be inside a word.
static SIGNS: [u8; 256] = {
    let mut signs = [BEYOND_ASCII; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        signs[byte as usize] = match byte {
            b'a'..=b'z' => SMALL,
            b'A'..=b'Z' => CAPITAL,
            b'0'..=b'9' => DIGIT,
            b'-' => HYPHEN,
            b'+' | b'.' | b'\'' => INNER,
            _ => 0,
        };
        byte += 1;
    }
    signs
};

#[inline]
fn sign(byte: u8) -> u8 {
    SIGNS[usize::from(byte)]
}

/// The words of a text in order.
fn words(text: &str) -> impl Iterator<Item = TextWord> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + bytes[at..].iter().position(|byte| sign(*byte) != 0)?;
            let mut signs = 0;
            at = start;
            while let Some(byte) = bytes.get(at)
                && sign(*byte) & !BEYOND_ASCII != 0
            {
                signs |= sign(*byte);
                at += 1;
            }
            if bytes.get(at).is_some_and(|byte| !byte.is_ascii()) {
                let is_inner = |c: char| match u8::try_from(c) {
                    Ok(byte) if byte.is_ascii() => sign(byte) != 0,
                    _ => c.is_alphanumeric() || c == '’',
                };
                at = start + text[start..].find(|c: char| !is_inner(c)).unwrap_or(text.len() - start);
                // Another character beyond ASCII.
                if at == start {
                    at += text[start..].chars().next().map_or(1, char::len_utf8);
                    continue;
                }
                signs = BEYOND_ASCII;
            }
            if signs & !(SMALL | CAPITAL | DIGIT) == 0 {
                return Some(TextWord { range: start..at, signs });
            }
            if let Some(word) = without_punctuation(&text[start..at]).filter(|word| !word.is_empty()) {
                let range = start + word.start..start + word.end;
                let signs = bytes[range.clone()].iter().fold(0, |signs, byte| signs | sign(*byte));
                return Some(TextWord { range, signs });
            }
        }
    })
}

/// The range of a word between the signs around it.
fn without_punctuation(word: &str) -> Option<Range<usize>> {
    let trimmed = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+').trim_start_matches('+');
    range_of(word, trimmed.strip_suffix("'s").or_else(|| trimmed.strip_suffix("’s")).unwrap_or(trimmed))
}

/// `None` for a word of the sentence.
fn form(word: &str) -> Option<NameForm> {
    let bytes = word.as_bytes();
    let capital = word.starts_with(char::is_uppercase);
    if capital && bytes[1..].iter().all(u8::is_ascii_lowercase) {
        return (bytes.len() > 2).then_some(NameForm::Capitalised);
    }
    if is_name_word(word) {
        return Some(NameForm::Shaped);
    }
    let parts = || word.split('-');
    if capital && parts().all(|part| part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphabetic())) {
        let named = parts().all(|part| part.starts_with(char::is_uppercase));
        return named.then_some(NameForm::Capitalised);
    }
    let code = bytes[0].is_ascii_lowercase()
        && bytes.len() >= 3
        && bytes.iter().any(u8::is_ascii_digit)
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        && bytes.iter().filter(|b| b.is_ascii_alphabetic()).count() >= 2
        && !word.contains("shot")
        && !["post-", "pre-", "non-"].iter().any(|prefix| word.starts_with(prefix));
    code.then_some(NameForm::Code)
}

/// Whether a word has the shape of a name and of nothing else: not a size, a measure, an adjective or two joined
/// sentences.
pub(in crate::extract) fn is_name_word(word: &str) -> bool {
    rule!(
        NO_NAME,
        r"(?x)^(?: [\d.]+[KkMBGTx]?(?:[BbWH]|Hz|bit|FLOPs?|FPS|dB|px)?      # 7B, 4K, 80GB, 30FPS
              | .*[a-z]{2}\.[A-Z].*                                            # knowledge.However
              | (?:[A-Z]\.)+[A-Z]?                                             # U.S.
              | M{0,3}(?:C[MD]|D?C{0,3})(?:X[CL]|L?X{0,3})(?:I[XV]|V?I{0,3})   # IV
              | .*-(?:[a-z]+ed|[a-z]+ing|based|aware|style|like|level|free|driven|specific|agnostic|only|shot|to|the
                     |of|and|in|by|grained|wise|scale|efficient|friendly|native|centric|oriented|enhanced|generated)
              | (?:non|pre|post|multi|semi|self|cross|inter|intra|anti|co|re|sub|un|de)-.*
              | (?:Top|top|Pass|pass|Recall|nDCG|F)[-@]?\d+(?:\.\d+)?
              | [A-Z]?\d{1,4} )$"
    );
    // "Foo-Bench" has no capitals except at the beginning of its parts.
    let joined = word.contains('-') && kind_by_suffix(word) == Some(Kind::Dataset);
    (has_name_shape(word) || joined)
        && word.chars().filter(|c| c.is_alphabetic()).count() >= 2
        && word.chars().count() <= 30
        && word.chars().filter(|c| *c == '-').count() <= 3
        && !NO_NAME.is_match(word)
}

fn is_version(word: &str) -> bool {
    let digits = word.strip_prefix(['v', 'V']).unwrap_or(word);
    let number = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let year = digits.len() == 4
        && (digits.starts_with("19") || digits.starts_with("20"))
        && digits.bytes().all(|b| b.is_ascii_digit());
    year || match digits.split_once('.') {
        Some((major, minor)) => number(major) && number(minor),
        None => number(digits) && (digits.len() < word.len() || digits.len() == 1),
    }
}

/// Words that titles and headings capitalise and that are not names by themselves.
fn is_plain_capital(word: &str) -> bool {
    const PLAIN: [&str; 123] = [
        "Abstract",
        "Additional",
        "Algorithm",
        "All",
        "Also",
        "Although",
        "Among",
        "And",
        "Android",
        "Another",
        "April",
        "August",
        "Average",
        "Based",
        "Baseline",
        "Bayesian",
        "Benchmark",
        "Both",
        "Challenge",
        "Chapter",
        "Cleaned",
        "Collection",
        "Columns",
        "Comparison",
        "Corpus",
        "Data",
        "Database",
        "Dataset",
        "Datasets",
        "December",
        "Detection",
        "Dev",
        "Different",
        "Discriminative",
        "Each",
        "Eq",
        "Equation",
        "Evaluation",
        "Every",
        "Existing",
        "Experiment",
        "Experimental",
        "February",
        "Fig",
        "Figure",
        "Figures",
        "Full",
        "Gaussian",
        "General",
        "Generative",
        "Given",
        "High",
        "Image",
        "Images",
        "Internet",
        "January",
        "Java",
        "July",
        "June",
        "Language",
        "Large",
        "Learning",
        "Left",
        "Lemma",
        "Linear",
        "Linux",
        "Low",
        "Main",
        "March",
        "Matlab",
        "May",
        "Method",
        "Methods",
        "Metric",
        "Model",
        "Multi",
        "New",
        "Noisy",
        "November",
        "Number",
        "October",
        "Open",
        "Original",
        "Our",
        "Part",
        "Public",
        "Python",
        "Random",
        "Real",
        "Recognition",
        "Right",
        "Rights",
        "Sect",
        "Section",
        "September",
        "Set",
        "Several",
        "Shallow",
        "Similar",
        "Small",
        "Source",
        "Standard",
        "Step",
        "Stream",
        "Such",
        "Supplementary",
        "Synthetic",
        "Table",
        "Tables",
        "Target",
        "Task",
        "Test",
        "Text",
        "Track",
        "Training",
        "Type",
        "Using",
        "Validation",
        "Video",
        "Web",
        "Windows",
        "Workshop",
        "World",
    ];
    PLAIN.binary_search(&word).is_ok() || is_nationality(word)
}

/// "the Arabic corpus" is a corpus of Arabic.
pub(in crate::extract) fn is_nationality(word: &str) -> bool {
    // Sorted, as for every binary search.
    const OTHERS: [&str; 97] = [
        "Afrikaans",
        "American",
        "Amharic",
        "Arabic",
        "Arabizi",
        "Assamese",
        "Aymara",
        "Bashkir",
        "Basque",
        "Bengali",
        "Bhojpuri",
        "Bodo",
        "Breton",
        "Byzantine",
        "Cantonese",
        "Catalan",
        "Cebuano",
        "Chinese",
        "Chuvash",
        "Czech",
        "Dutch",
        "English",
        "Esperanto",
        "European",
        "Faroese",
        "Farsi",
        "Filipino",
        "French",
        "Frisian",
        "Galician",
        "German",
        "Greek",
        "Guarani",
        "Gujarati",
        "Hausa",
        "Hebrew",
        "Hindi",
        "Hmong",
        "Icelandic",
        "Igbo",
        "Inuktitut",
        "Kannada",
        "Kashmiri",
        "Kazakh",
        "Khmer",
        "Kinyarwanda",
        "Konkani",
        "Korean",
        "Kurdish",
        "Kyrgyz",
        "Latin",
        "Luganda",
        "Maithili",
        "Malay",
        "Malayalam",
        "Mandarin",
        "Manipuri",
        "Maori",
        "Marathi",
        "Mixtec",
        "Nahuatl",
        "Nepali",
        "Occitan",
        "Odia",
        "Oriya",
        "Pashto",
        "Punjabi",
        "Quechua",
        "Sami",
        "Sanskrit",
        "Shona",
        "Sindhi",
        "Sinhala",
        "Slovak",
        "Slovene",
        "Somali",
        "Swahili",
        "Tagalog",
        "Tajik",
        "Tamil",
        "Tatar",
        "Telugu",
        "Thai",
        "Tibetan",
        "Tigrinya",
        "Turkmen",
        "Urdu",
        "Uyghur",
        "Uzbek",
        "Welsh",
        "Western",
        "Wolof",
        "Xhosa",
        "Yoruba",
        "Zulu",
        "isiXhosa",
        "isiZulu",
    ];
    ["ese", "ish", "ian"].iter().any(|ending| word.ends_with(ending)) || OTHERS.binary_search(&word).is_ok()
}

/// Acronyms and words of the whole field that look like names and belong to nobody.
pub(in crate::extract) fn is_generic(word: &str) -> bool {
    // Sorted, as for every binary search.
    const GENERIC: [&str; 204] = [
        "aaai",
        "absa",
        "acl",
        "acm",
        "ad",
        "ai",
        "amazon",
        "amr",
        "ann",
        "api",
        "ar",
        "arxiv",
        "asic",
        "asr",
        "bce",
        "bilstm",
        "bionlp",
        "bleu",
        "bpe",
        "cad",
        "ccg",
        "cmu",
        "coling",
        "cot",
        "covid",
        "covid-19",
        "cpu",
        "cqa",
        "crf",
        "csv",
        "ct",
        "cvpr",
        "dct",
        "deepmind",
        "dl",
        "dna",
        "dram",
        "dst",
        "e2e",
        "eacl",
        "ebay",
        "eccv",
        "ecg",
        "ecml",
        "eeg",
        "ehr",
        "elra",
        "em",
        "emnlp",
        "emr",
        "eu",
        "facebook",
        "faq",
        "fft",
        "fmri",
        "fpga",
        "fps",
        "gan",
        "gec",
        "github",
        "gmm",
        "google",
        "gps",
        "gpt",
        "gpu",
        "gru",
        "gui",
        "hbm",
        "hci",
        "hlt",
        "hmm",
        "hpsg",
        "html",
        "http",
        "huggingface",
        "iccv",
        "icl",
        "iclr",
        "icml",
        "ie",
        "ieee",
        "ijcnlp",
        "imu",
        "instagram",
        "interspeech",
        "iot",
        "iou",
        "iphone",
        "ir",
        "json",
        "kb",
        "kbqa",
        "kde",
        "kg",
        "kl",
        "knn",
        "kv",
        "lda",
        "ldc",
        "ldm",
        "lfg",
        "lidar",
        "linkedin",
        "llm",
        "llms",
        "lmm",
        "lrec",
        "lstm",
        "lvlm",
        "mae",
        "map",
        "mcmc",
        "mdp",
        "meg",
        "miccai",
        "mit",
        "mle",
        "mllm",
        "mlp",
        "moe",
        "mr",
        "mrc",
        "mri",
        "mse",
        "mt",
        "muc",
        "mwe",
        "naacl",
        "ner",
        "neurips",
        "nips",
        "nlg",
        "nli",
        "nlp",
        "nlu",
        "nmf",
        "nmt",
        "nosql",
        "ntcir",
        "ocr",
        "ood",
        "openai",
        "os",
        "pc",
        "pca",
        "pcie",
        "pdf",
        "phd",
        "pinterest",
        "plm",
        "pos",
        "q&a",
        "qa",
        "quora",
        "rag",
        "ram",
        "rgb",
        "rgb-d",
        "rgbd",
        "rlhf",
        "rlvr",
        "rna",
        "rst",
        "sar",
        "sft",
        "sgd",
        "sift",
        "slm",
        "slt",
        "smt",
        "soc",
        "sota",
        "sql",
        "sram",
        "srl",
        "ssd",
        "ssl",
        "stem",
        "sts",
        "svd",
        "svm",
        "telegram",
        "tf-idf",
        "tiktok",
        "tpu",
        "tts",
        "tweet",
        "twitter",
        "uav",
        "ui",
        "uk",
        "un",
        "url",
        "us",
        "usa",
        "vqa",
        "weibo",
        "whatsapp",
        "wikipedia",
        "wsd",
        "www",
        "xml",
        "yahoo",
        "youtube",
    ];
    let has = |word: &str| GENERIC.binary_search(&word).is_ok();
    in_lower_case(word, |lower| {
        let lower = lower.strip_suffix('s').filter(|w| w.len() > 1 && !has(lower)).unwrap_or(lower);
        // "video-LLM" is a kind of LLM, not a name.
        let of_kind = lower.rsplit_once('-').is_some_and(|(first, last)| {
            has(last) && word.starts_with(char::is_lowercase) && first.chars().all(char::is_alphabetic)
        });
        of_kind || has(lower)
    })
}
