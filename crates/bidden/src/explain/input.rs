//! Where messages come from: files, mailboxes, folders, standard input; one at a time, so that a mailbox may be larger than
//! memory.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use wire::mail::field::Header;
use wire::mail::mbox;
use wire::mail::message::LARGEST;
use wire::short_message;

/// How deep folders are followed.
const DEEPEST: usize = 8;

/// A message that was found.
pub(crate) enum Found {
    /// A mail, as many bytes of it as are read.
    Mail(Vec<u8>),
    /// A text message.
    Short(String),
    /// It is none, and why.
    Unread(String),
}

/// Hands every message in `path` to `take` with a name for it; `-` is standard input. With `short` everything is a text message.
///
/// # Errors
/// What `take` answers; files that cannot be read are handed over as such.
pub(crate) fn each<E>(
    path: &Path,
    short: bool,
    take: &mut dyn FnMut(&str, Found) -> Result<(), E>,
) -> Result<(), E> {
    if path.as_os_str() == "-" {
        return stream(&mut io::stdin().lock(), "-", (short, false), take);
    }
    let mut files = Vec::new();
    if path.is_dir() {
        folder(path, 0, &mut files);
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    if files.is_empty() {
        return take(
            &path.display().to_string(),
            Found::Unread("it holds no message: no .eml, .mbox or .txt, and it is no Maildir".to_owned()),
        );
    }
    for file in files {
        let name = file.display().to_string();
        match File::open(&file) {
            Ok(open) => {
                let is_mail = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("eml"));
                stream(&mut BufReader::with_capacity(64 * 1024, open), &name, (short, is_mail), take)?;
            }
            Err(error) => take(&name, Found::Unread(error.to_string()))?,
        }
    }
    Ok(())
}

/// The messages of a folder: of a Maildir everything in `new` and `cur`, otherwise what is named like a message.
fn folder(path: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let maildir = path.join("cur").is_dir() || path.join("new").is_dir();
    let Ok(entries) = fs::read_dir(path) else { return };
    for entry in entries.flatten() {
        let (Ok(kind), name) = (entry.file_type(), entry.file_name()) else { continue };
        let name = name.to_string_lossy().into_owned();
        let inner = entry.path();
        if kind.is_dir() && depth < DEEPEST {
            if maildir && (name == "cur" || name == "new") {
                let all = fs::read_dir(&inner).into_iter().flatten().flatten();
                files.extend(
                    all.filter(|file| file.file_type().is_ok_and(|kind| kind.is_file()))
                        .map(|file| file.path()),
                );
            } else if !(maildir && name == "tmp") {
                folder(&inner, depth + 1, files);
            }
        } else if kind.is_file() && !name.starts_with('.') {
            let end = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
            if matches!(end.as_str(), "eml" | "mbox" | "mbx" | "txt") {
                files.push(inner);
            }
        }
    }
}

/// Reads what one file holds: a mailbox, a mail or a text message.
fn stream<E>(
    reader: &mut dyn BufRead,
    name: &str,
    (short, is_mail): (bool, bool),
    take: &mut dyn FnMut(&str, Found) -> Result<(), E>,
) -> Result<(), E> {
    let mailbox = match reader.fill_buf() {
        Ok(start) => !short && mbox::begins(start.split(|byte| *byte == b'\n').next().unwrap_or_default()),
        Err(error) => return take(name, Found::Unread(error.to_string())),
    };
    if mailbox {
        return messages(reader, name, take);
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX).saturating_add(1);
    match Read::take(reader, most).read_to_end(&mut bytes) {
        Ok(_) => take(name, one(bytes, short, is_mail)),
        Err(error) => take(name, Found::Unread(error.to_string())),
    }
}

/// What a file without a mailbox in it is, by what it holds.
pub(crate) fn one(bytes: Vec<u8>, short: bool, is_mail: bool) -> Found {
    if !short {
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return Found::Unread(
                "it is a message in Outlook's own form; save it as .eml, or forward it as an attachment"
                    .to_owned(),
            );
        }
        let header = Header::parse(&bytes);
        let fields = ["from", "received", "return-path", "message-id", "mime-version"]
            .iter()
            .filter(|name| header.first(name).is_some())
            .count();
        // A saved text message may have `From:` and a date above it, and nothing else.
        if is_mail
            || fields > 1
            || (fields == 1 && (bytes.len() > short_message::LONGEST || header.first("subject").is_some()))
        {
            return Found::Mail(bytes);
        }
    }
    let start = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
    if start.contains(&0) || bytes.starts_with(b"%PDF") {
        return Found::Unread(
            "it is no message: save the mail as .eml, or the text message as .txt".to_owned(),
        );
    }
    if bytes.len() > short_message::LONGEST && !short {
        return Found::Mail(bytes);
    }
    Found::Short(String::from_utf8_lossy(&bytes).into_owned())
}

