//! Reads the next files while the caller works on this one: a folder of whole papers is read on all cores.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{BufReader, Read as _};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use xxhash_rust::xxh3::xxh3_128;

use super::{Input, PaperStream, ReadOptions, ReadProblem, compressed, format, latex, read_as, zotero};
use crate::paper::Paper;

/// The papers and problems of one file.
type FileItems = Vec<Result<Paper, ReadProblem>>;

/// The result for one file, or `None` if it is not read ahead.
type ReadAheadResult = Option<Result<FileItems, ReadProblem>>;

/// Number of files for each thread that are being read or wait for the caller.
const WAITING: usize = 4;

/// An input, its name in papers and problems, and its options.
#[derive(Debug, Clone)]
pub struct NamedInput {
    /// The input.
    pub input: Input,
    /// Name by which papers and problems call it.
    pub name: String,
    /// Options for reading it.
    pub options: ReadOptions,
}

/// Reads inputs in order. Whole papers are read some files ahead; if several PDFs have the same bytes, only one is
/// read. Listings are streams of any length and are read when the caller gets to them.
pub struct ReadAhead {
    inputs: VecDeque<NamedInput>,
    /// Number of inputs that the caller has taken.
    taken: usize,
    /// For each input that a thread is reading or has read, in the order of `inputs`; `None` for a copy.
    early: VecDeque<Option<Receiver<ReadAheadResult>>>,
    copies: CopiedPdfs,
    jobs: Option<Sender<(NamedInput, SyncSender<ReadAheadResult>)>>,
    threads: usize,
}

impl ReadAhead {
    /// Reads these inputs in order.
    pub fn new(inputs: Vec<NamedInput>) -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        // A single input is read by the caller.
        let wanted = if inputs.len() > 1 { cores.min(inputs.len()) } else { 0 };
        let (jobs, queue) = channel::<(NamedInput, SyncSender<ReadAheadResult>)>();
        let queue = Arc::new(Mutex::new(queue));
        let start = |_: &usize| {
            let queue = Arc::clone(&queue);
            let work = move || {
                loop {
                    let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((input, answer)) = job else { return };
                    // The caller may be gone.
                    let _ = answer.send(read_whole(&input));
                }
            };
            thread::Builder::new().name("read-ahead".to_string()).spawn(work).is_ok()
        };
        let threads = (0..wanted).filter(start).count();
        let copies = if threads > 0 { CopiedPdfs::among(&inputs) } else { CopiedPdfs::default() };
        let jobs = (threads > 0).then_some(jobs);
        Self { inputs: inputs.into(), taken: 0, early: VecDeque::new(), copies, jobs, threads }
    }

    /// The papers of the next input; `None` after the last.
    ///
    /// # Errors
    /// As [`read_as`].
    pub fn next_papers(&mut self) -> Option<Result<PaperStream, ReadProblem>> {
        self.ask();
        let input = self.inputs.pop_front()?;
        let number = self.taken;
        self.taken += 1;
        let early = self.early.pop_front().flatten().and_then(|early| early.recv().ok().flatten());
        if let Some(Ok(items)) = &early {
            self.copies.keep(number, &input.name, items);
        }
        let early = early.or_else(|| self.copies.read_before(number, &input.name).map(Ok));
        let read = match early {
            Some(read) => read.map(|items| Box::new(items.into_iter()) as PaperStream),
            None => read_as(&input.input, &input.name, &input.options),
        };
        Some(read.map(|papers| of_library(papers, &input.input)))
    }

    /// Starts reading as many files ahead as allowed.
    fn ask(&mut self) {
        let Some(jobs) = &self.jobs else { return };
        for (at, input) in self.inputs.iter().enumerate().take(WAITING * self.threads).skip(self.early.len()) {
            if self.copies.first.contains_key(&(self.taken + at)) {
                self.early.push_back(None);
                continue;
            }
            let (sender, receiver) = sync_channel(1);
            // If the thread is gone, the sender is dropped, and the caller reads the input.
            let _ = jobs.send((input.clone(), sender));
            self.early.push_back(Some(receiver));
        }
    }
}

/// The papers of an input. If it is a file in a library, they have the id that the file shares with its item.
fn of_library(papers: PaperStream, input: &Input) -> PaperStream {
    let Input::File(path) = input else { return papers };
    let Some(id) = zotero::id_of_file(path) else { return papers };
    Box::new(papers.map(move |item| {
        item.map(|mut paper| {
            paper.catalogue_ids.push(id.clone());
            paper.catalogue_ids.sort_unstable();
            paper
        })
    }))
}

