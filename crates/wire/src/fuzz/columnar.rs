//! What the fuzz target of files of records checks.

use crate::columnar::{self, Footer, LONGEST_TEXT, Record, TAIL, Writer};

/// A file of records is read or refused; what is read is written and read as the same.
pub fn columnar(data: &[u8]) {
    let mut writer = Writer::new(Vec::new()).ok();
    let mut many = 0_u32;
    let whole = records(data, &mut |record, _| {
        many += 1;
        // A few bytes can say the same a million times: the first thousands are enough.
        if many < 4096
            && let Some(writer) = &mut writer
        {
            let long = matches!(record, Record::Own { event, .. } if event.len() > LONGEST_TEXT);
            assert!(long || writer.push(&record).is_ok());
        }
    });
    let Some(written) = writer.and_then(|writer| writer.finish(&columnar::Beside::default()).ok()) else {
        return;
    };
    let mut again = 0;
    assert!(records(&written, &mut |_, _| again += 1).is_some());
    assert!(whole.is_none() || again == many.min(4095));
}

/// Hands on the records of a file; `None` where it cannot be read to its end.
fn records(data: &[u8], on: &mut dyn FnMut(Record<'_>, u32)) -> Option<()> {
    let tail_at = data.len().checked_sub(TAIL)?;
    let long = columnar::tail(*data.last_chunk::<TAIL>()?).ok()?;
    let footer = Footer::parse(data.get(tail_at.checked_sub(long)?..tail_at)?).ok()?;
    for number in 0..footer.groups().min(64) {
        let span = footer.span(number).ok()?;
        let start = usize::try_from(span.start).ok()?;
        let mut group = footer.open(number, data.get(start..start.checked_add(span.long)?)?.to_vec()).ok()?;
        let mut steps = 0;
        while group.next(on).ok()? {
            steps += 1;
            if steps > 64 {
                return None;
            }
        }
    }
    Some(())
}
