//! Fetches listings of papers from the services that publish them, and what catalogues know about the papers of a
//! graph. The answers are saved unchanged as files that `kg build` reads.
//!
//! Each answer is checked before it is stored: it must be complete and match the request. Files appear by a rename, and
//! the progress is recorded after each file. So the next run continues a run that ended in any way.

pub(crate) mod arxiv;
pub(crate) mod arxiv_oai;
pub(crate) mod enrich;
pub(crate) mod hf_daily;
pub(crate) mod papers_with_code;
mod state;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use url::Url;

use crate::liveness::{CheckConfig, CheckError, NoAnswer, ServiceAnswer, ServiceClient};
use crate::text::shorten;
use state::FetchState;

/// A service, and the folder for its answers.
pub(crate) struct Fetcher<'w> {
    client: ServiceClient,
    base: Url,
    folder: PathBuf,
    state: FetchState,
    today: Date,
    /// Maximum number of tries for an unusable answer.
    tries: usize,
    /// Pause before the second try. It doubles for each further try.
    pause: Duration,
    watch: Box<dyn FnMut(FetchEvent<'_>) + 'w>,
}

/// Progress of a fetch.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FetchEvent<'f> {
    /// An answer was written to this file. `of` is the total number of papers, if the service states it.
    Wrote { file: &'f str, papers: u64, of: Option<u64> },
    /// Earlier runs have fetched all of this.
    Known { what: &'f str },
    /// There is no answer yet, and kg goes on trying.
    Waiting { host: &'f str },
    /// The request has to be sent again.
    Again { why: &'f str },
}

/// The result of a fetch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct FetchedCounts {
    pub files: u64,
    pub papers: u64,
}

impl std::ops::AddAssign for FetchedCounts {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.papers += other.papers;
    }
}

/// Time without an answer after which kg says that it waits, so that it is not silent on a machine without a network.
const SLOW_AFTER: Duration = Duration::from_secs(5);

/// Length at which an address is cut in a message, in columns: a request to a catalogue names fifty papers.
const ADDRESS: usize = 120;

/// Why a fetch failed. What was written before stays, and is not requested again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("cannot write to {path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    #[error("cannot read {path}: {message}")]
    State { path: PathBuf, message: String },
    #[error(transparent)]
    Client(CheckError),
    /// The service cannot be connected to, or does not answer in time.
    #[error("{} cannot be reached: {why}", shorten(.url, ADDRESS))]
    Unreachable { url: String, why: String },
    #[error("no usable answer from {}: {why}", shorten(.url, ADDRESS))]
    Answer { url: String, why: String },
    #[error("the service refuses the request: {why}")]
    Refused { why: String },
}

/// Why an answer is unusable.
enum BadAnswer {
    /// Another try may help.
    Passing(String),
    /// Another try will not help.
    Final(String),
}

impl<'w> Fetcher<'w> {
    /// Creates the folder if it does not exist.
    ///
    /// # Errors
    /// If the folder cannot be written to, or the progress of earlier runs cannot be read.
    pub(crate) fn new(
        base: Url,
        folder: &Path,
        config: CheckConfig,
        today: Date,
        watch: impl FnMut(FetchEvent<'_>) + 'w,
    ) -> Result<Self, FetchError> {
        // A request also waits for the pause after the request before it.
        let slow_after = SLOW_AFTER.saturating_add(config.backoff);
        std::fs::create_dir_all(folder).map_err(|error| FetchError::Io { path: folder.into(), error })?;
        Ok(Self {
            state: FetchState::open(folder)?,
            tries: config.tries.max(2),
            pause: config.backoff,
            client: ServiceClient::new(config, slow_after).map_err(FetchError::Client)?,
            base,
            folder: folder.into(),
            today,
            watch: Box::new(watch),
        })
    }

    /// The answer to one request, parsed by `read`. Unusable answers are requested again.
    fn answer<T>(
        &mut self,
        url: &Url,
        read: impl Fn(&[u8]) -> Result<T, BadAnswer>,
    ) -> Result<(Vec<u8>, T), FetchError> {
        self.answer_of(url, |client, slow| client.get(url, slow), read)
    }

    /// As [`Fetcher::answer`], for a request that posts JSON.
    fn answer_to_post<T>(
        &mut self,
        url: &Url,
        json: &str,
        read: impl Fn(&[u8]) -> Result<T, BadAnswer>,
    ) -> Result<(Vec<u8>, T), FetchError> {
        self.answer_of(url, |client, slow| client.post(url, json, slow), read)
    }

    fn answer_of<T>(
        &mut self,
        url: &Url,
        send: impl Fn(&ServiceClient, &mut dyn FnMut()) -> Result<ServiceAnswer, NoAnswer>,
        read: impl Fn(&[u8]) -> Result<T, BadAnswer>,
    ) -> Result<(Vec<u8>, T), FetchError> {
        let host = url.host_str().unwrap_or_default();
        let mut pause = self.pause;
        let mut tries = 1;
        loop {
            let mut slow = || (self.watch)(FetchEvent::Waiting { host });
            let why = match send(&self.client, &mut slow) {
                Err(error) if error.is_unreachable => {
                    return Err(FetchError::Unreachable { url: url.to_string(), why: error.to_string() });
                }
                Err(error) => return Err(FetchError::Answer { url: url.to_string(), why: error.to_string() }),
                Ok(got) if !(200..300).contains(&got.status) => match read(&got.body) {
                    // Semantic Scholar refuses a list if it knows none of its papers.
                    Ok(understood) if got.status == 400 => return Ok((got.body, understood)),
                    // Some services send an error as an answer.
                    Err(BadAnswer::Final(why)) => return Err(FetchError::Refused { why }),
                    _ => {
                        let why = format!("it answers with HTTP status {}", got.status);
                        return Err(FetchError::Answer { url: url.to_string(), why });
                    }
                },
                Ok(got) if !got.is_complete => "its answer was cut off".to_string(),
                Ok(got) => match read(&got.body) {
                    Ok(understood) => return Ok((got.body, understood)),
                    Err(BadAnswer::Passing(why)) => why,
                    Err(BadAnswer::Final(why)) => return Err(FetchError::Refused { why }),
                },
            };
            if tries >= self.tries {
                return Err(FetchError::Answer { url: url.to_string(), why });
            }
            (self.watch)(FetchEvent::Again { why: &why });
            std::thread::sleep(pause);
            pause = pause.saturating_mul(2);
            tries += 1;
        }
    }

    /// Writes a file completely or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), FetchError> {
        state::replace(&self.folder.join(name), bytes)
    }
}

impl FetchError {
    /// What the user can do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Io { .. } => "check the permissions and the space left on the disk".into(),
            Self::State { path, .. } => format!("remove {} to fetch everything again", path.display()),
            Self::Client(error) => error.help().into(),
            Self::Unreachable { .. } => {
                "check the connection of this machine, then run it again; existing files are not requested again".into()
            }
            Self::Answer { .. } => "run it again later to continue; existing files are not requested again".into(),
            Self::Refused { .. } => "correct the question".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_address_is_cut_in_a_message() {
        let url = format!("https://api.example.org/works?filter={}", "10.1%2Fabc|".repeat(50));
        let error = FetchError::Unreachable { url, why: "dns".to_string() }.to_string();
        assert!(
            error.starts_with("https://api.example.org/works?filter=10.1")
                && error.ends_with("… cannot be reached: dns")
        );
    }
}
