-- Accounts, sign-in codes with their budgets, browser sessions, the outbox and the record.
--
-- One text for every backend: BYTEA, BIGINT and TEXT everywhere. What stands between /*sqlite and */
-- is for SQLite alone.

CREATE TABLE meta (
  name  TEXT PRIMARY KEY NOT NULL,
  value BYTEA NOT NULL
);

CREATE TABLE accounts (
  id        BYTEA PRIMARY KEY NOT NULL,
  state     TEXT NOT NULL,
  role      TEXT NOT NULL,
  opened_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

-- `identity` decides which account is meant, `destination` whose budget is spent; both are keyed digests.
CREATE TABLE addresses (
  identity     BYTEA PRIMARY KEY NOT NULL,
  account      BYTEA NOT NULL REFERENCES accounts (id),
  destination  BYTEA NOT NULL,
  shown        TEXT NOT NULL,
  confirmed_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX addresses_account ON addresses (account);
CREATE INDEX addresses_destination ON addresses (destination);

CREATE TABLE invitations (
  id         BYTEA PRIMARY KEY NOT NULL,
  digest     BYTEA NOT NULL,
  opening    TEXT NOT NULL,
  role       TEXT NOT NULL,
  sealed_to  BYTEA,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at    BIGINT
) /*sqlite WITHOUT ROWID */;

-- One row for each request for a code. A row without `mailed` was held back by a budget; a `decoy` has no
-- account that it could sign in to. Both act the same and match nothing.
CREATE TABLE sign_in_codes (
  id             BYTEA PRIMARY KEY NOT NULL,
  account        BYTEA,
  identity       BYTEA NOT NULL,
  destination    BYTEA NOT NULL,
  purpose        TEXT NOT NULL,
  opening        TEXT,
  invitation     BYTEA,
  browser        BYTEA NOT NULL,
  known          BIGINT NOT NULL,
  digest         BYTEA NOT NULL,
  not_me         BYTEA NOT NULL,
  sealed_code    BYTEA,
  sealed_address BYTEA,
  masked         TEXT NOT NULL,
  state          TEXT NOT NULL,
  guesses        BIGINT NOT NULL,
  guesses_left   BIGINT NOT NULL,
  mailed         BIGINT NOT NULL,
  decoy          BIGINT NOT NULL,
  late           BIGINT NOT NULL DEFAULT 0,
  denied_at      BIGINT,
  reserved       BIGINT NOT NULL,
  ledger_day     BIGINT NOT NULL,
  reference      TEXT NOT NULL,
  source         TEXT NOT NULL,
  asked_at       BIGINT NOT NULL,
  mailed_at      BIGINT NOT NULL,
  expires_at     BIGINT NOT NULL,
  ended_at       BIGINT
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 50)*/;
CREATE INDEX sign_in_codes_live ON sign_in_codes (destination, browser) WHERE state = 'live';
CREATE INDEX sign_in_codes_expiring ON sign_in_codes (expires_at) WHERE state = 'live';

-- The guess ledger: chances reserved on a day, in units of 10^-18, for an account or a destination.
CREATE TABLE guess_ledger (
  subject BYTEA NOT NULL,
  known   BIGINT NOT NULL,
  day     BIGINT NOT NULL,
  units   BIGINT NOT NULL,
  PRIMARY KEY (subject, known, day)
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 70)*/;

-- The mail budget of a destination: when mails left, what was held back, what was muted.
CREATE TABLE destinations (
  destination      BYTEA PRIMARY KEY NOT NULL,
  times            BYTEA NOT NULL,
  known_times      BYTEA NOT NULL,
  suppressed       BIGINT NOT NULL,
  suppressed_since BIGINT,
  uncounted        BIGINT NOT NULL,
  uncounted_since  BIGINT,
  recorded_day     BIGINT NOT NULL,
  recorded         BIGINT NOT NULL,
  digest_at        BIGINT,
  muted_until      BIGINT,
  touched_at       BIGINT NOT NULL
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 70)*/;
CREATE INDEX destinations_suppressed ON destinations (suppressed_since) WHERE suppressed > 0;
CREATE INDEX destinations_uncounted ON destinations (uncounted_since) WHERE uncounted > 0;

-- Browsers that have signed in to an account.
CREATE TABLE browsers (
  account    BYTEA NOT NULL REFERENCES accounts (id),
  digest     BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  browser    TEXT NOT NULL,
  first_used BIGINT NOT NULL,
  last_used  BIGINT NOT NULL,
  PRIMARY KEY (account, digest)
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;

CREATE TABLE sessions (
  id         BYTEA PRIMARY KEY NOT NULL,
  account    BYTEA NOT NULL REFERENCES accounts (id),
  browser    BYTEA NOT NULL,
  digest     BYTEA NOT NULL,
  source     TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
CREATE INDEX sessions_account ON sessions (account, id);

-- A decoy is leased and settled like any message, at the same times, and never sent: what the server does after
-- the answer must not tell whether there is an account either.
CREATE TABLE outbox (
  id          BYTEA PRIMARY KEY NOT NULL,
  kind        TEXT NOT NULL,
  decoy       BIGINT NOT NULL,
  account     BYTEA,
  request     BYTEA,
  sealed_to   BYTEA NOT NULL,
  count       BIGINT NOT NULL,
  since       BIGINT,
  state       TEXT NOT NULL,
  attempts    BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  queued_at   BIGINT NOT NULL
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 70)*/;
CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state = 'waiting';

-- Mails kept for the inbox page where no mail server is set up.
CREATE TABLE inbox (
  id        BYTEA PRIMARY KEY NOT NULL,
  at        BIGINT NOT NULL,
  recipient BYTEA NOT NULL,
  sealed    BYTEA NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX inbox_recipient ON inbox (recipient, id);

-- The record. Rows are in commit order on SQLite (one writer); see `Backend::tail` for the others. The
-- position has a name, because only then does SQLite keep it when the file is compacted. The subject is an account
-- or the digest of a destination: what an event costs must not tell which.
/*postgres
-- In parts by the month of the identifier, which begins with its time. `tx` is the transaction that wrote the row:
-- one that is not over yet may still put a row before others that are there to be read. Where a database came
-- from another server, whose transactions had greater numbers, `tx_base` is what is added to the numbers of this one.
CREATE TABLE tx_base (id BIGINT PRIMARY KEY CHECK (id = 1), base BIGINT NOT NULL);
INSERT INTO tx_base (id, base) VALUES (1, 0);
CREATE SEQUENCE events_position;
*/
CREATE TABLE events (
  /*sqlite position INTEGER PRIMARY KEY, */
/*postgres
  position BIGINT NOT NULL DEFAULT nextval('events_position'),
  tx       BIGINT NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
*/
  id      BYTEA NOT NULL,
  at      BIGINT NOT NULL,
  subject BYTEA,
  request BYTEA,
  kind    TEXT NOT NULL,
  body    TEXT NOT NULL
)/*postgres PARTITION BY RANGE (id)*/;
/*postgres
CREATE INDEX events_tx ON events (tx, position);
*/
CREATE INDEX events_subject ON events (subject, id, kind);
CREATE INDEX events_request ON events (request) WHERE request IS NOT NULL;
CREATE INDEX events_at ON events (at);
