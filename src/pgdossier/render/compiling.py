"""Templates as Python's code: how they call functions, and how their code is kept."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import marshal
import os
import sys
from keyword import iskeyword
from pathlib import Path

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame

from pgdossier import __version__

_MARKDOWN = ".md.j2"
_DIGEST = hashlib.sha256().digest_size


class PlainCalls(CodeGenerator):
    """A function that a template calls is called as Python calls it, and so are attributes asked for.

    Jinja would ask each function whether it wants the context, and nothing that is called here does; and it
    would call one of its own for each attribute. A large document has millions of both.
    """

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - Jinja's
        """Write a call."""
        if any(iskeyword(keyword.key) for keyword in node.kwargs):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        for stars, given in (("*", node.dyn_args), ("**", node.dyn_kwargs)):
            if given is not None:
                self.write(stars)
                self.visit(given, frame)
                self.write(", ")
        self.write("caller=caller)" if forward_caller else ")")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's
        """Write the value of an attribute; what has none of that name is left to Jinja."""
        self.write("(_value if (_value := getattr((_owner := ")
        self.visit(node.node, frame)
        self.write(f"), {node.attr!r}, missing)) is not missing")
        self.write(f" else environment.getattr(_owner, {node.attr!r}))")


class Kept(jinja2.BytecodeCache):
    """The code of the built-in templates of pages, kept where Python keeps that of the modules beside them.

    It is under the same rules: no other place is written to, nothing is kept where this one cannot be
    written to or Python was told to keep no code (`PYTHONDONTWRITEBYTECODE`), and it may be deleted at any
    time. What users' templates become is not kept.
    """

    def __init__(self, templates: Path) -> None:
        self._templates = templates
        changed = Path(__file__).stat().st_mtime_ns  # while this module is worked on
        known = (importlib.util.MAGIC_NUMBER, jinja2.__version__, __version__, changed)
        self._maker = repr(known).encode()

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file for the code of a template; none for one that is not kept."""
        if filename is None or not name.endswith(_MARKDOWN) or Path(filename) != self._templates / name:
            return ""
        return importlib.util.cache_from_source(filename)

    def get_source_checksum(self, source: str) -> str:
        """A hash of everything that decides what a template becomes."""
        return hashlib.sha256(self._maker + source.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it is there."""
        with contextlib.suppress(OSError, EOFError, ValueError, TypeError):
            data = Path(bucket.key).read_bytes() if bucket.key else b""
            if data[:_DIGEST].hex() == bucket.checksum:
                bucket.code = marshal.loads(data[_DIGEST:])  # noqa: S302 - Python does so beside it

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if not bucket.key or sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        new = path.with_name(f"{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(exist_ok=True, parents=True)
            new.write_bytes(bytes.fromhex(bucket.checksum) + marshal.dumps(bucket.code))
            new.replace(path)
