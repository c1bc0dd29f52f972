//! Tests of the names that a paper presents as its own, on made-up texts.

use super::find;
use crate::extract::reading::ReadField;
use crate::extract::record::Field;
use crate::matcher::Matcher;
use crate::vocabulary::Kind;

fn coined(title: &str, body: &str) -> Vec<(String, &'static str)> {
    let matcher = Matcher::new(&[]).unwrap();
    let title = ReadField::new(Field::Title, title, &matcher);
    let body = ReadField::new(Field::Abstract, body, &matcher);
    find(&title, &body, None, |_| false).into_iter().map(|c| (c.name, c.kind.as_str())).collect()
}

fn names(title: &str, body: &str) -> Vec<String> {
    coined(title, body).into_iter().map(|c| c.0).collect()
}

#[test]
fn a_name_before_the_titles_colon_is_the_papers_own() {
    assert_eq!(names("FooNet: A Network for Bars", ""), ["FooNet"]);
    assert_eq!(names("Cut Your Losses: On Losing", ""), [""; 0]);
    assert_eq!(names("One Model, Many Modalities: An Approach", ""), [""; 0]);
}

#[test]
fn verbs_of_proposing_introduce_names() {
    assert_eq!(names("", "We propose UNITE - an autoencoder architecture."), ["UNITE"]);
    assert_eq!(names("", "In this paper, we introduce V3(Viewing Volumetric Videos), a novel approach."), ["V3"]);
    assert_eq!(names("", "We propose a Mixed Attention Module (MAM) for extraction."), ["MAM"]);
    assert_eq!(names("", "We propose two key techniques: E-I Init and E-I Prop."), ["E-I Init", "E-I Prop"]);
    assert_eq!(names("", "We propose a simple baseline for pose."), [""; 0]);
}

#[test]
fn called_and_dubbed_introduce_names_unless_they_are_anothers() {
    assert_eq!(names("", "We present a pipeline named Any-Size-Diffusion (ASD)."), ["ASD"]);
    assert_eq!(names("", "A pruning method, dubbed BDWP, is proposed."), ["BDWP"]);
    assert_eq!(names("", "We explore a recent method called Rectified Flow."), [""; 0]);
}

#[test]
fn the_noun_beside_a_name_tells_its_kind() {
    assert_eq!(coined("", "We introduce FooQ, a large dataset of bars."), [("FooQ".to_string(), "dataset")]);
    assert_eq!(coined("FooBench: Testing Bars", ""), [("FooBench".to_string(), "dataset")]);
    assert_eq!(
        coined("", "We present AReaL, a fully asynchronous RL system that runs."),
        [("AReaL".to_string(), "software")]
    );
}

#[test]
fn the_kind_of_a_name_without_a_word_for_it_is_unknown() {
    let kind = |title: &str, body: &str| coined(title, body)[0].1;
    assert_eq!(kind("QuuxTalk: Zorks and Their Bars", ""), "unknown");
    assert_eq!(kind("", "We present QuuxTalk for the bars of zorks."), "unknown");
    assert_eq!(kind("", "We present QuuxTalk. It holds. QuuxTalk outperforms all bars."), "unknown");
    assert_eq!(kind("QuuxTalk: Merging Zorks of Bars", "It merges zorks."), "unknown");
    assert_eq!(kind("", "We propose Partial Zork Adaptation (PaZA) for bars."), "method");
}

#[test]
fn a_noun_before_or_after_a_name_says_its_kind() {
    let kind = |body: &str| coined("", body)[0].1;
    assert_eq!(kind("We propose a novel topic model, Neural Quux Coding (NQC), of bars."), "model");
    assert_eq!(kind("We present the ZORKS review corpus for bars."), "dataset");
    assert_eq!(kind("We propose QuuxDec, a simple, yet effective decoder that reads bars."), "model");
    assert_eq!(kind("Our toolkit, QuuxKat, reads bars. We propose QuuxKat for them."), "software");
}

#[test]
fn several_things_of_a_sort_and_groups_of_people_are_no_contributions() {
    assert_eq!(names("", "We present foo knowledge bases (FKBs) for bars."), [""; 0]);
    assert_eq!(names("", "We describe a Deep Learning approach to bars."), [""; 0]);
    assert_eq!(names("", "The problem is formulated here as a quadratic zork problem (QZP)."), [""; 0]);
    assert_eq!(names("", "We present a study of pairs in the Bulgarian Quuxes Net (BulQNet)."), [""; 0]);
    assert_eq!(names("", "We present the work of the University of Quux team (UQuux)."), [""; 0]);
}

