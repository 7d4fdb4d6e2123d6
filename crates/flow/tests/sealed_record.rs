//! The sealed record under attack: whatever is done to it past the store is found, and what is done to it by right is not.

#[cfg(test)]
#[path = "sealed_record/attacks.rs"]
mod attacks;
#[cfg(test)]
#[path = "sealed_record/by_right.rs"]
mod by_right;
#[cfg(test)]
#[path = "sealed_record/proofs.rs"]
mod proofs;
#[cfg(test)]
#[path = "sealed_record/world.rs"]
mod world;
