//! The names that a title presents, and those that it uses for something else: a subject, a group of people.

use std::sync::LazyLock;

use super::super::rule::{Rule, rule};
use super::super::unlisted::is_generic;
use super::cues::{HAS_YEAR, IS_CAMPAIGN, IS_TEAM, NAMES_A_CAMPAIGN, OF_A_SYSTEM, TAKES_PART};
use super::kinds::{
    apposition_kind, ends_in_activity, head_noun_kind, is_kind_noun, kind_by_suffix, kind_in_body, leading_phrase,
    phrase_noun_kind, title_kind,
};
use super::names::{has_name_shape, is_title_name, occurs_folded, without_frame};
use super::{ContributionFinder, NameCue};
use crate::vocabulary::Kind;

impl<F: Fn(&str) -> bool> ContributionFinder<'_, '_, F> {
    /// `X: …` and `X (ACRONYM) …` in the title.
    pub(super) fn title_head(&mut self) {
        let text = self.title.text;
        // "UloRL:An Approach" lost its space; "N:M Sparse" never had one.
        let colon = text.find(':').filter(|&i| {
            let last = text[..i].split_whitespace().next_back().unwrap_or_default();
            text[i + 1..].starts_with(char::is_whitespace) || (has_name_shape(last) && !text[i + 1..].starts_with('/'))
        });
        let Some(colon) = colon else { return };
        let head = text[..colon].trim();
        // "LASP-2" of "LASP-2 (Long Form): …" is the name; the bracket is read as a definition.
        let head = without_frame(head.split(" (").next().unwrap_or(head).trim());
        // "CoNLL-2013 Shared Task: …" and "MT Quality Estimation: …" name the subject of the paper.
        let words: Vec<&str> = head.split_whitespace().collect();
        let rest = &text[colon + 1..];
        let subject = head.contains("Shared Task")
            || head.ends_with("System Description")
            || self.is_subject(head, rest)
            || !words.iter().all(|w| has_name_shape(w))
                && (1..=words.len() / 2).any(|i| (self.is_known)(&words[i..].join(" ")) && words.len() - i >= 2);
        // "Cross Language POS Taggers: …" describes things; "FooNet & BarNet: …" names two.
        let names: Vec<&str> = head.split(" & ").collect();
        let two = names.len() == 2 && names.iter().all(|name| !name.contains(' ') && has_name_shape(name));
        let (head, second) = if two { (names[0], Some(names[1])) } else { (head, None) };
        let is_new = |word: &&str| has_name_shape(word) && !is_generic(&word.to_lowercase()) && !(self.is_known)(word);
        let plural = head.strip_suffix('s').is_some_and(|one| one.rsplit(' ').next().is_some_and(is_kind_noun))
            && !head.ends_with("us")
            && head.contains(' ')
            && !head.split(' ').any(|word| is_new(&word));
        if subject || plural && !self.body.text.contains(head) || !is_title_name(head) {
            return;
        }
        // "Taming FooBank: …" says what is done with FooBank, unless the abstract writes the same.
        let gerund = head.split_once(' ').is_some_and(|(first, _)| says_what_is_done(first) && !has_name_shape(first));
        if gerund && !self.body.text.contains(head) {
            return;
        }
        // "FOO discovery: a comparative analysis" and "FOO: MUC-3 Test Results" have a subject and a group.
        rule!(
            IS_STUDY,
            r"^\s?[Aa]n?\s(?:[\w-]+\s)?(?i:analysis|study|survey|review|overview|comparison|investigation)\b"
        );
        rule!(TEST_RESULTS, r"^\s?(?:[\w-]+\s)?Test\sResults\b");
        // "Reinforced FOO: A Survey on Bars".
        rule!(
            IS_SURVEY,
            r"^\s?An?\s(?:[\w-]+\s)?(?i:survey|overview|tutorial|review)(?:\s(?:of|on|and|for|from)\b|[,.:]|$)"
        );
        if IS_SURVEY.is_match(rest) {
            return;
        }
        let small =
            head.contains(' ') && head.rsplit(' ').next().is_some_and(|last| last.starts_with(char::is_lowercase));
        if small && IS_STUDY.is_match(rest) || !head.contains(' ') && TEST_RESULTS.is_match(rest) {
            return;
        }
        let stated = stated_by_title(rest);
        // "FooBERT: A Language Model" whose text speaks of an approach is a model.
        let network = stated.filter(|kind| *kind == Kind::Model && kind_by_suffix(head) == Some(Kind::Model));
        // A library that the abstract calls a framework remains one.
        rule!(
            PROGRAM,
            r"\b(?i:library|toolkit|tool|toolbox|platform|package|software|interface|workbench|environment|plugin)\b"
        );
        let in_body = kind_in_body(self.body, head).filter(|kind| {
            *kind != Kind::Method || stated != Some(Kind::Software) || !PROGRAM.is_match(leading_phrase(rest))
        });
        let stated_kind = network
            .or(in_body)
            // What the title says is done, the abstract may call by a noun: see `ask_for_kinds`.
            .or_else(|| stated.filter(|_| !ends_in_activity(rest)))
            .or_else(|| head_noun_kind(head))
            // "Extending a Test Corpus" is about data; "Evaluating a Chatbot" is no chatbot.
            .or_else(|| title_kind(rest).filter(|kind| *kind == Kind::Dataset || !says_what_is_done(rest)));
        // "Foo: A Translation Method" that the abstract calls a system is one or the other.
        let framework = leading_phrase(rest).ends_with("ramework");
        let program = |kind: Kind| match kind {
            Kind::Software => Some(true),
            Kind::Model | Kind::Method => Some(false),
            _ => None,
        };
        let contradicts = network.is_none()
            && !framework
            && in_body.and_then(program).zip(stated.and_then(program)).is_some_and(|(one, other)| one != other);
        let stated_kind = if contradicts { Some(Kind::Unknown) } else { stated_kind };
        let kind = stated_kind.or_else(|| kind_by_suffix(head));
        // "FOO: An Approach to Hubs" and "FOO: Models of Bars" in the proceedings of a campaign are what the group Foo did.
        let plain =
            matches!(stated_kind, None | Some(Kind::Method)) || OF_A_SYSTEM.is_match(rest) && !DESCRIBES.is_match(rest);
        let of_team = plain || !DESCRIBES.is_match(rest);
        rule!(ENTRY, r"\b(?:[Ee]ntry|[Ss]ubmission)\b");
        // "FOO-BAR: A Graph-Based System" in the proceedings of a campaign: the group Foo and its task Bar.
        let of_group = || self.is_in_campaign() && self.is_group_and_task(head);
        if (of_team || ENTRY.is_match(rest) || of_group()) && self.is_team(head, plain)
            || names_a_team(head) && !DESCRIBES.is_match(rest)
        {
            return;
        }
        // In Title Case, words can look like a name without being one. Unless a single word has the shape of a name,
        // the abstract must also use it as a name.
        let words = head.split_whitespace().count();
        let shaped = head.split_whitespace().any(has_name_shape);
        let in_body = self.body.text.contains(head) || occurs_folded(self.body, head);
        let used_as_name = words == 1
            && self.body.text.match_indices(head).any(|(at, _)| !begins_sentence_at(self.body.text, at))
            && !self.body.text.contains(&head.to_lowercase());
        // "Foos: Models, Methods, and Applications" is about foos.
        let of_several = rest.split_whitespace().next().is_some_and(|word| word.ends_with("s,") && is_kind_noun(word));
        if of_several && !shaped {
            return;
        }
        let described = kind.is_some() || stated.is_some();
        if shaped || used_as_name || described && (in_body || words == 1) {
            self.add(head, NameCue::Title, kind);
            if let Some(second) = second {
                self.add(second, NameCue::Title, kind);
            }
        }
    }

