-- The public half of the key by which a service knows calls for ours; none where the key itself is shared with it.

ALTER TABLE webhooks ADD COLUMN public_key BYTEA;
