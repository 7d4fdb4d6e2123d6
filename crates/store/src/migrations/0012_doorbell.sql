-- The doorbell: the key by which push services know us, the devices that ring, how often they did, and what is on its way.

-- There is one key, for ever: a subscription belongs to it.
CREATE TABLE push_keys (
  one     BIGINT PRIMARY KEY NOT NULL,
  sealed  BYTEA NOT NULL,
  made_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

-- Where an approver's browser is reached is sealed; `service` is the origin of its push service.
CREATE TABLE doorbells (
  id       BYTEA PRIMARY KEY NOT NULL,
  approver BYTEA NOT NULL,
  account  BYTEA NOT NULL,
  service  TEXT NOT NULL,
  sealed   BYTEA NOT NULL,
  made_at  BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX doorbells_approver ON doorbells (approver);
CREATE INDEX doorbells_account ON doorbells (account);

-- How the bell of an account stands: when it last rang, since when it is quiet, when its owner last wanted it back.
CREATE TABLE bells (
  account     BYTEA PRIMARY KEY NOT NULL,
  rung_at     BIGINT NOT NULL,
  quiet_since BIGINT,
  wanted_at   BIGINT
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;

-- What it rang for, for as long as that counts. How it was answered stands with the approval.
CREATE TABLE rung (
  approval BYTEA PRIMARY KEY NOT NULL,
  account  BYTEA NOT NULL,
  at       BIGINT NOT NULL,
  until    BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;
CREATE INDEX rung_account ON rung (account, at);
CREATE INDEX rung_at ON rung (at);

CREATE TABLE rings (
  id          BYTEA PRIMARY KEY NOT NULL,
  doorbell    BYTEA NOT NULL,
  approval    BYTEA NOT NULL,
  attempts    BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  queued_at   BIGINT NOT NULL
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
-- A doorbell is rung for an approval once, whoever asks.
CREATE UNIQUE INDEX rings_approval ON rings (doorbell, approval);
CREATE INDEX rings_due ON rings (next_at);