/// The messages of a mailbox file, one after the other. No more than [`LARGEST`] bytes of one are kept.
fn messages<E>(
    reader: &mut dyn BufRead,
    name: &str,
    take: &mut dyn FnMut(&str, Found) -> Result<(), E>,
) -> Result<(), E> {
    let mut number = 0_usize;
    let mut message: Vec<u8> = Vec::new();
    let mut line: Vec<u8> = Vec::new();
    let mut after_empty = true;
    loop {
        line.clear();
        let more = match bounded_line(reader, &mut line) {
            Ok(more) => more,
            Err(error) => return take(name, Found::Unread(error.to_string())),
        };
        let begins = more && after_empty && mbox::begins(&line);
        if (begins || !more) && number > 0 {
            take(&format!("{name}#{number}"), Found::Mail(std::mem::take(&mut message)))?;
        }
        if !more {
            return Ok(());
        }
        if begins {
            number += 1;
        } else if message.len() <= LARGEST {
            message.extend_from_slice(mbox::unescaped(&line));
        }
        after_empty = line.iter().all(u8::is_ascii_whitespace);
    }
}

/// Reads one line, of which no more than a mebibyte is kept; answers whether there was one.
fn bounded_line(reader: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let mut any = false;
    loop {
        let (used, done) = {
            let chunk = reader.fill_buf()?;
            if chunk.is_empty() {
                return Ok(any);
            }
            let end = chunk.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
            let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
            let room = (1024 * 1024_usize).saturating_sub(line.len());
            line.extend_from_slice(part.get(..room.min(part.len())).unwrap_or_default());
            (part.len(), end.is_some())
        };
        any = true;
        reader.consume(used);
        if done {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut take = |name: &str, one: Found| -> Result<(), ()> {
            found.push((
                name.to_owned(),
                match one {
                    Found::Mail(bytes) => format!("mail {}", String::from_utf8_lossy(&bytes)),
                    Found::Short(text) => format!("short {text}"),
                    Found::Unread(why) => format!("unread {why}"),
                },
            ));
            Ok(())
        };
        stream(&mut &bytes[..], "x", (false, false), &mut take).unwrap();
        found
    }

    #[test]
    fn what_a_file_is_follows_from_what_it_holds() {
        assert!(read(b"Received: x\nFrom: a@b\n\nhi")[0].1.starts_with("mail"));
        assert!(read(b"From: 69525\n\nUse 3420")[0].1.starts_with("short"));
        assert!(read(b"Use 3420 as code")[0].1.starts_with("short"));
        assert!(read(b"")[0].1.starts_with("short"));
        assert!(read(b"\xd0\xcf\x11\xe0\xa1")[0].1.contains("save it as .eml"));
        assert!(read(b"%PDF-1.7")[0].1.starts_with("unread"));
        assert!(read(b"\0\0\0")[0].1.starts_with("unread"));
    }

    #[test]
    fn a_mailbox_is_taken_apart() {
        let all = read(b"From a Thu Jun 11 09:14:06 2026\nSubject: 1\n\n>From here\nFrom there\n\nFrom b Thu Jun 11 09:14:06 2026\nSubject: 2\n\nx\n");
        assert_eq!(all.len(), 2);
        assert_eq!(all[0], ("x#1".to_owned(), "mail Subject: 1\n\nFrom here\nFrom there\n\n".to_owned()));
        assert_eq!(all[1].0, "x#2");
    }

    #[test]
    fn a_mail_of_any_size_takes_bounded_memory() {
        let mut large = b"From a Thu Jun 11 09:14:06 2026\nSubject: 1\n\n".to_vec();
        large.resize(LARGEST * 2, b'x');
        assert!(read(&large)[0].1.len() <= LARGEST + 2 * 1024 * 1024);
    }
}
