-- Devices that wait for their person, and the windows that people open for them.

-- `digest` is that of the device code. `user_code` is that of the code which the device shows, as long as somebody may type it.
-- `entry` is the digest of what the browser got that typed it. `asked_from`, `polled_from` and `held_from` are whole addresses,
-- for as long as the row lives; `source` is what the record may keep. `wait` is how long has to lie between two polls, in
-- microseconds. `account` … `held_from` say who has the device before them.
CREATE TABLE device_authorizations (
  id          BYTEA PRIMARY KEY NOT NULL,
  digest      BYTEA NOT NULL,
  user_code   BYTEA,
  entry       BYTEA,
  flow        TEXT NOT NULL,
  client      TEXT NOT NULL,
  scopes      TEXT NOT NULL,
  resources   TEXT NOT NULL,
  kind        TEXT NOT NULL,
  key         BYTEA,
  source      TEXT NOT NULL,
  asked_from  TEXT,
  polled_from TEXT,
  asked_at    BIGINT NOT NULL,
  expires_at  BIGINT NOT NULL,
  wait        BIGINT NOT NULL,
  polled_at   BIGINT,
  state       TEXT NOT NULL,
  account     BYTEA,
  session     BYTEA,
  held_since  BIGINT,
  held_from   TEXT,
  grant_id    BYTEA,
  ended_at    BIGINT
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
CREATE UNIQUE INDEX device_authorizations_digest ON device_authorizations (digest);
CREATE UNIQUE INDEX device_authorizations_user_code ON device_authorizations (user_code) WHERE user_code IS NOT NULL;
CREATE INDEX device_authorizations_expiring ON device_authorizations (expires_at) WHERE ended_at IS NULL;
CREATE INDEX device_authorizations_account ON device_authorizations (account)
  WHERE account IS NOT NULL AND ended_at IS NULL;
CREATE INDEX device_authorizations_ended ON device_authorizations (ended_at) WHERE ended_at IS NOT NULL;

-- `digest` is that of the pairing code, `confirmation` that of the digits which the device shows that answered.
CREATE TABLE pairings (
  id           BYTEA PRIMARY KEY NOT NULL,
  account      BYTEA NOT NULL,
  session      BYTEA NOT NULL,
  digest       BYTEA NOT NULL,
  opened_at    BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL,
  tries_left   BIGINT NOT NULL,
  state        TEXT NOT NULL,
  device       BYTEA,
  confirmation BYTEA,
  ended_at     BIGINT
) /*sqlite WITHOUT ROWID */;
-- There is one window for an account, whatever anybody believes who wants to open another.
CREATE UNIQUE INDEX pairings_account ON pairings (account) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX pairings_digest ON pairings (digest) WHERE ended_at IS NULL;
CREATE INDEX pairings_expiring ON pairings (expires_at) WHERE ended_at IS NULL;
CREATE INDEX pairings_ended ON pairings (ended_at) WHERE ended_at IS NOT NULL;

-- Mails that told of a grant, to mailboxes whose silence means something (`model::provisional`); `handed_at` is when one left.
CREATE TABLE grant_notices (
  message     BYTEA PRIMARY KEY NOT NULL,
  grant_id    BYTEA NOT NULL REFERENCES grants (id),
  account     BYTEA NOT NULL,
  destination BYTEA NOT NULL,
  told_at     BIGINT NOT NULL,
  handed_at   BIGINT
) /*sqlite WITHOUT ROWID */;
CREATE INDEX grant_notices_grant ON grant_notices (grant_id);
CREATE INDEX grant_notices_account ON grant_notices (account, told_at);

-- How often somebody guessed, or asked, in a period: an account, a network, or all together.
CREATE TABLE device_guesses (
  period BIGINT NOT NULL,
  who    BYTEA NOT NULL,
  count  BIGINT NOT NULL,
  PRIMARY KEY (period, who)
) /*sqlite WITHOUT ROWID */;
