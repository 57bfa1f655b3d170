"""What pgdossier costs: a generator of realistic schemas, and what docs/performance.md shows."""
