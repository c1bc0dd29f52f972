//! Files and folders that are written completely or not at all.
//!
//! Everything is written under a temporary name next to its destination, then renamed. If the program is killed, or the
//! disk is full, the old content stays.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::ExportError;

/// Writes a file and creates its parent folders. An existing file is replaced. A symbolic link is followed, and a pipe
/// or device is written to directly.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let at = |error| ExportError::At { path: path.to_path_buf(), error };
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    match fs::metadata(&target) {
        Ok(found) if found.is_dir() => {
            return Err(at(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")));
        }
        Ok(found) if !found.is_file() => {
            let mut out = BufWriter::new(File::options().write(true).open(&target).map_err(at)?);
            write(&mut out)?;
            return out.flush().map_err(at);
        }
        _ => {}
    }
    let folder = parent(&target);
    fs::create_dir_all(folder).map_err(at)?;
    let mut builder = Builder::new();
    builder.prefix(".kg-export-");
    let at = |error| at(without_temporary_name(error));
    let file = plain_permissions(&mut builder, 0o666).tempfile_in(folder).map_err(at)?;
    let mut out = BufWriter::new(file);
    write(&mut out)?;
    let file = out.into_inner().map_err(|e| at(e.into_error()))?;
    file.as_file().sync_all().map_err(at)?;
    file.persist(&target).map_err(|e| at(e.error)).map(|_| ())
}

/// A folder that is being written. Nothing appears at its destination before [`OutputFolder::finish`].
pub(crate) struct OutputFolder {
    path: PathBuf,
    writing: TempDir,
    force: bool,
}

impl OutputFolder {
    /// # Errors
    /// If the destination exists and is not to be replaced. An empty folder counts as absent.
    pub(crate) fn create(place: &Path, force: bool) -> Result<Self, ExportError> {
        let at = |error| ExportError::At { path: place.to_path_buf(), error };
        if let Ok(found) = fs::symlink_metadata(place) {
            if !found.is_dir() {
                return Err(at(io::Error::new(io::ErrorKind::AlreadyExists, "there is a file with this name")));
            }
            if !force && fs::read_dir(place).map_err(at)?.next().is_some() {
                return Err(ExportError::Exists(place.to_path_buf()));
            }
        }
        let parent = parent(place);
        fs::create_dir_all(parent).map_err(at)?;
        let mut builder = Builder::new();
        builder.prefix(".kg-export-");
        let at = |error| at(without_temporary_name(error));
        let writing = plain_permissions(&mut builder, 0o777).tempdir_in(parent).map_err(at)?;
        Ok(Self { path: place.to_path_buf(), writing, force })
    }

    /// Creates a file below the folder, and its parent folders.
    pub(crate) fn file(&self, name: &str) -> Result<BufWriter<File>, ExportError> {
        let path = self.writing.path().join(name);
        let at = |error| ExportError::At { path: self.path.join(name), error };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(at)?;
        }
        Ok(BufWriter::new(File::create(&path).map_err(at)?))
    }

    /// The size of a finished file, in bytes.
    pub(crate) fn size(&self, name: &str) -> Result<u64, ExportError> {
        let at = |error| ExportError::At { path: self.path.join(name), error };
        Ok(fs::metadata(self.writing.path().join(name)).map_err(at)?.len())
    }

    /// Moves the folder to its destination. An existing folder is moved aside first and removed last.
    pub(crate) fn finish(self) -> Result<(), ExportError> {
        let Self { path: place, writing, force } = self;
        let at = |error| ExportError::At { path: place.clone(), error };
        let mut aside = None;
        if place.is_dir() {
            // Removes only an empty folder, unless everything is to be replaced.
            if force {
                let parent = writing.path().parent().unwrap_or(Path::new("."));
                let old = Builder::new().prefix(".kg-replaced-").tempdir_in(parent).map_err(at)?;
                fs::rename(&place, old.path().join("old")).map_err(at)?;
                aside = Some(old);
            } else {
                fs::remove_dir(&place).map_err(at)?;
            }
        }
        let written = writing.keep();
        if let Err(error) = fs::rename(&written, &place) {
            let _ = fs::remove_dir_all(&written);
            if let Some(old) = &aside {
                let _ = fs::rename(old.path().join("old"), &place);
            }
            return Err(at(error));
        }
        drop(aside);
        Ok(())
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Only the kind of the error: `tempfile` adds the name of the temporary file, which means nothing to a user.
fn without_temporary_name(error: io::Error) -> io::Error {
    io::Error::from(error.kind())
}

/// Sets the usual permissions of a new file. Temporary files are readable for their owner only.
#[cfg(unix)]
fn plain_permissions<'b, 'p, 's>(builder: &'b mut Builder<'p, 's>, mode: u32) -> &'b mut Builder<'p, 's> {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn plain_permissions<'b, 'p, 's>(builder: &'b mut Builder<'p, 's>, _: u32) -> &'b mut Builder<'p, 's> {
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_fails_half_way_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write_file(&path, |out| Ok(out.write_all(b"first")?)).unwrap();
        let failed = write_file(&path, |out| {
            out.write_all(b"half of the sec")?;
            Err(ExportError::Write(io::Error::other("disk full")))
        });
        assert!(failed.is_err());
        assert_eq!(fs::read(&path).unwrap(), b"first");
        assert_eq!(names(folder.path()), ["a.txt"]);
        let below_a_file = write_file(&path.join("x"), |_| Ok(())).unwrap_err().to_string();
        assert!(below_a_file.contains("a.txt/x") && !below_a_file.contains(".kg-export-"), "{below_a_file}");
    }

    #[test]
    fn folders_on_the_way_are_made() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("new/deep/a.txt");
        write_file(&path, |out| Ok(out.write_all(b"x")?)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"x");
        let place = root.path().join("vault/papers");
        let folder = OutputFolder::create(&place, false).unwrap();
        folder.file("b.md").unwrap().write_all(b"x").unwrap();
        folder.finish().unwrap();
        assert_eq!(names(&place), ["b.md"]);
        assert_eq!(names(&root.path().join("vault")), ["papers"]);
    }

    #[cfg(unix)]
    #[test]
    fn an_error_names_the_place_and_no_temporary_file() {
        // Nobody can write there, not even the superuser.
        for place in ["/proc/kg/x", "/proc/x"] {
            let failed = write_file(Path::new(place), |_| Ok(())).unwrap_err().to_string();
            assert!(failed.contains(place) && !failed.contains(".kg-export-"), "{failed}");
            let failed = OutputFolder::create(Path::new(place), false).err().unwrap().to_string();
            assert!(failed.contains(place) && !failed.contains(".kg-export-"), "{failed}");
        }
    }

    #[test]
    fn a_folder_is_there_whole_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join("out");
        let begun = OutputFolder::create(&place, false).unwrap();
        begun.file("deep/a.txt").unwrap().write_all(b"a").unwrap();
        assert!(!place.exists());
        drop(begun);
        assert_eq!(names(root.path()), Vec::<String>::new());
        for (force, name) in [(false, "a"), (true, "b")] {
            let folder = OutputFolder::create(&place, force).unwrap();
            folder.file(name).unwrap().write_all(b"x").unwrap();
            folder.finish().unwrap();
            assert_eq!(names(&place), [name]);
            assert_eq!(names(root.path()), ["out"]);
        }
        assert!(matches!(OutputFolder::create(&place, false), Err(ExportError::Exists(_))));
        assert!(OutputFolder::create(&place.join("b"), true).is_err());
    }
}
