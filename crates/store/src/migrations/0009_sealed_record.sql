-- The record, sealed: a tree of hashes over its entries in the order in which they were committed, and signed checkpoints.

-- The leaves, numbered from 0. `commitment` is the hash of `nonce` and entry. An entry that was erased has neither `event` nor
-- `nonce`; `erased_by` is the event that says so.
CREATE TABLE record_leaves (
  n          BIGINT PRIMARY KEY NOT NULL,
  event      BYTEA,
  nonce      BYTEA,
  commitment BYTEA NOT NULL,
  erased_by  BYTEA
) /*sqlite WITHOUT ROWID */;
CREATE UNIQUE INDEX record_leaves_event ON record_leaves (event) WHERE event IS NOT NULL;
CREATE INDEX record_leaves_erased ON record_leaves (erased_by, n) WHERE erased_by IS NOT NULL;

-- Full subtrees: of 256 leaves on level 1, of 65,536 on level 2, and so on.
CREATE TABLE record_nodes (
  level BIGINT NOT NULL,
  n     BIGINT NOT NULL,
  hash  BYTEA NOT NULL,
  PRIMARY KEY (level, n)
) /*sqlite WITHOUT ROWID */;

-- Signed notes; `size` and `at` are those of the note.
CREATE TABLE checkpoints (
  size BIGINT PRIMARY KEY NOT NULL,
  at   BIGINT NOT NULL,
  note TEXT NOT NULL
) /*sqlite WITHOUT ROWID */;

-- Keys of checkpoints and receipts. `public` stays, so that what was signed can be verified; the private half goes when
-- another key takes over.
CREATE TABLE record_keys (
  public BYTEA PRIMARY KEY NOT NULL,
  name   TEXT NOT NULL,
  state  TEXT NOT NULL,
  since  BIGINT NOT NULL,
  sealed BYTEA
) /*sqlite WITHOUT ROWID */;
-- One key signs, however many nodes want to make one.
CREATE UNIQUE INDEX record_keys_active ON record_keys (state) WHERE state = 'active';
