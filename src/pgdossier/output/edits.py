"""What people wrote on a page outside its blocks: where, what stood there before, and how it is kept.

The manifest knows only the hash of what was written, so whoever asks brings the text that was. A text with
that hash is the one; without it the page that takes its place must do, and more looks like an edit than was.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

import msgspec

from pgdossier.authored import blocks
from pgdossier.authored.blocks import Line
from pgdossier.errors import DossierError
from pgdossier.output.folder import Folder, content_hash, is_page, page_of
from pgdossier.output.reading import known

_SHOWN = 6
_WIDE = 100


class EditedPage(NamedTuple):
    """A page that is not as it was written, outside its blocks: path, text, and the hashes of what was."""

    path: str
    text: str
    written: tuple[str, ...]

    def was(self, text: str) -> bool:
        """Whether this is what was written, but for what stands in blocks."""
        return content_hash(blocks.skeleton(text).encode()) in self.written


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One place where somebody edited a page.

    Attributes:
        path: The page, relative to the folder.
        line: The line of the page where it is, from 1.
        before: The lines that were written there.
        after: The lines that stand there now.
        typed: What somebody typed there, byte for byte but for empty lines around it; empty when lines were
            only taken away.
        is_code: Whether that stands in a code block, or opens one.
        block: The key of the nearest block before, or else after it; None on a page without blocks.
    """

    path: str
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    typed: str
    is_code: bool
    block: str | None


def edited_pages(
    directory: Path, files: Mapping[str, bytes], standing: Container[str] = ()
) -> list[EditedPage]:
    """The pages of an earlier run that were edited outside their blocks, and would be replaced or removed.

    Args:
        directory: The folder of the document.
        files: The document that is to be written there.
        standing: Those of them that stand there already.

    Raises:
        DossierError: As `reading.read_authored`.
    """
    manifest = known(directory)
    folder = Folder(directory)
    found = []
    for path in sorted(filter(is_page, manifest.files)):
        if path in standing:
            continue
        data = folder.content(path)
        if data is None or data == files.get(path):
            continue
        skeleton = page_of(f"{directory}/{path}", data).skeleton
        if content_hash(skeleton.encode()) in manifest.hashes(path):
            continue
        if path not in files or skeleton != blocks.skeleton(files[path].decode()):
            found.append(EditedPage(path, data.decode(), tuple(manifest.hashes(path))))
    return found


def edits(page: EditedPage, written: str) -> list[Edit]:
    """The places where a page differs from what was written, outside the blocks of both."""
    lines = blocks.outside(page.text, page.path)
    base = [line.usual for line in blocks.outside(written, page.path)]
    now = [line.usual for line in lines]
    start = next(
        (at for at, pair in enumerate(zip(base, now, strict=False)) if pair[0] != pair[1]),
        min(len(base), len(now)),
    )
    end = 0
    while end < min(len(base), len(now)) - start and base[-1 - end] == now[-1 - end]:
        end += 1
    matcher = SequenceMatcher(None, base[start : len(base) - end], now[start : len(now) - end])
    found = []
    for tag, low, high, first, last in matcher.get_opcodes():
        if tag != "equal":
            before = base[start + low : start + high]
            found += _edits(page.path, lines, before, (start + first, start + last))
    return found


def _edits(path: str, lines: Sequence[Line], before: Sequence[str], place: tuple[int, int]) -> list[Edit]:
    """One changed place; what stands on both sides of a marker goes into different blocks."""
    first, last = place
    runs: list[list[Line]] = [[]]
    for line in lines[first:last]:
        if line.is_marker:
            runs.append([])
        else:
            runs[-1].append(line)
    runs = [run for run in runs if run] or [[]]
    at = lines[min(first, len(lines) - 1)].number if lines else 1
    found = []
    for index, run in enumerate(runs):
        found.append(
            Edit(
                path=path,
                line=run[0].number if run else at,
                before=tuple(before) if index == 0 else (),
                after=tuple(line.usual for line in run),
                typed=_typed(run),
                is_code=any(line.is_code for line in run),
                block=_nearest(lines, run[0].number if run else at),
            )
        )
    return found


def _typed(run: Sequence[Line]) -> str:
    """The lines as they stand, without empty ones around them: those only set the text apart."""
    filled = [index for index, line in enumerate(run) if line.text.strip()]
    return "".join(line.text for line in run[filled[0] : filled[-1] + 1]) if filled else ""


def _nearest(lines: Sequence[Line], number: int) -> str | None:
    before = [line.opens for line in lines if line.opens and line.number < number]
    after = [line.opens for line in lines if line.opens and line.number >= number]
    return before[-1] if before else after[0] if after else None


def in_words(found: Edit) -> tuple[str, ...]:
    """The place as a short difference: what was there with `-`, what is there with `+`."""
    shown = [f"- {line.rstrip()}" for line in found.before] + [f"+ {line.rstrip()}" for line in found.after]
    shown = [line if len(line) <= _WIDE else f"{line[:_WIDE]}…" for line in shown]
    more = len(shown) - _SHOWN
    if more > 0:
        half = _SHOWN // 2
        kept = min(len(found.before), half)
        added = shown[len(found.before) :][: _SHOWN - kept]
        shown = [
            *shown[:kept],
            *added,
            f"  … {len(found.before) + len(found.after) - kept - len(added)} more lines",
        ]
    return tuple(shown)


def kept(body: str, typed: str, *, is_code: bool) -> str:
    """The text of a block with what somebody typed elsewhere appended after a blank line.

    What would not be read back as it is (the half of a code block, something that looks like a marker) is put
    into a code block of its own.

    Args:
        body: The text of the block; empty when there is none.
        typed: The lines, byte for byte.
        is_code: Whether they stood in a code block.
    """
    lines = typed if typed.endswith("\n") else f"{typed}\n"
    head = f"{body}\n" if body.strip() else body
    plain = head + lines
    if not (is_code and not _is_whole_code(lines)) and _reads_back(plain):
        return plain
    longest = max(map(len, re.findall("`+", lines)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{head}{fence}text\n{lines}{fence}\n"


def _is_whole_code(lines: str) -> bool:
    """Whether code blocks are opened and closed in these lines, and nothing stands in one that is not."""
    try:
        found = blocks.outside(lines)
    except DossierError:
        return False
    return bool(found) and blocks.opens_code(found[0].text) and not blocks.outside(f"{lines}x\n")[-1].is_code


def _reads_back(body: str) -> bool:
    try:
        return blocks.parse(blocks.block("k", body), "") == {"k": body}
    except DossierError:
        return False
