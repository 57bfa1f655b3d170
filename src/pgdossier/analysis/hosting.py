"""Who runs the server, judged by what vendors leave in it.

The names are those that the vendors' own documentation gives. A role or an extension can be anywhere: people
make roles of these names so that a dump of such a server loads, and images for development have the
extensions. What only a vendor's own build or its control plane makes (settings with its prefix, databases,
functions in pg_catalog) decides; roles and extensions by themselves are a hint.
"""

from __future__ import annotations

import re

import msgspec

from pgdossier.language import tr
from pgdossier.model.operation import HostingEvidence
from pgdossier.model.snapshot import Snapshot


class _Vendor(msgspec.Struct, frozen=True):
    """What tells a vendor: all names are exact. `extensions` may be installed or only there to be."""

    name: str
    setting_classes: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    version: str | None = None
    includes: tuple[str, ...] = ()


# `includes`: whose signs are there, too, and mean no second vendor.
_VENDORS = (
    _Vendor(
        "Amazon Aurora PostgreSQL",
        functions=("aurora_db_instance_identifier", "aurora_version"),
        extensions=("apg_plan_mgmt", "aurora_stat_utils"),
        includes=("Amazon RDS for PostgreSQL",),
    ),
    _Vendor(
        "Amazon RDS for PostgreSQL",
        setting_classes=("rds",),
        databases=("rdsadmin",),
        roles=("rds_superuser", "rdsadmin"),
        extensions=("aws_commons", "rds_tools"),
    ),
    _Vendor(
        "Google AlloyDB for PostgreSQL",
        setting_classes=("alloydb",),
        databases=("alloydbadmin", "alloydbmetadata"),
        roles=("alloydbadmin", "alloydbsuperuser"),
        extensions=("alloydb_ai_nl", "google_columnar_engine"),
        includes=("Google Cloud SQL for PostgreSQL",),
    ),
    _Vendor(
        "Google Cloud SQL for PostgreSQL",
        setting_classes=("cloudsql",),
        databases=("cloudsqladmin",),
        roles=("cloudsqladmin", "cloudsqlsuperuser"),
        extensions=("google_ml_integration",),
    ),
    _Vendor(
        "Azure Database for PostgreSQL",
        setting_classes=("azure",),
        databases=("azure_maintenance", "azure_sys"),
        roles=("azure_pg_admin", "azuresu"),
        extensions=("azure", "azure_ai", "azure_storage", "pg_azure_storage", "pgazure"),
    ),
    _Vendor(
        "Neon",
        setting_classes=("neon",),
        roles=("cloud_admin", "neon_superuser"),
        extensions=("neon", "neon_utils"),
    ),
    _Vendor(
        "Supabase, as a service or self-hosted",
        setting_classes=("supautils",),
        roles=("supabase_admin", "supabase_auth_admin"),
        extensions=("supabase_vault", "supautils"),
    ),
    _Vendor(
        "Timescale Cloud",
        roles=("tsdbadmin", "tsdbowner"),
        extensions=("timescaledb_osm",),
    ),
    _Vendor(
        "DigitalOcean Managed PostgreSQL",
        roles=("doadmin",),
        includes=("Aiven for PostgreSQL",),
    ),
    _Vendor(
        "Aiven for PostgreSQL",
        roles=("avnadmin",),
        extensions=("aiven_extras",),
    ),
    _Vendor(
        "Crunchy Bridge",
        roles=("crunchy_superuser",),
        extensions=("crunchy_pooler",),
    ),
    _Vendor("IBM Cloud Databases for PostgreSQL", roles=("ibm-cloud-base-user",)),
    _Vendor("Scaleway Managed PostgreSQL", roles=("scaleway_admin",)),
    _Vendor(
        "YugabyteDB",
        functions=("yb_is_database_colocated",),
        roles=("yb_superuser",),
        extensions=("yb_pg_metrics",),
        version=r"-YB-",
    ),
    _Vendor("EDB Postgres Advanced Server", version=r"EnterpriseDB"),
)

_PACKAGE = re.compile(r"\((Debian|Ubuntu) [^()]*\)")
_PLATFORM = re.compile(r" on (\S+?),? compiled by ")


class Sign(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that tells a vendor: what it is (`role`, `database` …), and its name."""

    kind: str
    name: str


class Suspicion(msgspec.Struct, frozen=True, kw_only=True):
    """One vendor and all that tells it; `certain` when something is among it that nobody else makes."""

    vendor: str
    certain: bool
    signs: tuple[Sign, ...]


class Hosting(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict.

    Attributes:
        vendors: Whom the signs tell, the most convincing first; empty: no sign of a managed service.
        package: The distribution whose package the server is (`Debian`), as version() says.
        platform: The platform that it was built for, as version() says.
    """

    vendors: tuple[Suspicion, ...] = ()
    package: str | None = None
    platform: str | None = None


def judge(snapshot: Snapshot) -> Hosting | None:
    """Who runs the server of that snapshot; None when the evidence was not read."""
    evidence = snapshot.operation.hosting
    if evidence is None:
        return None
    installed = tuple(extension.name for extension in snapshot.structure.extensions)
    found = [_suspicion(vendor, evidence, installed) for vendor in _VENDORS]
    suspected = [one for one in found if one.signs]
    certain = {one.vendor for one in suspected if one.certain}
    covered = {
        name
        for vendor, one in zip(_VENDORS, found, strict=True)
        for name in vendor.includes
        if one.signs and (one.certain or name not in certain)
    }
    vendors = [one for one in suspected if one.vendor not in covered]
    if any(one.certain for one in vendors):
        vendors = [one for one in vendors if one.certain]
    package = _PACKAGE.search(evidence.version_text)
    platform = _PLATFORM.search(evidence.version_text)
    return Hosting(
        vendors=tuple(sorted(vendors, key=lambda one: (not one.certain, -len(one.signs), one.vendor))),
        package=package[1] if package else None,
        platform=platform[1] if platform else None,
    )


def _suspicion(vendor: _Vendor, evidence: HostingEvidence, installed: tuple[str, ...]) -> Suspicion:
    strong = [
        *(
            Sign(kind="settings", name=f"{name}.*")
            for name in _both(vendor.setting_classes, evidence.setting_classes)
        ),
        *(Sign(kind="database", name=name) for name in _both(vendor.databases, evidence.databases)),
        *(Sign(kind="function", name=f"{name}()") for name in _both(vendor.functions, evidence.functions)),
    ]
    version = re.search(vendor.version, evidence.version_text) if vendor.version else None
    if version:
        strong.append(Sign(kind="version()", name=version[0]))
    weak = [
        *(Sign(kind="role", name=name) for name in _both(vendor.roles, evidence.roles)),
        *(Sign(kind=tr("installed extension"), name=name) for name in _both(vendor.extensions, installed)),
        *(
            Sign(kind=tr("available extension"), name=name)
            for name in _both(vendor.extensions, evidence.available_extensions)
            if name not in installed
        ),
    ]
    # A role and an extension, both the vendor's, are more than a dump brings along.
    certain = bool(strong) or len({sign.kind == "role" for sign in weak}) > 1
    return Suspicion(vendor=vendor.name, certain=certain, signs=(*strong, *weak))


def _both(names: tuple[str, ...], found: tuple[str, ...]) -> list[str]:
    return sorted(set(names) & set(found))
