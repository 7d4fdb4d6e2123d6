-- What an unknown browser must bring before a code is mailed.

-- What a tenant says; none: what the installation does.
ALTER TABLE tenants ADD COLUMN gate TEXT;

-- What the owner of an account says. `word` is the digest of the gate word, bound to the account. Until `open_until` whoever asks
-- is expected. `session` is where the gate or the word was changed last.
CREATE TABLE gates (
  account    BYTEA PRIMARY KEY NOT NULL REFERENCES accounts (id),
  gate       TEXT,
  word       BYTEA,
  word_at    BIGINT,
  open_until BIGINT,
  changed_at BIGINT NOT NULL,
  session    BYTEA
) /*sqlite WITHOUT ROWID */;

-- When wrong gate words were typed: for one mailbox, from one network or from all.
CREATE TABLE gate_guesses (
  who        BYTEA PRIMARY KEY NOT NULL,
  times      BYTEA NOT NULL,
  touched_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID */;

-- When mails left on the request of browsers that brought what the gate asks for; and what waits for the weekly summary.
ALTER TABLE destinations ADD COLUMN admitted_times BYTEA;
ALTER TABLE destinations ADD COLUMN gated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE destinations ADD COLUMN gated_since BIGINT;
CREATE INDEX destinations_gated ON destinations (gated_since) WHERE gated > 0;
