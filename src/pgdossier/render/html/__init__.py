"""The HTML copy of a document, made from its finished Markdown.

One page becomes one file, `index.html`, that needs nothing beside it. A document in the split layout becomes
the folder `html/`: one page for each page of the Markdown, which share a style sheet, a script and an index
for searching. Either works from a disk, without a server and with scripts switched off.

`conversion` turns Markdown into the content of a page, `sanitising` lets through what is allowed, `drawings`
puts diagrams into it, `highlighting` colours SQL, `entries` collects what can be searched for, `pages` puts
everything together with the files of `templates/html`; `words` has the words that the Markdown has not.
"""

from __future__ import annotations

from pgdossier.render.html.pages import files

__all__ = ["files"]
