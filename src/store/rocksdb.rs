//! What oxigraph cannot ask of RocksDB: one merge of many databases into one, and compression.
//!
//! oxigraph opens RocksDB with its own settings. With these, files of the first level are not compressed, which is the
//! only level of most graphs, and files are merged again and again while a graph is filled. So a database is closed,
//! merged here with other settings, and opened by oxigraph again. The format of the files is the same.
//!
//! The functions are those of RocksDB's interface in C, as the crate that oxigraph builds RocksDB with declares them.

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, c_char, c_int};
use std::fs;
use std::io::{self, Error};
use std::path::{Path, PathBuf};
use std::ptr::{self, NonNull};

use oxrocksdb_sys as ffi;
use rayon::prelude::*;

const LZ4: c_int = ffi::rocksdb_lz4_compression as c_int;
/// Bytes of text that are common to all blocks of a file, so that small blocks compress well.
const DICTIONARY: c_int = 16 << 10;
/// Bytes from which the common text is chosen.
const SAMPLE: u64 = 4 << 20;
/// Bytes of a block of triples before compression. Triples are read in ranges. Terms are read one by one; their blocks
/// keep RocksDB's size of 4 kB.
const BLOCK: usize = 16 << 10;
const FORMAT_OF_TABLES: c_int = 5;
/// Bytes that are read ahead of each file that is merged, and of all files of a table together. A million papers have
/// hundreds of files, and each core reads all of them.
const READ_AHEAD: usize = 256 << 10;
const READ_AHEAD_OF_ALL: usize = 32 << 20;
const LEAST_READ_AHEAD: usize = 32 << 10;
/// Megabytes of RocksDB's cache for terms.
const CACHE: u64 = 8;
/// The table of terms, which is read one by one.
const TERMS: &CStr = c"id2str";
/// The table with oxigraph's version of the format, which each database has.
const SETTINGS: &CStr = c"default";
/// Also rewrite files of the last level, but not those that this merge wrote.
const OPTIMIZED: u8 = 3;
const FATAL: c_int = 4;

/// Merges databases into the one at `folder`, and compresses it. Nobody may have any of them open. A key may be in
/// several databases, with the same value. The databases stay as they are. If the process is killed, the merge can be
/// repeated.
pub(super) fn merge(databases: &[PathBuf], folder: &Path) -> io::Result<()> {
    let mut files: BTreeMap<CString, Vec<CString>> = BTreeMap::new();
    let opened = databases.par_iter().map(|database| RawDatabase::open(database, DatabaseAccess::Read, 1)?.files());
    for (number, of_database) in opened.collect::<io::Result<Vec<_>>>()?.into_iter().enumerate() {
        for (table, file) in of_database {
            if table.as_c_str() == SETTINGS {
                continue;
            }
            // RocksDB takes a file over, so it gets a link to it. Its name is one that a resumed build removes.
            let link = folder.join(format!("bulk-{number}-{}", file.file_name().unwrap_or_default().to_string_lossy()));
            let _ = fs::remove_file(&link);
            fs::hard_link(&file, &link).or_else(|_| fs::copy(&file, &link).map(drop))?;
            files.entry(table).or_default().push(path_of(&link)?);
        }
    }
    let most = files.values().map(Vec::len).max().unwrap_or(1);
    let database = RawDatabase::open(folder, DatabaseAccess::Write, most)?;
    for (table, files) in &files {
        database.take(table, files)?;
    }
    database.compact()
}

