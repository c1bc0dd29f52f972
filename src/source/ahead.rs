//! Reading the next files while the caller works on this one: a folder of whole papers is read on all cores.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::{Input, Options, Papers, Problem, compressed, detect, latex, read_as};
use crate::paper::Paper;

/// What one file comes to, or `None` if it is not read ahead.
type Early = Option<Result<Vec<Result<Paper, Problem>>, Problem>>;

/// Files that are read or wait to be taken, for each thread.
const WAITING: usize = 4;

/// An input, what papers and problems call it, and how to read it.
#[derive(Debug, Clone)]
pub struct NamedInput {
    pub input: Input,
    pub name: String,
    pub options: Options,
}

/// Reads inputs in their order. Files that are whole papers are read some files ahead; listings are streams of any length
/// and are read when it is their turn.
pub struct ReadAhead {
    inputs: VecDeque<NamedInput>,
    /// For each input that a thread looks at or has looked at, in the order of `inputs`.
    early: VecDeque<Receiver<Early>>,
    jobs: Option<Sender<(NamedInput, SyncSender<Early>)>>,
    threads: usize,
}

impl ReadAhead {
    pub fn new(inputs: Vec<NamedInput>) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        // A single input is read by the caller.
        let wanted = if inputs.len() > 1 { cores.min(inputs.len()) } else { 0 };
        let (jobs, queue) = channel::<(NamedInput, SyncSender<Early>)>();
        let queue = Arc::new(Mutex::new(queue));
        let start = |_: &usize| {
            let queue = Arc::clone(&queue);
            let work = move || {
                loop {
                    let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((input, answer)) = job else { return };
                    // Whoever asked may be gone.
                    let _ = answer.send(read_whole(&input));
                }
            };
            thread::Builder::new().name("read-ahead".to_string()).spawn(work).is_ok()
        };
        let threads = (0..wanted).filter(start).count();
        Self { inputs: inputs.into(), early: VecDeque::new(), jobs: (threads > 0).then_some(jobs), threads }
    }

    /// The papers of the next input; `None` behind the last.
    ///
    /// # Errors
    /// As [`read_as`].
    pub fn next_papers(&mut self) -> Option<Result<Papers, Problem>> {
        self.ask();
        let input = self.inputs.pop_front()?;
        let early = self.early.pop_front().and_then(|early| early.recv().ok().flatten());
        Some(match early {
            Some(read) => read.map(|items| Box::new(items.into_iter()) as Papers),
            None => read_as(&input.input, &input.name, &input.options),
        })
    }

    /// Has as many files read ahead as may be.
    fn ask(&mut self) {
        let Some(jobs) = &self.jobs else { return };
        for input in self.inputs.iter().take(WAITING * self.threads).skip(self.early.len()) {
            let (sender, receiver) = sync_channel(1);
            // A thread that is gone drops the sender, and the caller reads the input.
            let _ = jobs.send((input.clone(), sender));
            self.early.push_back(receiver);
        }
    }
}

fn read_whole(input: &NamedInput) -> Early {
    is_whole_paper(&input.input).then(|| Ok(read_as(&input.input, &input.name, &input.options)?.collect()))
}

/// Whether a file begins as a whole paper.
fn is_whole_paper(input: &Input) -> bool {
    let Input::File(path) = input else { return false };
    let Ok(file) = File::open(path) else { return false };
    let start = BufReader::new(file.take(compressed::HEAD_BYTES as u64));
    let Ok((head, _)) = compressed::open(Box::new(start)) else { return false };
    detect::whole_paper(&head).is_some() || latex::begins_document(&String::from_utf8_lossy(&head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_come_in_their_order_whether_they_are_read_ahead_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut inputs = Vec::new();
        for n in 0..20 {
            let (name, text) = match n % 3 {
                0 => (format!("{n}.ris"), format!("TY  - JOUR\nTI  - Paper {n}\nER  - \n")),
                1 => (
                    format!("{n}.tex"),
                    format!(
                        "\\documentclass{{article}}\n\\title{{Paper {n}}}\n\\begin{{document}}\nWords.\n\\end{{document}}\n"
                    ),
                ),
                _ => (format!("{n}.missing"), String::new()),
            };
            let path = folder.path().join(&name);
            if !text.is_empty() {
                std::fs::write(&path, text).unwrap();
            }
            inputs.push(NamedInput { input: Input::File(path), name, options: Options::default() });
        }
        let mut ahead = ReadAhead::new(inputs);
        for n in 0..20 {
            let read = ahead.next_papers().unwrap();
            match n % 3 {
                2 => assert_eq!(read.err().unwrap().file, format!("{n}.missing")),
                _ => {
                    let titles: Vec<String> = read.unwrap().map(|paper| paper.unwrap().title).collect();
                    assert_eq!(titles, [format!("Paper {n}")]);
                }
            }
        }
        assert!(ahead.next_papers().is_none());
    }
}