    /// Whether the words before a title's colon state the subject of the paper: a task of others, or a topic of the
    /// field.
    fn is_subject(&self, head: &str, rest: &str) -> bool {
        rule!(
            IS_REPORT,
            r"(?i)\b(?:overview|findings|report|results|tasks?|campaign|evaluation|challenge|competition)\b"
        );
        rule!(IS_SYSTEM, r"^\s(?:[Tt]he\s)?[A-Z][\w-]*(?:\s[\w-]+){0,3}\s[Ss]ystem\b|^\s[Ll]e\s[Ss]ystème\s[A-Z]");
        rule!(
            MADE_HERE,
            r"(?ix)(?:propos\w+|introduc\w+|present\w*|called|named|dub\w*(?:\sas)?|term\w*)
              \s(?:(?:the|an?|novel|new|task\sof)\s)*[\x22“‘]?$"
        );
        rule!(OF_A_CAMPAIGN, r"^\S+\s(?:[Aa]t\s)?(?:SemEval|Senseval|EVALITA|GermEval|WMT|IWSLT|TREC|CLEF)[- ]?\d");
        rule!(ENDS_IN_TASK, r"^(?:[NS]?MT|ASR|TTS|NER|NLP|NLI|NLG|NLU|QA|IE|IR|GEC|WSD|SRL|ABSA)$");
        let in_body = || kind_in_body(self.body, head).is_some();
        let words: Vec<&str> = head.split_whitespace().collect();
        let of_resource = || words.iter().any(|word| kind_by_suffix(word).is_some());
        let entered = HAS_YEAR.is_match(head)
            && !IS_REPORT.is_match(rest)
            && (phrase_noun_kind(rest).is_none() || says_what_is_done(rest))
            && !of_resource()
            && !in_body()
            || IS_SYSTEM.is_match(rest) && (head.ends_with("Task") || head.contains(' ') && !of_resource())
            || OF_A_CAMPAIGN.is_match(head);
        let [first, .., last] = words[..] else { return entered };
        // The abstract treats "human sentence processing" as an existing thing.
        let in_lower_case = || {
            let (text, lower) = (self.body.text, head.to_lowercase());
            let mut places = text.match_indices(&lower).map(|(at, _)| at).peekable();
            places.peek().is_some()
                && !text.contains(head)
                && !in_body()
                && !places
                    .any(|at| MADE_HERE.is_match(&text[..at]) || apposition_kind(&text[at + lower.len()..]).is_some())
        };
        // "Low-Resource NMT: Diagnosing the Problem".
        let ends_in_term = || {
            ENDS_IN_TASK.is_match(last)
                && !words[..words.len() - 1].iter().any(|word| !word.contains('-') && has_name_shape(word))
                && !DESCRIBES.is_match(rest)
                && !self.body.text.to_lowercase().contains(&head.to_lowercase())
        };
        entered || first == "Inside" || in_lower_case() || ends_in_term()
    }

