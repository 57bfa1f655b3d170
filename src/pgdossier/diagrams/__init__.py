"""Diagrams: what a snapshot and its relationships look like, as Graphviz and Mermaid text, and drawn.

`erd` decides what a diagram shows (a `chart`), `dot` and `mermaid` write it down, `graphviz` has it drawn,
and `svg` turns the drawing into one that lives well in a document. All but `graphviz` is pure.
"""
