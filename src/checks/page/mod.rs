//! A page on what became of the code of papers: one self-contained file without scripts.

mod chart;
mod fates;
mod html;

pub(crate) use fates::Fates;
pub(crate) use html::to_html;
