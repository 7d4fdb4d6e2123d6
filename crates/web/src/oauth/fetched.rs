//! What clients keep elsewhere, kept here for a while: their keys, and documents about themselves.
//!
//! Implements: OpenID Connect Core §10.1.1 (a key that is not known is looked for once more),
//! draft-ietf-oauth-client-id-metadata-document §6.2 (how long a document may be kept). Strangers choose what is fetched, so
//! that the number of documents is bounded, kept and a minute: beyond that the newest known one is used, or none.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use model::time::Time;
use wire::http::url::Url;

/// Fetches a document of at most so many bytes; nothing where that is not allowed or does not work, which the one who fetches
/// writes to the log.
pub type Fetch =
    Arc<dyn Fn(Url, usize) -> Pin<Box<dyn Future<Output = Option<Vec<u8>>> + Send>> + Send + Sync>;

/// How many documents are kept.
const MOST: usize = 256;
/// How many are fetched in a minute.
const A_MINUTE: u32 = 60;
/// How long one is believed.
const FRESH: Duration = Duration::from_secs(5 * 60);
/// How long before it is looked for again that it was not there, or does not have what is looked for.
const AGAIN: Duration = Duration::from_secs(60);

/// The documents.
pub(crate) struct Fetched {
    fetch: Fetch,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    documents: HashMap<String, Document>,
    /// The minute that is counted, and how many were fetched in it.
    minute: (i64, u32),
}

#[derive(Clone)]
struct Document {
    text: Option<Arc<[u8]>>,
    at: Time,
}

impl Fetched {
    pub(crate) fn new(fetch: Fetch) -> Self {
        Self { fetch, kept: Mutex::default() }
    }

    /// The document at `url`, of at most `most` bytes; one that is kept does if it is fresh and `fits`.
    pub(crate) async fn get(
        &self,
        url: &Url,
        (most, now): (usize, Time),
        fits: impl Fn(&[u8]) -> bool,
    ) -> Option<Arc<[u8]>> {
        let key = url.to_string();
        let known = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let known = kept.documents.get(&key).cloned();
            let does = known.as_ref().is_some_and(|known| {
                let good = known.text.as_ref().is_some_and(|text| fits(text));
                now < known.at + if good { FRESH } else { AGAIN }
            });
            if does || !kept.may_fetch(now) {
                return known.and_then(|known| known.text);
            }
            known
        };
        let text: Option<Arc<[u8]>> = (self.fetch)(url.clone(), most).await.map(Into::into);
        // What was there before is better than nothing, when it cannot be fetched just now.
        let text = text.or(known.and_then(|known| known.text));
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(key, Document { text: text.clone(), at: now });
        text
    }
}

impl Kept {
    /// Counts one more fetch, if there may be one.
    fn may_fetch(&mut self, now: Time) -> bool {
        let minute = now.micros().div_euclid(model::time::MINUTE);
        if self.minute.0 != minute {
            self.minute = (minute, 0);
        }
        if self.minute.1 >= A_MINUTE {
            return false;
        }
        self.minute.1 = self.minute.1.saturating_add(1);
        true
    }

    fn put(&mut self, key: String, document: Document) {
        if self.documents.len() >= MOST && !self.documents.contains_key(&key) {
            let oldest = self.documents.iter().min_by_key(|(_, document)| document.at);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.documents.remove(&oldest);
            }
        }
        self.documents.insert(key, document);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    fn counting(
        answer: impl Fn(u32) -> Option<&'static str> + Send + Sync + 'static,
    ) -> (Fetched, Arc<AtomicU32>) {
        let count = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&count);
        let fetch: Fetch = Arc::new(move |_, _| {
            let text = answer(counted.fetch_add(1, Ordering::Relaxed)).map(|text| text.as_bytes().to_vec());
            Box::pin(async move { text })
        });
        (Fetched::new(fetch), count)
    }

    fn get(fetched: &Fetched, url: &str, seconds: i64, wanted: &str) -> Option<String> {
        let (url, now) = (Url::parse(url).unwrap(), Time::from_micros(seconds * model::time::SECOND));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let text = runtime.block_on(fetched.get(&url, (64, now), |text| text == wanted.as_bytes()));
        text.map(|text| String::from_utf8(text.to_vec()).unwrap())
    }

    const AT: &str = "https://app.example.org/jwks";

    #[test]
    fn a_document_that_fits_is_believed_for_five_minutes() {
        let (fetched, count) = counting(|_| Some("one"));
        for seconds in [0, 1, 299] {
            assert_eq!(get(&fetched, AT, seconds, "one").as_deref(), Some("one"));
        }
        assert_eq!(count.load(Ordering::Relaxed), 1);
        get(&fetched, AT, 300, "one");
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn one_that_lacks_what_is_looked_for_is_fetched_again_once_a_minute() {
        let (fetched, count) = counting(|n| Some(if n == 0 { "old" } else { "new" }));
        assert_eq!(get(&fetched, AT, 0, "new").as_deref(), Some("old"));
        assert_eq!(get(&fetched, AT, 59, "new").as_deref(), Some("old"));
        assert_eq!(get(&fetched, AT, 60, "new").as_deref(), Some("new"));
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn what_cannot_be_fetched_is_asked_for_once_a_minute_and_what_was_there_stays() {
        let (fetched, count) = counting(|n| (n == 0).then_some("one"));
        assert_eq!(get(&fetched, AT, 0, "one").as_deref(), Some("one"));
        assert_eq!(get(&fetched, AT, 400, "one").as_deref(), Some("one"));
        assert_eq!(count.load(Ordering::Relaxed), 2);
        let (nothing, count) = counting(|_| None);
        for seconds in [0, 30, 59] {
            assert_eq!(get(&nothing, AT, seconds, "one"), None);
        }
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn strangers_cause_sixty_fetches_a_minute_and_keep_256_documents() {
        let (fetched, count) = counting(|_| Some("one"));
        for n in 0..100 {
            get(&fetched, &format!("{AT}/{n}"), 0, "one");
        }
        assert_eq!(count.load(Ordering::Relaxed), A_MINUTE);
        for n in 0..600 {
            get(&fetched, &format!("{AT}/m{n}"), 60 + n, "one");
        }
        assert_eq!(fetched.kept.lock().unwrap().documents.len(), MOST);
        assert_eq!(get(&fetched, &format!("{AT}/m599"), 700, "one").as_deref(), Some("one"));
    }
}
