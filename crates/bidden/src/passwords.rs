//! From settings to what passwords are hashed and judged with.

use std::num::NonZeroUsize;

use flow::password::breached::{Breached, Unusable};
use web::hashing::Settings;

use crate::config::settings::Config;

/// The list of breached passwords that the settings name, opened and looked over.
pub(crate) fn breached(config: &Config) -> Result<Option<Breached>, Unusable> {
    config.password.breached_file.as_deref().map(Breached::open).transpose()
}

/// How large the pool is: one thread for each core, unless a number is set.
pub(crate) fn hashing(config: &Config) -> Settings {
    let number = |n: usize| NonZeroUsize::new(n).unwrap_or(NonZeroUsize::MIN);
    Settings {
        threads: config.password.threads.map_or(Settings::default().threads, number),
        queue: number(config.password.queue),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_settings_are_the_default_pool_and_no_list() {
        let config = Config::load(None, std::iter::empty()).unwrap();
        assert_eq!(hashing(&config), Settings::default());
        assert!(breached(&config).unwrap().is_none());
    }
}
