"""§2.1 in words: the server, who runs it, its extensions, and the settings that somebody chose."""

from __future__ import annotations

import msgspec

from pgdossier.analysis import extension_purposes, support
from pgdossier.analysis.analysis import Analysis
from pgdossier.analysis.hosting import Sign
from pgdossier.language import tr, trn
from pgdossier.model.extensions import Extension
from pgdossier.model.operation import Operation, ServerSetting
from pgdossier.model.roles import SessionSetting
from pgdossier.render import gaps, summary
from pgdossier.render.escaping import code, inline
from pgdossier.render.moments import moment
from pgdossier.render.numbers import listed

_USUAL_BLOCK = 8192


def facts(analysis: Analysis) -> list[tuple[str, str]]:
    """The facts of the server and the database as Markdown, in order; what is not known is left out."""
    structure, operation = analysis.described.structure, analysis.snapshot.operation
    database, server = structure.database, operation.server
    found = [
        (tr("Database system"), inline(f"PostgreSQL {structure.server.version}")),
        (tr("Support"), supported(analysis)),
    ]
    if operation.taken_at is not None:
        found.append((tr("Run by"), hosted(analysis)))
    built = analysis.hosting
    if built is not None and (built.platform or built.package):
        platform = code(built.platform) if built.platform else tr("not known")
        if built.package:
            platform = tr(
                "{platform}, as a package of {package}", platform=platform, package=inline(built.package)
            )
        found.append((tr("Built for"), platform))
    found += [
        (tr("Encoding"), code(database.encoding)),
        (tr("Collation"), summary.collation(database) + _collation_version(operation)),
    ]
    if structure.server.time_zone:
        found.append((tr("Time zone of the server"), code(structure.server.time_zone)))
    if server is not None:
        if server.data_checksums is not None:
            found.append((tr("Data checksums"), _checksums(server.data_checksums)))
        if server.block_size != _USUAL_BLOCK:
            found.append((tr("Block size"), tr("{count} bytes", count=server.block_size)))
        found.append((tr("Server started"), moment(server.started_at)))
    found.append((tr("Owner of the database"), code(database.owner)))
    return found


def supported(analysis: Analysis) -> str:
    """Until when the PostgreSQL project supports the major version, judged on the day of the snapshot."""
    major = analysis.described.structure.server.major
    found = support.of(major, analysis.snapshot.captured_on)
    table = tr("{source}, as of {date}", source=code(support.SOURCE), date=support.COMPILED_ON)
    if found.until is None:
        return tr(
            "not known to this version of pgdossier for PostgreSQL {major} ({source})",
            major=major,
            source=table,
        )
    if found.ended:
        said = tr(
            "**ended** for PostgreSQL {major} on {date} ({source})",
            major=major,
            date=found.until,
            source=table,
        )
    else:
        said = tr(
            "PostgreSQL {major} is supported until {date} ({source})",
            major=major,
            date=found.until,
            source=table,
        )
    return f"{said}; {tr('the provider may have terms of its own')}" if _certain(analysis) else said


def _certain(analysis: Analysis) -> bool:
    return analysis.hosting is not None and any(one.certain for one in analysis.hosting.vendors)


def hosted(analysis: Analysis) -> str:
    """Who runs the server, with the evidence; or that nothing tells."""
    found = analysis.hosting
    if found is None:
        return tr("not known: what would tell was not read")
    if not found.vendors:
        return tr("no sign of a managed service")
    verdicts = []
    for one in found.vendors:
        signs = listed([_sign(sign) for sign in one.signs])
        if one.certain:
            verdicts.append(f"{inline(one.vendor)} ({signs})")
        else:
            verdicts.append(
                tr(
                    "perhaps {vendor}: {signs}, and nothing else of it",
                    vendor=inline(one.vendor),
                    signs=signs,
                )
            )
    return "; ".join(verdicts)


def _sign(sign: Sign) -> str:
    return f"{inline(tr(sign.kind))} {code(sign.name)}"


