-- Views that read as whoever asks.

CREATE VIEW extras.asker WITH (security_invoker = true, security_barrier = false) AS SELECT id FROM extras."T ""x";
