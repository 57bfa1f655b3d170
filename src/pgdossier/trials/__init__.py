"""Rows and violations to be tried on a rebuilt database: what they are, and the files that keep them.

Everything here is made from a snapshot, without a server: `values` writes the n-th value of any type,
`patterns` strings that match a regular expression, `candidates` what a column may be worth trying with,
`conditions` what rows have to fulfil, `statements` the SQL, `surprises` what is told of the results, and
`pytest_file` and `pgtap_file` the tests that a team can keep. The server is asked by `building.trials`.
"""
