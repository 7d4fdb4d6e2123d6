-- The tables that the redeem transaction touches, as bidden has them, for both engines. What stands between
-- /*sqlite and */ is for SQLite alone, and the same for PostgreSQL.

CREATE TABLE accounts (
  id        BYTEA PRIMARY KEY NOT NULL,
  state     TEXT NOT NULL,
  role      TEXT NOT NULL,
  opened_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

CREATE TABLE addresses (
  identity     BYTEA PRIMARY KEY NOT NULL,
  account      BYTEA NOT NULL REFERENCES accounts (id),
  destination  BYTEA NOT NULL,
  shown        TEXT NOT NULL,
  confirmed_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX addresses_account ON addresses (account);
CREATE INDEX addresses_destination ON addresses (destination);

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
) /*sqlite WITHOUT ROWID */;
CREATE INDEX sign_in_codes_live ON sign_in_codes (destination, browser) WHERE state = 'live';
CREATE INDEX sign_in_codes_expiring ON sign_in_codes (expires_at) WHERE state = 'live';

CREATE TABLE guess_ledger (
  subject BYTEA NOT NULL,
  known   BIGINT NOT NULL,
  day     BIGINT NOT NULL,
  units   BIGINT NOT NULL,
  PRIMARY KEY (subject, known, day)
) /*sqlite WITHOUT ROWID */;

CREATE TABLE browsers (
  account    BYTEA NOT NULL REFERENCES accounts (id),
  digest     BYTEA NOT NULL,
  id         BYTEA NOT NULL,
  browser    TEXT NOT NULL,
  first_used BIGINT NOT NULL,
  last_used  BIGINT NOT NULL,
  PRIMARY KEY (account, digest)
) /*sqlite WITHOUT ROWID */;

CREATE TABLE sessions (
  id         BYTEA PRIMARY KEY NOT NULL,
  account    BYTEA NOT NULL REFERENCES accounts (id),
  browser    BYTEA NOT NULL,
  digest     BYTEA NOT NULL,
  source     TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  used_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX sessions_account ON sessions (account, id);

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
) /*sqlite WITHOUT ROWID */;
CREATE INDEX outbox_waiting ON outbox (next_at) WHERE state = 'waiting';

CREATE TABLE events (
  /*sqlite position INTEGER PRIMARY KEY, */
  /*postgres position BIGSERIAL PRIMARY KEY, */
  id      BYTEA NOT NULL,
  at      BIGINT NOT NULL,
  subject BYTEA,
  request BYTEA,
  kind    TEXT NOT NULL,
  body    TEXT NOT NULL
);
CREATE INDEX events_subject ON events (subject, id, kind);
CREATE INDEX events_request ON events (request) WHERE request IS NOT NULL;
CREATE INDEX events_at ON events (at);
