"""The embedded PostgreSQL server: the demo, and everything that rebuilds a database."""
