//! Finds figures that an abstract, an introduction or a conclusion claims for the paper's own system: `FID of 2.12 on
//! ImageNet`, `62.2 mAP on COCO`.
//!
//! Speed-ups, relative gains and the figures of others are not results.

mod metrics;
mod numbers;
mod sentence;

use std::ops::Range;

use super::mentions::Span;
use super::reading::ReadField;
use super::record::ResultClaim;
use crate::vocabulary::{EntityId, Kind};
use metrics::NamedMetric;
use numbers::SentenceNumber;
use sentence::SentenceValues;

/// What the whole paper says about its results.
pub(super) struct ClaimContext<'a> {
    pub main_system: Option<&'a str>,
    /// The dataset of results that name none.
    pub usual_dataset: Option<&'a str>,
    /// The name of the paper's dataset for a task.
    pub dataset_of_task: &'a dyn Fn(&EntityId) -> Option<String>,
}

/// Confidence of a claim of an abstract about the only dataset that the abstract names.
const IMPLIED_DATASET: f32 = 0.6;

/// Claims of the abstract; its mentions are decided already. A claim without a dataset is about the only dataset of the
/// abstract.
pub(super) fn find(reading: &ReadField, spans: &[Span], context: &ClaimContext) -> Vec<ResultClaim> {
    let mut datasets = spans.iter().filter(|span| span.entity.kind() == Kind::Dataset);
    let first = datasets.next();
    let only = first.filter(|first| datasets.all(|span| span.entity == first.entity)).map(|span| span.name.clone());
    let mut claims = find_where(reading, spans, context, |_| true);
    for claim in claims.iter_mut().filter(|claim| claim.dataset.is_none()) {
        claim.dataset.clone_from(&only);
        claim.confidence = only.as_ref().map(|_| IMPLIED_DATASET);
    }
    claims
}

// A sentence that claims values has one of these words.
rule!(
    ACHIEVES,
    r"(?i)\b(?:achiev\w+|reach\w*|obtain\w*|yield\w*|attain\w*|get(?:s|ting)?|report\w*|perform\w*|set(?:s|ting)?|scor(?:es?|ing|ed)|record\w*|deliver\w*|exceed\w*|demonstrat\w*|show\w*|with|result\w*|produc\w*|surpass\w*|improv\w*|maintain\w*|establish\w*|up\sto|we|our|retain\w*|outperform\w*|accuracy|push\w*|classif\w*|rank\w*|is|are|was|were|has|have|process\w*|drop(?:s|ped)?|falls?|decreas\w*|reduc\w*|increas\w*|boost\w*|rais\w*|rises?|lower(?:s|ed))\b"
);

/// Claims of the selected sentences.
fn find_where(
    reading: &ReadField,
    spans: &[Span],
    context: &ClaimContext,
    takes: impl Fn(&Range<usize>) -> bool,
) -> Vec<ResultClaim> {
    // A text without a number claims no value. Names of metrics are made only for the others.
    if !reading.text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Vec::new();
    }
    let metrics = NamedMetric::all(reading, spans);
    if metrics.is_empty() {
        return Vec::new();
    }
    let mut claims = Vec::new();
    let mut before: Vec<&NamedMetric> = Vec::new();
    for sentence in reading.sentences.iter() {
        let is_here = |metric: &&NamedMetric| sentence.start <= metric.range.start && metric.range.end <= sentence.end;
        let here: Vec<&NamedMetric> = metrics.iter().filter(is_here).collect();
        let text = &reading.text[sentence.clone()];
        let has_metric = !here.is_empty() || before.len() == 1;
        let has_number = || text.contains(|c: char| c.is_ascii_digit());
        if has_metric && has_number() && takes(&sentence) && ACHIEVES.is_match(text) {
            let numbers = SentenceNumber::all(reading.text, &sentence);
            let of = SentenceValues { reading, spans, sentence, numbers, metrics: &here, context };
            match before.as_slice() {
                // "We measure accuracy. FooNet reaches 84.2% on ImageNet."
                [metric] if here.is_empty() => of.read_for(metric, &mut claims),
                _ if here.is_empty() => {}
                _ => of.read(&mut claims),
            }
        }
        before = here;
    }
    claims
}

