"""The rules, one module each; `pgdossier.review.registry` finds them.

A module's docstring is the rule's page, `RULE` the rule; the file of the same name with `.sql` holds the
cases in which it must and must not report, which tests run on a server.
"""
