//! A value of a part as text, and the way back.

use oxigraph::model::{Literal, NamedNode, Term};

use crate::extract::TextPlace;
use crate::ontology::{Base, xsd};

pub(super) const BETWEEN_PARTS: char = '\n';
pub(super) const BETWEEN_CELLS: char = '\t';
/// Between the values of one cell (the "unit separator" of ASCII).
pub(super) const BETWEEN_VALUES: char = '\u{1f}';

/// The form of the values in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueForm {
    Text,
    Integer,
    Decimal,
    Boolean,
    /// A node of the graph, written as its id.
    Node,
    /// Not written, because the IRI of the part contains it.
    Implied(ImpliedFact),
}

/// A value that the IRI of a part contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImpliedFact {
    /// `section-3` of `mention-section-3-10-14`.
    Field,
    /// The part `section-3` of the same paper, of `mention-section-3-10-14`.
    Section,
    /// 10 of `mention-section-3-10-14`.
    Start,
    /// 14 of `mention-section-3-10-14`.
    End,
    /// 2 of `source-2` or `text-link-2`.
    Position,
}

impl ValueForm {
    pub(crate) fn is_literal(&self) -> bool {
        !matches!(self, Self::Node | Self::Implied(ImpliedFact::Section))
    }

    /// Whether the values are other parts of the same paper.
    pub(crate) fn is_part(&self) -> bool {
        matches!(self, Self::Implied(ImpliedFact::Section))
    }

    /// `None` if the object has another form. It can only be written if the same object can be read back.
    pub(crate) fn encode(self, object: &Term, base: &Base) -> Option<String> {
        let value = match (self, object) {
            (Self::Node, Term::NamedNode(node)) => base.id(node.as_str())?.to_string(),
            (Self::Text, Term::Literal(text)) if text.datatype() == xsd::STRING => escape(text.value()),
            (Self::Integer, Term::Literal(number)) if number.datatype() == xsd::INTEGER => number.value().to_string(),
            (Self::Decimal, Term::Literal(number)) if number.datatype() == xsd::DECIMAL => number.value().to_string(),
            (Self::Boolean, Term::Literal(flag)) if flag.datatype() == xsd::BOOLEAN => flag.value().to_string(),
            _ => return None,
        };
        (self.decode(&value, base).as_ref() == Some(object)).then_some(value)
    }

    /// `None` if it is not what [`ValueForm::encode`] writes.
    pub(crate) fn decode(self, value: &str, base: &Base) -> Option<Term> {
        if self != Self::Text && value.contains([BETWEEN_PARTS, BETWEEN_CELLS, BETWEEN_VALUES]) {
            return None;
        }
        match self {
            Self::Text => unescape(value).map(|text| Literal::new_simple_literal(text).into()),
            Self::Integer if value.parse::<i64>().is_ok_and(|number| number.to_string() == value) => {
                Some(Literal::new_typed_literal(value, xsd::INTEGER).into())
            }
            Self::Decimal if is_canonical_decimal(value) => {
                Some(Literal::new_typed_literal(value, xsd::DECIMAL).into())
            }
            Self::Boolean if matches!(value, "true" | "false") => Some(Literal::from(value == "true").into()),
            Self::Node => {
                let node = NamedNode::new_unchecked(format!("{}{value}", base.as_str()));
                base.id(node.as_str()).is_some().then_some(node.into())
            }
            _ => None,
        }
    }
}

impl ImpliedFact {
    /// The value that the IRI of a part contains, from the IRI of its paper and the end of its fragment.
    pub(crate) fn of(self, paper: &str, end: &str) -> Option<Term> {
        let number = |text: &str| Some(Literal::from(number(text)?).into());
        if self == Self::Position {
            return number(end);
        }
        let (field, start, stop) = place(end)?;
        match self {
            Self::Field => Some(Literal::new_simple_literal(field).into()),
            Self::Section if field.starts_with("section-") => {
                Some(NamedNode::new_unchecked(format!("{paper}#{field}")).into())
            }
            Self::Start => number(start),
            Self::End => number(stop),
            Self::Section | Self::Position => None,
        }
    }
}

/// A number as the mapping writes it.
fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|number: &u64| number.to_string() == text)
}

/// What the end of a mention's fragment says: field, start and end. `None` if the mention does not have all of them.
pub(super) fn text_place(end: &str) -> Option<TextPlace> {
    let (field, start, stop) = place(end)?;
    Some(TextPlace {
        field: field.parse().ok()?,
        start: number(start)?.try_into().ok()?,
        end: number(stop)?.try_into().ok()?,
    })
}

/// Field, start and end, of `abstract-10-14`, `section-3-10-14` or, for the second entity at one place,
/// `abstract-10-14-2`.
fn place(end: &str) -> Option<(&str, &str, &str)> {
    let after = if end.starts_with("section-") { "section-".len() } else { 0 };
    let cut = after + end.get(after..)?.find('-')?;
    let mut numbers = end.get(cut + 1..)?.split('-');
    Some((end.get(..cut)?, numbers.next()?, numbers.next()?))
}

/// The form in which the store returns decimals: without trailing zeros.
fn is_canonical_decimal(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(|fraction| is_number(fraction) && !fraction.ends_with('0'))
        && value != "-0"
        && digits.len() <= 18
}

/// An empty text is `\e`, because an empty cell has no value.
fn escape(text: &str) -> String {
    if text.is_empty() {
        return "\\e".to_string();
    }
    if !text.contains(['\\', BETWEEN_PARTS, BETWEEN_CELLS, BETWEEN_VALUES]) {
        return text.to_string();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' => escaped.push_str("\\\\"),
            BETWEEN_PARTS => escaped.push_str("\\n"),
            BETWEEN_CELLS => escaped.push_str("\\t"),
            BETWEEN_VALUES => escaped.push_str("\\u"),
            c => escaped.push(c),
        }
    }
    escaped
}

fn unescape(value: &str) -> Option<String> {
    if !value.contains('\\') {
        return Some(value.to_string());
    }
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next()? {
            '\\' => text.push('\\'),
            'n' => text.push(BETWEEN_PARTS),
            't' => text.push(BETWEEN_CELLS),
            'u' => text.push(BETWEEN_VALUES),
            'e' => {}
            _ => return None,
        }
    }
    Some(text)
}
