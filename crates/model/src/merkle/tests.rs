//! The tree against one that is written as the RFC says it, without a thought for speed.

use std::collections::HashMap;
use std::convert::Infallible;

use proptest::prelude::*;

use super::*;

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|n| leaf(&hash(&[&n.to_be_bytes()]))).collect()
}

/// RFC 9162 §2.1.1.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty(),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&naive_root(left), &naive_root(right))
        }
    }
}

/// RFC 9162 §2.1.3.1.
fn naive_path(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, beside) = if index < left.len() {
        (naive_path(index, left), naive_root(right))
    } else {
        (naive_path(index - left.len(), right), naive_root(left))
    };
    path.push(beside);
    path
}

/// RFC 9162 §2.1.4.1, SUBPROOF.
fn naive_consistency(older: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if older == leaves.len() {
        return if whole { Vec::new() } else { vec![naive_root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, beside) = if older <= left.len() {
        (naive_consistency(older, left, whole), naive_root(right))
    } else {
        (naive_consistency(older - left.len(), right, false), naive_root(left))
    };
    path.push(beside);
    path
}

fn split(size: usize) -> usize {
    size.next_power_of_two() / 2
}

/// What a store would keep.
#[derive(Default)]
struct Memory(HashMap<(u8, u64), Hash>);

impl Nodes for Memory {
    type Error = Infallible;
    fn row(&mut self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, Infallible> {
        Ok((from..from + count).map(|n| self.0[&(level, n)]).collect())
    }
}

fn grown(size: u64) -> (Memory, Frontier, Vec<Hash>) {
    let (mut memory, mut frontier, leaves) = (Memory::default(), Frontier::default(), leaves(size));
    for (n, leaf) in (0..).zip(&leaves) {
        memory.0.insert((0, n), *leaf);
        for kept in frontier.push(*leaf) {
            memory.0.insert((kept.level, kept.index), kept.hash);
        }
    }
    (memory, frontier, leaves)
}

#[test]
fn a_tree_without_a_leaf_has_the_root_of_the_rfc() {
    let hex = wire::token::hex(&Frontier::default().root());
    assert_eq!(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(
        wire::token::hex(&hash(&[LEAF])),
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    );
}

#[test]
fn every_small_tree_is_the_one_of_the_rfc() {
    for size in 0..70 {
        let (mut memory, frontier, leaves) = grown(size);
        let expected = naive_root(&leaves);
        assert_eq!(frontier.root(), expected);
        for index in 0..size {
            let path = inclusion(&mut memory, index, size).unwrap();
            let n = usize::try_from(index).unwrap();
            assert_eq!(path, naive_path(n, &leaves), "{index} of {size}");
            assert_eq!(root_above(index, size, &leaves[n], &path), Some(expected));
        }
        for older in 1..size {
            let n = usize::try_from(older).unwrap();
            let path = consistency(&mut memory, older, size).unwrap();
            assert_eq!(path, naive_consistency(n, &leaves, true), "{older} of {size}");
            assert!(is_consistent((older, &naive_root(&leaves[..n])), (size, &expected), &path));
        }
    }
}

#[test]
fn large_trees_are_read_back_from_what_is_kept() {
    let (mut memory, frontier, leaves) = grown(66_000);
    assert_eq!(memory.0.keys().filter(|(level, _)| *level == 1).count(), 257);
    assert_eq!(memory.0.keys().filter(|(level, _)| *level == 2).count(), 1);
    for size in [1, 255, 256, 257, 65_535, 65_536, 65_537, 66_000_u64] {
        let n = usize::try_from(size).unwrap();
        let read = Frontier::read(&mut memory, size).unwrap();
        assert_eq!(read.root(), naive_root(&leaves[..n]), "{size}");
        assert_eq!(root(&mut memory, size).unwrap(), read.root());
    }
    assert_eq!(Frontier::read(&mut memory, 66_000).unwrap(), frontier);
}

proptest! {
    #[test]
    fn a_leaf_is_proven_in_its_own_place_alone(size in 1_u64..600, a in any::<u64>(), b in any::<u64>()) {
        let (mut memory, frontier, leaves) = grown(size);
        let (index, other) = (a % size, b % size);
        let path = inclusion(&mut memory, index, size).unwrap();
        let at = |n: u64| &leaves[usize::try_from(n).unwrap()];
        prop_assert_eq!(root_above(index, size, at(index), &path), Some(frontier.root()));
        if other != index {
            prop_assert_ne!(root_above(other, size, at(index), &path), Some(frontier.root()));
            prop_assert_ne!(root_above(index, size, at(other), &path), Some(frontier.root()));
        }
        prop_assert_eq!(root_above(size, size, at(index), &path), None);
        let mut longer = path.clone();
        longer.push(*at(index));
        prop_assert_ne!(root_above(index, size, at(index), &longer), Some(frontier.root()));
        if !path.is_empty() {
            prop_assert_ne!(root_above(index, size, at(index), &path[1..]), Some(frontier.root()));
        }
    }

    #[test]
    fn a_tree_with_another_past_is_not_consistent(size in 2_u64..600, a in any::<u64>(), changed in any::<u64>()) {
        let (mut memory, frontier, leaves) = grown(size);
        let older = 1 + a % (size - 1);
        let path = consistency(&mut memory, older, size).unwrap();
        let n = usize::try_from(older).unwrap();
        let old = naive_root(&leaves[..n]);
        prop_assert!(is_consistent((older, &old), (size, &frontier.root()), &path));
        let mut other = leaves[..n].to_vec();
        other[usize::try_from(changed % older).unwrap()] = leaf(&empty());
        prop_assert!(!is_consistent((older, &naive_root(&other)), (size, &frontier.root()), &path));
        prop_assert!(!is_consistent((older, &old), (size, &empty()), &path));
        if let Some((_, shorter)) = path.split_last() {
            prop_assert!(!is_consistent((older, &old), (size, &frontier.root()), shorter));
        }
    }
}
