"""What changed between two readings of a database. Pure functions over the model.

`differences` finds them as typed values, `wording` says them, `risk` judges what they mean for readers and
writers, `comparison` puts these together, `verification` judges a database that was rebuilt from its own SQL.
"""
