//! A page about the state of papers' code: one self-contained file without scripts.

mod chart;
mod fates;
mod html;

pub(crate) use fates::CodeFates;
pub(crate) use html::to_html;
