//! A page on what became of the code of papers: one file that needs nothing else, and no script.

mod chart;
mod fates;
mod html;

pub use fates::{Fate, Fates, PaperFate};
pub use html::to_html;
