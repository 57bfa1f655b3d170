"""`pgdossier init`: write a configuration file to start from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from pgdossier.cli.options import Run, common
from pgdossier.errors import OutputError, UsageError

# Every key at its default, so that reading the file changes nothing (a test holds it to that).
EXAMPLE = """\
# Configuration of pgdossier. Every key stands at its default: change what you need, delete the rest.
# Flags win over this file. Relative paths start at the folder of this file.

# The database: "postgresql://reader@db.example/shop", "host=db.example dbname=shop", "service=shop", or the
# path of a snapshot.json. Empty: $DATABASE_URL, then the PG* environment. Keep passwords out of this file:
# put them into ~/.pgpass or a service file.
source = ""

# The folder of the document.
output = "docs/database"

# What is written besides Markdown: "html" makes a copy to be read in a browser, mailed and printed.
formats = []

# What the fixed words of the document are written in: "en", "de", "es", "fr", "ja", "pt", "vi" or "zh".
# Names, SQL and comments of the database stay as they are.
language = "en"

# "single": one page. "split": one page per relation. "auto": split above so many relations.
layout = "auto"
split_above = 40

# What to document and what to leave out, in patterns as psql takes them: "sales.*", "public.user*".
# An empty `schemas` means everything; `exclude` wins.
schemas = []
exclude = []

# Regular expressions of what is not kept of comments, bodies, literals, other texts: ['\\bDE\\d{20}\\b'].
redact = []

# A folder of templates that replace or extend the built-in ones. Empty: the built-in ones.
template_dir = ""

# The title block. An empty title is made from the name of the database.
title = ""
prepared_by = ""
status = ""

# Begin each page with YAML front matter (title, description) for site generators.
front_matter = false

# Who makes the revisions of the document. Empty: who git says works in the output folder.
author = ""

# Seconds that one query on the catalogs may take, and seconds to wait for a lock that somebody else
# holds. 0: no limit.
statement_timeout = 60
lock_timeout = 5

# Read what the running server knows: settings, counters, statements, who is connected. false: for a database
# that only stands in for the real one, as one that a build makes from migrations.
activity = true

# Relationships that no foreign key declares, each a table at the end of this file in place of this line:
#   [[relationships]]
#   from = "sales.orders(customer_code)"
#   to = "crm.customers(code)"
#   cardinality = "many-to-one"
#   note = "filled by the nightly import"
relationships = []

# What is known of columns with sensitive data, in place of what the rules find, each a table at the end of
# this file in place of this line; the category "none" clears a column:
#   [[sensitive]]
#   column = "crm.leads.remarks"
#   category = "personal"
#   reason = "sales notes name people"
sensitive = []

# Domains: groups of tables that diagrams and the document show together. They are found by themselves; those
# that you name come first, in this order, each a table at the end of this file in place of this line:
#   [[domains]]
#   name = "Billing"
#   tables = ["public.invoice*", "public.payment*"]
#   description = "What customers owe and pay"
domains = []

[diagrams]
# false: the document holds Mermaid text in place of Graphviz drawings.
enabled = true

# The Graphviz executable: a path, or a bare name to be found on PATH. Empty: the bundled one.
dot = ""

# Above so many tables a diagram shows key columns only.
keys_only_above = 25

# The most boxes of a diagram. What has more is shown as a map of its domains, and each of these on its own.
most_boxes = 30

# Seconds that the first attempt to draw a diagram may take; simpler ones may take a quarter of that.
timeout = 60

# Graphviz processes side by side; never more than there are processors.
processes = 2

[embedded]
# The folder of `postgres` and `initdb` for the server that `pgdossier demo` starts. Empty: the one of the
# extra pgdossier[embedded], then one that is installed.
pg_bin = ""

[implied]
# The least confidence, in percent, of a foreign key that only names and types imply. 100: none is shown.
minimum_confidence = 60

[review]
# The least severity with which `pgdossier review` says no: "error", "warning", "advice" or "never".
fail_on = "warning"

# Findings that the project lives with, each a table at the end of this file in place of this line:
#   [[review.accept]]
#   rule = "no_primary_key"
#   object = "staging.*"
#   reason = "loaded and emptied every night"
#   until = 2027-01-31
accept = []

# Other severities than the rules' own, or "off": RULE = "advice". `pgdossier review --list` has all rules.
[review.severity]
# god_table = "off"

# Other numbers than the rules' own.
[review.thresholds]
# god_table_columns = 80

# The sides that the project takes where good engineers disagree.
[review.conventions]
# text = "bounded"

[monitoring]
# The thresholds of what is watched (section 10.3 of the document), each [warning, critical].
# Per cent of max_connections in use.
connections = [75, 90]
# Per cent of the blocks asked for that were in shared buffers; low is bad: the warning is the higher one.
cache_hit = [95, 90]
# Per cent of a table's row versions that are dead.
dead_rows = [30, 50]
# Days since the last VACUUM or ANALYZE of a table that is overdue for one.
vacuum_lag = [1, 7]
# Million transactions that the oldest row is old; at about 2,000 the server stops writing.
transaction_age = [1000, 1500]
# Likewise of multixacts.
multixact_age = [1000, 1500]
# Megabytes of WAL that a receiver is behind.
replication_lag = [100, 1024]
# Seconds that a receiver is behind.
replication_delay = [60, 600]
# Megabytes of WAL that one replication slot keeps from being removed.
slot_wal = [1024, 10240]
# Replication slots that nobody is connected to.
inactive_slots = [1, 5]
# Deadlocks a day.
deadlocks = [1, 10]
# Per cent of its numbers that a sequence has used up.
sequences = [75, 90]
# Per cent of the checkpoints that did not wait for their time.
requested_checkpoints = [50, 80]
# Indexes that queries cannot use.
invalid_indexes = [1, 5]
# Minutes that the oldest transaction is open.
long_transaction = [15, 120]
# Sessions that wait inside a transaction.
idle_in_transaction = [5, 20]
# Minutes that the oldest prepared transaction waits.
prepared_transaction = [5, 60]
# Per cent of a table's space that its rows do not need, by estimate.
bloat = [50, 75]
# Megabytes of temporary files written a day.
temporary_files = [1024, 10240]
# Pages whose checksum was wrong.
checksum_failures = [1, 10]

[descriptions]
# What people say of objects that have no comment in the database; see docs/descriptions.md.
# The folder of files with descriptions. Empty: `descriptions` beside this file, if there is one.
folder = ""

# What the database is for.
database = ""

# A few descriptions can stand here: NAME = "text", with names as people see them or as SQL writes them.
[descriptions.schemas]
# sales = "Everything that customers order."

[descriptions.tables]
# "sales.orders" = "An order placed by a customer."

[descriptions.columns]
# "sales.orders.number" = "Printed on the invoice."

[descriptions.types]
# "sales.order_status" = "Where an order is on its way."

[descriptions.routines]
# "sales.order_total(bigint)" = "The sum of an order, with taxes."
"""


@click.command()
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("pgdossier.toml"),
    show_default=True,
    help="The file to write.",
)
@common
def init(run: Run, output: Path) -> None:
    """Write a commented configuration file that holds every key at its default.

    A file that exists is never overwritten.
    """
    try:
        # Not writable by all, whatever the umask: who may change it chooses what is read and where it goes.
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(EXAMPLE)
    except FileExistsError:
        raise UsageError(f"{output} exists already", hint="edit it, or name another file with -o") from None
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror}") from None
    run.say(f"{output} written")