    /// Whether the name before a title's colon is that of a group in a campaign, as in "FOO-BAR: Senses from Hubs". If
    /// the abstract calls it a thing, it is one. A `plain` title states no kind, or only a method.
    fn is_team(&self, head: &str, plain: bool) -> bool {
        let is_handle =
            !head.contains(' ') && head.chars().filter(|c| c.is_alphabetic()).filter(|c| c.is_uppercase()).count() >= 2;
        let in_capitals = !head.chars().skip_while(|c| c.is_uppercase() || !c.is_alphabetic()).any(char::is_lowercase);
        let campaign = || [self.title.text, self.body.text].iter().any(|text| NAMES_A_CAMPAIGN.is_match(text));
        let takes_part =
            || campaign() && [self.title.text, self.body.text].iter().any(|text| TAKES_PART.is_match(text));
        rule!(
            ENTERS,
            r"\b(?i:approach|system|model|submission)s?\s(?:to|for|at)\s[^:]*(?:\b[Ss]hared\s[Tt]ask|\b(?:SemEval|WMT|IWSLT|CoNLL|EVALITA)[- ]?\d)"
        );
        let enters = || in_capitals && ENTERS.is_match(self.title.text);
        is_handle
            && kind_by_suffix(head).is_none()
            && (takes_part() || enters() || plain && self.is_group_and_task(head) || self.is_in_campaign())
            && kind_in_body(self.body, head).is_none()
    }

