//! The progress of a long command on a terminal: how far it is, how fast, and how long it will take.

use std::io::{self, IsTerminal};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::pipeline::Observer;
use crate::source::ReadProblem;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::CommandContext;
use super::build::INTERRUPTED_AFTER;
use super::interrupt::say_instead_on_interrupt;

/// A progress bar that appears on a terminal if the work takes longer than a second. Problems with records are reported
/// as they occur, files that cannot be read at the end.
pub(super) struct Progress<'c> {
    context: &'c CommandContext,
    bar: Mutex<ProgressBar>,
    began: Instant,
    strict: bool,
    /// Whether there is only one input; a problem with all of it becomes the error at the end.
    alone: bool,
    skipped: AtomicUsize,
    unreadable: Mutex<Vec<ReadProblem>>,
}

impl<'c> Progress<'c> {
    /// `strict`: the first problem ends the work. `alone`: there is only one input.
    pub(super) fn new(context: &'c CommandContext, strict: bool, alone: bool) -> Self {
        let bar = Mutex::new(ProgressBar::hidden());
        Self {
            context,
            bar,
            began: Instant::now(),
            strict,
            alone,
            skipped: AtomicUsize::new(0),
            unreadable: Mutex::default(),
        }
    }

    /// Number of records that could not be read.
    pub(super) fn skipped(&self) -> usize {
        self.skipped.load(Ordering::Relaxed)
    }

    /// `failed`: the work ends with an error, which is then the problem of the only input.
    pub(super) fn end(&self, failed: bool) {
        self.with_bar(|bar| bar.finish_and_clear());
        if failed && self.alone {
            return;
        }
        let unreadable = self.unreadable.lock().map(|mut problems| std::mem::take(&mut *problems)).unwrap_or_default();
        unreadable.iter().for_each(|problem| self.context.say(&format!("skipped: {problem}")));
    }

    fn with_bar(&self, act: impl FnOnce(&mut ProgressBar)) {
        if let Ok(mut bar) = self.bar.lock() {
            act(&mut bar);
        }
    }
}

impl Observer for Progress<'_> {
    fn begin(&self, what: &'static str, steps: u64) {
        let template = match steps {
            0 => "{msg}, {pos}, {elapsed}",
            _ => "{bar:30} {percent}% {msg}, {per_sec}, {eta} left",
        };
        self.with_bar(|bar| {
            bar.finish_and_clear();
            let steps = (steps > 0).then_some(steps);
            *bar = ProgressBar::with_draw_target(steps, ProgressDrawTarget::hidden()).with_message(what);
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
        });
    }

    fn step(&self, steps: u64) {
        let late = self.began.elapsed() > Duration::from_secs(1);
        self.with_bar(|bar| {
            if bar.is_hidden() && late && !self.context.quiet && io::stderr().is_terminal() {
                bar.set_draw_target(ProgressDrawTarget::stderr());
            }
            bar.inc(steps);
        });
    }

    fn problem(&self, problem: ReadProblem) -> Result<(), ReadProblem> {
        // A valid input can contain records that are not papers; the tally of the input counts them.
        if problem.reason.is_expected() {
            return Ok(());
        }
        if self.strict {
            return Err(problem);
        }
        let word = if problem.reason.keeps_record() { "note" } else { "skipped" };
        self.skipped.fetch_add(usize::from(!problem.reason.keeps_record()), Ordering::Relaxed);
        if problem.line.is_none() && !problem.reason.keeps_record() {
            if let Ok(mut unreadable) = self.unreadable.lock() {
                unreadable.push(problem);
            }
            return Ok(());
        }
        if !self.alone || problem.line.is_some() {
            self.with_bar(|bar| bar.suspend(|| self.context.say(&format!("{word}: {problem}"))));
        }
        Ok(())
    }

    fn detail(&self, message: &str) {
        self.with_bar(|bar| bar.suspend(|| self.context.detail(message)));
    }

    fn published(&self) {
        say_instead_on_interrupt(INTERRUPTED_AFTER);
    }

    fn note(&self, message: &str) {
        self.with_bar(|bar| bar.suspend(|| self.context.say(message)));
    }
}
