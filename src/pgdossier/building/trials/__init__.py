"""Rows, violations and referential actions tried on a scratch database; never on any other."""
