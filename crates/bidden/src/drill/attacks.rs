//! Table: every attack that a drill plays.

mod approvals;
mod apps;
mod codes;
mod devices;
mod doubted;
mod outcome;
mod pages;
mod recovering;
mod staying;

use super::Attack;

/// In the order in which they are told.
pub(super) const ALL: &[Attack] = &[
    codes::ENUMERATION,
    staying::GATED,
    codes::FLOOD,
    staying::SPELLINGS,
    codes::LOCKOUT,
    codes::ASKING_AGAIN,
    staying::OWNERS_SUCCESS,
    codes::RACE,
    codes::WITHHELD,
    codes::FOREIGN_BROWSER,
    codes::SCANNER,
    pages::KEPT_ALIVE,
    pages::WORDS,
    recovering::SECOND_MAILBOX,
    recovering::STRANGERS,
    recovering::RECYCLED,
    recovering::DOWNGRADE,
    devices::LURE_WHILE_OFF,
    devices::LURE,
    devices::MINTED,
    devices::HANDED_OVER,
    devices::ONE_CLICK,
    devices::SAME_CITY,
    devices::READ_OUT,
    devices::RELAYED,
    apps::PASTED,
    apps::LEFT_BEHIND,
    apps::ETERNAL,
    codes::TOKEN_THEFT,
    codes::COOKIE_THEFT,
    doubted::DOUBTED,
    approvals::PROMPT_BOMBING,
    approvals::RELAYED_NUMBER,
    staying::RELAYED_CODE,
    staying::OTHER_SITE,
    pages::IN_A_FRAME,
    staying::NOT_ME_ABUSED,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_played_or_it_is_said_why_not() {
        let page = include_str!("../../../../docs/drill.md");
        let (played, why_not) = page.split_once("## What is not").unwrap();
        for attack in ALL {
            assert!(played.contains(&format!("`{}`", attack.id)), "{} is not in docs/drill.md", attack.id);
        }
        let rows: BTreeSet<u8> = ALL.iter().flat_map(|attack| attack.rows).copied().collect();
        let row = |line: &str| line.strip_prefix("| ")?.split_once(' ')?.0.parse().ok();
        let others: BTreeSet<u8> = why_not.lines().filter_map(row).collect();
        assert_eq!(rows.intersection(&others).count(), 0);
        assert!((1..=54).all(|row| rows.contains(&row) || others.contains(&row)), "{rows:?} {others:?}");
    }

    #[test]
    fn every_attack_has_a_name_of_its_own_and_rows_that_it_stands_for() {
        let names: BTreeSet<&str> = ALL.iter().map(|attack| attack.id).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.iter().all(|attack| !attack.rows.is_empty() && attack.rows.iter().all(|row| (1..=54).contains(row))));
    }
}