#[test]
fn proceedings_of_a_campaign_make_the_name_before_the_colon_a_team() {
    let matcher = Matcher::new(&[]).unwrap();
    let title = ReadField::new(Field::Title, "QUX: Senses from Hubs", &matcher);
    let body = ReadField::new(Field::Abstract, "", &matcher);
    let found = |venue| find(&title, &body, Some(venue), |_| false).len();
    assert_eq!(found("Workshop on Semantic Evaluations (SemEval-2007)"), 0);
    assert_eq!(found("Annual Meeting on Hubs"), 1);
    let campaign = "Workshop on Semantic Evaluations (SemEval-2007)";
    let found = |title: &str| {
        let title = ReadField::new(Field::Title, title, &matcher);
        find(&title, &body, Some(campaign), |_| false).len()
    };
    assert_eq!(found("UofQux: Folding Senses"), 0);
    assert_eq!(found("QU-ZORK: Exponential Models for the Coarse Task"), 0);
    assert_eq!(found("QU-ZORK: A Graph-Based System for Senses"), 0);
    assert_eq!(found("QuxFold: A Model of Senses"), 1);
}

#[test]
fn what_a_group_entered_and_the_task_are_not_contributions() {
    let text = "We take part in task 5 in SemEval 2019, called QuuxEval. Our method folds zorks.";
    assert_eq!(names("ZORK at SemEval-2019 Task 5: Folding", text), [""; 0]);
    assert_eq!(names("", "This paper describes the UQuux zork system developed for ZorkInt-2017."), [""; 0]);
    assert_eq!(names("", "We describe the UQuux system submitted to the shared task on zorks."), [""; 0]);
    assert_eq!(names("", "This paper describes the UQuux system developed for readers."), ["UQuux"]);
    assert_eq!(
        names("", "We present a dataset for the Quux-centric Zork Folding (QZoF) task first proposed by Doe."),
        [""; 0]
    );
}

#[test]
fn words_that_one_sentence_names_once_are_only_a_phrase() {
    let matcher = Matcher::new(&[]).unwrap();
    let is_phrase = |title: &str, body: &str| {
        let title = ReadField::new(Field::Title, title, &matcher);
        let body = ReadField::new(Field::Abstract, body, &matcher);
        find(&title, &body, None, |_| false).iter().map(|c| c.is_phrase).collect::<Vec<_>>()
    };
    let text = "Our proposed ZorkNet model incorporates both Zork Fold and bars.";
    assert_eq!(is_phrase("", text), [false, true]);
    assert_eq!(is_phrase("Bars with Zork Fold", text), [false, false]);
    let text = "Our proposed ZorkNet model incorporates both Zork Fold and bars. The Zork Fold folds.";
    assert_eq!(is_phrase("", text), [false, false]);
    assert_eq!(is_phrase("", "We propose Zork Folder, a model that folds."), [false]);
}

#[test]
fn a_title_and_an_abstract_that_contradict_state_no_kind() {
    let kind = |title: &str, body: &str| coined(title, body)[0].1;
    assert_eq!(kind("QuuxZo: A Folding Method for Zorks", "We propose a novel QuuxZo system for zorks."), "unknown");
    assert_eq!(kind("QuuxZo: A Neural Model of Zorks", "We propose QuuxZo, a system that folds."), "unknown");
    assert_eq!(kind("QuuxZo: A Framework for Zorks", "We present QuuxZo, an open library for zorks."), "software");
    assert_eq!(kind("QuuxZo: A Library for Zorks", "We present QuuxZo, a framework for zorks."), "software");
    assert_eq!(kind("QuuxZo: A Model of Zorks", "We propose QuuxZo, an approach to zorks."), "method");
}

