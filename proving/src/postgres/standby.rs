//! A streaming standby of a cluster, and what makes it the primary.

use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use crate::Trouble;
use crate::patience::wait_for;
use crate::postgres::Cluster;
use crate::postgres::home::Home;
use crate::program::finish;

const STREAMING_LIMIT: Duration = Duration::from_secs(30);

impl Cluster {
    /// Copies this cluster and starts the copy as a hot standby that streams from it.
    ///
    /// With `synchronous`, every commit here waits from now on until this standby has it on disk (the standby made
    /// last, if there are several), so that what was acknowledged survives [`Cluster::promote`]. Then commits also
    /// wait while the standby is away.
    ///
    /// # Errors
    /// The copy fails, or the standby does not stream within 30 seconds.
    pub fn standby(&self, synchronous: bool) -> Result<Cluster, Trouble> {
        let home = Home::make(&self.programs)?;
        let data = home.path().join("data");
        let name = home.path().file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
        let mut command = self.programs.command("pg_basebackup", home.path());
        command.arg("-D").arg(&data).args(["-R", "-X", "stream", "-c", "fast", "--no-sync"]);
        command.args(["-d", &format!("application_name={name}")]);
        finish(self.as_client(&mut command))?;
        // Copied from a primary with another synchronous standby, it would wait for that one after its promotion.
        File::options()
            .append(true)
            .open(data.join("postgresql.auto.conf"))
            .and_then(|mut file| file.write_all(b"synchronous_standby_names = ''\n"))
            .map_err(Trouble::while_trying("write the standby's configuration"))?;
        let standby = Self::of_copy(self, home, data)?;
        if synchronous {
            self.psql(
                "postgres",
                &format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'; SELECT pg_reload_conf()"),
            )?;
        }
        let wanted = if synchronous { "streaming|sync" } else { "streaming|async" };
        let question =
            format!("SELECT state, sync_state FROM pg_stat_replication WHERE application_name = '{name}'");
        let streams = wait_for(STREAMING_LIMIT, || {
            Ok::<_, Trouble>((self.psql("postgres", &question)? == wanted).then_some(()))
        })?;
        streams.ok_or_else(|| standby.late("the standby to stream"))?;
        Ok(standby)
    }

    /// Makes a standby the primary, and waits until it takes writes. What becomes of the old primary is the caller's
    /// business: as long as it runs, both take writes.
    ///
    /// # Errors
    /// It is not a standby, or is not done within 60 seconds.
    pub fn promote(&self) -> Result<(), Trouble> {
        match self.psql("postgres", "SELECT pg_promote(true, 60)")?.as_str() {
            "t" => Ok(()),
            _ => Err(self.late("the promotion")),
        }
    }

    /// Whether the server is a standby.
    ///
    /// # Errors
    /// The server is not there.
    pub fn is_standby(&self) -> Result<bool, Trouble> {
        Ok(self.psql("postgres", "SELECT pg_is_in_recovery()")? == "t")
    }
}
