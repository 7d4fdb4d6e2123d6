-- What is done about findings, what operators say about them, and who is told of them.

CREATE TABLE responses (
  id        BYTEA PRIMARY KEY NOT NULL,
  act       TEXT NOT NULL,
  scope     TEXT NOT NULL,
  since     BIGINT NOT NULL,
  until     BIGINT NOT NULL,
  finding   BYTEA,
  reason    TEXT NOT NULL,
  simulated BIGINT NOT NULL,
  ended_at  BIGINT,
  how       TEXT
) /*sqlite WITHOUT ROWID */;
-- One at a time for what is done to one.
CREATE UNIQUE INDEX responses_live ON responses (scope, act, simulated) WHERE ended_at IS NULL;
CREATE INDEX responses_since ON responses (since);

CREATE TABLE acknowledgements (
  finding BYTEA PRIMARY KEY NOT NULL,
  at      BIGINT NOT NULL,
  account BYTEA,
  note    TEXT NOT NULL
) /*sqlite WITHOUT ROWID */;

CREATE TABLE webhooks (
  id      BYTEA PRIMARY KEY NOT NULL,
  url     TEXT NOT NULL,
  sealed  BYTEA NOT NULL,
  made_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

CREATE TABLE webhook_calls (
  id          BYTEA PRIMARY KEY NOT NULL,
  webhook     BYTEA NOT NULL,
  event       BYTEA,
  attempts    BIGINT NOT NULL,
  next_at     BIGINT NOT NULL,
  lease_until BIGINT NOT NULL,
  queued_at   BIGINT NOT NULL
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
-- A service is told of a finding once, whoever looks.
CREATE UNIQUE INDEX webhook_calls_event ON webhook_calls (webhook, event);
CREATE INDEX webhook_calls_due ON webhook_calls (next_at);

-- What detectors concluded is looked for among everything else.
CREATE INDEX events_findings ON events (at) WHERE kind = 'finding_raised';