#[test]
fn known_things_sayings_and_people_are_no_names() {
    let matcher = Matcher::new(&[]).unwrap();
    let found = |title: &str, body: &str| {
        let title = ReadField::new(Field::Title, title, &matcher);
        let body = ReadField::new(Field::Abstract, body, &matcher);
        find(&title, &body, None, |name| name == "ZorkNet" || name == "QuuxNet").len()
    };
    assert_eq!(found("ZorkNet—QuuxNet: Building an Alignment", ""), 0);
    assert_eq!(found("ZorkNet—FoldNet: Building an Alignment", ""), 1);
    assert_eq!(names("Zorky QUX but OK: Making Sense of Bars", ""), [""; 0]);
    assert_eq!(names("Cross Zorkish POS Taggers (and other Tools) for Bars", ""), [""; 0]);
    assert_eq!(names("QUXNet & ZorkNet: Networks for Bars", ""), ["QUXNet", "ZorkNet"]);
    assert_eq!(names("QuuxZo project: Zorks of Bars", ""), ["QuuxZo"]);
    assert_eq!(names("", "Our experiments show that QUX-based ZLMs outperform others."), [""; 0]);
    assert_eq!(names("", "This paper presents the Instituto Politécnico Quux approach to bars."), [""; 0]);
    assert_eq!(names("", "Our model is built on the powerful model QuuxZo (CITATION)."), [""; 0]);
    assert_eq!(names("", "Based on this, we propose an effective method termed ZORKIP."), ["ZORKIP"]);
    assert_eq!(
        names("", "We propose the Triplet Zork Group strategy, and the Triplet Zork Group folds."),
        ["Triplet Zork Group"]
    );
    assert_eq!(names("", "We propose a novel model, NZFQ, based on a model called Zork Folding (ZoFo)."), ["NZFQ"]);
    assert_eq!(names("", "We propose a mapping to several other resources: QuuxData, ZorkML and FoldPedia."), [""; 0]);
}

#[test]
fn the_kind_comes_from_what_is_said_of_the_thing_itself() {
    let kind = |body: &str| coined("", body)[0].1;
    assert_eq!(kind("We propose Zork Flags (ZF), which trace bars. The ZF models fold them."), "unknown");
    assert_eq!(kind("We propose a new model, Quux2Zo. The Quux2Zo representations fold."), "model");
    assert_eq!(kind("We propose QUUXLE, an architecture and software platform that folds."), "software");
    assert_eq!(kind("It has real-valued scores, in what we call a Weighted-QUX framework."), "method");
}

#[test]
fn a_demonstration_shows_a_program() {
    let matcher = Matcher::new(&[]).unwrap();
    let title = ReadField::new(Field::Title, "QuuxZo: A Framework for Zorks", &matcher);
    let body = ReadField::new(Field::Abstract, "", &matcher);
    let kind = |venue| find(&title, &body, Some(venue), |_| false)[0].kind;
    assert_eq!(kind("Meeting on Zorks: System Demonstrations"), Kind::Software);
    assert_eq!(kind("Meeting on Zorks"), Kind::Method);
}

#[test]
fn a_title_says_the_kind_by_the_last_noun_of_its_first_part() {
    assert_eq!(coined("QuuxPen: Scanner and Translation Software for Readers", "")[0].1, "software");
    assert_eq!(coined("QuuxTalk: Answers for Dialogue Systems", "")[0].1, "unknown");
    assert_eq!(
        coined("", "We present QUUX-Q, a set of 1,690 questions about zorks."),
        [("QUUX-Q".to_string(), "dataset")]
    );
}

#[test]
fn a_team_that_takes_part_is_not_a_contribution() {
    assert_eq!(names("QUUX: Learning Senses for the SemEval-2007 Task", "Our submission is ranked first."), [""; 0]);
    assert_eq!(names("QUUX-WSD: Learning Senses from Hubs", ""), [""; 0]);
    assert_eq!(names("QX-QUUX: Efficient Model via Folding", ""), ["QX-QUUX"]);
    assert_eq!(names("QUUX: Learning Senses from Hubs", "We propose a method."), ["QUUX"]);
    assert_eq!(names("QUUX: Senses for the SemEval-2007 Task", "Our submission QUUX is a parser of senses."), ["QUUX"]);
}

#[test]
fn groups_and_known_measures_are_not_contributions() {
    assert_eq!(names("quuxNLP: Finding Zorks in Texts", "We propose a method."), [""; 0]);
    assert_eq!(names("quuxNLP: A Toolkit for Zorks", "It is fast."), ["quuxNLP"]);
    assert_eq!(names("Team Quux: Better Zorks", "We train it."), [""; 0]);
    assert_eq!(names("", "Our proposed method reduces the Zork Error Rate (ZER) by two points."), [""; 0]);
    assert_eq!(names("", "It is inspired by the Quux Zork Bank project of others."), [""; 0]);
    assert_eq!(names("ZQ Zork Ranking: The Quux System for ZMT", "It ranks zorks."), [""; 0]);
}

