//! The phrases with which authors present a name as their own, or as the work of others.

use std::sync::LazyLock;

use super::super::cue_words::CueRule;
use super::super::rule::{ClauseRule, NearbyRule, Rule, rule};

/// A verb of proposing behind a word for the paper or its authors. Reads text in lower case.
pub(super) static PROPOSE: LazyLock<NearbyRule> = LazyLock::new(|| {
    NearbyRule::new(
        r"\b(?:we|our|authors?|(?:this|the|present)\s(?:paper|work|article|study|report|thesis|research)|here)\b",
        140,
        r"(?x)
        \b(?:propos(?:e|es|ed|ing)|introduc(?:e|es|ed|ing)|present(?:s|ed|ing)?|develop(?:s|ed|ing)?|design(?:s|ed|ing)?|describes?
           |releas(?:e|es|ed|ing)|build(?:s|ing)?|built|creat(?:e|es|ed|ing)|construct(?:s|ed|ing)?|devis(?:e|es|ed|ing)|contribut(?:e|es|ed|ing)
           |offers?|unveils?|open-?source[sd]?|establish(?:es|ed)?|formulat(?:e|es|ed)|provides?|curated?|collect(?:ed)?|deriv(?:e|es|ed)|term(?:ed)?|suggest)\b",
    )
});

pub(super) static CALLED: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(
        r"(?ix)
        \b(?:called|named|termed|dubbed|coined|nicknamed|namely|abbreviated|denoted|christened
           |(?:is|are)\sreferred\sto|(?:which|that|what)\swe\s(?:refer\sto|call|name|term|dub|denote|coin)
           |we\s(?:refer\sto|call|name|term|dub|coin)\s(?:it|them|this|these|the\sresulting|our|the|such)?(?:\s[a-z-]+){0,4}?)
        (?:\s(?:as|by|to\sas))?\s(?:the\s|a\s|an\s|our\s)?",
    )
});

/// Words that say that a name belongs to other authors.
pub(super) static OTHERS: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:recent(?:ly)?|existing|latest|previous(?:ly)?|prior|popular|well-known|known|off-the-shelf|widely|traditional|conventional|similar|standard|commonly|usually|often|typically|recently|established|original|classic(?:al)?|famous)\b[^,.;]*$",
    )
});

pub(super) static OUR: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(
        r"(?:\b[Oo]ur(?: (?:newly )?(?:proposed|introduced|new|novel|collected|constructed|curated|improved|full|final))?|\b[Tt]he proposed|\b[Aa] new(?:ly)?(?: (?:proposed|collected|introduced|curated))?)\s(?:(?:[a-z-]+\s){0,2}(?:model|method|approach|framework|system|algorithm|network|dataset|benchmark|solution|tool|toolkit|library|architecture|technique|pipeline),?\s)?",
    )
});

/// Reads text in lower case.
pub(super) static PASSIVE: LazyLock<ClauseRule> = LazyLock::new(|| {
    ClauseRule::new(
        r"\b(?:is|are|was|were|has been|have been)\s(?:then\s|also\s|further\s|thus\s|first\s|therefore\s|specially\s|carefully\s)?(?:proposed|introduced|presented|developed|designed|devised|constructed|created|built|released|formulated|established)\b",
        60,
    )
});

/// A noun and, beside it, the name of what is proposed.
pub(super) static BESIDE_NOUN: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"\b(?P<noun>datasets?|benchmark|corpus|set|suite|model|network|method|framework|system|algorithm|approach|architecture|toolkit|library|technique|scheme|strategy|module|optimizer|platform|simulator|pipeline|paradigm|mechanism|loss)(?:\s|,\s|\s?-{1,3}\s|\s?[—–]\s?|:\s)(?P<name>[A-Z][A-Za-z0-9]*(?:[-+][A-Za-z0-9]+)*)(?:\s|,|\.|$|:|;)",
    )
});

/// A noun with "a" behind a preposition names what somebody made before: "from a platform called Foo".
pub(super) static FROM_A: LazyLock<Rule> =
    LazyLock::new(|| rule(r"(?i)\b(?:from|in|on|upon)\san?\s(?:[\w-]+\s){1,4}$"));

/// Data is made from data: "we collected texts from Twitter and".
pub(super) static TAKEN_FROM: LazyLock<Rule> = LazyLock::new(|| {
    rule(r"(?i)\b(?:collect|gather|crawl|extract|sampl|deriv|scrap|harvest)\w*\b[^.;]*\bfrom\b[^.;]*$")
});

