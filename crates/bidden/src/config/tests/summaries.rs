//! What `bidden config check` says.

use super::*;

#[test]
fn the_summary_of_the_defaults_says_that_nothing_differs() {
    let summary = accepted("", &[]).summary();
    assert!(summary.contains("http://localhost:8000 at 127.0.0.1:8000, for this machine only"), "{summary}");
    assert!(summary.ends_with("Every setting has its default.\n"), "{summary}");
}

#[test]
fn the_summary_names_what_differs_and_where_it_was_set() {
    let summary = accepted("code.guesses = 2\ncode.length = 8", &[("BIDDEN_SITE_NAME", "Library")]).summary();
    assert!(summary.contains("site_name    = Library  (BIDDEN_SITE_NAME)\n"), "{summary}");
    assert!(summary.contains("code.guesses = 2  (bidden.toml:1:16)\n"), "{summary}");
    assert!(!summary.contains("code.length"), "{summary}");
}