#[test]
fn what_others_made_is_not_a_contribution() {
    assert_eq!(names("", "We propose a system based on the latest model QuuxNet."), [""; 0]);
    assert_eq!(names("", "We present results on a dataset, QuuxBank (Doe et al., 2018)."), [""; 0]);
    assert_eq!(names("", "It is built in a new environment called QuuxLab that is developed by Doe."), [""; 0]);
    assert_eq!(names("", "We present QuuxLab (Doe et al., 2018), a new environment."), ["QuuxLab"]);
    assert_eq!(names("", "We propose Quux's Law of Zorks (QLZ) as a measure."), [""; 0]);
}

#[test]
fn a_subject_before_the_titles_colon_is_not_a_contribution() {
    assert_eq!(names("Human Zork Folding: Why?", "Models of human zork folding are old."), [""; 0]);
    assert_eq!(names("Zork Folding: A Method", "In this paper, we propose zork folding, a method."), ["Zork Folding"]);
    assert_eq!(names("QuuxDSem 2017: Exploring Data of Zorks", ""), [""; 0]);
    assert_eq!(names("Zork Task: UQ Quux System", "We propose a method."), [""; 0]);
}

#[test]
fn what_is_listed_after_namely_is_there_already_unless_something_new_is_said() {
    assert_eq!(names("", "We evaluate it on two common datasets, namely QuuxNotes and ZASHI."), [""; 0]);
    assert_eq!(names("", "We introduce a novel variant, namely QuuxNotes."), ["QuuxNotes"]);
    assert_eq!(names("", "We propose a task of named Entity segmentation."), [""; 0]);
}

#[test]
fn what_the_text_treats_as_existing_is_not_a_contribution() {
    assert_eq!(names("", "We apply Multiple Zork Training (MZT; Doe et al., 2018) to quuxes."), [""; 0]);
    assert_eq!(
        names("", "Distantly supervised zork answering (DS-ZA) aims to find quuxes. We propose a novel DS-ZA model."),
        [""; 0]
    );
    assert_eq!(names("", "We propose a novel ZUX model. Existing ZUX models fail."), [""; 0]);
    assert_eq!(names("", "In Reading Zorks of Quuxes (ReZoQ) task, the answers are introduced."), [""; 0]);
    assert_eq!(names("", "Temporal Zork Graphs (TZGs) have been developed and used."), [""; 0]);
    assert_eq!(names("", "We evaluate our system on common datasets, namely QuuxNotes."), [""; 0]);
    assert_eq!(names("", "We analyze posts of a novel sort from an application called Quux."), ["Quux"]);
    assert_eq!(names("", "We analyze posts from a quuxing application called Quux."), [""; 0]);
    assert_eq!(names("", "We collected texts from Twitter and the Quux Short Zorks dataset."), [""; 0]);
    assert_eq!(names("Genres in the Quux Zork Treebank", "We introduce the Quux Zork Treebank."), [""; 0]);
    assert_eq!(names("", "We implement folding in a system called DistQUX, which folds."), ["DistQUX"]);
    assert_eq!(names("", "We evaluate five existing techniques: Zork Folding, QuuxFold, and ZorkNull."), [""; 0]);
}

#[test]
fn words_that_describe_a_thing_are_not_its_name() {
    assert_eq!(names("", "We introduce UQIC, an Unquuxed Zork for captions."), ["UQIC"]);
    assert_eq!(names("", "We introduce the first Tamil Zork QuuxQA dataset called DuQuux."), ["DuQuux"]);
    assert_eq!(names("", "We present a ZIMA framework to fold bars."), [""; 0]);
    assert_eq!(names("", "We describe Quux ZMC’s framework of bars."), [""; 0]);
    assert_eq!(names("", "We design Quux-Directed Sparse attention for bars."), [""; 0]);
    assert_eq!(names("", "We probe Zork, and propose Arabic PTZs."), [""; 0]);
    assert_eq!(names("", "We call this approach the qUX framework."), ["qUX"]);
}

