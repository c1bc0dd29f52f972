//! Getting listings of papers from the services that publish them, as they answer, into files that `kg build` reads.
//!
//! Each answer is looked at before it is kept: it must be whole and be what was asked for. Files appear by a rename,
//! and what is done is written down behind each, so that a run which ends in any way is taken up by the next.

pub mod arxiv;
pub mod arxiv_oai;
pub mod hf_daily;
mod state;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use url::Url;

use crate::liveness::{CheckError, Client, Config};
use state::State;

/// A service, and the folder that its answers go to.
pub struct Fetcher<'w> {
    client: Client,
    base: Url,
    folder: PathBuf,
    state: State,
    today: Date,
    /// How often an answer that cannot be used is asked for.
    tries: usize,
    /// Before the second try; doubled for each after it.
    pause: Duration,
    watch: Box<dyn FnMut(Event<'_>) + 'w>,
}

/// What happens while a fetch goes on.
#[derive(Debug, Clone, Copy)]
pub enum Event<'f> {
    /// An answer was written to this file; `of` is how many papers there are in all, where the service says so.
    Wrote { file: &'f str, papers: u64, of: Option<u64> },
    /// An earlier run has all of this.
    Known { what: &'f str },
    /// The service has to be asked again.
    Again { why: &'f str },
}

/// What a fetch did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fetched {
    pub files: u64,
    pub papers: u64,
}

impl std::ops::AddAssign for Fetched {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.papers += other.papers;
    }
}

/// Why a fetch did not come to its end. What was written before stays, and is not asked for again.
#[derive(Debug)]
pub enum FetchError {
    Io {
        path: PathBuf,
        error: io::Error,
    },
    State {
        path: PathBuf,
        message: String,
    },
    Client(CheckError),
    /// The service gives no answer, or none that can be used.
    Answer {
        url: String,
        why: String,
    },
    /// The service says what is wrong with the question.
    Refused {
        why: String,
    },
}

/// An answer that cannot be used, and why.
enum Bad {
    /// Asking again may help.
    Passing(String),
    /// It will not.
    Final(String),
}

impl<'w> Fetcher<'w> {
    /// Makes the folder if there is none.
    ///
    /// # Errors
    /// If the folder cannot be written to, or what earlier runs wrote down there cannot be read.
    pub fn new(
        base: Url,
        folder: &Path,
        config: Config,
        today: Date,
        watch: impl FnMut(Event<'_>) + 'w,
    ) -> Result<Self, FetchError> {
        std::fs::create_dir_all(folder).map_err(|error| FetchError::Io { path: folder.into(), error })?;
        Ok(Self {
            state: State::open(folder)?,
            tries: config.tries.max(2),
            pause: config.backoff,
            client: Client::new(config).map_err(FetchError::Client)?,
            base,
            folder: folder.into(),
            today,
            watch: Box::new(watch),
        })
    }

    /// The answer to one question, as `read` understands it; asked again while it cannot be used.
    fn answer<T>(&mut self, url: &Url, read: impl Fn(&[u8]) -> Result<T, Bad>) -> Result<(Vec<u8>, T), FetchError> {
        let mut pause = self.pause;
        let mut tries = 1;
        loop {
            let why = match self.client.get(url) {
                Err(error) => return Err(FetchError::Answer { url: url.to_string(), why: error.to_string() }),
                Ok(got) if !(200..300).contains(&got.status) => match read(&got.body) {
                    // Some services explain themselves in the form of an answer.
                    Err(Bad::Final(why)) => return Err(FetchError::Refused { why }),
                    _ => {
                        let why = format!("it answers with HTTP status {}", got.status);
                        return Err(FetchError::Answer { url: url.to_string(), why });
                    }
                },
                Ok(got) if !got.whole => "its answer was cut off".to_string(),
                Ok(got) => match read(&got.body) {
                    Ok(understood) => return Ok((got.body, understood)),
                    Err(Bad::Passing(why)) => why,
                    Err(Bad::Final(why)) => return Err(FetchError::Refused { why }),
                },
            };
            if tries >= self.tries {
                return Err(FetchError::Answer { url: url.to_string(), why });
            }
            (self.watch)(Event::Again { why: &why });
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2);
            tries += 1;
        }
    }

    /// Writes a file whole or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FetchError> {
        state::replace(&self.folder.join(name), bytes)
    }
}

impl FetchError {
    /// What the user can do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Io { .. } => "check the permissions and the space left on the disk".into(),
            Self::State { path, .. } => format!("remove {} to fetch everything again", path.display()),
            Self::Client(error) => error.help().into(),
            Self::Answer { .. } => "run it again later to go on; what is there is not asked for again".into(),
            Self::Refused { .. } => "correct the question".into(),
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "cannot write to {}: {error}", path.display()),
            Self::State { path, message } => write!(f, "cannot read {}: {message}", path.display()),
            Self::Client(error) => error.fmt(f),
            Self::Answer { url, why } => write!(f, "no usable answer from {url}: {why}"),
            Self::Refused { why } => write!(f, "the service refuses the question: {why}"),
        }
    }
}

impl std::error::Error for FetchError {}
