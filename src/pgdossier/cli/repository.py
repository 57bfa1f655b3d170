"""Where a file is inside its repository, as annotations and code scanning name it."""

from __future__ import annotations

import os
from pathlib import Path


def located(path: Path) -> str:
    """The path of a file relative to the root of its repository, with `/`.

    GitHub and GitLab resolve the names of annotations and reports from that root, whatever the working
    directory of the step is. Outside a repository it is relative to the working directory, and absolute when
    it is not below that.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links out of the repository
    here = Path.cwd()
    root = next((folder for folder in whole.parents if (folder / ".git").exists()), here)
    return whole.relative_to(root).as_posix() if whole.is_relative_to(root) else whole.as_posix()