#[test]
fn titles_put_words_around_names() {
    assert_eq!(names("Using QuuxTalk: Zorks at a Desk", ""), ["QuuxTalk"]);
    assert_eq!(names("Acme International’s QUUXUS System: Results", ""), ["QUUXUS System"]);
    assert_eq!(names("Le projet QuuxTalk : des zorks", ""), ["QuuxTalk"]);
    assert_eq!(names("QuuxAligner & Co: Methods for Zorks", ""), ["QuuxAligner"]);
    assert_eq!(names("“You move QUUX!”: Gestures", ""), [""; 0]);
    assert_eq!(names("QUUX meets Zork: A Model of Bars", ""), [""; 0]);
    assert_eq!(names("Quuxody: Models, Methods, and Applications", "Quuxody is old."), [""; 0]);
    assert_eq!(names("ZUIG: Quux approach to the ZorkTyp 2020 Shared Task", "It folds."), [""; 0]);
}

#[test]
fn a_new_task_is_a_task() {
    let kind = |body: &str| coined("", body)[0].1;
    assert_eq!(kind("We present a novel task of Long-term Zork Conversation (LeZo)."), "task");
    assert_eq!(kind("We define a novel research task, i.e., multiple zork answering (MuZoA)."), "task");
    assert_eq!(kind("We introduce three types of tasks: Zork Restoration, Quux Folding, Quux Tying."), "task");
    assert_eq!(kind("We build two datasets for zork tasks: QuuxKG240K and ZorkNet360K."), "dataset");
    assert_eq!(coined("Distributed ZLI: On Zorks", "We introduce distributed ZLI, a new task.")[0].1, "task");
}

#[test]
fn sets_of_programs_and_programs_for_data_are_software() {
    let kind = |body: &str| coined("", body)[0].1;
    assert_eq!(kind("We present QUUX2, a suite of tools for zorks."), "software");
    assert_eq!(kind("We present QUUX2, a software framework for zorks."), "software");
    assert_eq!(kind("We present the QuuxDY corpus annotation environment for zorks."), "software");
    assert_eq!(kind("We propose QuuxScore, an approach to learn zorks."), "metric");
    assert_eq!(coined("Quuxus: an open-source framework for zorks", "")[0].1, "software");
    assert_eq!(kind("We propose Zork Lexicon Induction with Supervision (ZLISS)."), "method");
    assert_eq!(kind("We refer to our model as QuuxReco, and it folds."), "model");
}

#[test]
fn networks_may_be_proposed_as_several() {
    assert_eq!(names("", "We propose the stack-quux networks (StackQu)."), ["StackQu"]);
    assert_eq!(names("", "Formulaic quuxes (FQs) are proposed."), [""; 0]);
}

#[test]
fn a_part_of_a_long_form_is_not_a_contribution() {
    assert_eq!(names("", "We propose a method called Siam Quux Folding learning (SiQuFo)."), ["SiQuFo"]);
    let text = "Our Zork model introduces Bidirectional Quux Representation from Zorks (BQRZ).";
    assert_eq!(names("Zork: A Model", text), ["Zork", "BQRZ"]);
}

#[test]
fn what_explains_a_name_behind_a_colon_is_not_a_contribution() {
    assert_eq!(names("", "We present Qux3D: Fast and Robust Splat Encoder, a new model."), ["Qux3D"]);
    let text = "We propose BARN: Better Animal Recognition Network, which wins.";
    assert_eq!(names("", text), ["BARN"]);
    assert_eq!(coined("", text)[0].1, "model", "the long form says so");
    assert_eq!(
        names("", "We release three: QuuxNet, ZorkNet and the Foo Quux Treebank."),
        ["QuuxNet", "ZorkNet", "Foo Quux Treebank"]
    );
}

#[test]
fn a_name_with_its_noun_or_version_is_the_same_name() {
    assert_eq!(names("QuuxZ Corpus: Zorks in Bars", "We present QuuxZ, a corpus of zorks."), ["QuuxZ"]);
    assert_eq!(names("QuuxZ 1.0: A Corpus of Zorks", "We present QuuxZ, a corpus of zorks."), ["QuuxZ"]);
    let text = "We propose the Focus Folding Mechanism, a simple method.";
    assert_eq!(names("Focus Folding: Promoting Zorks", text), ["Focus Folding Mechanism"]);
    assert_eq!(
        names("QuuxZ: A Corpus", "We present QuuxZ, a corpus, and QuuxZ Net, a neural network."),
        ["QuuxZ", "QuuxZ Net"]
    );
}