rule!(SUMS_UP, r"(?i)\b(?:introduction|contributions?|conclusions?|concluding|summary)\b");
// Sections about others, or about parts of the system.
rule!(
    ABOUT_OTHERS,
    r"(?i)\b(?:related|previous|prior|background|preliminar\w*|motivation|ablat\w*|analys[ei]s|baselines?|datasets?|data|corpora|set-?up|settings?|implementation|hyper-?parameters?|training|error|discussion|limitations?|future|acknowledge?ments?)\b"
);
rule!(
    OWN_SUBJECT,
    r"(?i)\b(?:we|our|ours|the proposed (?:\w+ )?(?:model|method|approach|system)|this (?:model|method|approach|system))\b"
);
rule!(CITED, r"(?i)\bet\sal\b|\(\s?[A-Z][\w’'-]+[^()]{0,40}(?:19|20)\d\d[a-z]?\s?\)|\[\d+(?:,\s?\d+)*\]");
// Behind it, a sentence is about the systems that it compares with.
rule!(
    COMPARES,
    r"(?i)\b(?:compar(?:ed|able|es|ing)|outperform\w*|surpass\w*|exceed\w*|beat(?:s|ing)?|than|versus|vs|against|whereas|while|higher|better|improv(?:es|ing|ement)\sover|similar\sto|close\sto|competitive\swith)\b"
);
// A value that is not a final result: development data, or a system without one of its parts.
rule!(
    ON_THE_WAY,
    r"(?i)\b(?:dev(?:elopment)?|valid(?:ation)?|training)\s(?:set|data|split|accuracy|perplexity)|\b(?:without|removing|removed?|ablat\w*|drops?|dropped|decreas\w*|degrad\w*|only)\b"
);

/// Confidence of a claim in an introduction or a conclusion.
const SUMMARY_CONFIDENCE: f32 = 0.7;
/// Confidence of a claim in another section, if its sentence names the dataset.
const SECTION_CONFIDENCE: f32 = 0.6;
/// The same if a sentence before it in the paragraph names the dataset.
const PARAGRAPH_CONFIDENCE: f32 = 0.5;
/// The same if only the rest of the paper names a dataset.
const PAPER_CONFIDENCE: f32 = 0.4;

/// Adds the claims of a section for the paper's own system. The part of their sentence before any comparison cites
/// nobody. An introduction or a conclusion must name the dataset in the sentence. Elsewhere the dataset can be that of
/// a sentence before it in the paragraph, or `usual_dataset`.
pub(super) fn find_in_section(
    title: &str,
    reading: &ReadField,
    spans: &[Span],
    context: &ClaimContext,
    claims: &mut Vec<ResultClaim>,
) {
    let sums_up = SUMS_UP.is_match(title);
    if !sums_up && ABOUT_OTHERS.is_match(title) {
        return;
    }
    let is_own = |sentence: &Range<usize>| {
        let whole = &reading.text[sentence.clone()];
        let end = if sums_up { None } else { COMPARES.find(whole) };
        let text = &whole[..end.map_or(whole.len(), |compares| compares.start())];
        let named = || {
            let here = sentence.start..sentence.start + text.len();
            spans.iter().any(|span| span.own && span.entity.kind() != Kind::Dataset && here.contains(&span.range.start))
        };
        let is_final = sums_up || !ON_THE_WAY.is_match(whole);
        is_final && !CITED.is_match(text) && (OWN_SUBJECT.is_match(text) || named())
    };
    for claim in find_where(reading, spans, context, is_own) {
        let (dataset, confidence) = if let Some(dataset) = claim.dataset.clone() {
            (Some(dataset), if sums_up { SUMMARY_CONFIDENCE } else { SECTION_CONFIDENCE })
        } else if let Some(dataset) = dataset_before(reading, spans, &claim) {
            (Some(dataset), PARAGRAPH_CONFIDENCE)
        } else {
            (context.usual_dataset.map(str::to_string), PAPER_CONFIDENCE)
        };
        let claim = ResultClaim { dataset, confidence: Some(confidence), ..claim };
        let known = |known: &ResultClaim| {
            (&known.dataset, &known.metric, &known.value) == (&claim.dataset, &claim.metric, &claim.value)
        };
        let is_exact = claim.value.contains(['.', '%']);
        if claim.dataset.is_some() && is_exact && !claims.iter().any(known) {
            claims.push(claim);
        }
    }
}