/// "We implement it in a system called Foo."
pub(super) static IMPLEMENTS: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\bwe\s(?:[a-z]+ly\s|also\s|then\s)?(?:implement|build|built|develop|realiz|realis|embed|incorporat|instantiat|propos|present|introduc)",
    )
});

/// The paper looks at something that exists.
pub(super) static STUDIES: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\bwe\s(?:[a-z]+ly\s|also\s)?(?:analy[sz]e|study|investigate|examine|explore|compare|evaluate|follow|test|consider)\b[^.;]*$",
    )
});

/// Behind something that is proposed: the name that follows is what it is made from.
pub(super) static MADE_FROM: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:combining|extending|applying|following|adopting)\b|\b(?:based\son|(?:in|within)\sthe\sframework\sof)\b",
    )
});

/// Behind a phrase that begins a sentence: the text explains a concept that exists.
pub(super) static IS_CONCEPT: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?x)^\)?(?:,\san?\s[^,.;]{0,60},)?\s(?:aims?\sto|refers?\sto|represents?|is\sthe\s(?:task|problem|process)
          |is\san?\s(?:[\w-]+\s){0,3}(?:problem|technique|form|area|field)|have\sbeen
          |are\s(?:[\w-]+,?\s){0,4}(?:graphs|models|representations|structures|methods|techniques|formalisms))\b",
    )
});

/// A system is based on something that existed before: "a system based on the pre-trained model X".
pub(super) static BASED_ON: LazyLock<Rule> = LazyLock::new(|| rule(r"(?i)\b(?:based|built|relying)\s(?:up)?on\b"));

/// "Experiments show that X outperforms": the subject of the experiments. Reads text in lower case.
pub(super) static SHOWN: LazyLock<NearbyRule> = LazyLock::new(|| {
    NearbyRule::new(
        r"\b(?:experiments?|experimental|experimentation|evaluations?|results?|studies|comparisons?|simulations?|we)\b",
        80,
        r"\b(?:show|shows|demonstrate|demonstrates|indicate|validate|verify|confirm|suggest|reveal|prove|find|showed|demonstrated)\s(?:that\s|how\s)?(?:the\s|our\s|proposed\s)*",
    )
});

pub(super) static SUCCEEDS: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"^(?:\s(?:scheme|method|framework|approach|model|system|algorithm))?\s(?:can\s|significantly\s|consistently\s|substantially\s|also\s|not only\s|effectively\s|greatly\s)*(?:achiev|outperform|surpass|obtain|improv|reduc|deliver|yield|exhibit|perform|produc|provid|accelerat|attain|enabl|reach|boost|sets?\b|generaliz|maintain|offers?)",
    )
});

/// The paper's own system does something.
pub(super) static OWN_SUBJECT: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:consists?|employs?|integrat\w+|compris\w+|involv\w+|introduc\w+|leverag\w+|adopts?|us(?:es|ing)|combin\w+|address\w*|incorporat\w+|includ\w+|contain\w*|features?|propos\w+|develop\w*|devis\w+|present\w*|utiliz\w+|design\w*|appl(?:y|ies)|based on|with|via|through|by)\b",
    )
});