#[test]
fn what_a_name_is_compared_with_and_a_noun_far_before_it_say_its_kind() {
    let kind = |body: &str| coined("", body)[0].1;
    assert_eq!(
        kind("We present QuuxZ. Experiments show that QuuxZ significantly outperforms previous methods."),
        "method"
    );
    assert_eq!(kind("We present QuuxZ. It folds. QuuxZ surpasses all open models of its size."), "model");
    assert_eq!(kind("We present QuuxZ. QuuxZ is used by others. They outperform all methods."), "unknown");
    assert_eq!(kind("We propose a fast and generative zork model for folding bars, termed as QuuxZ."), "model");
}

#[test]
fn a_dataset_is_no_size_of_a_model_and_a_survey_introduces_no_name() {
    let text = "We introduce QuuxZ-228K, a large-scale dataset of zorks. Next, we propose QuuxZ, a model.";
    assert_eq!(names("", text), ["QuuxZ-228K", "QuuxZ"]);
    assert_eq!(names("", "We propose QuuxZ, a model, and QuuxZ-7B, a large one."), ["QuuxZ"]);
    assert_eq!(names("Zork QXLM: A Survey on Folding", "This survey is on folding."), [""; 0]);
    assert_eq!(names("QuuxRev: A Review Corpus of Bars", "QuuxRev has reviews."), ["QuuxRev"]);
}

#[test]
fn networks_of_words_are_data() {
    let kind = |title: &str| coined(title, "It is a lexical resource.")[0].1;
    assert_eq!(kind("QuuxNet: A Lexical Knowledge Network for Zorks"), "dataset");
    assert_eq!(coined("QuuxNet: Folding Zorks", "The deep neural network folds.")[0].1, "model");
    assert_eq!(coined("QuuxNet: Folding Zorks", "It folds. QuuxNet is old.")[0].1, "unknown");
}

#[test]
fn languages_are_no_contributions() {
    assert_eq!(names("", "We present Gulf Arabic, a corpus of AI-powered zorks."), [""; 0]);
    assert_eq!(names("", "We present an English-speaking corpus and a new Tamil-English one."), [""; 0]);
}

#[test]
fn the_noun_behind_the_bracket_of_an_abbreviation_states_the_kind() {
    let kind = |body: &str| coined("", body)[0].1;
    assert_eq!(kind("We propose a Quux-Enabled Zork Assistant (QEZA) model for bars."), "model");
    assert_eq!(kind("We develop a Fold-and-Quux(FaQ) technique to fold zorks."), "method");
    assert_eq!(kind("We present a Zork Fold for Quux Ontologies (ZFQO) framework, an open one."), "method");
    assert_eq!(kind("We release the Quux Zork Folding (QZF) dataset of bars."), "dataset");
    assert_eq!(kind("We propose Quux Networks for Zork to Bar learning (QuNeZo)."), "model");
}

#[test]
fn an_activity_in_a_title_is_weaker_than_a_word_for_the_kind() {
    assert_eq!(
        coined("QUUX-ZO: Zork Pre-training of Bars", "We present a trained model for bars, namely QUUX-ZO.")[0].1,
        "model"
    );
    assert_eq!(coined("QuuxBERT: Zork Pre-training of Bars", "It reads bars.")[0].1, "model");
    assert_eq!(coined("QUUXZO: Zork Pre-training of Bars", "It reads bars.")[0].1, "method");
    assert_eq!(coined("QuuxBERT: A Language Model of Zorks", "QuuxBERT is an approach to zorks.")[0].1, "model");
    assert_eq!(coined("QUUXPT: Parsimonious Parser Transfer", "")[0].1, "unknown");
    assert_eq!(coined("QUUXGPT: Auxiliary Tasks and Bars", "")[0].1, "model");
}