/// The nearest dataset before a claim in its paragraph.
fn dataset_before(reading: &ReadField, spans: &[Span], claim: &ResultClaim) -> Option<String> {
    let place = claim.place?;
    let (at, _) = reading.text.char_indices().nth(place.start)?;
    let paragraph = reading.text[..at].rfind('\n').map_or(0, |end| end + 1)..at;
    let mut before = spans.iter().filter(|span| paragraph.contains(&span.range.start));
    before.rfind(|span| span.entity.kind() == Kind::Dataset).map(|span| span.name.clone())
}

#[cfg(test)]
mod tests {
    use super::ResultClaim;
    use crate::extract::Extractor;
    use crate::paper::Paper;
    use crate::vocabulary::Vocabulary;

    fn results(text: &str) -> Vec<ResultClaim> {
        let metrics = "kind = \"metric\"\nentity = [{ id = \"bleu\", name = \"BLEU\" }, { id = \"fid\", name = \"FID\" }, \
                       { id = \"psnr\", name = \"PSNR\" }, { id = \"top-1\", name = \"top-1 accuracy\" }]";
        let datasets = "kind = \"dataset\"\nentity = [{ id = \"wmt14\", name = \"WMT14\", aliases = [\"WMT'14\"] }, \
                        { id = \"imagenet\", name = \"ImageNet\" }]";
        let vocabulary = Vocabulary::from_texts([("metrics.toml", metrics), ("datasets.toml", datasets)]).unwrap();
        let paper = Paper { abstract_text: text.to_string(), ..Paper::titled("A title") };
        Extractor::new(vocabulary).unwrap().extract(paper).results
    }

    /// Dataset, metric and value of each claim.
    fn claims(text: &str) -> Vec<(Option<String>, String, String)> {
        results(text).into_iter().map(|claim| (claim.dataset, claim.metric, claim.value)).collect()
    }

    fn variants(text: &str) -> Vec<String> {
        results(text).into_iter().filter_map(|claim| claim.variant).collect()
    }

    fn claim(dataset: &str, metric: &str, value: &str) -> (Option<String>, String, String) {
        (Some(dataset.to_string()), metric.to_string(), value.to_string())
    }

    #[test]
    fn a_second_value_goes_on_after_the_metric_of_the_first() {
        assert_eq!(
            claims("Our model achieves 30.1 BLEU on WMT'14 En-De and 43.5 on En-Fr."),
            [claim("WMT14", "BLEU", "30.1"), claim("WMT14", "BLEU", "43.5")]
        );
    }

    #[test]
    fn a_value_on_unknown_data_is_not_one_of_the_next_dataset() {
        let unknown = (None, "BLEU".to_string(), "28.4".to_string());
        assert_eq!(
            claims("Our model achieves 30.1 BLEU on WMT14, 28.4 on foo8 and 43.5 on ImageNet."),
            [claim("WMT14", "BLEU", "30.1"), unknown, claim("ImageNet", "BLEU", "43.5")]
        );
    }

    #[test]
    fn as_many_values_as_datasets_belong_to_one_each() {
        let of_each = [claim("WMT14", "BLEU", "28.2"), claim("ImageNet", "BLEU", "33.9")];
        assert_eq!(claims("It achieves 28.2 and 33.9 BLEU on the WMT14 and ImageNet datasets, respectively."), of_each);
        assert_eq!(
            variants("It achieves 30.4 and 34.1 BLEU on English-German and German-English."),
            ["en-de", "de-en"]
        );
        assert_eq!(claims("We reach on WMT14 and ImageNet a BLEU of 28.2 and 33.9."), of_each);
        assert_eq!(claims("It reaches a BLEU of 28.2 on WMT14 and 33.9 on ImageNet."), of_each);
    }

    #[test]
    fn all_values_of_a_list_of_gains_are_gains() {
        for gains in [
            "Our framework achieves improvements of 6.38 and 10.04 BLEU on WMT14.",
            "It outperforms others by 14\\%, 23\\% and 2\\% in top-1 accuracy on ImageNet.",
            "Our approach can improve it by 0.9 BLEU score on WMT14 and around 1.0 FID on ImageNet.",
            "It improves the baseline by 6.38 and 10.04 on WMT14 in BLEU.",
        ] {
            assert_eq!(claims(gains), [], "{gains}");
        }
    }

    #[test]
    fn what_a_result_is_comparable_to_is_of_others() {
        let own = [claim("ImageNet", "FID", "2.5")];
        assert_eq!(claims("We obtain 2.5 FID on ImageNet, comparable to the 2.6 FID of larger models."), own);
    }

