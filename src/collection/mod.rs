//! Treats many papers as one collection: a paper from two places becomes one paper, and a name that one paper
//! introduces is known in all others, in whatever order they are read.

mod citations;
mod disjoint_sets;
mod identity;
mod merge;
mod names;
mod people;
mod usage;

use rayon::prelude::*;

use crate::extract::{Extraction, Extractor};
use crate::paper::Paper;
pub use citations::ReferenceResolver;
pub(crate) use citations::{WorkKeyCounter, citation_keys, has_references, may_cite, untitled_reference_ids};
pub(crate) use identity::{DoubtReason, RecordDoubt, RecordGroup};
pub use identity::{RecordTrace, group_records};
pub(crate) use merge::{merge_records, without_source};
pub(crate) use names::{decide_names, sort_introductions};
pub use people::author_keys;
pub(crate) use people::{Byline, IdentifiedAuthors, PeopleDecisions, identify_authors};
pub(crate) use usage::{Introduction, UsageCounter, author_hashes};

/// Records held in memory, for commands that read their inputs and store nothing. The room `pipeline` builds a graph of
/// many papers in constant memory, with the same result.
#[derive(Debug, Default)]
pub struct Collection {
    records: Vec<Paper>,
}

impl Collection {
    pub fn add(&mut self, record: Paper) {
        self.records.push(record);
    }

    /// The papers that the records describe, each once, in the order in which they were first seen.
    pub fn into_papers(self) -> Vec<Paper> {
        let traces: Vec<RecordTrace> = self.records.iter().map(RecordTrace::of).collect();
        let (groups, _) = group_records(&traces.iter().collect::<Vec<_>>(), |record| record);
        let mut records: Vec<Option<Paper>> = self.records.into_iter().map(Some).collect();
        let papers = groups.into_iter().filter_map(|group| {
            let mut of_paper: Vec<Paper> =
                group.records.iter().filter_map(|&record| records[record as usize].take()).collect();
            // The order of the files decides what is kept, not the order of the command line.
            of_paper.sort_by(|a, b| a.sources.cmp(&b.sources));
            merge_records(of_paper, &group)
        });
        papers.collect()
    }
}

/// Extracts all papers on all cores: first each by itself, then again those that contain a name that another paper
/// introduces.
///
/// `tick` is called once for each paper.
pub fn extract_all(papers: Vec<Paper>, extractor: &mut Extractor, tick: impl Fn() + Sync) -> Vec<Extraction> {
    let mut extractions: Vec<Extraction> = papers
        .into_par_iter()
        .map(|paper| {
            tick();
            extractor.extract(paper)
        })
        .collect();
    let introductions: Vec<Introduction> = extractions.iter().map(|e| introduction(e, extractor)).collect();
    let mut introductions: Vec<&Introduction> = introductions.iter().filter(|one| !one.names.is_empty()).collect();
    sort_introductions(&mut introductions);
    let mut counter = UsageCounter::new(introductions.iter().copied());
    let counts: Vec<_> = extractions.par_iter().map(|extraction| counter.of_paper(&extraction.paper)).collect();
    counter.add(counts.into_iter().flatten());
    extractor.learn(decide_names(&introductions, &counter.finish(), extractor.vocabulary()));
    extractions.par_iter_mut().filter(|extraction| !extractor.is_independent(extraction)).for_each(|extraction| {
        *extraction = extractor.extract(extraction.paper.clone());
    });
    extractions
}

