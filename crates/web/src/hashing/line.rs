//! Those who wait for a thread: network by network in turn, few for one account, and not all from one network.

use std::collections::{BTreeMap, VecDeque};

/// How many may wait for the same account: one person, who pressed the button twice.
const FOR_AN_ACCOUNT: usize = 2;

/// For whom a password is hashed.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The account, by the digest of the address that was typed: an address without an account has one too. A browser that
    /// the account knows may have a key of its own, so that strangers who flood the account do not take its places.
    pub account: [u8; 16],
    /// The network of the source (`wire::http::forwarded::network_of`).
    pub network: String,
}

/// What somebody in the line holds.
pub(super) struct Ticket {
    number: u64,
    network: String,
}

struct Waiting<J> {
    number: u64,
    account: [u8; 16],
    job: J,
}

/// The line.
pub(super) struct Line<J> {
    /// Who waits, from each network that anybody waits from.
    networks: BTreeMap<String, VecDeque<Waiting<J>>>,
    /// The same networks, in the order of their turns.
    turns: VecDeque<String>,
    count: usize,
    most: usize,
    next: u64,
}

impl<J> Line<J> {
    /// A line of at most so many.
    pub(super) const fn new(most: usize) -> Self {
        Self { networks: BTreeMap::new(), turns: VecDeque::new(), count: 0, most, next: 0 }
    }

    /// How many wait.
    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// Takes somebody in, unless it is full, half of it is from the same network, or some wait for the same account.
    pub(super) fn join(&mut self, asker: Asker, job: J) -> Option<Ticket> {
        let Asker { account, network } = asker;
        let same = |waiting: &Waiting<J>| waiting.account == account;
        let for_account = self.networks.values().flatten().filter(|waiting| same(waiting)).count();
        let from_network = self.networks.get(&network).map_or(0, VecDeque::len);
        if self.count >= self.most || for_account >= FOR_AN_ACCOUNT || from_network >= self.most.div_ceil(2) {
            return None;
        }
        let number = self.next;
        self.next = self.next.wrapping_add(1);
        if from_network == 0 {
            self.turns.push_back(network.clone());
        }
        self.networks.entry(network.clone()).or_default().push_back(Waiting { number, account, job });
        self.count = self.count.saturating_add(1);
        Some(Ticket { number, network })
    }

    /// The job whose turn it is. Its network goes to the end.
    pub(super) fn next(&mut self) -> Option<J> {
        let network = self.turns.pop_front()?;
        let waiting = self.networks.get_mut(&network)?;
        let first = waiting.pop_front()?;
        if waiting.is_empty() {
            self.networks.remove(&network);
        } else {
            self.turns.push_back(network);
        }
        self.count = self.count.saturating_sub(1);
        Some(first.job)
    }

    /// Lets somebody go who still waits.
    pub(super) fn leave(&mut self, ticket: &Ticket) -> Option<J> {
        let waiting = self.networks.get_mut(&ticket.network)?;
        let at = waiting.iter().position(|waiting| waiting.number == ticket.number)?;
        let gone = waiting.remove(at)?;
        if waiting.is_empty() {
            self.networks.remove(&ticket.network);
            self.turns.retain(|network| *network != ticket.network);
        }
        self.count = self.count.saturating_sub(1);
        Some(gone.job)
    }

    /// Sends everybody away.
    pub(super) fn clear(&mut self) -> Vec<J> {
        self.turns.clear();
        self.count = 0;
        std::mem::take(&mut self.networks).into_values().flatten().map(|waiting| waiting.job).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asker(account: u8, network: &str) -> Asker {
        Asker { account: [account; 16], network: network.to_owned() }
    }

    fn all(line: &mut Line<&'static str>) -> Vec<&'static str> {
        std::iter::from_fn(|| line.next()).collect()
    }

    #[test]
    fn networks_take_turns_and_within_one_the_first_is_first() {
        let mut line = Line::new(10);
        for (account, network, job) in
            [(1, "a", "a1"), (2, "a", "a2"), (3, "a", "a3"), (4, "b", "b1"), (5, "c", "c1"), (6, "b", "b2")]
        {
            assert!(line.join(asker(account, network), job).is_some());
        }
        assert_eq!((line.len(), all(&mut line)), (6, vec!["a1", "b1", "c1", "a2", "b2", "a3"]));
        assert_eq!(line.len(), 0);
    }

    #[test]
    fn a_flooded_account_and_a_flooding_network_leave_room_for_others() {
        let mut line = Line::new(8);
        let from = |n: u8| format!("network {}", n % 5);
        let joined = (0..50).filter(|n| line.join(asker(9, &from(*n)), "flood").is_some()).count();
        assert_eq!(joined, FOR_AN_ACCOUNT, "whatever the number of networks");
        let joined = (0..50).filter(|n| line.join(asker(*n + 10, "a"), "flood").is_some()).count();
        assert_eq!(joined, 4, "half the line, whatever the number of accounts");
        assert!(line.join(asker(1, "b"), "other").is_some());
        assert_eq!(all(&mut line).iter().position(|job| *job == "other"), Some(3));
    }

    #[test]
    fn a_full_line_takes_nobody_and_one_that_somebody_left_takes_one() {
        let mut line = Line::new(2);
        let first = line.join(asker(1, "a"), "one").unwrap();
        assert!(line.join(asker(2, "b"), "two").is_some());
        assert!(line.join(asker(3, "c"), "three").is_none());
        assert_eq!(line.leave(&first), Some("one"));
        assert_eq!(line.leave(&first), None, "gone is gone");
        assert!(line.join(asker(3, "c"), "three").is_some());
        assert_eq!(all(&mut line), ["two", "three"]);
    }

    proptest! {
        /// Whoever joined comes out once, by turn or by leaving, and the counts stay those of who waits.
        #[test]
        fn nobody_is_lost_and_nobody_comes_twice(
            steps in proptest::collection::vec((0_u8..4, 0_u8..6, 0_u8..4, any::<prop::sample::Index>()), 0..200),
        ) {
            let mut line = Line::new(6);
            let (mut tickets, mut inside, mut job) = (Vec::new(), Vec::new(), 0_u32);
            for (what, account, network, which) in steps {
                match what {
                    0 | 1 => {
                        job += 1;
                        let network = network.to_string();
                        if let Some(ticket) = line.join(asker(account, &network), job) {
                            tickets.push((ticket, job));
                            inside.push(job);
                        }
                    }
                    2 => {
                        let next = line.next();
                        prop_assert_eq!(next.is_some(), !inside.is_empty());
                        if let Some(next) = next {
                            prop_assert!(inside.contains(&next));
                            inside.retain(|job| *job != next);
                        }
                    }
                    _ if tickets.is_empty() => {}
                    _ => {
                        let (ticket, job) = &tickets[which.index(tickets.len())];
                        let there = inside.contains(job);
                        prop_assert_eq!(line.leave(ticket), there.then_some(*job));
                        inside.retain(|other| other != job);
                    }
                }
                prop_assert_eq!(line.len(), inside.len());
                prop_assert!(line.len() <= 6 && line.turns.len() == line.networks.len());
            }
            let mut rest = line.clear();
            rest.sort_unstable();
            prop_assert_eq!(rest, inside);
        }
    }
}