    /// Whether a name is that of a university and its task, "FOO-BAR", and not made from a known one, as "BERT-QUX" is.
    fn is_group_and_task(&self, head: &str) -> bool {
        let parts: Vec<&str> = head.split(['-', '/']).collect();
        parts.len() == 2
            && parts.iter().all(|part| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_uppercase()))
            && !parts.iter().any(|part| (self.is_known)(part))
            && !self.body.text.contains(head)
    }

    /// Whether the paper is in the proceedings of an evaluation campaign.
    fn is_in_campaign(&self) -> bool {
        self.venue.is_some_and(|venue| IS_CAMPAIGN.is_match(venue))
    }

    /// Whether the title names a group in a campaign: "Foo at SemEval-2019 Task 5", "The FOO translation system for
    /// IWSLT 2013".
    pub(super) fn titles_a_team(&self, name: &str) -> bool {
        let title = self.title.text;
        let is_handle = !name.chars().any(char::is_lowercase);
        let in_campaign = || NAMES_A_CAMPAIGN.is_match(title) || self.is_in_campaign();
        title.match_indices(name).any(|(at, _)| {
            let (before, after) = (&title[..at], &title[at + name.len()..]);
            let begins = before.is_empty() || before == "The ";
            IS_TEAM.is_match(after) && !before.ends_with(char::is_alphanumeric)
                || is_handle && begins && OF_A_SYSTEM.is_match(after) && in_campaign()
        })
    }
}

/// Before a description: "FOO: A Knowledge-Based System".
pub(super) static DESCRIBES: LazyLock<Rule> = LazyLock::new(|| rule(r"^\s?(?:An?|The)\s"));

/// The kind that a title states behind the name and its colon.
pub(super) fn stated_by_title(rest: &str) -> Option<Kind> {
    rule!(ENTERED, r"\b(?:[Tt]asks|[Tt]ask\s(?:[Uu]sing|[Ww]ith|[Vv]ia|[Bb]y))\b");
    // "Releasing Bars as a Public Resource".
    if says_what_is_done(rest) {
        return rest.split_once(" as a ").and_then(|(_, thing)| phrase_noun_kind(thing));
    }
    // "Foo Search Task Using Bars" says what a system does; "Auxiliary Tasks and Bars" says what there is to read.
    phrase_noun_kind(rest).filter(|kind| *kind != Kind::Task || !ENTERED.is_match(rest))
}

/// After a title's colon: "Training Systems with Foo" says what is done, not what a thing is called.
fn says_what_is_done(rest: &str) -> bool {
    rest.split_whitespace().next().is_some_and(|word| word.ends_with("ing"))
}

/// "quuxNLP", "Quux-Lab": groups are called so.
pub(super) fn names_a_team(head: &str) -> bool {
    !head.contains(' ')
        && ["NLP", "Lab", "Team"].iter().any(|end| head.strip_suffix(end).is_some_and(|r| !r.is_empty()))
}

/// Whether the place of a word is the beginning of a sentence.
fn begins_sentence_at(text: &str, at: usize) -> bool {
    let before = text[..at].trim_end();
    before.is_empty() || before.ends_with(['.', '?', '!'])
}

/// Whether a title says that its authors took part in a campaign: "Foo at SemEval-2019 Task 5".
pub(super) fn is_of_a_participant(title: &str) -> bool {
    rule!(PARTICIPANT, r"^[^:]{1,40}(?:\s?@\s?|\sat\s(?:the\s)?)[A-Z]|\b(?:[Pp]articipation|[Ss]ubmission)\b");
    NAMES_A_CAMPAIGN.is_match(title) && PARTICIPANT.is_match(title)
}
