-- Codes have several lengths. The ledger says of which length what was reserved was, how many codes it was for, and how many
-- guesses at them; all accounts together have a row of their own for each part, which counts from here on.
CREATE TABLE guess_ledger_by_length (
  subject BYTEA NOT NULL,
  known   BIGINT NOT NULL,
  day     BIGINT NOT NULL,
  letters BIGINT NOT NULL,
  units   BIGINT NOT NULL,
  codes   BIGINT NOT NULL,
  guesses BIGINT NOT NULL,
  PRIMARY KEY (subject, known, day, letters)
) /*sqlite WITHOUT ROWID *//*postgres WITH (fillfactor = 70)*/;
-- Until now every code had eight letters, of which one guess is 39,062,500 units, and three guesses.
INSERT INTO guess_ledger_by_length (subject, known, day, letters, units, codes, guesses)
  SELECT subject, known, day, 8, units, (units / 39062500 + 2) / 3, units / 39062500 FROM guess_ledger;
DROP TABLE guess_ledger;
ALTER TABLE guess_ledger_by_length RENAME TO guess_ledger;

ALTER TABLE sign_in_codes ADD COLUMN letters BIGINT NOT NULL DEFAULT 8;