    #[test]
    fn of_a_change_the_value_that_it_ends_at_is_claimed() {
        assert_eq!(claims("FID drops to 2.1 on ImageNet."), [claim("ImageNet", "FID", "2.1")]);
        assert_eq!(claims("It improves BLEU from 28.1 to 30.4 on WMT14."), [claim("WMT14", "BLEU", "30.4")]);
    }

    #[test]
    fn as_many_values_as_metrics_belong_to_one_each() {
        assert_eq!(
            claims("Our model obtains BLEU and FID of 41.2 and 3.9 on WMT14, respectively."),
            [claim("WMT14", "BLEU", "41.2"), claim("WMT14", "FID", "3.9")]
        );
    }

    #[test]
    fn the_only_dataset_of_an_abstract_is_that_of_its_claims() {
        assert_eq!(claims("We evaluate on WMT14. Our model reaches a BLEU of 30,1."), [claim("WMT14", "BLEU", "30.1")]);
        let of_several = claims("We use WMT14 and ImageNet. Our model reaches a BLEU of 30.1.");
        assert_eq!(of_several, [(None, "BLEU".to_string(), "30.1".to_string())]);
    }

    #[test]
    fn an_increase_in_a_metric_is_no_value_of_it() {
        let none = "We show an absolute improvement in quality of 5.3% in BLEU on WMT14.";
        assert_eq!(claims(none), []);
        assert_eq!(claims("We report an increase in BLEU of 2.1 on WMT14."), []);
        assert_eq!(claims("We show improvements of over 2.1 BLEU on WMT14."), []);
        let text = "We achieve FIDs of 30.1 and 28.2 on WMT14 and ImageNet.";
        assert_eq!(claims(text), [claim("WMT14", "FID", "30.1"), claim("ImageNet", "FID", "28.2")]);
        let text = "Our model attains PSNR and FID levels above 80 on WMT14 and an inference BLEU of 30.";
        assert_eq!(values(text), "FID 80, PSNR 80, BLEU 30");
        assert_eq!(claims("We reach scores of over 67.1 BLEU on WMT14."), [claim("WMT14", "BLEU", "67.1")]);
    }

    /// Metric and value of each claim, in one line.
    fn values(text: &str) -> String {
        let all: Vec<String> = claims(text).into_iter().map(|(_, metric, value)| format!("{metric} {value}")).collect();
        all.join(", ")
    }

    #[test]
    fn what_was_measured_can_be_between_metric_and_value() {
        assert_eq!(values("The BLEU of our parser even reaches 33.8%."), "BLEU 33.8%");
        assert_eq!(values("The BLEU score for subtask B is 0.82."), "BLEU 0.82");
        assert_eq!(values("It has the best BLEU and FID on WMT14 (96.0%, 4.3)."), "BLEU 96.0%, FID 4.3");
        assert_eq!(values("The BLEU obtained by the second run was 21.5."), "BLEU 21.5");
        assert_eq!(values("We show the BLEU of systems that read 500 sentences."), "");
        assert_eq!(values("We show the BLEU on sentences with 20.5 words."), "");
        assert_eq!(values("The BLEU improvement of our model is 3.5."), "");
        assert_eq!(values("The improvement in the overall BLEU of our model is 3.5."), "");
    }

    #[test]
    fn words_of_a_metric_can_be_between_value_and_metric() {
        assert_eq!(values("It achieves 0.55 weighted average BLEU on WMT14."), "weighted average BLEU 0.55");
        assert_eq!(values("It achieves 83.7% bi-text FID over 112 languages."), "bi-text FID 83.7%");
        assert_eq!(claims("It achieves 84.5% ImageNet BLEU."), [claim("ImageNet", "BLEU", "84.5%")]);
        assert_eq!(
            values("It achieves 56.9%, 60.7% and 58.0% joint BLEU."),
            "joint BLEU 56.9%, joint BLEU 60.7%, joint BLEU 58.0%"
        );
        assert_eq!(values("It achieves 4.5% improved BLEU."), "");
        assert_eq!(values("It uses 12 words and BLEU."), "");
        assert_eq!(values("We reach 31.1 BLEU with a winning joint F$_1$ of ours."), "BLEU 31.1");
    }

