//! Where records come from: files, folders, patterns, archives, standard input; unpacked, and in UTF-8.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use zip::{CompressionMethod, ZipArchive};

use crate::Failed;

mod pattern;
mod utf16;

/// How deep folders are looked into.
const DEEPEST: usize = 16;
const GZIP: &[u8] = b"\x1f\x8b";
const ZSTANDARD: &[u8] = b"\x28\xb5\x2f\xfd";
const ZIP: &[u8] = b"PK\x03\x04";

/// A thing that bytes come from, wherever they are.
pub(super) type Bytes = Box<dyn Read + Send>;

/// One thing that is read from its beginning to its end.
#[derive(Clone, Debug)]
pub(super) struct Input {
    /// What a report calls it.
    pub(super) name: String,
    place: Place,
    /// How many bytes it takes on disk; not known of standard input.
    pub(super) size: Option<u64>,
}

#[derive(Clone, Debug)]
enum Place {
    Standard,
    File(PathBuf),
    /// In the Parquet format, of which any part is read at any time.
    Records(PathBuf),
    Member(PathBuf, usize),
}

impl Input {
    /// Everything that the words of a command line name, in the order of names within a folder.
    ///
    /// # Errors
    /// When there is nothing of that name, or an archive cannot be read.
    pub(super) fn gather(words: &[String]) -> Result<Vec<Self>, Failed> {
        let mut all = Vec::new();
        for word in words {
            let before = all.len();
            if word == "-" {
                all.push(Self { name: "standard input".to_owned(), place: Place::Standard, size: None });
                continue;
            }
            for path in pattern::expand(word).map_err(|error| Failed(format!("{word}: {error}")))? {
                add(&path, DEEPEST, &mut all)
                    .map_err(|error| Failed(format!("{}: {error}", path.display())))?;
            }
            if all.len() == before {
                return Err(Failed(format!("{word}: there is no such file, and no file in it.")));
            }
        }
        Ok(all)
    }

    /// Whether it can be read a second time.
    pub(super) const fn can_be_read_again(&self) -> bool {
        !matches!(self.place, Place::Standard)
    }

    /// The file of records that it is, if it is one.
    pub(super) fn records(&self) -> Option<&Path> {
        match &self.place {
            Place::Records(path) => Some(path),
            Place::Standard | Place::File(_) | Place::Member(..) => None,
        }
    }

    /// Opens it; `taken` counts the bytes that are taken from the disk.
    ///
    /// # Errors
    /// When the system cannot open it, or it is packed in a way that is not known.
    pub(super) fn open(&self, taken: &Arc<AtomicU64>) -> io::Result<Bytes> {
        let counted = |from| Counted { from, taken: Arc::clone(taken) };
        let plain: Bytes = match &self.place {
            Place::Standard => unpacked(Counted { from: io::stdin(), taken: Arc::clone(taken) })?,
            Place::File(path) | Place::Records(path) => unpacked(counted(File::open(path)?))?,
            Place::Member(path, number) => {
                let mut archive = ZipArchive::new(BufReader::new(File::open(path)?))?;
                let member = archive.by_index_raw(*number)?;
                let (start, size) = (member.data_start(), member.compressed_size());
                let method = member.compression();
                drop(member);
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(start.unwrap_or(0)))?;
                let packed = counted(file).take(size);
                match method {
                    CompressionMethod::Stored => unpacked(packed)?,
                    CompressionMethod::Deflated => unpacked(flate2::read::DeflateDecoder::new(packed))?,
                    _ => return Err(io::Error::other("it is packed in a way that is not known here")),
                }
            }
        };
        utf16::as_utf8(plain)
    }
}

