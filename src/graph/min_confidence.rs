use std::fmt;
use std::str::FromStr;

/// The lowest confidence of the links that are shown, in percent. The confidence of a link is that of its surest
/// mention in the text of the paper. Links that a source states, and links without a sentence as evidence, are shown at
/// any limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinConfidence(u8);

impl MinConfidence {
    /// The limit of a share from 0 to 1; `None` for any other number.
    pub fn of(share: f32) -> Option<Self> {
        // Confidences have two digits. The small number makes up for the binary fraction of a limit like 0.85.
        (0.0..=1.0).contains(&share).then(|| Self((share * 100.0 - 1e-3).ceil().max(0.0) as u8))
    }

    pub fn percent(self) -> u8 {
        self.0
    }

    /// Whether a confidence, from 0 to 1, reaches the limit.
    pub(crate) fn admits(self, confidence: f32) -> bool {
        Self::of(confidence).is_some_and(|confidence| confidence >= self)
    }
}

/// The limit of boards if none is asked for: about half of the results that reach it are right (ACCURACY.md).
pub(crate) const SURE_RESULT: MinConfidence = MinConfidence(70);

impl FromStr for MinConfidence {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let limit = text.trim().parse().ok().and_then(Self::of);
        limit.ok_or_else(|| format!("`{text}` is not a number from 0 to 1"))
    }
}

/// `0.85`
impl fmt::Display for MinConfidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (f64::from(self.0) / 100.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit_of(text: &str) -> MinConfidence {
        text.parse().unwrap()
    }

    #[test]
    fn a_limit_is_a_share_in_whole_percent() {
        for (text, percent, shown) in [("0.85", 85, "0.85"), ("0.9", 90, "0.9"), ("1", 100, "1"), ("0", 0, "0")] {
            let limit: MinConfidence = text.parse().unwrap();
            assert_eq!((limit.percent(), limit.to_string().as_str()), (percent, shown));
        }
        assert_eq!("0.855".parse::<MinConfidence>().unwrap().percent(), 86);
        assert!(limit_of("0.7").admits(0.7) && !limit_of("0.7").admits(0.69) && limit_of("0").admits(0.0));
        assert!("90".parse::<MinConfidence>().is_err() && "sure".parse::<MinConfidence>().is_err());
    }
}
