//! Parameters of an address or a form, strictly UTF-8.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::problem::HttpProblem;
use crate::graph::MinConfidence;
use crate::text::shorten;

/// The name of the parameter with the lowest confidence of links.
pub(crate) const MIN_CONFIDENCE: &str = "min-confidence";

/// `name=value` pairs in the order they were given; a name may come more than once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded`. Empty values count as not given, because forms send every field.
    ///
    /// # Errors
    /// If the decoded bytes are not UTF-8.
    pub(super) fn parse(text: &str) -> Result<Self, HttpProblem> {
        let mut pairs = Vec::new();
        for pair in text.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name)?, decode(value)?));
        }
        pairs.retain(|(name, _)| !name.is_empty());
        Ok(Self(pairs))
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    pub(super) fn all<'p>(&'p self, name: &str) -> impl Iterator<Item = &'p str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that may occur once.
    ///
    /// # Errors
    /// If it occurs more than once.
    pub(super) fn one(&self, name: &str) -> Result<Option<&str>, HttpProblem> {
        let mut all = self.all(name);
        let first = all.next();
        if all.next().is_some() {
            return Err(HttpProblem::bad_request(format!("the parameter `{name}` may be given once only")));
        }
        Ok(first)
    }

    /// Like [`Parameters::one`]; a blank value counts as not given.
    pub(super) fn filled(&self, name: &str) -> Result<Option<&str>, HttpProblem> {
        Ok(self.one(name)?.map(str::trim).filter(|value| !value.is_empty()))
    }

    /// The one of `known` whose word is given; `None` if none is given.
    ///
    /// # Errors
    /// If another word is given, or several.
    pub(super) fn choice<T: Copy>(&self, name: &str, known: &[(T, &str)]) -> Result<Option<T>, HttpProblem> {
        let Some(given) = self.filled(name)? else { return Ok(None) };
        if let Some((choice, _)) = known.iter().find(|(_, word)| *word == given) {
            return Ok(Some(*choice));
        }
        let words: Vec<&str> = known.iter().map(|(_, word)| *word).collect();
        let message = format!("`{name}` cannot be `{}`; it is one of {}", shorten(given, 40), words.join(", "));
        Err(HttpProblem::bad_request(message))
    }

    /// The number of a page, from 1; 1 if it is not given or not a number.
    ///
    /// # Errors
    /// If it is given more than once.
    pub(super) fn number(&self, name: &str) -> Result<usize, HttpProblem> {
        Ok(self.filled(name)?.and_then(|number| number.parse().ok()).unwrap_or(1_usize).max(1))
    }

    /// The lowest confidence of links, from 0 to 1; `None` if it is not given.
    ///
    /// # Errors
    /// If it is not such a number, or is given more than once.
    pub(crate) fn min_confidence(&self) -> Result<Option<MinConfidence>, HttpProblem> {
        let limit = self.filled(MIN_CONFIDENCE)?.map(str::parse::<MinConfidence>).transpose();
        limit.map_err(|error| HttpProblem::bad_request(format!("`{MIN_CONFIDENCE}`: {error}")))
    }

    /// The parameters that are not blank and have none of these names.
    pub(super) fn without(&self, names: &[&str]) -> Vec<(String, String)> {
        let mut pairs = self.0.clone();
        pairs.retain(|(name, value)| !names.contains(&name.as_str()) && !value.trim().is_empty());
        pairs
    }
}

fn decode(text: &str) -> Result<String, HttpProblem> {
    let spaced: Cow<str> = if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    match percent_decode_str(&spaced).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(HttpProblem::bad_request("a parameter is not UTF-8")),
    }
}

/// An address with parameters.
pub(super) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    if pairs.is_empty() {
        return path.to_string();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded_in_order() {
        let parameters = Parameters::parse("query=a%20b+c%2B&graph=x&graph=y&empty=&flag").unwrap();
        assert_eq!(parameters.one("query").unwrap(), Some("a b c+"));
        assert_eq!(parameters.all("graph").collect::<Vec<_>>(), ["x", "y"]);
        assert!(parameters.one("graph").is_err());
        assert!(parameters.has("flag") && parameters.filled("empty").unwrap().is_none());
    }

    #[test]
    fn a_word_that_is_no_choice_is_refused_with_the_choices() {
        let parameters = Parameters::parse("order=oldest&state=lost&by=").unwrap();
        let known = [(1, "newest"), (2, "oldest")];
        assert_eq!(parameters.choice("order", &known).unwrap(), Some(2));
        assert_eq!(parameters.choice("by", &known).unwrap(), None);
        let problem = parameters.choice("state", &known).unwrap_err();
        assert_eq!(problem.message, "`state` cannot be `lost`; it is one of newest, oldest");
    }

    #[test]
    fn what_is_not_utf8_is_refused() {
        assert!(Parameters::parse("query=%FF%FE").is_err());
    }

    proptest::proptest! {
        #[test]
        fn an_address_reads_back(name in "[a-z]{1,5}", value in ".{0,20}") {
            let address = address("/x", &[(&name, &value)]);
            let parameters = Parameters::parse(address.split_once('?').unwrap().1).unwrap();
            proptest::prop_assert_eq!(parameters.one(&name).unwrap(), Some(value.as_str()));
        }
    }
}
