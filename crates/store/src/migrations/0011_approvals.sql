-- Approvers, the codes by which browsers become one, and what they are asked.

-- The digest of what an approver's browser holds. An approver that is taken away takes this with it.
ALTER TABLE authenticators ADD COLUMN cookie BYTEA;
-- One password, one app; passkeys and approvers may be several.
DROP INDEX authenticators_single;
CREATE UNIQUE INDEX authenticators_single ON authenticators (account, kind) WHERE kind IN ('password', 'totp');

-- `shown_at` is a whole address, for as long as the row lives.
CREATE TABLE enrolments (
  id         BYTEA PRIMARY KEY NOT NULL,
  account    BYTEA NOT NULL,
  session    BYTEA NOT NULL,
  digest     BYTEA NOT NULL,
  shown_at   TEXT,
  known      BIGINT NOT NULL,
  made_at    BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  approver   BYTEA,
  ended_at   BIGINT
) /*sqlite WITHOUT ROWID */;
-- One at a time for an account.
CREATE UNIQUE INDEX enrolments_account ON enrolments (account) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX enrolments_digest ON enrolments (digest);
CREATE INDEX enrolments_expiring ON enrolments (expires_at);

-- `browser` is the digest of the half of the browser that asked; `asked_from` its whole address, for as long as the row lives.
-- `nearness` is where it was, seen from the approver that answered. A decoy has an account that nobody has.
CREATE TABLE approvals (
  id         BYTEA PRIMARY KEY NOT NULL,
  account    BYTEA NOT NULL,
  wanted     TEXT NOT NULL,
  client     TEXT,
  browser    BYTEA NOT NULL,
  known      BIGINT NOT NULL,
  session    BYTEA,
  source     TEXT NOT NULL,
  asked_from TEXT,
  asked_at   BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  state      TEXT NOT NULL,
  opened_at  BIGINT,
  approver   BYTEA,
  nearness   TEXT,
  decoy      BIGINT NOT NULL,
  ended_at   BIGINT
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
-- There is one question at a time, whatever anybody believes who wants to ask another.
CREATE UNIQUE INDEX approvals_account ON approvals (account) WHERE ended_at IS NULL;
CREATE INDEX approvals_asked ON approvals (account, asked_at);
CREATE INDEX approvals_expiring ON approvals (expires_at) WHERE ended_at IS NULL;
CREATE INDEX approvals_ended ON approvals (ended_at) WHERE ended_at IS NOT NULL;