/// The part of a paper's extraction by itself that the names of the collection depend on.
pub fn introduction(extraction: &Extraction, extractor: &Extractor) -> Introduction {
    let names = extractor.introduced(&extraction.introduces).into_boxed_slice();
    let authors = if names.is_empty() { Box::default() } else { author_hashes(&extraction.paper).into() };
    Introduction { paper: extraction.paper.id.clone(), published: extraction.paper.published, authors, names }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::PaperId;
    use crate::vocabulary::Vocabulary;

    fn paper(id: Option<&str>, title: &str, file: &str) -> Paper {
        let paper = Paper {
            id: id.map_or_else(|| PaperId::from_title(title), |id| PaperId::arxiv(id).unwrap()),
            ..Paper::titled(title)
        };
        paper.read_from(file, 1, "jsonl")
    }

    fn merged(records: impl IntoIterator<Item = Paper>) -> Vec<Paper> {
        let mut collection = Collection::default();
        records.into_iter().for_each(|record| collection.add(record));
        collection.into_papers()
    }

    fn ids(papers: &[Paper]) -> Vec<String> {
        papers.iter().map(|paper| paper.id.to_string()).collect()
    }

    fn by(mut paper: Paper, author: &str, year: &str) -> Paper {
        paper.authors = Some(vec![author.to_string()]);
        paper.published = Some(year.parse().unwrap());
        paper
    }

    fn with_doi(mut paper: Paper, doi: &str) -> Paper {
        paper.doi = Some(doi.to_string());
        paper
    }

    #[test]
    fn punctuation_capitals_and_a_remark_on_the_version_do_not_make_another_paper() {
        for other in [
            "LAMPS FOR MOTHS - A Study of Light.",
            "Lamps for Moths: A Study of Light (Extended Abstract)",
            "Lamps for Moths: A Study of Light [extended version]",
            "Lamps for Moths: A Study of Light (v2)",
            "Lamps for Moths: A Study of Light - Extended Abstract",
            "Lamps for Moths: A Study of Light (Student Abstract)",
        ] {
            let one = by(paper(None, "Lamps for Moths: A Study of Light", "a"), "Ana Ruiz", "2030");
            assert_eq!(merged([one, by(paper(None, other, "b"), "Ruiz, A.", "2031")]).len(), 1, "{other}");
        }
        for other in ["Lamps for Moths: A Study of Lights", "Lamps for Moths: A Study of Light v2", "Lamps for Moths"] {
            let one = by(paper(None, "Lamps for Moths: A Study of Light", "a"), "Ana Ruiz", "2030");
            assert_eq!(merged([one, by(paper(None, other, "b"), "Ana Ruiz", "2030")]).len(), 2, "{other}");
        }
    }

    #[test]
    fn a_remark_on_the_version_needs_the_same_first_author() {
        let full = || by(paper(None, "Lamps", "a"), "Ana Ruiz", "2030");
        let short = paper(None, "Lamps (Extended Abstract)", "b");
        assert_eq!(merged([full(), short.clone()]).len(), 2, "the author is not known");
        assert_eq!(merged([full(), by(short, "Bo Dam", "2030")]).len(), 2);
    }

    #[test]
    fn a_workshop_paper_and_its_conference_paper_are_one_unless_a_registry_has_both() {
        let at = |venue: &str, year, file| {
            let mut paper = by(paper(None, "Lamps", file), "Ana Ruiz", year);
            paper.venue = Some(venue.to_string());
            paper
        };
        assert_eq!(merged([at("Workshop on Light", "2030", "a"), at("Conference on Light", "2031", "b")]).len(), 1);
        assert_eq!(merged([at("Workshop on Light", "2030", "a"), at("Conference on Light", "2033", "b")]).len(), 2);
        let both = [
            with_doi(at("Workshop on Light", "2030", "a"), "10.1000/workshop.1"),
            with_doi(at("Conference on Light", "2031", "b"), "10.1000/conference.1"),
        ];
        assert_eq!(merged(both).len(), 2);
    }

    #[test]
    fn versions_of_a_preprint_are_one_paper() {
        for (one, other) in [
            ("10.1101/2030.01.02.123456", "10.1101/2030.01.02.123456v2"),
            ("10.21203/rs.3.rs-1234/v1", "10.21203/rs.3.rs-1234/v3"),
            ("10.26434/chemrxiv-2030-abcd", "10.26434/chemrxiv-2030-abcd-v2"),
        ] {
            let first = with_doi(by(paper(None, "Lamps", "a"), "Ana Ruiz", "2030"), one);
            let second = with_doi(by(paper(None, "Lamps and Moths", "b"), "Ana Ruiz", "2030"), other);
            assert_eq!(merged([first, second]).len(), 1, "{other}");
        }
        let issue = |doi, title| with_doi(paper(None, title, "a"), doi);
        assert_eq!(merged([issue("10.1000/x.v1", "Lamps"), issue("10.1000/x.v2", "Oils")]).len(), 2);
    }

    #[test]
    fn a_doi_that_one_source_gives_to_different_titles_joins_none_and_is_reported() {
        let of = |title, file| with_doi(paper(None, title, file), "10.1000/proceedings");
        let records = [of("Lamps for Moths", "a"), of("Wicks and Oils", "a"), of("Night Sky Maps", "a")];
        let papers = merged(records.clone());
        assert_eq!(ids(&papers), ["paper/lamps-for-moths", "paper/wicks-and-oils", "paper/night-sky-maps"]);
        assert!(papers.iter().all(|paper| paper.doi.is_none()));
        let traces: Vec<RecordTrace> = records.iter().map(RecordTrace::of).collect();
        let (_, doubts) = group_records(&traces.iter().collect::<Vec<_>>(), |record| record);
        assert_eq!(doubts.iter().filter(|doubt| doubt.reason == DoubtReason::SharedDoi).count(), 3);
    }

    #[test]
    fn dois_of_the_anthology_that_are_mixed_up_join_no_papers() {
        let of = |title, id, doi| {
            let mut record = paper(None, title, "W30.xml");
            record.id = PaperId::acl(id).unwrap();
            with_doi(record, doi)
        };
        let papers = merged([
            of("Lamps for Moths", "W30-4004", "10.18653/v1/W30-4007"),
            of("Wicks and Oils", "W30-4007", "10.18653/v1/W30-4009"),
            of("Night Sky Maps", "W30-4009", "10.18653/v1/W30-4004"),
            of("Shades", "W30-4010", "10.18653/v1/W30-4010"),
        ]);
        assert_eq!(
            ids(&papers),
            ["paper/acl-w30-4004", "paper/acl-w30-4007", "paper/acl-w30-4009", "paper/acl-w30-4010"]
        );
        let dois: Vec<bool> = papers.iter().map(|paper| paper.doi.is_some()).collect();
        assert_eq!(dois, [false, false, false, true]);
    }

    #[test]
    fn another_source_says_whose_a_doi_is() {
        let of = |title, file| with_doi(paper(None, title, file), "10.1000/lamps");
        let papers = merged([of("Lamps for Moths", "a"), of("Wicks and Oils", "a"), of("Lamps for Moths.", "b")]);
        assert_eq!(ids(&papers), ["paper/doi-10.1000-lamps", "paper/wicks-and-oils"]);
    }

    #[test]
    fn a_doi_joins_titles_of_one_source_that_have_words_in_common() {
        let of = |title| with_doi(paper(None, title, "a"), "10.1000/lamps");
        assert_eq!(merged([of("Lamps for Moths"), of("Lamps for Moths: A Study of Light")]).len(), 1);
    }

    #[test]
    fn a_file_and_its_item_in_a_library_are_one_paper_whatever_their_titles() {
        let mut item = paper(None, "Lamps for Moths", "zotero.sqlite");
        let mut pdf = paper(None, "MOTHS AND LAMPS 12", "a.pdf");
        pdf.sources[0].format = "pdf".to_string();
        item.catalogue_ids = vec!["openalex:w1".to_string(), format!("{}ABCD1234", crate::paper::FILE_IDS)];
        pdf.catalogue_ids = item.catalogue_ids[1..].to_vec();
        let papers = merged([item.clone(), pdf.clone()]);
        assert_eq!(ids(&papers), ["paper/lamps-for-moths"]);
        assert_eq!(papers[0].title, "Lamps for Moths", "what the library says wins over what is guessed from print");
        pdf.catalogue_ids = vec![format!("{}EFGH5678", crate::paper::FILE_IDS)];
        assert_eq!(merged([item, pdf]).len(), 2);
    }

    #[test]
    fn the_same_title_by_another_first_author_or_of_another_year_is_another_paper() {
        let attention = |author, year, file| by(paper(None, "Attention", file), author, year);
        let papers = merged([attention("Ada Adeyemi", "2020", "a"), attention("Bo Bauer", "2020", "b")]);
        assert_eq!(ids(&papers), ["paper/attention", "paper/attention+2"]);
        let papers = merged([attention("Ada Adeyemi", "2020", "a"), attention("Ada Adeyemi", "2023", "b")]);
        assert_eq!(papers.len(), 2);
    }

    #[test]
    fn a_preprint_and_its_publication_a_year_later_are_one_paper() {
        let preprint = by(paper(Some("2205.14135"), "Attention", "a"), "Ada Adeyemi", "2022");
        let mut published = by(paper(None, "Attention.", "b"), "Adeyemi, A.", "2023");
        published.id = PaperId::acl("2023.acl-long.1").unwrap();
        let papers = merged([preprint, published]);
        assert_eq!(ids(&papers), ["paper/arxiv-2205.14135"]);
        assert_eq!(papers[0].identifiers, [PaperId::acl("2023.acl-long.1").unwrap()]);
        assert_eq!(papers[0].contradictions[0].field, "published");
    }

    #[test]
    fn a_title_that_could_mean_either_of_two_papers_joins_neither_and_is_reported() {
        let records = [
            by(paper(Some("2205.14135"), "Attention", "a"), "Ada Adeyemi", "2022"),
            by(paper(Some("2301.00001"), "Attention", "b"), "Bo Bauer", "2023"),
            paper(None, "Attention", "c"),
        ];
        let traces: Vec<RecordTrace> = records.iter().map(RecordTrace::of).collect();
        let (groups, doubts) = group_records(&traces.iter().collect::<Vec<_>>(), |record| record);
        assert_eq!(groups.len(), 3);
        assert_eq!(doubts.iter().map(|doubt| doubt.record).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn an_id_that_two_records_share_wins_over_their_titles() {
        let mut a = paper(Some("2205.14135"), "A First Title", "a");
        a.doi = Some("10.1000/182".to_string());
        let mut b = paper(None, "A Second Title", "b");
        b.doi = Some("10.1000/182".to_string());
        let papers = merged([a, b]);
        assert_eq!(ids(&papers), ["paper/arxiv-2205.14135"]);
        assert_eq!(papers[0].contradictions[0].field, "title");
    }

    proptest::proptest! {
        /// Titles, authors, years and ids from small pools, so that all combinations occur.
        #[test]
        fn the_order_of_reading_does_not_matter(
            records in proptest::collection::vec((0..3usize, 0..3usize, 0..4u16, 0..6usize), 1..12),
            seed in proptest::num::u64::ANY,
        ) {
            let all: Vec<Paper> = records
                .iter()
                .enumerate()
                .map(|(i, &(title, author, year, id))| {
                    let id = [None, None, None, Some("2205.00001"), Some("2205.00002"), Some("2205.00003")][id];
                    let mut record = paper(id, ["Attention", "attention!", "Another"][title], &format!("{i:02}"));
                    record.authors = [None, Some("Ada Adeyemi"), Some("Bo Bauer")][author].map(|a| vec![a.to_string()]);
                    record.published = (year > 0).then(|| format!("{}", 2019 + year).parse().unwrap());
                    record
                })
                .collect();
            let mut shuffled = all.clone();
            fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
            let (mut a, mut b) = (by_file(all), by_file(shuffled));
            a.sort_by(|a, b| a.id.cmp(&b.id));
            b.sort_by(|a, b| a.id.cmp(&b.id));
            proptest::prop_assert_eq!(a.windows(2).filter(|w| w[0].id == w[1].id).count(), 0);
            proptest::prop_assert_eq!(a, b);
        }
    }

    /// As the pipeline ranks records: by file, then line.
    fn by_file(records: Vec<Paper>) -> Vec<Paper> {
        let traces: Vec<RecordTrace> = records.iter().map(RecordTrace::of).collect();
        let rank = |record: u32| records[record as usize].sources.clone();
        let (groups, _) = group_records(&traces.iter().collect::<Vec<_>>(), rank);
        let of = |group: &RecordGroup| group.records.iter().map(|&r| records[r as usize].clone()).collect();
        groups.iter().filter_map(|group| merge_records(of(group), group)).collect()
    }

    #[test]
    fn a_paper_seen_twice_is_one_with_both_sources_and_the_better_id() {
        let papers = merged([
            paper(None, "FlashAttention: Fast Attention", "a"),
            paper(Some("2205.14135"), "FLASHATTENTION - Fast attention", "b"),
        ]);
        assert_eq!(ids(&papers), ["paper/arxiv-2205.14135"]);
        assert_eq!(papers[0].sources.len(), 2);
    }

    #[test]
    fn two_registered_papers_of_one_title_stay_two() {
        let papers = merged([paper(Some("2205.14135"), "Attention", "a"), paper(Some("2301.00001"), "Attention", "b")]);
        assert_eq!(papers.len(), 2);
    }

    #[test]
    fn the_more_precise_date_wins_and_a_contradiction_is_kept() {
        let mut a = paper(None, "T", "a");
        a.published = Some("2024".parse().unwrap());
        a.author_count = Some(3);
        let mut b = paper(None, "T", "b");
        b.published = Some("2024-05-01".parse().unwrap());
        b.author_count = Some(4);
        let papers = merged([b, a]);
        assert_eq!(papers[0].published.unwrap().to_string(), "2024-05-01");
        let messages: Vec<String> = papers[0].contradictions.iter().map(ToString::to_string).collect();
        assert_eq!(messages, ["b:1: author_count is `4` here; kept `3`"]);
    }

    #[test]
    fn a_name_that_one_paper_introduces_is_found_in_another_whatever_the_order() {
        let mut introducing = paper(None, "ZetaQuux: A Model of Things", "a");
        introducing.abstract_text = "We propose ZetaQuux, a model.".to_string();
        let mut using = paper(None, "Another", "a");
        using.abstract_text = "It is faster than ZetaQuux on all inputs.".to_string();
        for order in [[&introducing, &using], [&using, &introducing]] {
            let mut collection = Collection::default();
            for paper in order {
                collection.add(paper.clone());
            }
            let vocabulary = Vocabulary::from_texts([]).unwrap();
            let mut extractor = Extractor::new(vocabulary).unwrap();
            let out = extract_all(collection.into_papers(), &mut extractor, || {});
            let using = out.iter().find(|e| e.paper.title == "Another").unwrap();
            assert_eq!(using.mentions[0].entity.to_string(), "model/zetaquux");
        }
    }

    /// What the last of these papers (year, title, abstract) names after all were extracted together.
    fn named_by_last(papers: &[(&str, &str, &str)]) -> Vec<String> {
        last_read(papers).mentions.iter().map(|mention| mention.entity.to_string()).collect()
    }

    fn introduced_by_last(papers: &[(&str, &str, &str)]) -> Vec<String> {
        last_read(papers).introduces.iter().map(|introduced| introduced.entity.to_string()).collect()
    }

    fn last_read(papers: &[(&str, &str, &str)]) -> Extraction {
        let mut collection = Collection::default();
        for (year, title, text) in papers {
            let mut paper = paper(None, title, "a");
            paper.abstract_text = (*text).to_string();
            paper.published = Some(year.parse().unwrap());
            paper.authors = Some(vec![format!("Author {title}")]);
            collection.add(paper);
        }
        let mut extractor = Extractor::new(Vocabulary::from_texts([]).unwrap()).unwrap();
        let out = extract_all(collection.into_papers(), &mut extractor, || {});
        out.into_iter().find(|e| e.paper.title == papers[papers.len() - 1].1).unwrap()
    }

    const STIRRED: (&str, &str, &str) =
        ("2020", "STIRRED: A Corpus of Talks", "We introduce STIRRED, a corpus of talks.");

    #[test]
    fn a_name_is_linked_elsewhere_only_as_it_was_introduced() {
        let named = |text| named_by_last(&[STIRRED, ("2021", "Later", text)]);
        assert_eq!(named("Results on STIRRED are good."), ["dataset/stirred"]);
        assert_eq!(named("Stirred by this, we go on."), [""; 0]);
        assert_eq!(named("Both Shaken-STIRRED and STIRRED/2 are others."), [""; 0]);
    }

    #[test]
    fn a_name_is_not_linked_in_papers_that_are_older() {
        assert_eq!(named_by_last(&[STIRRED, ("2018", "Earlier", "Results on STIRRED are good.")]), [""; 0]);
        assert_eq!(named_by_last(&[STIRRED, ("2020-03", "Same Year", "Results on STIRRED.")]), ["dataset/stirred"]);
    }

    #[test]
    fn a_word_of_the_collection_needs_evidence_to_be_a_name() {
        let word = |n: &'static str| ("2019", n, "It is stirred slowly, and then stirred again.");
        let named = |text| named_by_last(&[STIRRED, word("One"), word("Two"), word("Three"), ("2021", "Later", text)]);
        assert_eq!(named("We did it STIRRED and cold."), [""; 0]);
        assert_eq!(named("We evaluate on the STIRRED corpus."), ["dataset/stirred"]);
        assert_eq!(named("We evaluate on STIRRED (Doe et al., 2020)."), ["dataset/stirred"]);
    }

    #[test]
    fn what_papers_of_earlier_years_use_is_not_introduced() {
        let earlier = |n: &'static str| ("2015", n, "Runs with QuuxParser are fast.");
        let claim = ("2020", "QuuxParser: A Parser", "We present QuuxParser, a parser.");
        assert_eq!(introduced_by_last(&[claim]), ["software/quuxparser"]);
        // A name that the words of the paper itself explain remains one, see `extract::unlisted`.
        assert_eq!(introduced_by_last(&[earlier("One"), earlier("Two"), claim]), [""; 0]);
    }

    #[test]
    fn a_phrase_that_papers_of_earlier_years_use_is_not_introduced() {
        let earlier = |n: &'static str| ("2015", n, "Work on zorkish sentence folding is old.");
        let claim = ("2020", "Zorkish Sentence Folding: A Model", "We present Zorkish Sentence Folding, a model.");
        assert_eq!(introduced_by_last(&[claim]).len(), 1);
        assert_eq!(introduced_by_last(&[earlier("One"), earlier("Two"), claim]), [""; 0]);
    }

    #[test]
    fn the_abbreviation_of_a_term_that_others_write_in_lower_case_is_not_introduced() {
        let other = |n: &'static str| ("2021", n, "A task is quux state folding of zorks.");
        let claim = |short: &str| {
            let text = format!("We propose a quux state folding ({short}) method for zorks.");
            let others = [other("One"), other("Two"), other("Three")];
            introduced_by_last(&[&others[..], &[("2020", "Claim", text.as_str())]].concat())
        };
        assert_eq!(claim("QSF"), [""; 0]);
        // A short form in a shape of its own is a name.
        assert_eq!(claim("QuStaFo").len(), 1);
    }

    #[test]
    fn who_defines_the_same_words_in_a_later_year_writes_of_what_is_there() {
        let text = "We propose the Zorkish Quux Folder (ZQF) model.";
        let papers = [("2019", "One", text), ("2020", "Two", text)];
        assert_eq!(introduced_by_last(&papers[..1]), ["model/zqf"]);
        assert_eq!(introduced_by_last(&papers), [""; 0]);
    }

    #[test]
    fn one_name_for_two_things_is_two_nodes() {
        let video = ("2021", "STIRRED: A Toolkit for Video", "We present STIRRED, a toolkit for video.");
        let user = |text| ("2022", "Later", text);
        assert_eq!(named_by_last(&[STIRRED, video])[0], "software/stirred");
        assert_eq!(named_by_last(&[STIRRED, video, user("With the STIRRED toolkit.")]), ["software/stirred"]);
        assert_eq!(named_by_last(&[STIRRED, video, user("On the STIRRED corpus.")]), ["dataset/stirred"]);
        assert_eq!(named_by_last(&[STIRRED, video, user("STIRRED is good.")]), [""; 0]);
    }
}
