"""The document on paper: one PDF and one DOCX, made from its finished Markdown.

Both hold the whole document in one file, with a cover, contents and page numbers, whatever the layout of the
Markdown is. `parts` says what a document is made of, `reading` takes it out of the Markdown, `widths` decides
on the columns of tables and on where words may break; `typesetting` writes the parts for Typst and `pdf` has
it compiled; `structure` writes them for pandoc, and `docx` has them converted and finishes the file.
`origins` notes in a file what it was made from.
"""
