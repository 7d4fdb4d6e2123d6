//! A message that was forwarded inline: its text, and the few lines that a mail program wrote above it.
//!
//! What stands there can be anything: nothing of it can be verified.

use super::address_list::{self, Party};

/// A message that is quoted in another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quoted {
    /// Who it is said to be from.
    pub from: Option<Party>,
    /// To whom it is said to have gone.
    pub to: Vec<Party>,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// The names that mail programs give the lines, by language.
const FROM: &[&str] = &[
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "od",
    "lähettäjä",
    "kimden",
    "от",
    "差出人",
    "发件人",
    "寄件者",
    "보낸 사람",
    "보낸사람",
];
const TO: &[&str] = &[
    "to",
    "an",
    "para",
    "a",
    "à",
    "aan",
    "till",
    "til",
    "do",
    "vastaanottaja",
    "kime",
    "кому",
    "宛先",
    "收件人",
    "收件者",
    "받는 사람",
    "받는사람",
];
const SUBJECT: &[&str] = &[
    "subject",
    "betreff",
    "asunto",
    "objet",
    "assunto",
    "oggetto",
    "onderwerp",
    "ämne",
    "emne",
    "temat",
    "aihe",
    "konu",
    "тема",
    "件名",
    "主题",
    "主旨",
    "제목",
];

/// Finds a forwarded message in a text: a line that names a sender with an address, and within a few lines one that names a
/// subject. The last such block counts, which is the original when something was forwarded again.
#[must_use]
pub fn find(text: &str) -> Option<Quoted> {
    let lines: Vec<&str> = text.lines().take(5_000).map(unquoted).collect();
    let starts = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| labelled(line, FROM).is_some_and(|value| value.contains('@')));
    starts.map(|(at, _)| at).rev().find_map(|at| block(&lines, at))
}

fn block(lines: &[&str], start: usize) -> Option<Quoted> {
    let mut quoted = Quoted::default();
    let mut has_subject = false;
    let mut end = start;
    for (at, line) in lines.iter().enumerate().skip(start).take(12) {
        if let Some(value) = labelled(line, FROM).filter(|_| quoted.from.is_none()) {
            quoted.from = address_list::parse(&angled(value)).into_iter().next();
        } else if let Some(value) = labelled(line, SUBJECT).filter(|_| !has_subject) {
            value.clone_into(&mut quoted.subject);
            has_subject = true;
        } else if let Some(value) = labelled(line, TO).filter(|_| quoted.to.is_empty()) {
            quoted.to = address_list::parse(&angled(value));
        } else if line.trim().is_empty() && has_subject {
            break;
        }
        end = at;
    }
    if !has_subject || quoted.from.as_ref().is_none_or(|from| !from.is_address()) {
        return None;
    }
    quoted.text = lines.get(end.saturating_add(1)..).unwrap_or_default().join("\n").trim().to_owned();
    Some(quoted)
}

/// `Name [mailto:a@b]` as older programs write it.
fn angled(value: &str) -> String {
    value.replace("[mailto:", "<").replace(']', ">").replace('*', "")
}

/// A line without the marks of quoting.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t', '|', '*', '\u{feff}'])
}

/// The value of a line `Name: value`, if it has one of these names.
fn labelled<'a>(line: &'a str, names: &[&str]) -> Option<&'a str> {
    let (name, value) = line.split_once([':', '：'])?;
    let name = name.trim().trim_matches('*').to_lowercase();
    names.contains(&name.as_str()).then(|| value.trim_matches(['*', ' ', '\t', '\u{a0}']))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn forwarded_originals_are_found() {
        for text in [
            "Is this ok?\n\n-----Original Message-----\nFrom: Team <a@b.example>\nSent: Thursday\nTo: c@d.example\nSubject: Your code\n\nHi\n\nCode: 1\n",
            "---------- Forwarded message ---------\nFrom: *Team* <a@b.example>\nDate: x\nSubject: Your code\nTo: <c@d.example>\n\n\nHi\n\nCode: 1",
            "> Von: Team [mailto:a@b.example]\n> Gesendet: x\n> An: c@d.example\n> Betreff: Your code\n>\n> Hi\n>\n> Code: 1",
        ] {
            let found = find(text).unwrap();
            assert_eq!(found.from.map(|from| from.address()).as_deref(), Some("a@b.example"), "{text}");
            assert_eq!(found.to.first().map(|to| to.address()).as_deref(), Some("c@d.example"));
            assert_eq!((found.subject.as_str(), found.text.as_str()), ("Your code", "Hi\n\nCode: 1"));
        }
    }

    #[test]
    fn the_innermost_counts_and_other_text_is_none() {
        let found =
            find("From: a@b.example\nSubject: FW: x\n\nFrom: c@d.example\nSubject: x\n\ninner").unwrap();
        assert_eq!(found.from.map(|from| from.address()).as_deref(), Some("c@d.example"));
        for text in
            ["", "From: the heart\nSubject: x\n", "From: a@b.example\nno subject", "Subject: x\n\nhello"]
        {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