#[test]
fn the_kind_may_be_stated_before_words_that_describe_the_thing() {
    let kind = |body: &str| coined("", body)[0].1;
    assert_eq!(kind("We introduce QUUXZ, a new zork dataset automatically folded from bars."), "dataset");
    assert_eq!(kind("We introduce QuuxFinder, an online tool supporting 2, 000 zorks."), "software");
    assert_eq!(kind("We present QuuxGen, a novel, generative, small model which folds."), "model");
    assert_eq!(kind("We construct a new zork test set, SimpleQUUX, of bars."), "dataset");
    let text = "We propose two neural models, QuuxZo and ZorkQu, both small.";
    assert_eq!(coined("QuuxZo: Zorks of Bars", text)[0].1, "model");
    let text = "We train a zork prediction model for social bars, XLM-QUUX.";
    assert_eq!(coined("XLM-QUUX: Zorks of Bars", text)[0].1, "model");
    assert_eq!(kind("We present QuuxFrame, an open-source framework of zorks."), "software");
    assert_eq!(kind("We present QuuxZoe, a conversational agent for zorks."), "software");
    assert_eq!(kind("We propose QuuxZ. QuuxZ fine-tuning converges. In QuuxZ, a new layer folds."), "unknown");
    assert_eq!(kind("We propose QuuxZ. QuuxZ models the zorks."), "unknown");
}

#[test]
fn a_noun_before_an_action_states_no_kind() {
    assert_eq!(coined("", "We propose Zork Concatenation of Embeddings (ZCE) to fold bars.")[0].1, "method");
    assert_eq!(coined("", "We introduce QUUXPro (Quux Language Model Probing) to read zorks.")[0].1, "method");
    assert_eq!(coined("QUUXER: a Fast Learning Zork-finder", "")[0].1, "software");
    assert_eq!(coined("QUUX-QA: An Evaluation Library", "We introduce QUUX-QA: a framework of bars.")[0].1, "software");
    assert_eq!(coined("", "A Quux Attention Network (QUAN) approach is proposed to fold bars.")[0].1, "model");
}

#[test]
fn findings_lists_and_gerunds_are_no_names() {
    assert_eq!(
        names("", "We find that (i) bars fold, (ii) the Quux Zork Inference Model is the best so far."),
        [""; 0]
    );
    let matcher = Matcher::new(&[]).unwrap();
    let title = ReadField::new(Field::Title, "", &matcher);
    let text = "We propose a method to fold zorks from two datasets, QUX and SQuAD.";
    let body = ReadField::new(Field::Abstract, text, &matcher);
    assert_eq!(find(&title, &body, None, |name| name == "SQuAD").len(), 0);
    assert_eq!(names("Constraining QUUXbank: Agreement in Grammars", "We fold zorks."), [""; 0]);
    assert_eq!(
        names("", "Our proposed ZorkNet model incorporates both Zork Fold and Social Network Graphs."),
        ["ZorkNet", "Zork Fold"]
    );
    assert_eq!(names("", "We present the QuuxZo Python package for zorks."), ["QuuxZo"]);
}

#[test]
fn tasks_of_others_labels_and_glued_verbs_are_no_names() {
    let text = "We present a dialog system for the Quux Zork Challenge 2017 (QuZC).";
    assert_eq!(names("Quux Zork Challenge 2017 Winner System: An Agent", text), [""; 0]);
    assert_eq!(names("DEMO: Open-Source Dictionaries", ""), [""; 0]);
    assert_eq!(names("QUUXYS: MUC-3 Test Results and Analysis", ""), [""; 0]);
    assert_eq!(names("QUX discovery: a comparative analysis of Corpora", ""), [""; 0]);
    assert_eq!(names("", "We show that our proposed QUXoutperforms the baseline on zorks."), [""; 0]);
    assert_eq!(names("", "We present the SMT systems built for the zork."), [""; 0]);
    assert_eq!(names("Quux Pro + QZX: folding of zorks", ""), [""; 0]);
    assert_eq!(names("", "We present the Old Zorkish corpus RAG of texts."), ["RAG"]);
    assert_eq!(coined("Quuxorge: A Zorkish Lexicon Extracted from Bars", "")[0].1, "dataset");
    let text = "We present QuuxMedic, a Zork-and-Bar library. As of 2022, it folds.";
    assert_eq!(coined("QuuxMedic: a framework for zorks", text)[0].1, "software");
    assert_eq!(coined("", "QuuxCAT is here. We present QuuxCAT, a collection of software for zorks.")[0].1, "software");
    assert_eq!(coined("", "We propose Dictionary Zorkprior (DZorp), a new zorkprior.")[0].1, "unknown");
}

