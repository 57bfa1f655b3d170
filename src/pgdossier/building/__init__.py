"""Databases made on a server that may be used up: from schema.sql, from migrations, by tools, from models."""
