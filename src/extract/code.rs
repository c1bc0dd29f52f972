//! What a paper says about its code: linked, claimed to be available, promised, or nothing.

use std::sync::LazyLock;

use super::cue_words::{CueRule, LowerText};
use super::links::{FoundLink, LinkTarget};
use super::record::CodeStatement;
use super::rule::{Rule, rule};
use crate::text::Sentences;

static CODE: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(
        r"\b(?:codes?|code-?base|source|implementations?|software|kernels?|toolkit|library|scripts?|(?:training |data )?pipelines?|repository|model weights|weights|checkpoints?|deliverables)\b",
    )
});

static PROMISE: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(
        r"(?x)\b(?:will|would|shall|going\sto|aim\sto|plan\sto|intend\sto|to\sbe)\s(?:soon\s|also\s|then\s|all\s)*
            (?:be\s(?:made\s)?(?:fully\s|publicly\s|freely\s|openly\s)*(?:available|released?|public|open-?\s?sourced?|accessible|published|shared|provided)
               |release|open-?\s?source|publish|share|provide|make)
          | \b(?:upon|after|on)\s(?:paper\s|the\s)*(?:acceptance|publication)\b
          | \bcoming\ssoon\b | \b(?:available|released?)\ssoon\b",
    )
});

static CLAIM: LazyLock<CueRule> = LazyLock::new(|| {
    CueRule::new(
        r"(?x)
            \b(?:is|are|been|made)\s(?:now\s|also\s|all\s|fully\s|publicly\s|freely\s|openly\s)*(?:available|released?|public|open-?\s?sourced?|accessible|published|shared|provided)\b
          | \bwe\s(?:also\s|have\s|further\s|publicly\s|fully\s|hereby\s|additionally\s)*(?:release|open-?\s?source|publish|share|provide|make)d?\b
          | \bopen-?\s?sourced?\b | \breleas(?:e|ed|ing)\b | \bavailable\s(?:online|at|in|on|as|from|under)\b",
    )
});

/// See [`super::cue_words`].
pub(super) fn cue_rules() -> [&'static CueRule; 3] {
    [&CODE, &PROMISE, &CLAIM]
}

/// The strongest statement of an abstract.
pub(super) fn statement(text: &LowerText, sentences: &Sentences, links: &[FoundLink]) -> CodeStatement {
    let linked = links.iter().any(|link| match &link.target {
        LinkTarget::Repository(_) => true,
        LinkTarget::Page(_) => {
            // The URL's own letters are not the sentence's words.
            let sentence = sentences.around(link.start);
            text.has(&CODE, &text[sentence.start..link.start.max(sentence.start)])
        }
    });
    if linked {
        return CodeStatement::Link;
    }
    let mut best = CodeStatement::None;
    let mut read = 0;
    for found in text.matches(&CODE, text) {
        // Each sentence once.
        if found.start < read {
            continue;
        }
        let range = sentences.around(found.start);
        read = range.end;
        let sentence = &text[range];
        // A statement must be next to the word for code: "no source data is available" is about something else, but a
        // sentence of an abstract that has both is nearly always about code.
        if text.has(&PROMISE, sentence) {
            best = CodeStatement::Promised;
        } else if text.has(&CLAIM, sentence) && is_about_own_code(sentence) {
            return CodeStatement::Claimed;
        }
    }
    best
}

/// Not code of others, nor "open-source models" as a class.
fn is_about_own_code(sentence: &str) -> bool {
    static OWN: LazyLock<Rule> = LazyLock::new(|| {
        rule(
            r"(?x)\b(?:our|the|all|source|inference|training|fine-tuning|pre-?training|this)\s(?:\w+[\s,]\s?){0,3}?(?:codes?|code-?base|implementations?|software|kernels?|toolkit|library|scripts?|repository|weights|checkpoints?)\b
             | ^\W*(?:codes?|source\scodes?|implementations?)\b
             | \bwe\b[^.]*\b(?:open-?\s?source|release|publish|share|provide|make)d?\b[^.]*\b(?:codes?|implementations?|weights|kernels|library|scripts?|software|checkpoints?)\b
             | \b(?:kernels|library|toolkit|implementation|code|software)\b[^.]*\bwe\s(?:\w+\s)?(?:open-?\s?source|release|publish)",
        )
    });
    OWN.is_match(sentence)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> CodeStatement {
        statement(&LowerText::of(text), &Sentences::new(text), &super::super::links::find(text))
    }

    #[test]
    fn each_statement_is_distinguished_from_the_others() {
        assert_eq!(of("Code is available at https://github.com/a/b."), CodeStatement::Link);
        assert_eq!(of("The code is public at https://a.github.io/b."), CodeStatement::Link);
        assert_eq!(of("Project page: https://a.github.io/b."), CodeStatement::None);
        assert_eq!(of("The code is available in Megatron-Core."), CodeStatement::Claimed);
        assert_eq!(of("Code is available online."), CodeStatement::Claimed);
        assert_eq!(of("We release the model, including training codes, to all."), CodeStatement::Claimed);
        assert_eq!(of("We will release our code and model."), CodeStatement::Promised);
        assert_eq!(of("Our code would be made available to foster research."), CodeStatement::Promised);
        assert_eq!(of("The benchmark will be released."), CodeStatement::None);
        assert_eq!(of("It needs only one line of code."), CodeStatement::None);
        assert_eq!(of("Open-source models show a gap in code generation."), CodeStatement::None);
    }
}
