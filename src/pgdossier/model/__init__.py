"""What a database is: frozen values, one module per family, no connection, no OIDs, no back-pointers.

Everything after the catalogs reads these. Values are `msgspec` structs: immutable, compared by value,
written to and read from `snapshot.json` without a line of code per field (see `snapshot_json`).
"""