/// PDFs with the same bytes as an earlier one. Numbers count the inputs from 0.
#[derive(Default)]
struct CopiedPdfs {
    /// For each copy, the number of the first file with these bytes.
    first: HashMap<usize, usize>,
    /// For each file with copies, the number of copies that are still to come.
    to_come: HashMap<usize, usize>,
    /// Results for files with copies, and the names under which they were read.
    read: HashMap<usize, (String, FileItems)>,
}

impl CopiedPdfs {
    fn among(inputs: &[NamedInput]) -> Self {
        let mut by_size: HashMap<u64, Vec<usize>> = HashMap::new();
        for (number, input) in inputs.iter().enumerate() {
            let Some(path) = pdf_path(input) else { continue };
            let Ok(metadata) = std::fs::metadata(path) else { continue };
            by_size.entry(metadata.len()).or_default().push(number);
        }
        let mut copies = Self::default();
        for same_size in by_size.into_values().filter(|numbers| numbers.len() > 1) {
            let mut by_hash: HashMap<u128, usize> = HashMap::new();
            for number in same_size {
                let bytes = pdf_path(&inputs[number]).and_then(|path| std::fs::read(path).ok());
                let Some(bytes) = bytes else { continue };
                let first = *by_hash.entry(xxh3_128(&bytes)).or_insert(number);
                if first != number {
                    copies.first.insert(number, first);
                    *copies.to_come.entry(first).or_default() += 1;
                }
            }
        }
        copies
    }

    /// Keeps the result for a file that has copies.
    fn keep(&mut self, number: usize, name: &str, items: &FileItems) {
        if self.to_come.contains_key(&number) {
            self.read.insert(number, (name.to_string(), items.clone()));
        }
    }

    /// The result of the first file with the same bytes, under the name of this file.
    fn read_before(&mut self, number: usize, name: &str) -> Option<FileItems> {
        let first = *self.first.get(&number)?;
        let left = self.to_come.get_mut(&first)?;
        *left -= 1;
        let (known_as, mut items) = if *left == 0 { self.read.remove(&first)? } else { self.read.get(&first)?.clone() };
        for item in &mut items {
            match item {
                Ok(paper) => {
                    paper.sources.iter_mut().filter(|origin| origin.file == known_as).for_each(|origin| {
                        origin.file = name.to_string();
                    });
                }
                Err(problem) => problem.file = name.to_string(),
            }
        }
        Some(items)
    }
}

/// The path of an input that has the name of a PDF and is read by its content.
fn pdf_path(input: &NamedInput) -> Option<&std::path::Path> {
    let Input::File(path) = &input.input else { return None };
    let is_pdf = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("pdf"));
    (is_pdf && input.options.from.is_none()).then_some(path.as_path())
}

fn read_whole(input: &NamedInput) -> ReadAheadResult {
    is_whole_paper(&input.input).then(|| Ok(read_as(&input.input, &input.name, &input.options)?.collect()))
}

/// Whether the beginning of a file shows a whole paper.
fn is_whole_paper(input: &Input) -> bool {
    let Input::File(path) = input else { return false };
    let Ok(file) = File::open(path) else { return false };
    let start = BufReader::new(file.take(compressed::HEAD_BYTES as u64));
    let Ok((head, _)) = compressed::open(Box::new(start)) else { return false };
    format::whole_paper(&head).is_some() || latex::begins_document(&String::from_utf8_lossy(&head))
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
            inputs.push(NamedInput { input: Input::File(path), name, options: ReadOptions::default() });
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

    #[test]
    fn a_pdf_that_is_there_twice_is_read_once_and_is_a_source_under_both_names() {
        let folder = tempfile::tempdir().unwrap();
        let sample = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sources/pdf.pdf");
        let mut inputs = Vec::new();
        for name in ["one.pdf", "two.pdf", "other.ris", "three.pdf"] {
            let path = folder.path().join(name);
            match name {
                "other.ris" => std::fs::write(&path, "TY  - JOUR\nTI  - Other\nER  - \n").unwrap(),
                _ => drop(std::fs::copy(&sample, &path).unwrap()),
            }
            inputs.push(NamedInput {
                input: Input::File(path),
                name: name.to_string(),
                options: ReadOptions::default(),
            });
        }
        let copies = CopiedPdfs::among(&inputs);
        assert_eq!((copies.first.get(&1), copies.first.get(&3), copies.first.len()), (Some(&0), Some(&0), 2));
        let mut ahead = ReadAhead::new(inputs);
        let mut files = Vec::new();
        while let Some(read) = ahead.next_papers() {
            files.extend(read.unwrap().map(|paper| paper.unwrap().sources[0].file.clone()));
        }
        assert_eq!(files, ["one.pdf", "two.pdf", "other.ris", "three.pdf"]);
        assert!(ahead.copies.read.is_empty());
    }
}
