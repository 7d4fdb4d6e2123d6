//! Whatever stands in the file or in a variable, there is an answer.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Config::read(Some(("f", &bytes)), std::iter::empty(), NO_FILES);
    }

    #[test]
    fn any_text_that_looks_like_toml_is_answered(
        text in "([\\[\\]{}.=\"',#\n é0-9e+-]|smtp|tls|code|listen|host|password|budget|epsilon|key){0,60}"
    ) {
        if let Err(problems) = read(&text, &[], NO_FILES) {
            prop_assert!(problems.count() > 0 && !problems.to_string().is_empty());
        }
    }

    #[test]
    fn any_value_of_any_setting_is_answered_in_the_file_and_in_a_variable(
        at in 0..TABLE.len(), text in "\\PC{0,40}|[ -~]{0,20}|[0-9]{1,25}[smhd]?"
    ) {
        let row = &TABLE[at];
        let file = format!("{} = {}", row.key, kind::toml_string(&text));
        let by_file = read(&file, &[], NO_FILES);
        if let Err(problems) = &by_file {
            for problem in problems.list() {
                prop_assert!(!problem.found.starts_with("TOML"), "{problems}");
            }
        }
        let _ = read("", &[(row.variable().as_str(), text.as_str())], NO_FILES);
    }

    #[test]
    fn any_variable_is_answered(name in "BIDDEN_[A-Z_]{0,20}", value in "\\PC{0,20}") {
        let _ = read("", &[(name.as_str(), value.as_str())], NO_FILES);
    }
}
