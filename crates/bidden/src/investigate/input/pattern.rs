//! Patterns of names, for shells that leave them as they are: `*`, `?` and `[abc]` within a part of a path.

use std::fs;
use std::io;
use std::path::PathBuf;

/// The paths that a word means: itself where there is such a file, else what it matches.
pub(super) fn expand(word: &str) -> io::Result<Vec<PathBuf>> {
    let whole = PathBuf::from(word);
    if whole.exists() || !word.contains(['*', '?', '[']) {
        return Ok(if whole.exists() { vec![whole] } else { Vec::new() });
    }
    let start = if word.starts_with('/') { PathBuf::from("/") } else { PathBuf::new() };
    let mut found = vec![start];
    for part in word.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for folder in found {
            if !part.contains(['*', '?', '[']) {
                let path = folder.join(part);
                next.extend(path.exists().then_some(path));
                continue;
            }
            let here = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.clone() };
            let Ok(entries) = fs::read_dir(here) else { continue };
            let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            let hidden = part.starts_with('.');
            let mut names: Vec<String> = names
                .filter(|name| {
                    (hidden || !name.starts_with('.')) && matches(part.as_bytes(), name.as_bytes())
                })
                .collect();
            names.sort();
            next.extend(names.iter().map(|name| folder.join(name)));
        }
        found = next;
    }
    Ok(found)
}

/// Whether a name is as a pattern wants it.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [b'*', rest @ ..] => (0..=name.len()).any(|skip| matches(rest, name.get(skip..).unwrap_or_default())),
        [b'?', rest @ ..] => name.split_first().is_some_and(|(_, name)| matches(rest, name)),
        [b'[', rest @ ..] if rest.contains(&b']') => {
            let end = rest.iter().position(|byte| *byte == b']').unwrap_or(0);
            let (set, after) = rest.split_at_checked(end).unwrap_or_default();
            let after = after.get(1..).unwrap_or_default();
            name.split_first().is_some_and(|(first, name)| holds(set, *first) && matches(after, name))
        }
        [letter, rest @ ..] => {
            name.split_first().is_some_and(|(first, name)| first == letter && matches(rest, name))
        }
    }
}

/// Whether a set such as `a-c_` has a letter.
fn holds(set: &[u8], letter: u8) -> bool {
    match set {
        [] => false,
        [from, b'-', to, rest @ ..] => (*from..=*to).contains(&letter) || holds(rest, letter),
        [one, rest @ ..] => *one == letter || holds(rest, letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_a_shell() {
        for (pattern, name, is) in [
            ("*.json", "a.json", true),
            ("*.json", "a.json.gz", false),
            ("PT?H.json", "PT1H.json", true),
            ("m=0[0-9]", "m=07", true),
            ("m=0[0-9]", "m=0x", false),
            ("[", "[", true),
            ("*", "", true),
            ("a*b*c", "aXbYbZc", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), name.as_bytes()), is, "{pattern} {name}");
        }
    }
}