#[test]
fn titles_in_romance_languages_begin_with_the_noun() {
    assert_eq!(coined("QUUXZO : Outil pour plier des zorks", "")[0], ("QUUXZO".to_string(), "software"));
    assert_eq!(coined("QuuxZo : Plate-forme de zorks", "")[0], ("QuuxZo".to_string(), "software"));
    assert_eq!(names("Analyse des zorks: Le système QUUXAR", ""), [""; 0]);
    assert_eq!(names("La plate-forme QuuxStream : un outil de zorks", ""), ["QuuxStream"]);
}

#[test]
fn a_defined_task_is_a_task() {
    let kind = |title: &str, body: &str| coined(title, body)[0].1;
    let text = "We propose the task of zork-level quux folding (ZLQF) and a benchmark.";
    assert_eq!(kind("ZLQF: Zork-Level Quux Folding", text), "task");
    assert_eq!(
        kind("Multi-Zork Folding (MZF): A View", "We address a novel task, Multiple Zork Folding (MZF)."),
        "task"
    );
}

#[test]
fn what_is_beside_a_known_thing_or_in_use_is_not_a_contribution() {
    let matcher = Matcher::new(&[]).unwrap();
    let title = ReadField::new(Field::Title, "", &matcher);
    let found = |body: &str| {
        let body = ReadField::new(Field::Abstract, body, &matcher);
        find(&title, &body, None, |name| name == "spacy" || name == "spaCy").len()
    };
    assert_eq!(found("We propose a pipeline combining three tools, the Quux Geoparser, spaCy and zork."), 0);
    assert_eq!(names("", "We build on one such system, named QUUXER, to fold zorks."), [""; 0]);
    assert_eq!(
        names("", "The proposed systems depend on five approaches namely Complement Quux Zork, and others."),
        [""; 0]
    );
    assert_eq!(names("", "We improve zork folding using Quux Zork Prediction (QZP) techniques."), [""; 0]);
    assert_eq!(names("", "We present experiments on both corpora (ZORK and the Public Quux Corpus)."), [""; 0]);
    assert_eq!(names("", "To overcome this, we apply Zork Fold Training (ZFT; Doe et al., 2020)."), [""; 0]);
    assert_eq!(
        names("", "We apply Zork Fold Training (ZFT; Doe et al., 2020). We find that ZFT improves quuxes."),
        [""; 0]
    );
    assert_eq!(names("", "It shows how our SMT system reads zorks from off-the-shelf systems: Quux ASR."), [""; 0]);
}

#[test]
fn a_part_of_a_phrase_is_not_a_name() {
    assert_eq!(names("", "We propose QUUXNO, a novel Zork Quuxing based Fold framework for bars."), ["QUUXNO"]);
    assert_eq!(names("", "We propose a Multi-Zork Folding (MZF) based model of bars."), [""; 0]);
    assert_eq!(names("", "We propose DiQ, the Diverse Quuxing generation system that folds."), ["DiQ"]);
    assert_eq!(names("", "We introduce HOQM, Hallucinating Objects with Quux Models, to fold."), ["HOQM"]);
    assert_eq!(names("", "We present a Tamil ZEA system QuuxZorkAssess of bars."), ["QuuxZorkAssess"]);
    assert_eq!(names("", "We propose a novel Quux Matching and Zork Network of bars."), [""; 0]);
    assert_eq!(names("", "We release a toolkit. We hope the release ofQUUXMEL will help ofQUUXMEL."), [""; 0]);
    assert_eq!(names("Zork Systems Revisited: How Much?", ""), [""; 0]);
    assert_eq!(names("Review: QuuxZork by Doe", ""), [""; 0]);
    assert_eq!(names("QuuxZo, two sides: Zorks", ""), ["QuuxZo"]);
}

#[test]
fn a_name_in_quotes_ends_after_its_quotes() {
    assert_eq!(names("", "We propose dubbed dubbed éWe propose AAcalled ("), ["AAcalled", "éWe"]);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(title in r"[A-Za-z:é ,.()-]{0,60}", body in r"(We propose |called |our |dubbed |[A-Z][a-z]{2,6}|[A-Z]{2,4}|[ ,.():é\x22`-]){0,25}") {
        let _ = coined(&title, &body);
    }
}
