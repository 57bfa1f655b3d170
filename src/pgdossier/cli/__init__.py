"""The command line: one module per command, loaded by `main`; nothing else imports click."""