/// Compresses the database at `folder`, which nobody may have open.
pub(super) fn compress(folder: &Path) -> io::Result<()> {
    RawDatabase::open(folder, DatabaseAccess::Write, 1)?.compact()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DatabaseAccess {
    Read,
    Write,
}

/// An open database.
struct RawDatabase {
    database: NonNull<ffi::rocksdb_t>,
    tables: Vec<(CString, NonNull<ffi::rocksdb_column_family_handle_t>)>,
    /// RocksDB uses them as long as the database is open.
    _options: Vec<TableOptions>,
}

impl RawDatabase {
    /// `merged` is the largest number of files of a table that will be merged at a time.
    fn open(folder: &Path, access: DatabaseAccess, merged: usize) -> io::Result<Self> {
        let path = path_of(folder)?;
        let all = TableOptions::new(None, merged)?;
        let names = tables(&path, &all)?;
        let mut options =
            names.iter().map(|name| TableOptions::new(Some(name), merged)).collect::<io::Result<Vec<_>>>()?;
        let name_pointers: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
        let option_pointers: Vec<_> = options.iter().map(|one| one.0.as_ptr().cast_const()).collect();
        let mut handles = vec![ptr::null_mut(); names.len()];
        let count = c_int::try_from(names.len()).map_err(Error::other)?;
        // SAFETY: the pointers are valid until the call returns, and the three lists have `count` items each.
        let database = checked(|error| unsafe {
            let (all, path) = (all.0.as_ptr(), path.as_ptr());
            let (names, settings) = (name_pointers.as_ptr(), option_pointers.as_ptr());
            let handles = handles.as_mut_ptr();
            match access {
                DatabaseAccess::Read => ffi::rocksdb_open_for_read_only_column_families(
                    all, path, count, names, settings, handles, 0, error,
                ),
                DatabaseAccess::Write => {
                    ffi::rocksdb_open_column_families(all, path, count, names, settings, handles, error)
                }
            }
        })?;
        let handles = handles.into_iter().map(some).collect::<io::Result<Vec<_>>>()?;
        options.push(all);
        Ok(Self { database: some(database)?, tables: names.into_iter().zip(handles).collect(), _options: options })
    }

    /// The files of the database, each with the name of its table.
    fn files(&self) -> io::Result<Vec<(CString, PathBuf)>> {
        // SAFETY: the database is open. The list is not used after it is destroyed, and its strings are copied before.
        unsafe {
            let list = some(ffi::rocksdb_livefiles(self.database.as_ptr()).cast_mut())?;
            let text = |text: *const c_char| CStr::from_ptr(text).to_owned();
            let files = (0..ffi::rocksdb_livefiles_count(list.as_ptr())).map(|at| {
                let table = text(ffi::rocksdb_livefiles_column_family_name(list.as_ptr(), at));
                let folder = text(ffi::rocksdb_livefiles_directory(list.as_ptr(), at));
                let name = text(ffi::rocksdb_livefiles_name(list.as_ptr(), at));
                let (folder, name) = (folder.into_string(), name.into_string());
                let folder = PathBuf::from(folder.map_err(Error::other)?);
                Ok((table, folder.join(name.map_err(Error::other)?.trim_start_matches('/'))))
            });
            let files = files.collect();
            ffi::rocksdb_livefiles_destroy(list.as_ptr());
            files
        }
    }

    /// Takes files over into a table.
    fn take(&self, table: &CStr, files: &[CString]) -> io::Result<()> {
        let Some((_, table)) = self.tables.iter().find(|(name, _)| name.as_c_str() == table) else {
            return Err(Error::other(format!("the database has no table {table:?}")));
        };
        let pointers: Vec<_> = files.iter().map(|file| file.as_ptr()).collect();
        // SAFETY: the database is open, the table is one of its tables, and the pointers are valid during the call.
        unsafe {
            let how = some(ffi::rocksdb_ingestexternalfileoptions_create())?;
            ffi::rocksdb_ingestexternalfileoptions_set_move_files(how.as_ptr(), 1);
            let taken = checked(|error| {
                ffi::rocksdb_ingest_external_file_cf(
                    self.database.as_ptr(),
                    table.as_ptr(),
                    pointers.as_ptr(),
                    pointers.len(),
                    how.as_ptr(),
                    error,
                );
            });
            ffi::rocksdb_ingestexternalfileoptions_destroy(how.as_ptr());
            taken
        }
    }

    /// Merges all files of each table, and compresses them.
    fn compact(&self) -> io::Result<()> {
        for (_, table) in &self.tables {
            // SAFETY: the database is open, and the table is one of its tables. No key means all keys.
            unsafe {
                let how = some(ffi::rocksdb_compactoptions_create())?;
                ffi::rocksdb_compactoptions_set_bottommost_level_compaction(how.as_ptr(), OPTIMIZED);
                ffi::rocksdb_compactoptions_set_max_subcompactions(how.as_ptr(), threads());
                let (database, table) = (self.database.as_ptr(), table.as_ptr());
                ffi::rocksdb_compact_range_cf_opt(database, table, how.as_ptr(), ptr::null(), 0, ptr::null(), 0);
                ffi::rocksdb_compactoptions_destroy(how.as_ptr());
                // The call returns no error, but the database counts them.
                let mut errors = 0;
                let name = c"rocksdb.background-errors";
                if ffi::rocksdb_property_int_cf(database, table, name.as_ptr(), &raw mut errors) != 0 || errors > 0 {
                    return Err(Error::other("the files of the database could not be merged; is the disk full?"));
                }
            }
        }
        Ok(())
    }
}

impl Drop for RawDatabase {
    fn drop(&mut self) {
        // SAFETY: the handles and the database are used for the last time.
        unsafe {
            for (_, table) in &self.tables {
                ffi::rocksdb_column_family_handle_destroy(table.as_ptr());
            }
            ffi::rocksdb_close(self.database.as_ptr());
        }
    }
}

/// Settings of a database or of a table.
struct TableOptions(NonNull<ffi::rocksdb_options_t>);

impl TableOptions {
    /// `table` is `None` for the database itself.
    fn new(table: Option<&CStr>, merged: usize) -> io::Result<Self> {
        let read_ahead = (READ_AHEAD_OF_ALL / merged.max(1)).clamp(LEAST_READ_AHEAD, READ_AHEAD);
        // SAFETY: the options are valid, and RocksDB copies the settings of blocks.
        unsafe {
            let this = Self(some(ffi::rocksdb_options_create())?);
            let options = this.0.as_ptr();
            ffi::rocksdb_options_increase_parallelism(options, threads());
            ffi::rocksdb_options_set_info_log_level(options, FATAL);
            ffi::rocksdb_options_set_max_file_opening_threads(options, 1);
            ffi::rocksdb_options_set_disable_auto_compactions(options, 1);
            ffi::rocksdb_options_compaction_readahead_size(options, read_ahead);
            if table == Some(TERMS) {
                ffi::rocksdb_options_optimize_for_point_lookup(options, CACHE);
            } else {
                let blocks = some(ffi::rocksdb_block_based_options_create())?;
                ffi::rocksdb_block_based_options_set_block_size(blocks.as_ptr(), BLOCK);
                ffi::rocksdb_block_based_options_set_format_version(blocks.as_ptr(), FORMAT_OF_TABLES);
                ffi::rocksdb_options_set_block_based_table_factory(options, blocks.as_ptr());
                ffi::rocksdb_block_based_options_destroy(blocks.as_ptr());
            }
            ffi::rocksdb_options_set_compression(options, LZ4);
            ffi::rocksdb_options_set_bottommost_compression(options, LZ4);
            let (window, level, strategy) = (-14, 32767, 0);
            ffi::rocksdb_options_set_bottommost_compression_options(options, window, level, strategy, DICTIONARY, 1);
            ffi::rocksdb_options_set_bottommost_compression_options_max_dict_buffer_bytes(options, SAMPLE, 1);
            Ok(this)
        }
    }
}

impl Drop for TableOptions {
    fn drop(&mut self) {
        // SAFETY: the options are used for the last time.
        unsafe { ffi::rocksdb_options_destroy(self.0.as_ptr()) }
    }
}

/// The names of the tables of a database.
fn tables(path: &CStr, options: &TableOptions) -> io::Result<Vec<CString>> {
    let mut count = 0;
    // SAFETY: the list is not used after it is destroyed, and its strings are copied before.
    unsafe {
        let list = checked(|error| {
            ffi::rocksdb_list_column_families(options.0.as_ptr(), path.as_ptr(), &raw mut count, error)
        })?;
        let names = (0..count).map(|at| CStr::from_ptr(*list.add(at)).to_owned()).collect();
        ffi::rocksdb_list_column_families_destroy(list, count);
        Ok(names)
    }
}

fn threads() -> c_int {
    std::thread::available_parallelism().map_or(1, |count| count.get().min(16) as c_int)
}

fn path_of(path: &Path) -> io::Result<CString> {
    let text = path.to_str().ok_or_else(|| Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8"))?;
    CString::new(text).map_err(Error::other)
}

fn some<T>(pointer: *mut T) -> io::Result<NonNull<T>> {
    NonNull::new(pointer).ok_or_else(|| Error::other("RocksDB returned nothing"))
}

/// Calls a function that reports an error through its last argument.
fn checked<T>(call: impl FnOnce(*mut *mut c_char) -> T) -> io::Result<T> {
    let mut error = ptr::null_mut();
    let result = call(&raw mut error);
    if error.is_null() {
        return Ok(result);
    }
    // SAFETY: RocksDB allocated the message, which ends in a zero, and leaves it to the caller to free it.
    unsafe {
        let message = CStr::from_ptr(error).to_string_lossy().into_owned();
        ffi::rocksdb_free(error.cast());
        Err(Error::other(message))
    }
}
