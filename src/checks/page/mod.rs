//! A page on what became of the code of papers: one self-contained file without scripts.

mod chart;
mod fates;
mod html;

pub use fates::Fates;
pub use html::to_html;