/// Adds a file, all files of a folder, or all members of an archive.
fn add(path: &Path, deeper: usize, all: &mut Vec<Input>) -> io::Result<()> {
    let data = fs::metadata(path)?;
    if data.is_dir() {
        let mut within: Vec<PathBuf> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
        within.sort();
        let hidden =
            |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        for path in within.iter().filter(|path| !hidden(path)) {
            if deeper > 0 {
                add(path, deeper - 1, all)?;
            }
        }
        return Ok(());
    }
    let name = path.display().to_string();
    let (beginning, _) = if data.is_file() { peek(&mut File::open(path)?)? } else { Default::default() };
    if !beginning.starts_with(ZIP) {
        let size = data.is_file().then_some(data.len());
        let records = beginning.starts_with(wire::columnar::MAGIC);
        let place = if records { Place::Records } else { Place::File };
        all.push(Input { name, place: place(path.to_owned()), size });
        return Ok(());
    }
    let mut archive = ZipArchive::new(BufReader::new(File::open(path)?))?;
    for number in 0..archive.len() {
        let member = archive.by_index_raw(number)?;
        if member.is_dir() {
            continue;
        }
        if member.encrypted() {
            return Err(io::Error::other("it is encrypted; unpack it first"));
        }
        let name = format!("{name}: {}", member.name()?);
        let size = Some(member.compressed_size());
        all.push(Input { name, place: Place::Member(path.to_owned(), number), size });
    }
    Ok(())
}

/// The first bytes, and the whole with them put back.
fn peek<R: Read>(from: &mut R) -> io::Result<(Vec<u8>, usize)> {
    let mut beginning = Vec::new();
    let many = from.by_ref().take(4).read_to_end(&mut beginning)?;
    Ok((beginning, many))
}

/// Takes off whatever packing the first bytes tell of.
fn unpacked<R: Read + Send + 'static>(mut from: R) -> io::Result<Bytes> {
    let (beginning, _) = peek(&mut from)?;
    let kind = (beginning.starts_with(GZIP), beginning.starts_with(ZSTANDARD));
    let whole = Cursor::new(beginning).chain(from);
    Ok(match kind {
        (true, _) => Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(1 << 18, whole))),
        (_, true) => Box::new(zstd::Decoder::new(whole)?),
        _ => Box::new(whole),
    })
}

/// Counts what is taken.
struct Counted<R> {
    from: R,
    taken: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let many = self.from.read(into)?;
        self.taken.fetch_add(u64::try_from(many).unwrap_or(0), Ordering::Relaxed);
        Ok(many)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use crate::investigate::testing::Folder;

    use super::*;

    fn read(input: &Input) -> String {
        let mut text = String::new();
        input.open(&Arc::default()).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn packed_files_folders_and_archives_are_read_alike() {
        let folder = Folder::new("input");
        let plain = "{\"a\":1}\n".repeat(1000);
        fs::create_dir_all(folder.path().join("deep/.hidden")).unwrap();
        fs::write(folder.path().join("a.json"), &plain).unwrap();
        fs::write(folder.path().join("deep/.hidden/z.json"), "no").unwrap();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(plain.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        // Two packed parts one after the other are one file.
        fs::write(folder.path().join("b.gz"), [gzip.clone(), gzip].concat()).unwrap();
        fs::write(folder.path().join("c.zst"), zstd::encode_all(plain.as_bytes(), 1).unwrap()).unwrap();
        let mut archive = zip::ZipWriter::new(File::create(folder.path().join("deep/d.zip")).unwrap());
        archive.start_file("one.json", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(plain.as_bytes()).unwrap();
        archive.finish().unwrap();
        let wide: Vec<u8> = "\u{feff}"
            .chars()
            .chain(plain.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        fs::write(folder.path().join("e.json"), wide).unwrap();
        let all = Input::gather(&[folder.path().display().to_string()]).ok().unwrap();
        let texts: Vec<String> = all.iter().map(read).collect();
        assert_eq!(texts.len(), 5, "{all:?}");
        for (input, text) in all.iter().zip(&texts) {
            let times = if input.name.ends_with("b.gz") { 2 } else { 1 };
            assert_eq!(*text, plain.repeat(times), "{}", input.name);
        }
        let by_pattern = format!("{}/[ab].*", folder.path().display());
        assert_eq!(Input::gather(&[by_pattern]).ok().unwrap().len(), 2);
        assert!(Input::gather(&[format!("{}/no*", folder.path().display())]).is_err());
    }
}
