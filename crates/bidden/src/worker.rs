//! What goes on beside the requests: messages leave, clients and services are told, time takes its toll, detectors look, the
//! record is sealed.

pub(crate) mod declared;
pub(crate) mod deliver;
pub(crate) mod detect;
pub(crate) mod doorbell;
pub(crate) mod keys;
mod logouts;
pub(crate) mod places;
pub(crate) mod queue;
pub(crate) mod seal;
pub(crate) mod sweep;
#[cfg(test)]
mod testing;
mod turn;
mod webhooks;

use std::time::Duration;

use tokio::sync::watch;

/// Told once, when the server ends.
#[derive(Clone)]
pub(crate) struct End(watch::Receiver<bool>);

impl End {
    /// An end and the hand that brings it about.
    pub(crate) fn new() -> (watch::Sender<bool>, Self) {
        let (sender, receiver) = watch::channel(false);
        (sender, Self(receiver))
    }

    /// Waits for `length`, or until the server ends; says whether to go on.
    pub(crate) async fn pause(&mut self, length: Duration) -> bool {
        tokio::time::timeout(length, self.come()).await.is_err()
    }

    /// Waits until the server ends.
    pub(crate) async fn come(&mut self) {
        // The sender is gone: the server is ending.
        let _ = self.0.wait_for(|ended| *ended).await;
    }
}
