"""pgdossier: the design document of a PostgreSQL database, made from the database and kept true."""

__version__ = "0.1.0"
