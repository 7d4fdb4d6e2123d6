//! The text part: paragraphs wrapped at 76 columns, facts in two columns, links on lines of their own.
//!
//! Implements: RFC 5322 §2.1.1 ("lines of characters … SHOULD be no more than 78 characters").

use super::layout::{Block, Fact};

/// Columns in a line; only a single word that is longer makes a longer one.
const COLUMNS: usize = 76;

/// Draws `blocks` with an empty line between any two, and then `last_line`. No line end after the last.
pub(super) fn draw(blocks: &[Block], last_line: Option<&str>) -> String {
    let names = blocks.iter().flat_map(facts).map(|fact| fact.name.chars().count());
    let margin = names.max().unwrap_or_default().saturating_add(2);
    let mut parts: Vec<String> = blocks.iter().map(|block| part(block, margin)).collect();
    parts.extend(last_line.map(str::to_owned));
    parts.join("\n\n")
}

fn facts(block: &Block) -> Vec<&Fact> {
    match block {
        Block::Facts(facts) => facts.iter().collect(),
        Block::Code { code, until } => vec![code, until],
        Block::Paragraph(_) | Block::Warning(_) | Block::Link { .. } | Block::Receipt { .. } => Vec::new(),
    }
}

fn part(block: &Block, margin: usize) -> String {
    match block {
        Block::Paragraph(text) | Block::Warning(text) => wrapped(text, 0),
        Block::Receipt { lead, lines } => format!("{}\n{lines}", wrapped(lead, 0)),
        Block::Link { why, url, .. } => format!("{}\n{url}", wrapped(why, 0)),
        Block::Facts(_) | Block::Code { .. } => {
            let lines = facts(block).into_iter().map(|fact| {
                let gap = margin.saturating_sub(fact.name.chars().count());
                format!("{}{}{}", fact.name, " ".repeat(gap), wrapped(&fact.value, margin))
            });
            lines.collect::<Vec<_>>().join("\n")
        }
    }
}

/// `text` in lines that fit beside `margin` empty columns; the first line is not indented.
fn wrapped(text: &str, margin: usize) -> String {
    let room = COLUMNS.saturating_sub(margin);
    let mut lines = String::with_capacity(text.len());
    let mut used = 0_usize;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used.saturating_add(1).saturating_add(length) > room {
            lines.push('\n');
            lines.push_str(&" ".repeat(margin));
            used = 0;
        } else if used > 0 {
            lines.push(' ');
            used = used.saturating_add(1);
        }
        lines.push_str(word);
        used = used.saturating_add(length);
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_goes_on_below_itself() {
        let fact = |name: &str, value: &str| Fact { name: name.to_owned(), value: value.to_owned() };
        let long = "word ".repeat(20);
        let drawn = draw(&[Block::Facts(vec![fact("A", &long), fact("Longer", "b")])], Some("@h #C"));
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines[0], format!("A       {}", "word ".repeat(12) + "word"));
        assert_eq!(lines[1], format!("        {}", "word ".repeat(6) + "word"));
        assert_eq!(lines[2..], ["Longer  b", "", "@h #C"]);
    }

    proptest! {
        #[test]
        fn no_word_is_lost_and_no_line_is_too_long(text in "([a-z\u{e9}]{1,30} ){0,40}", margin in 0_usize..30) {
            let lines = wrapped(&text, margin);
            prop_assert!(lines.split_whitespace().eq(text.split_whitespace()));
            let first = lines.lines().take(1).map(|line| line.chars().count() + margin);
            let others = lines.lines().skip(1).map(|line| line.chars().count());
            prop_assert!(first.chain(others).all(|columns| columns <= COLUMNS), "{lines}");
        }
    }
}
