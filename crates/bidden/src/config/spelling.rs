//! "Did you mean …?": the nearest known name to one that is not known.

/// The name among `known` that `wrong` was most likely meant to be; nothing if none is near.
///
/// A name is near when at most a third of it was mistyped (insertion, deletion, replacement, or two
/// neighbours swapped), or when `wrong` is its last part and no other name ends in the same.
pub(super) fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    const LONGEST: usize = 64;
    if wrong.chars().count() > LONGEST {
        return None;
    }
    let mut ending =
        known.clone().filter(|name| name.rsplit_once('.').is_some_and(|(_, last)| last == wrong));
    if let (Some(only), None) = (ending.next(), ending.next()) {
        return Some(only);
    }
    known
        .map(|name| (distance(wrong, name), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many single mistakes lie between two words (optimal string alignment).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    let mut row_before: Vec<usize> = Vec::new();
    let mut left_before = None;
    for (i, l) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(i.saturating_add(1));
        let mut right_before = None;
        for (j, r) in right.iter().copied().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX);
            let replaced = at(&row, j).saturating_add(usize::from(l != r));
            let inserted = at(&next, j).saturating_add(1);
            let deleted = at(&row, j.saturating_add(1)).saturating_add(1);
            let mut best = replaced.min(inserted).min(deleted);
            if left_before == Some(r) && right_before == Some(l) {
                best = best.min(at(&row_before, j.saturating_sub(1)).saturating_add(1));
            }
            next.push(best);
            right_before = Some(r);
        }
        row_before = std::mem::replace(&mut row, next);
        left_before = Some(l);
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 5] = ["smtp.host", "smtp.port", "code.length", "tls.key", "listen"];

    fn near(wrong: &str) -> Option<&'static str> {
        nearest(wrong, KNOWN.into_iter())
    }

    #[test]
    fn two_swapped_letters_are_one_mistake() {
        assert_eq!(distance("smpt", "smtp"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_mistyped_name_finds_the_one_that_was_meant() {
        assert_eq!(near("smpt.host"), Some("smtp.host"));
        assert_eq!(near("lisen"), Some("listen"));
    }

    #[test]
    fn a_name_without_its_section_finds_the_section() {
        assert_eq!(near("key"), Some("tls.key"));
    }

    #[test]
    fn something_else_altogether_finds_nothing() {
        assert_eq!(near("colour_of_the_sea"), None);
        assert_eq!(near(&"x".repeat(5000)), None);
    }
}
