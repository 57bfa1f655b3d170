"""People's text inside generated pages, and how it survives."""
