//! Saying what a message with a code means, for whoever pastes one: a few at once, and off the threads that answer.

use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::error::Trouble;
use crate::view::explain::Explained;

/// How many messages are read at once; whoever comes beyond that is told to come again.
const AT_ONCE: usize = 2;

/// Says what messages with codes mean. Without a network, and without keeping anything.
pub trait Explain: Send + Sync {
    /// What a mail or text message means, for whom it came to, if that is known; `None` where it is neither.
    fn explain(&self, message: &[u8], recipient: Option<&str>) -> Option<Explained>;
}

/// The same within bounds.
pub(crate) struct Explaining {
    explain: Arc<dyn Explain>,
    permits: Arc<Semaphore>,
}

impl Explaining {
    pub(crate) fn new(explain: Arc<dyn Explain>) -> Self {
        Self { explain, permits: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Explains a message.
    ///
    /// # Errors
    /// [`Trouble::Busy`] when as many as may be are being read.
    pub(crate) async fn of(
        &self,
        message: Vec<u8>,
        recipient: Option<String>,
    ) -> Result<Option<Explained>, Trouble> {
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else { return Err(Trouble::Busy) };
        let explain = Arc::clone(&self.explain);
        let read = tokio::task::spawn_blocking(move || {
            let explained = explain.explain(&message, recipient.as_deref());
            drop(permit);
            explained
        });
        read.await.map_err(|error| Trouble::Fault(error.to_string()))
    }
}