    #[test]
    fn subscripts_units_and_deviations_belong_to_metric_or_value() {
        assert_eq!(values("It reaches BLEU$_{50}$ of 55.1 and 43.2% FID$_5$."), "BLEU50 55.1, FID5 43.2%");
        assert_eq!(
            values("It reaches 32.4 dB/0.912 PSNR and 28.4/41.0 BLEU."),
            "PSNR 32.4, PSNR 0.912, BLEU 28.4, BLEU 41.0"
        );
        assert_eq!(values("It reaches 1/2 BLEU."), "");
        assert_eq!(values("It reaches 95.3±0.2% BLEU and a FID of 3.1 \\pm 0.4."), "BLEU 95.3%, FID 3.1");
        let text = "The BLEU was 2.48 mm for fingers, 6.04 mm for thumbs, and 6.17 mm for palms.";
        assert_eq!(values(text), "BLEU 2.48, BLEU 6.04, BLEU 6.17");
    }

    #[test]
    fn verbs_and_conjunctions_are_no_words_of_a_metric() {
        assert_eq!(values("It achieves a BLEU of 63.8 and a FID of 8.3."), "BLEU 63.8, FID 8.3");
        assert_eq!(values("The model with 19 features achieves BLEU=85.6%."), "BLEU 85.6%");
        assert_eq!(values("It reaches 97% of BLEU."), "BLEU 97%");
        assert_eq!(values("The highest BLEU of 12.5 is ours."), "BLEU 12.5");
    }

    #[test]
    fn a_score_without_an_entry_is_a_metric() {
        assert_eq!(values("It attains a FEVER score of 75.87% on ImageNet."), "FEVER score 75.87%");
        assert_eq!(values("It attains an Overall score of 75.87% on ImageNet."), "");
        assert_eq!(
            values("It attains a PSNR score of 31.2 and BLEU scores of 1.5 and 2.5."),
            "PSNR 31.2, BLEU 1.5, BLEU 2.5"
        );
    }

    #[test]
    fn ranks_can_be_between_values() {
        let text = "It achieved BLEU scores of 0.75 (ranked 4th), 0.94 (4th of 20) and 0.72 (ranked 3rd) on WMT14.";
        assert_eq!(values(text), "BLEU 0.75, BLEU 0.94, BLEU 0.72");
    }

    #[test]
    fn a_range_of_gains_is_a_gain() {
        assert_eq!(values("It improves translation by up to 1.5 to 8 BLEU on WMT14."), "");
        assert_eq!(values("We show improvements of about 0.7% in BLEU and a reduction of nearly 2% in FID."), "");
        assert_eq!(values("It yields 0.65% matched and a relative 50% in BLEU."), "");
        assert_eq!(values("We see mean increases in BLEU of 3.6, FID of 5.6, and PSNR of 6.3."), "");
        assert_eq!(values("The BLEU increases from 34.66% to 46.28%."), "BLEU 46.28%");
    }

    #[test]
    fn agreement_of_annotators_is_no_result() {
        assert_eq!(values("Our annotation has an inter-annotator BLEU of 0.79."), "");
        let text = "We reach an inter-annotator BLEU of 0.79, and our model achieves a FID of 0.56.";
        assert_eq!(values(text), "FID 0.56");
    }

    #[test]
    fn a_unit_can_be_between_value_and_metric() {
        assert_eq!(claims("Our method reaches 32.1 dB PSNR on ImageNet."), [claim("ImageNet", "PSNR", "32.1")]);
    }

    #[test]
    fn the_metric_of_the_sentence_before_holds_for_a_sentence_without_one() {
        assert_eq!(
            claims("We report top-1 accuracy. Our model reaches 84.2% on ImageNet."),
            [claim("ImageNet", "top-1 accuracy", "84.2%")]
        );
        assert_eq!(claims("We report top-1 accuracy. Others reach 84.2% of all on ImageNet."), []);
    }

    /// Pieces of claims, with names and numbers that run into each other.
    const PIECES: [&str; 24] = [
        "BLEU",
        "FID",
        "PSNR (dB)",
        "$_{50}$",
        "_F1",
        " score of",
        " scores",
        "A.B. score",
        "12.5%",
        "3.1 ± 0.2",
        "4.5/6.7",
        "7",
        " of ",
        " is ",
        " to ",
        " from ",
        " by ",
        ", ",
        " and ",
        ". ",
        " on ImageNet",
        " improvement in ",
        "é",
        " achieves ",
    ];

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..40)) {
            let _ = results(&pieces.concat());
        }
    }
}
