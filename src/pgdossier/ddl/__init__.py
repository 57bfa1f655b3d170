"""Model -> SQL: the definition of one relation, and the whole schema in dependency order. Pure functions.

`relations.relation_definition` is what a reader sees of one relation; `script.schema_script` is the
`schema.sql` that rebuilds the database. Each family of objects has one module that turns a value of the
model into finished statements; `order` says in which order the objects can be created, and which of them
must come in two steps because they need each other; `script` puts statements in that order.

Names are quoted by `model.names`; types and expressions are the server's own text, read with an empty
search_path, so every name in them has its schema already.
"""
