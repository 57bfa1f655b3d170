"""The numbers and titles of the document's sections. The numbers are fixed: readers link to them."""

from __future__ import annotations

from pgdossier.language import mark

TITLES = {
    "1": mark("Overview"),
    "1.1": mark("Purpose"),
    "1.2": mark("Scope"),
    "2": mark("Database Architecture"),
    "2.1": mark("Database Technology"),
    "2.2": mark("High-Level Architecture"),
    "3": mark("Data Models"),
    "3.1": mark("Entity-Relationship Diagram (ERD)"),
    "3.2": mark("Types and Domains"),
    "3.3": mark("Functions and Procedures"),
    "3.4": mark("Sequences"),
    "4": mark("Table Definitions"),
    "5": mark("Relationships"),
    "5.1": mark("One-to-Many Relationships"),
    "5.2": mark("Many-to-Many Relationships"),
    "5.3": mark("Referential Integrity"),
    "6": mark("Indexes and Performance"),
    "6.1": mark("Index Strategy"),
    "6.2": mark("Query Optimization"),
    "7": mark("Data Access Patterns"),
    "7.1": mark("Read Patterns"),
    "7.2": mark("Write Patterns"),
    "7.3": mark("Caching Strategy"),
    "8": mark("Data Integrity and Validation"),
    "8.1": mark("Constraints"),
    "8.2": mark("Referential Integrity Rules"),
    "8.3": mark("Data Validation"),
    "9": mark("Security and Compliance"),
    "9.1": mark("Data Security"),
    "9.2": mark("Sensitive Data"),
    "9.3": mark("Audit Logging"),
    "10": mark("Maintenance and Operations"),
    "10.1": mark("Backup Strategy"),
    "10.2": mark("Database Migrations"),
    "10.3": mark("Monitoring and Alerts"),
    "11": mark("Scaling Strategy"),
    "11.1": mark("Vertical Scaling"),
    "11.2": mark("Horizontal Scaling"),
    "11.3": mark("Partitioning"),
    "12": mark("Appendices"),
    "12.A": mark("Complete Schema SQL"),
    "12.B": mark("Sample Data"),
    "12.C": mark("Migration Scripts"),
    "12.D": mark("Performance Benchmarks"),
    "12.E": mark("Design Review"),
    "12.F": mark("Glossary"),
    "13": mark("Revision History"),
}

# Lists that get a page of their own where they are long: the section they belong to, and their title.
LISTS = {
    "sequences": ("3.4", mark("All sequences")),
    "relationships": ("5.1", mark("All foreign keys")),
    "implied": ("5.2", mark("All implied foreign keys")),
    "cascades": ("5.3", mark("What deleting a row does elsewhere")),
    "order": ("5.3", mark("Levels of tables, in the order of inserting")),
    "indexes": ("6.1", mark("All secondary indexes")),
    "constraints": ("8.1", mark("All constraints")),
    "triggers": ("8.3", mark("All triggers")),
    "sensitive": ("9.2", mark("All columns that likely hold sensitive data")),
    "review": ("12.E", mark("All findings of the design review")),
}

# The template of each top-level section, in order.
TEMPLATES = (
    "01-overview",
    "02-architecture",
    "03-data-models",
    "04-tables",
    "05-relationships",
    "06-indexes",
    "07-access-patterns",
    "08-integrity",
    "09-security",
    "10-maintenance",
    "11-scaling",
    "12-appendices",
    "13-history",
)


def top_level() -> list[str]:
    """The numbers of the top-level sections, in order."""
    return [number for number in TITLES if "." not in number]


def below(number: str) -> list[str]:
    """The numbers of the subsections of a top-level section, in order."""
    return [found for found in TITLES if found.startswith(f"{number}.")]
