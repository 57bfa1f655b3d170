"""What pgdossier is delivered with: tested versions and licences, written from the installed packages.

    python -m tests.support.supply

writes constraints.txt (the newest versions with which the tests ran) and docs/licences.md.
"""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.support.minimums import REPOSITORY, requirements

# What may stand beside a program under the Apache License 2.0 that imports it and ships none of it.
ALLOWED = frozenset(
    {
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CNRI-Python",
        "EPL-2.0",
        "ISC",
        "LGPL-3.0-only",
        "MIT",
        "MIT-CMU",
    }
    | {"MPL-2.0", "OFL-1.1", "PSF-2.0", "Unlicense"}
)
# Programs under other licences inside a package; only where the extra is chosen.
CARRIED = {
    "pypandoc-binary": ("docx", "the program pandoc, GPL-2.0-or-later, which is run as a process of its own")
}
_CLASSIFIERS = {
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


def canonical(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def runtime() -> dict[str, Distribution]:
    """Every package that is installed with pgdossier and all its extras on this system, by name."""
    wanted = [Requirement(name) for name in (*requirements(), "psycopg[binary]")]
    found: dict[str, Distribution] = {}
    asked: set[str] = set()
    while wanted:
        one = wanted.pop()
        if str(one) in asked:
            continue
        asked.add(str(one))
        package = distribution(one.name)
        found[canonical(one.name)] = package
        for line in package.requires or ():
            needed = Requirement(line)
            extras = one.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                wanted.append(needed)
    return dict(sorted(found.items()))


def licence(package: Distribution) -> str:
    """The licence of a package as an SPDX expression; empty when its metadata do not tell."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return str(metadata["License-Expression"])
    told = metadata["License"].strip() if "License" in metadata else ""
    if told in ALLOWED:
        return told
    named = [
        _CLASSIFIERS.get(one, one)
        for one in metadata.get_all("Classifier") or ()
        if one.startswith("License")
    ]
    return " AND ".join(sorted(set(named)))


def constraints() -> str:
    """The text of constraints.txt."""
    head = "# The newest versions with which the tests ran; `make constraints` writes this file.\n"
    return head + "".join(f"{name}=={package.version}\n" for name, package in runtime().items())


def licences() -> str:
    """The text of docs/licences.md."""
    lines = [
        "# Licences",
        "",
        "pgdossier is under the Apache License 2.0. It is delivered without any other package; these are",
        "installed with it and its extras, under the licences that their own metadata name (`make licences`",
        "writes this page).",
        "",
        "| Package | Licence | |",
        "| --- | --- | --- |",
    ]
    for name, package in runtime().items():
        extra, what = CARRIED.get(name, ("", ""))
        told = f"only with the extra `{extra}`: holds {what}" if extra else ""
        lines.append(f"| {name} | {licence(package)} | {told} |")
    return "\n".join(lines) + "\n"


def write() -> None:
    """Write both files."""
    for path, text in {"constraints.txt": constraints(), "docs/licences.md": licences()}.items():
        (Path(REPOSITORY) / path).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
