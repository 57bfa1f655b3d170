"""The words that generated schemas are made of."""

from __future__ import annotations

from typing import NamedTuple

# Schemas, in the order in which a growing database gets them; the first holds what all others refer to.
AREAS = (
    "core", "sales", "billing", "inventory", "shipping", "catalog", "crm", "hr", "finance", "support",
    "marketing", "analytics", "identity", "procurement", "manufacturing", "quality", "projects", "documents",
    "messaging", "scheduling", "pricing", "loyalty", "contracts", "compliance", "facilities", "fleet",
    "training", "payroll", "treasury", "tax", "returns", "warehouse", "forecasting", "partners", "licensing",
    "research", "maintenance", "subscriptions", "reporting", "integration", "claims", "risk", "assets",
    "campaigns", "surveys", "content", "telephony", "billing_archive",
)  # fmt: skip

# What the communities of tables within a schema are about.
NOUNS = (
    "order", "customer", "invoice", "product", "shipment", "payment", "contract", "employee", "supplier",
    "project", "ticket", "campaign", "account", "article", "asset", "batch", "booking", "budget", "claim",
    "course", "delivery", "device", "document", "event", "facility", "feature", "forecast", "incident",
    "item", "job", "lead", "lease", "ledger", "licence", "location", "message", "meter", "offer", "package",
    "partner", "plan", "policy", "portfolio", "price", "process", "quote", "receipt", "recipe", "region",
    "report", "request", "resource", "review", "route", "sample", "schedule", "sensor", "service", "session",
    "site", "stock", "survey", "task", "team", "template", "tour", "transfer", "vehicle", "visit", "voucher",
    "warehouse", "workflow", "zone",
)  # fmt: skip

# What belongs to one of these, in the order in which a community grows.
ASPECTS = (
    "status", "line", "note", "attachment", "type", "history", "address", "contact", "category", "tag",
    "approval", "assignment", "setting", "translation", "comment", "rule", "member", "version", "limit",
    "schedule", "charge", "discount", "measurement", "reminder", "revision", "permission", "subscription",
    "snapshot", "alias", "reading", "exception", "relation", "summary", "channel", "template", "group",
)  # fmt: skip

# Words in front of the name of a second foreign key to the same table.
ROLES = ("source", "target", "previous", "parent", "primary", "billing", "shipping", "original")


class Attribute(NamedTuple):
    """A column that is no key: `{area}` stands for the name of the schema, `{column}` for its own."""

    name: str
    type: str
    default: str | None = None
    check: str | None = None
    indexed: str | None = None


ATTRIBUTES = (
    Attribute("name", "text", indexed="lower({column})"),
    Attribute("title", "character varying(200)", indexed="lower({column}::text)"),
    Attribute("description", "text"),
    Attribute("reference", "character varying(64)", indexed="{column} varchar_pattern_ops"),
    Attribute("email", "{area}.email_address", indexed="lower({column}::text)"),
    Attribute("phone", "text"),
    Attribute("amount", "numeric(14,2)", "0", "{column} >= 0"),
    Attribute("net_amount", "{area}.money_amount"),
    Attribute("tax_rate", "numeric(5,4)", None, "{column} >= 0 AND {column} < 1"),
    Attribute("currency", "character(3)", "'EUR'", "{column} ~ '^[A-Z]{{3}}$'"),
    Attribute("quantity", "integer", "1", "{column} > 0"),
    Attribute("weight_kg", "double precision"),
    Attribute("priority", "smallint", "0", "{column} BETWEEN 0 AND 9"),
    Attribute("position", "integer"),
    Attribute("is_active", "boolean", "true"),
    Attribute("is_locked", "boolean", "false"),
    Attribute("valid_from", "date", "CURRENT_DATE"),
    Attribute("valid_to", "date"),
    Attribute("due_on", "date"),
    Attribute("started_at", "timestamp with time zone"),
    Attribute("finished_at", "timestamp with time zone"),
    Attribute("local_time", "timestamp without time zone"),
    Attribute("duration", "interval"),
    Attribute(
        "metadata", "jsonb", "'{{}}'::jsonb", "jsonb_typeof({column}) = 'object'", "({column} ->> 'kind')"
    ),
    Attribute("payload", "jsonb"),
    Attribute("tags", "text[]", "'{{}}'::text[]"),
    Attribute("checksum", "bytea", None, "octet_length({column}) = 32"),
    Attribute("ip_address", "inet"),
    Attribute("external_id", "uuid"),
    Attribute("country_code", "character(2)", None, "{column} = upper({column})"),
    Attribute("postal_code", "text"),
    Attribute("city", "text", indexed="lower({column})"),
    Attribute("street", "text"),
    Attribute("latitude", "double precision", None, "{column} BETWEEN -90 AND 90"),
    Attribute("longitude", "double precision", None, "{column} BETWEEN -180 AND 180"),
    Attribute("percentage", "{area}.percentage"),
    Attribute("level", "{area}.severity", "'normal'"),
    Attribute("comment_text", "text"),
    Attribute("url", "text", None, "{column} LIKE 'http%'"),
    Attribute("language", "character varying(8)", "'en'"),
    Attribute("retries", "integer", "0", "{column} >= 0"),
    Attribute("score", "real"),
)
