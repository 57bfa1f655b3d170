"""What people wrote outside the blocks: shown, or kept in blocks; never silently overwritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pgdossier.authored import blocks
from pgdossier.authored.texts import Texts
from pgdossier.config import Config
from pgdossier.errors import OutputError
from pgdossier.output.edits import Edit, EditedPage, edited_pages, edits, in_words, kept
from pgdossier.pipeline.keeping import Kept
from pgdossier.render.history import PAGE

_SHOWN = 10
_GUESSED = (
    "what was written there is not known exactly any more (another pgdossier, other templates or titles):"
    " compared with what would be written now"
)


def settle(
    config: Config,
    files: Kept[str],
    texts: Texts,
    written: Callable[[], Mapping[str, str]],
) -> tuple[Texts, tuple[str, ...]]:
    """Refuse to overwrite what people wrote outside the blocks, or move it into the nearest ones.

    Args:
        config: `output`, `keep` and `discard` count.
        files: The document that is to be written.
        texts: What people wrote in blocks, under the keys of the document that is there.
        written: Gives the pages as an earlier run wrote them, as far as that can be known; it is asked only
            when it matters.

    Returns:
        The texts with what is kept, and what the user should know.

    Raises:
        OutputError: Somebody edited pages outside the blocks, and nobody said what to do about it (code 2).
    """
    pages = [] if config.discard else edited_pages(config.output, files, files.stamps)
    if not pages:
        return texts, ()
    found: list[Edit] = []
    guessed: list[str] = []
    earlier: Mapping[str, str] | None = None
    for page in pages:
        base = _text(files, page.path)
        if base is None or not page.was(base):
            earlier = written() if earlier is None else earlier
            if page.path in earlier and page.was(earlier[page.path]):
                base = earlier[page.path]
            else:
                base = base if base is not None else earlier.get(page.path, "")
                guessed.append(page.path)
        found += edits(page, base)
    if not config.keep:
        raise _refusal(config, pages, found, guessed)
    return _kept(config, texts, found, guessed)


def _text(files: Mapping[str, bytes], path: str) -> str | None:
    return files[path].decode() if path in files else None


def _refusal(config: Config, pages: list[EditedPage], found: list[Edit], guessed: list[str]) -> OutputError:
    details: list[str] = []
    for edit in found[:_SHOWN]:
        details.append(f"{config.output / edit.path}:{edit.line}:")
        details += [f"  {line}" for line in in_words(edit)]
    if len(found) > _SHOWN:
        details.append(f"and {len(found) - _SHOWN} more places")
    details += [f"{config.output / path}: {_GUESSED}" for path in guessed]
    first = found[0] if found else None
    where = f"{config.output / first.path}:{first.line}" if first else f"{config.output / pages[0].path}"
    more = f" (and {len(pages) - 1} more)" if len(pages) > 1 else ""
    return OutputError(
        f"{where}: this page{more} was edited outside its authored blocks; nothing was written",
        hint="--keep moves what was typed into the nearest authored block, --discard drops it",
        code=2,
        details=tuple(details),
    )


def _kept(
    config: Config, texts: Texts, found: list[Edit], guessed: list[str]
) -> tuple[Texts, tuple[str, ...]]:
    bodies: dict[str, str] = {}
    warnings = [f"{config.output / path}: {_GUESSED}" for path in guessed]
    for edit in found:
        where = f"{config.output / edit.path}:{edit.line}"
        if not edit.typed.strip():
            if edit.before:
                warnings.append(f"{where}: what was taken away there was written again")
            continue
        key = edit.block or blocks.key(PAGE, edit.path)
        body = bodies.get(key, texts.bodies.get(key, ""))
        bodies[key] = kept(body, edit.typed, is_code=edit.is_code)
        warnings.append(f"{where}: what was typed there stands in the block {key} now")
    return texts.extend(bodies), tuple(warnings)
