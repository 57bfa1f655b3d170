"""The design review of a database: `review`; and what the configuration says of it."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

import msgspec

from pgdossier import review as reviews
from pgdossier.analysis import Analysis, analyse
from pgdossier.authored import descriptions
from pgdossier.config import Config, position
from pgdossier.errors import ConfigurationError, UsageError
from pgdossier.model import snapshot_json
from pgdossier.model.redaction import redacted
from pgdossier.model.snapshot import Snapshot
from pgdossier.pipeline import describing, judging, probing
from pgdossier.pipeline.reading import locked, read
from pgdossier.progress import Progress
from pgdossier.review import Acceptance, Profile, Review, Severity, registry
from pgdossier.review.rule import Rule

_SNAPSHOTS = "name a snapshot.json, or the folder of a document, also FOLDER@REVISION"


class ReviewResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a review found.

    Attributes:
        snapshot: What was reviewed; on its day acceptances expire.
        review: The findings.
        config: What was asked.
        warnings: What the user should know.
    """

    snapshot: Snapshot
    review: Review
    config: Config
    warnings: tuple[str, ...] = ()


def review(
    config: Config,
    progress: Progress,
    *,
    against: str | None = None,
    only: Collection[str] = (),
    without: Collection[str] = (),
) -> ReviewResult:
    """Review `config.source` by the rules, as `config.review` says.

    Args:
        config: Source, scope, descriptions, declared relationships, and the profile of the review.
        progress: Told what happens.
        against: An earlier snapshot, or the folder of a document: what it did not have is new. Without
            patterns those that it was made with are followed.
        only: The names of the rules to run; empty: all that are not off.
        without: The names of rules not to run.

    Raises:
        ConfigurationError: The configuration names a rule, threshold or convention that there is none of.
        UsageError: A rule that is asked for does not exist, or `against` is no snapshot.
        DossierError: Anything else that the user can act on.
    """
    chosen = profile(config)
    for name in (*only, *without):
        rule_named(name)
    # Who asks for a rule by its name wants it, although the profile has it off.
    wanted = {name: one for name, one in chosen.severities.items() if one is not None or name not in only}
    chosen = msgspec.structs.replace(chosen, severities=wanted)
    known = None
    if against is not None:
        before = redacted(_earlier(against), config.redact)
        scope = before.structure.scope
        if not (config.schemas or config.exclude):
            config = msgspec.structs.replace(config, schemas=scope.include, exclude=scope.exclude)
        known = reviews.review(_analysed(before, config)[0], chosen, only=only, without=without).keys
    found = read(config, progress)
    analysis, warnings = _analysed(found, config)
    return ReviewResult(
        snapshot=analysis.snapshot,
        review=reviews.review(analysis, chosen, known=known, only=only, without=without),
        config=config,
        warnings=(*warnings, *locked(found)),
    )


def rule_named(name: str) -> Rule:
    """The rule of that name.

    Raises:
        UsageError: There is none; the hint is the name that was probably meant.
    """
    if name not in registry.names():
        raise UsageError(f"there is no rule {name}", hint=_nearest(name, registry.names()))
    return registry.all_rules()[name]


def _earlier(text: str) -> Snapshot:
    from pgdossier.building import sides  # noqa: PLC0415 - a review with nothing to compare builds no database

    try:
        side = sides.parse_side(text, "--against")
    except UsageError as error:
        if any(mark in text for mark in ("=", "://", "@")):
            raise
        raise UsageError(f"--against: there is no snapshot or document at {text}", hint=_SNAPSHOTS) from error
    if side.snapshot is not None:
        return snapshot_json.decode(side.snapshot, text)
    if side.source is None or side.source.path is None:
        raise UsageError(
            "--against is no snapshot",
            hint=_SNAPSHOTS,
        )
    return snapshot_json.decode(side.source.path.read_bytes(), text)


def _analysed(snapshot: Snapshot, config: Config) -> tuple[Analysis, tuple[str, ...]]:
    """The analysis with what the project says of objects and relationships, and what is wrong with that."""
    described = descriptions.resolve(describing.entries(config), snapshot.structure)
    analysis = analyse(
        snapshot,
        described.shown,
        declarations=probing.declarations(config),
        minimum_confidence=config.implied.minimum_confidence,
        judgements=judging.judgements(config),
    )
    return analysis, (*analysis.declared.problems, *analysis.sensitive.problems)


def profile(config: Config) -> Profile:
    """What the configuration says of the review, with every name checked.

    Raises:
        ConfigurationError: There is no such rule, threshold, convention or side.
    """
    told = config.review
    rules, thresholds, conventions = registry.names(), registry.thresholds(), registry.conventions()
    for table, given, known in (
        ("severity", told.severity, rules),
        ("thresholds", told.thresholds, thresholds),
        ("conventions", told.conventions, conventions),
    ):
        for name in given:
            if name not in known:
                raise _unknown(config, ("review", table, name), name, known)
    for name, side in told.conventions.items():
        if side not in conventions[name].sides:
            raise _unknown(config, ("review", "conventions", name), side, conventions[name].sides)
    for one in told.accept:
        if "*" not in one.rule and one.rule not in rules:
            raise _unknown(config, ("review", "accept"), one.rule, rules)
    return Profile(
        severities={
            name: None if given == "off" else Severity(given) for name, given in sorted(told.severity.items())
        },
        thresholds=told.thresholds,
        conventions=told.conventions,
        accepted=tuple(
            Acceptance(rule=one.rule, object=one.object, reason=one.reason, until=one.until)
            for one in told.accept
        ),
    )


def _unknown(config: Config, key: tuple[str, ...], name: str, known: Iterable[str]) -> ConfigurationError:
    where = position(config.file, key) if config.file else "the configuration"
    return ConfigurationError(f"{where}: {'.'.join(key[:2])}: there is no {name}", hint=_nearest(name, known))


def _nearest(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, else all."""
    listed = list(known)
    near = difflib.get_close_matches(name.lower().replace("-", "_"), listed, n=1)
    if near:
        return f"did you mean {near[0]}?"
    if listed == list(registry.names()):
        return "`pgdossier review --list` shows all rules"
    return f"known are: {', '.join(listed)}"
