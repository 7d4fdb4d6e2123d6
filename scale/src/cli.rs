//! The command line.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use datafusion::arrow::compute::kernels::cast_utils::string_to_timestamp_nanos;

use crate::cluster::PORT;
use crate::shards::Narrowed;
use crate::trouble::Trouble;

const EXAMPLES: &str = "\
On each machine that has logs, in a folder that all of them see:
  bidden investigate /var/log/entra --to-parquet /shared/records/$(hostname) --records-only
Then, on one of them:
  bidden-scale pass --in /shared/records --out parts                  everything on this machine
  bidden-scale pass --in /shared/records --out parts --scheduler http://10.0.0.5:50050
  bidden investigate parts

Exit status: 0 the result is whole; 1 there is none, and the first word after the name says why; 2 the command line was wrong;
130 it was stopped.";

/// The first pass over records that are more than one machine holds: leaves out, sorts and spreads what
/// `bidden investigate --to-parquet` wrote, for one `bidden investigate` to look through
#[derive(Parser)]
#[command(name = "bidden-scale", version, after_long_help = EXAMPLES, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) task: Task,
    /// Say what the engine does
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Make sorted parts of files of records
    Pass(Pass),
    /// Run the scheduler of a cluster until it is told to end. It has no authentication: private network only
    Scheduler(Scheduler),
    /// Run an executor of a cluster until it is told to end. It has no authentication: private network only
    Executor(Executor),
}

#[derive(Args)]
pub(crate) struct Pass {
    /// Files of records, or folders of them. With a scheduler every executor has to see them under the same path
    #[arg(long = "in", value_name = "PATH", required = true, num_args = 1..)]
    pub(crate) from: Vec<PathBuf>,
    /// The folder to write to. It is there when all of it is
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// In how many parts: so many sort at a time, and whoever reads them needs some ten MiB for each
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=8))]
    pub(crate) partitions: u16,
    /// Leave out records before then (RFC 3339, or a date). Detectors will not know them, not even what was usual in them
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<String>,
    /// Leave out records after then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<String>,
    /// Leave out records that are neither of this user nor about them; * stands for anything. May be given several times
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Vec<String>,
    /// The scheduler of a cluster that does the work; without one this process does
    #[arg(long, value_name = "URL")]
    pub(crate) scheduler: Option<String>,
    /// Without a scheduler: MiB that sorting may take; what needs more goes to disk beside the result
    #[arg(long, value_name = "MIB", default_value_t = 1024, value_parser = clap::value_parser!(u32).range(256..))]
    pub(crate) memory: u32,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Do not say how it goes
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Args)]
pub(crate) struct Scheduler {
    /// The address to listen at
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) bind: IpAddr,
    /// The port to listen at
    #[arg(long, default_value_t = PORT)]
    pub(crate) port: u16,
    /// Under which name executors reach this machine [default: the address it listens at]
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// An executor that was not heard of for so many seconds is lost, and others do its work
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(10..=3600))]
    pub(crate) lost_after: u64,
}

#[derive(Args)]
pub(crate) struct Executor {
    /// The scheduler to work for
    #[arg(long, value_name = "HOST")]
    pub(crate) scheduler: String,
    /// Its port
    #[arg(long, value_name = "PORT", default_value_t = PORT)]
    pub(crate) scheduler_port: u16,
    /// The address to listen at
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) bind: IpAddr,
    /// Under which name the others reach this machine [default: where its connections come from]
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// The port at which it hands over what it has sorted
    #[arg(long, default_value_t = 50_051)]
    pub(crate) port: u16,
    /// Where it keeps what it has sorted, in a folder of its own that is gone when it ends
    #[arg(long, value_name = "DIR")]
    pub(crate) work: Option<PathBuf>,
    /// MiB that sorting may take on all cores together, 256 for each at the least; what needs more goes to disk [default: 70 % of
    /// what there is]
    #[arg(long, value_name = "MIB")]
    pub(crate) memory: Option<u32>,
    /// So many tasks at a time [default: as many as there are cores]
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) cores: Option<u16>,
}

impl Pass {
    /// What is left out.
    ///
    /// # Errors
    /// When a time is none.
    pub(crate) fn narrowed(&self) -> Result<Narrowed, Trouble> {
        let time = |text: &String| {
            let nanos = string_to_timestamp_nanos(text);
            let wrong =
                |_| Trouble::Usage(format!("{text}: give a time as 2026-09-01 or 2026-09-01T08:00:00Z"));
            nanos.map(|nanos| nanos.div_euclid(1000)).map_err(wrong)
        };
        let narrowed = Narrowed {
            since: self.since.as_ref().map(time).transpose()?,
            until: self.until.as_ref().map(time).transpose()?,
            users: self.user.iter().map(|user| user.to_lowercase()).collect(),
        };
        match narrowed {
            Narrowed { since: Some(since), until: Some(until), .. } if since > until => {
                Err(Trouble::Usage("--since is after --until: nothing would be left".to_owned()))
            }
            narrowed => Ok(narrowed),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn pass(words: &[&str]) -> Result<Narrowed, Trouble> {
        let all = ["bidden-scale", "pass", "--in", "a", "--out", "b"].iter().chain(words);
        match Cli::try_parse_from(all).unwrap().task {
            Task::Pass(pass) => pass.narrowed(),
            _ => panic!("another task"),
        }
    }

    #[test]
    fn the_command_line_is_whole_and_times_are_what_they_say() {
        Cli::command().debug_assert();
        let narrowed =
            pass(&["--since", "2026-09-01", "--until", "2026-09-01T02:00:00+02:00", "--user", "A@*"])
                .unwrap();
        let day = Some(1_788_220_800_000_000);
        assert_eq!(narrowed, Narrowed { since: day, until: day, users: vec!["a@*".to_owned()] });
        for wrong in [&["--since", "yesterday"][..], &["--since", "2026-09-02", "--until", "2026-09-01"]] {
            assert_eq!(pass(wrong).unwrap_err().status(), 2, "{wrong:?}");
        }
        assert!(pass(&[]).unwrap().is_all());
    }
}
