-- What browsers that an account does not know asked for with its password: when, and how much was held back since when.

CREATE TABLE approval_budgets (
  account    BYTEA PRIMARY KEY NOT NULL,
  times      BYTEA NOT NULL,
  held       BIGINT NOT NULL,
  held_since BIGINT,
  touched_at BIGINT NOT NULL
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 80)*/;
CREATE INDEX approval_budgets_held ON approval_budgets (held_since) WHERE held_since IS NOT NULL;
CREATE INDEX approval_budgets_idle ON approval_budgets (touched_at);

-- Whose number a question shows: its own, or that of the one in whose place the same browser asked.
ALTER TABLE approvals ADD COLUMN drawn BYTEA;
-- Since when the push service refuses rings to it.
ALTER TABLE doorbells ADD COLUMN refused_at BIGINT;
