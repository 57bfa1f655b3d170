"""Snapshot, analysis and people's words -> the texts of the document. Pure: no connection, no files."""
