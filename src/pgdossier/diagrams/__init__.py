"""Diagrams: what a snapshot and its relationships look like, as Graphviz and Mermaid text, and drawn.

`erd` decides what a diagram shows (a `chart`), `dot` and `mermaid` write it down, `graphviz` has it drawn,
`svg` turns the drawing into one that lives well in a document, and `grid` makes one when no engine can.
`marks` tell which drawings need not be made again. All but `graphviz` is pure.
"""
