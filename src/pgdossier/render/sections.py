"""The numbers and titles of the document's sections. They are fixed: readers link to them."""

from __future__ import annotations

TITLES = {
    "1": "Overview",
    "1.1": "Purpose",
    "1.2": "Scope",
    "2": "Database Architecture",
    "2.1": "Database Technology",
    "2.2": "High-Level Architecture",
    "3": "Data Models",
    "3.1": "Entity-Relationship Diagram (ERD)",
    "3.2": "Types and Domains",
    "3.3": "Functions and Procedures",
    "3.4": "Sequences",
    "4": "Table Definitions",
    "5": "Relationships",
    "5.1": "One-to-Many Relationships",
    "5.2": "Many-to-Many Relationships",
    "5.3": "Referential Integrity",
    "6": "Indexes and Performance",
    "6.1": "Index Strategy",
    "6.2": "Query Optimization",
    "7": "Data Access Patterns",
    "7.1": "Read Patterns",
    "7.2": "Write Patterns",
    "7.3": "Caching Strategy",
    "8": "Data Integrity and Validation",
    "8.1": "Constraints",
    "8.2": "Referential Integrity Rules",
    "8.3": "Data Validation",
    "9": "Security and Compliance",
    "9.1": "Data Security",
    "9.2": "Sensitive Data",
    "9.3": "Audit Logging",
    "10": "Maintenance and Operations",
    "10.1": "Backup Strategy",
    "10.2": "Database Migrations",
    "10.3": "Monitoring and Alerts",
    "11": "Scaling Strategy",
    "11.1": "Vertical Scaling",
    "11.2": "Horizontal Scaling",
    "11.3": "Partitioning",
    "12": "Appendices",
    "12.A": "Complete Schema SQL",
    "12.B": "Sample Data",
    "12.C": "Migration Scripts",
    "12.D": "Performance Benchmarks",
    "12.E": "Design Review",
    "12.F": "Glossary",
    "13": "Revision History",
}

# Lists that get a page of their own where they are long: the section they belong to, and their title.
LISTS = {
    "relationships": ("5.1", "All foreign keys"),
    "cascades": ("5.3", "What deleting a row does elsewhere"),
    "indexes": ("6.1", "All secondary indexes"),
    "constraints": ("8.1", "All constraints"),
    "sensitive": ("9.2", "All columns that likely hold sensitive data"),
    "review": ("12.E", "All findings of the design review"),
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