def _collation_version(operation: Operation) -> str:
    server = operation.server
    if server is None or server.collation_version is None:
        return ""
    told = f", {tr('version {version}', version=code(server.collation_version))}"
    now = server.collation_version_now
    if now is None or now == server.collation_version:
        return told
    return f"{told}; " + tr(
        "**the provider now has {version}: indexes on text may be in the wrong order**", version=code(now)
    )


def _checksums(on: bool) -> str:
    return tr("on") if on else tr("off: damage on the disk is not noticed when pages are read")


def taken(analysis: Analysis) -> str | None:
    """The moment at which the running server was asked; None when it was not."""
    at = analysis.snapshot.operation.taken_at
    return None if at is None else moment(at)


def not_read(analysis: Analysis, *families: str) -> list[str]:
    """The gaps of those families as lines of Markdown."""
    return gaps.unread(analysis.snapshot.operation, *families)


def purpose(extension: Extension) -> str:
    """What a well-known extension is for."""
    return inline(extension_purposes.purpose(extension.name) or "")


def version(extension: Extension, analysis: Analysis) -> str:
    """The installed version of an extension, and the one that the server would install now."""
    installed = code(extension.version)
    updates = {one.name: one.default_version for one in analysis.snapshot.operation.extensions}
    if extension.name not in updates:
        return installed
    offered = updates[extension.name]
    if offered is None:
        return tr("{version}; its files are gone from the server", version=installed)
    return (
        installed
        if offered == extension.version
        else tr("{version}; the server offers {offered}", version=installed, offered=code(offered))
    )


def settings(analysis: Analysis) -> list[tuple[str, str, str, str, str]]:
    """Subject (in its first row), setting, value, default, and why it matters, of what was chosen."""
    rows = []
    for title, chosen in analysis.settings.groups:
        for place, one in enumerate(chosen):
            setting = one.setting
            shown = value(setting)
            if setting.pending_restart:
                shown = tr("{value} – waits for a restart", value=shown)
            rows.append(
                (
                    inline(tr(title)) if place == 0 else "",
                    code(setting.name),
                    shown,
                    default(setting),
                    inline(one.reason),
                )
            )
    return rows


def value(setting: ServerSetting) -> str:
    """The value of a setting in a unit that people read, as Markdown."""
    if setting.value is None:
        return tr("set (not read)")
    if not setting.value:
        return tr("not set")
    return code(readable(setting))


def default(setting: ServerSetting) -> str:
    """Its built-in default, likewise; nothing where there is none or it is not to be told."""
    if setting.default is None:
        return ""
    return value(msgspec.structs.replace(setting, value=setting.default))


_SIZES = (("TB", 1024**4), ("GB", 1024**3), ("MB", 1024**2), ("kB", 1024))
_TIMES = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1))


def readable(setting: ServerSetting) -> str:
    """`128 MB` for 16384 blocks of 8 kB: the largest unit that loses nothing."""
    raw = setting.value or ""
    if raw == "0" or setting.unit is None:
        return raw
    if setting.bytes is not None:
        return next(
            (f"{setting.bytes // scale} {unit}" for unit, scale in _SIZES if setting.bytes % scale == 0),
            f"{setting.bytes} B",
        )
    time = setting.milliseconds
    if time is not None:
        return next(
            (f"{time / scale:.0f} {unit}" for unit, scale in _TIMES if time % scale == 0),
            f"{time:g} ms",
        )
    return raw


def database_settings(found: tuple[SessionSetting, ...]) -> str:
    """The settings of ALTER DATABASE … SET in a row."""
    return ", ".join(
        f"{code(one.name)} = {code(one.value)}"
        if one.value is not None
        else tr("{name} (set, not read)", name=code(one.name))
        for one in found
    )


def pending(analysis: Analysis) -> str | None:
    """Which changes wait for a restart, when there are any."""
    names = analysis.settings.pending
    if not names:
        return None
    return trn(
        "{names} waits for a restart of the server.",
        "{names} wait for a restart of the server.",
        len(names),
        names=listed([code(name) for name in names]),
    )


def other_settings(analysis: Analysis) -> str | None:
    """How many settings besides were changed, when there are any."""
    others = analysis.settings.others
    if not others:
        return None
    return trn(
        "{count} other setting differs from its default.",
        "{count} other settings differ from their defaults.",
        others,
    )
