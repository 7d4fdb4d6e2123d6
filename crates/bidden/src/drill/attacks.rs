//! Table: every attack that a drill plays.

mod approvals;
mod codes;
mod devices;
mod outcome;
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
    devices::LURE_WHILE_OFF,
    devices::LURE,
    devices::MINTED,
    devices::HANDED_OVER,
    devices::ONE_CLICK,
    devices::SAME_CITY,
    devices::READ_OUT,
    devices::RELAYED,
    codes::TOKEN_THEFT,
    codes::COOKIE_THEFT,
    approvals::PROMPT_BOMBING,
    staying::RELAYED_CODE,
    staying::OTHER_SITE,
    staying::NOT_ME_ABUSED,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_attack_has_a_name_of_its_own_and_rows_that_it_stands_for() {
        let names: BTreeSet<&str> = ALL.iter().map(|attack| attack.id).collect();
        assert_eq!(names.len(), ALL.len());
        assert!(ALL.iter().all(|attack| !attack.rows.is_empty() && attack.rows.iter().all(|row| (1..=54).contains(row))));
    }
}
