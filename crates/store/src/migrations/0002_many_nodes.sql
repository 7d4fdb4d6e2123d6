-- Several nodes on one database: who does which job, and what keeps two of them from deciding on the same thing at
-- once. With one writer nobody has to be kept out, so SQLite has no `locks`.

-- A job is done by whoever holds its lease. A node that is gone loses it when its time is over.
CREATE TABLE leases (
  name   TEXT PRIMARY KEY NOT NULL,
  holder BYTEA NOT NULL,
  until  BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

/*postgres
-- One row for each of 4,096 classes of keys; whoever decides on something locks the row of its class. Plain rows, so
-- that every engine that speaks this protocol knows how.
CREATE TABLE locks (class BIGINT PRIMARY KEY);
INSERT INTO locks (class) SELECT generate_series(0, 4095);
*/

-- A request that ends takes its messages with it, however many others wait.
CREATE INDEX outbox_request ON outbox (request) WHERE request IS NOT NULL;

-- The sweep looks for sessions that are over every ten seconds, however many there are.
CREATE INDEX sessions_expiring ON sessions (expires_at);
CREATE INDEX sessions_unused ON sessions (used_at);
CREATE INDEX invitations_expiring ON invitations (expires_at);

/*postgres
-- Whoever writes these rows holds the row of the account in the same transaction; `bidden store check` looks for
-- orphans. The constraint would look it up and lock it once more for each.
ALTER TABLE browsers DROP CONSTRAINT browsers_account_fkey;
ALTER TABLE sessions DROP CONSTRAINT sessions_account_fkey;
*/