/// Verbs and prepositions before the name of a part of the system, without articles and plain adjectives.
pub(super) static PART_BEFORE: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?ix)(?:\b(?:consist(?:s|ing)?\sof|employ(?:s|ing)?|integrat(?:es?|ing)|compris(?:es?|ing)(?:\sof)?|involv(?:es?|ing)|introduc(?:es?|ing)|leverag(?:es?|ing)|adopt(?:s|ing)?
          |combin(?:es?|ing)|incorporat(?:es?|ing)|includ(?:es?|ing)|contain(?:s|ing)?|featur(?:es?|ing)|propos(?:es?|ing|ed)|develop(?:s|ed)?|design(?:s|ed)?|present(?:s|ed)?|devis(?:es?|ed)|construct(?:s|ing)?|build(?:s|ing)?|namely|called|termed|named|dubbed|and|with)\s
          |[:;,]\s(?:and\s)?|\(?\b(?:\d|i{1,3})\)\s)
          (?:(?:a|an|the|two|three|our|novel|new|simple|efficient|effective|both|and|its|key|unified|lightweight|dedicated|specialized|\d\))\s|\(?\b(?:\d|i{1,3})\)\s)*[(\x22`]*$",
    )
});

/// Between what is proposed and something else: "our proposed method reduces the Word Error Rate (WER)".
pub(super) static HAS_EFFECT: LazyLock<Rule> = LazyLock::new(|| {
    rule(r"(?i)\b(?:reduc|improv|achiev|outperform|increas|decreas|obtain|surpass|lower|us|reach|attain)(?:e?s|ed)\b")
});

/// The only cues that make lower-case words before an abbreviation new ("we develop minimal pairs (MPs)").
pub(super) static STRONG_CUE: LazyLock<Rule> =
    LazyLock::new(|| rule(r"(?i)^(?:propos|introduc|present|develop|design|devis)"));

/// After an abbreviation: "): a novel optimizer".
pub(super) static NEW_BEHIND: LazyLock<Rule> =
    LazyLock::new(|| rule(r"^\)?[,:]\s(?:an?|our|the)\s(?:novel|new|simple|principled|lightweight|unified)\b"));

/// Between a cue and a name: " pre-training task, ".
pub(super) static APPOSITIVE: LazyLock<Rule> = LazyLock::new(|| rule(r"^\s(?:[\w-]+\s){0,4}[\w-]+,\s$"));

pub(super) static MADE_OF: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(r"\b(?:comprising|comprises|consisting of|consists of|composed of|namely|made up of)\s")
});

/// Before the long form of an abbreviation: a cue that it is new.
pub(super) static NOVEL_BEFORE: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(
        r"(?i)\b(?:propos\w*|introduc\w*|present\w*|develop\w*|design\w*|novel|new|newly|our|called|named|termed|dubbed|phases?|stages?|components?|modules?|strateg\w+|namely|consists?|compris\w+|involv\w+)\b",
    )
});

/// The paper describes its authors' submission to a shared task of others.
pub(super) static TAKES_PART: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:participat(?:e|es|ed|ing|ion)|winner\ssystem|submissions?|submitted|system\sdescriptions?|our\s(?:entry|entries|team|runs?)|(?:we|team)\s(?:took\spart|entered|competed|ranked)|[a-z]+@[a-z]+|at\s(?:the\s)?(?:SemEval|EVALITA|GermEval|WMT|IWSLT|CoNLL|TREC|CLEF|NTCIR|[A-Z][A-Za-z-]+[- ]?(?:19|20)\d\d))\b",
    )
});

/// Behind the name of a group: " affect prediction system developed for FooEval-2017".
pub(super) static WAS_ENTERED: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?x)^\s(?:[\w-]+\s){0,4}(?:systems?|submissions?|entry|entries)\s(?:(?:developed|submitted|built|used|prepared)\s)?
          (?:for|in|to|at)\s(?:the\s)?
          (?:[A-Z]\w*(?:[-\x20][A-Z]\w*)?[-\x20]?(?:20|[’'])?\d\d\b|[^.;]{0,60}\b[Ss]hared\s[Tt]ask|[^.;]{0,30}\b[Tt]ask\s\d)",
    )
});

/// After the name of a shared task.
pub(super) static IS_SHARED_TASK: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)^[- ]?(?:(?:19|20)\d\d\s|\([^)]{0,40}\)\s)?(?:shared\s|sub-?)?(?:tasks?\b|challenge|competition|evaluation\scampaign|campaign|track|workshop)",
    )
});

/// Before the name of a shared task: "SemEval-2020 Task 6: DeftEval".
pub(super) static BEFORE_TASK_NAME: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:(?:sub-?)?task|track|challenge)\s?\d*[a-z]?\s?(?:(?:in|of|at)\s[\w-]+(?:\s\d{4})?)?(?:[:,(–-]\s?)?(?:named\s|called\s)?$",
    )
});

/// `NLPTEA 2020`, `SemEval-2018`: a meeting or task in one year.
pub(super) static HAS_YEAR: LazyLock<Rule> = LazyLock::new(|| rule(r"(?:^|[^\d])(?:19|20)\d\d$"));

/// After the name of a team in a shared task: "FooLab at SemEval-2019 Task 5", "FooLab@BarEval".
pub(in crate::extract) static IS_TEAM: LazyLock<Rule> = LazyLock::new(|| {
    rule(r"^(?:@|\s(?:at|@)\s(?:the\s)?[A-Z]\w*[A-Z0-9]|(?:’s|'s)?\s(?:[Tt]eam|participation|submission)\b)")
});

/// Before the name of a team: "(team name: FooLab)".
pub(super) static BEFORE_TEAM: LazyLock<Rule> = LazyLock::new(|| rule(r"\b[Tt]eam(?:\sname)?(?:\sis|:|,)?\s[\x22“]?$"));

/// A title or a sentence about a shared task or an evaluation campaign.
pub(super) static NAMES_A_CAMPAIGN: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"\b(?:SemEval|Sem[Ee]val|Senseval|SENSEVAL|TempEval|SensEval|EvaLatin|EVALITA|GermEval|IberLEF|BioNLP-ST|MUC|TREC|CLEF|NTCIR|DUC|TAC|IWSLT|WMT|CoNLL|BioCreative|DSTC|FinCausal|FinSBD|WASSA|VarDial|BEA|RTE)(?:[- ]?\d|\s(?:[Tt]ask|[Ss]hared|[Tt]rack|[Ee]valuation|[Cc]hallenge))|\b[Ss]hared [Tt]asks?\b|\b[Tt]ask\s?\d",
    )
});

/// A participle that refers to earlier work: "the recently proposed".
pub(super) static PROPOSED_BEFORE: LazyLock<Rule> =
    LazyLock::new(|| rule(r"(?i)\b(?:recently|previously|originally|already)\s\w+ed$"));

/// Proceedings of an evaluation campaign, where most papers describe a team's submission.
pub(super) static IS_CAMPAIGN: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:semantic\sevaluations?|semeval|senseval|message\sunderstanding\sconference|shared\stasks?|evaluation\s(?:campaign|exercise)s?|evalita|germeval|iwslt)\b",
    )
});

/// Before "namely": the names that follow are this paper's.
pub(super) static IS_NEW: LazyLock<Rule> = LazyLock::new(|| {
    rule(r"(?i)\b(?:propos\w+|introduc\w+|devis\w+|design|novel|new|newly)\b|\bour\s(?:[\w-]+\s){0,2}[\w-]+,?\s?$")
});

/// What is proposed makes use of things that exist: "the proposed systems depend on five approaches, namely".
pub(super) static DEPENDS: LazyLock<Rule> =
    LazyLock::new(|| rule(r"(?i)\b(?:depends?|rel(?:y|ies)|based|evaluated|tested|trained)\s(?:up)?on\b[^.;]*$"));

/// "we build on one such system, named Foo": the system existed.
pub(super) static BUILDS_ON: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:build|builds|building|built|bas(?:e|ed|es|ing)|extend|extends|extending|rely|relies|relying)\s(?:up)?on\b[^.;]*$",
    )
});

/// "experiments on both corpora, Foo and": the data exist.
pub(super) static MEASURED_ON: LazyLock<Rule> = LazyLock::new(|| {
    rule(r"(?i)\b(?:experiment\w*|results?|evaluat\w+|test\w*|fine-?tun\w+)\s(?:[\w-]+\s){0,3}?on\b[^.;:]*$")
});

/// Names of people at work, and of where they meet.
pub(super) static NAMES_A_GROUP: LazyLock<Rule> = LazyLock::new(|| {
    rule(
        r"(?i)\b(?:university|universit[àé]|universi(?:dad|dade|tät)|team|institute|instituto?|department|workshop|conference|consortium|laboratory|group|academy)\b",
    )
});

/// After the name of a group in a title: "FOO’s translation system".
pub(super) static OF_A_SYSTEM: LazyLock<Rule> =
    LazyLock::new(|| rule(r"^(?:’s|'s)?\s(?:[^\s:]+\s){0,6}?[Ss]ystems?\b"));

/// Before the long form of something that exists already: "pairs in the Old Quux Net (OQN)".
pub(super) static IN_THE: LazyLock<Rule> =
    LazyLock::new(|| rule(r"(?i)\b(?:using|reusing|uses?|used|in|from|on|extending)\sthe\s$"));

/// See [`super::super::cue_words`].
pub(in crate::extract) fn cue_rules() -> [&'static CueRule; 9] {
    [&PROPOSE.first, &PROPOSE.second, &SHOWN.first, &SHOWN.second, &CALLED, &OUR, &PASSIVE.cue, &MADE_OF, &NOVEL_BEFORE]
}
