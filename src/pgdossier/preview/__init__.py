"""A local preview of a document folder: what a browser on this machine is shown, and nobody else.

`site` decides what stands at an address, `watching` tells when files have changed, `server` speaks HTTP on
the loopback interface. Nothing is ever written.
"""

from __future__ import annotations

from pgdossier.preview.server import Server

__all__ = ["Server"]
