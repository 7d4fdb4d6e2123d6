//! Whose turn it is: of several nodes on one store, one does a job at a time. With an embedded store it is always ours.

use flow::lease::{self, Job, Node};
use model::fault::Fault;
use model::time::Time;
use web::App;

/// How long before its end a lease is renewed.
const EARLY: std::time::Duration = std::time::Duration::from_secs(20);

/// A job's lease, as this node knows it.
pub(crate) struct Turn {
    job: Job,
    node: Option<Node>,
    /// Until when it need not be renewed; none when it is not ours.
    until: Option<Time>,
}

/// Whether a job may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// It may, and this node did it before.
    Ours,
    /// It may; another node, or nobody, did it before.
    OursFromNow,
    /// Another node does it.
    Theirs,
}

impl Turn {
    pub(crate) fn new(job: Job, node: Option<Node>) -> Self {
        Self { job, node, until: None }
    }

    /// Who this node is, where there are others.
    pub(crate) const fn node(&self) -> Option<&Node> {
        self.node.as_ref()
    }

    /// Takes or renews the lease if need be.
    pub(crate) async fn take(&mut self, app: &App) -> Result<Whose, Fault> {
        let now = app.cx().now;
        let before = self.until;
        if before.is_some_and(|until| now < until) {
            return Ok(Whose::Ours);
        }
        let held = match self.node {
            None => true,
            Some(node) => {
                let job = self.job;
                self.until = None;
                app.commit(app.cx(), move |tx, cx| lease::hold(tx, cx, job, &node)).await?
            }
        };
        self.until = held.then_some(now + lease::LENGTH - EARLY);
        Ok(match (held, before) {
            (false, _) => Whose::Theirs,
            // A lease that was not renewed in time may have been somebody else's meanwhile.
            (true, Some(until)) if self.node.is_none() || now < until + EARLY => Whose::Ours,
            (true, _) => Whose::OursFromNow,
        })
    }

    /// It turned out to be another node's.
    pub(crate) const fn lost(&mut self) {
        self.until = None;
    }

    /// Gives it back at the end.
    pub(crate) async fn end(self, app: &App) {
        if let (Some(node), Some(_)) = (self.node, self.until) {
            let job = self.job;
            if let Err(fault) = app.commit(app.cx(), move |tx, _| lease::release(tx, job, &node)).await {
                tracing::warn!(cause = %fault.chain(), ?job, "another node takes over once the lease has run out");
            }
        }
    }
}
