"""A snapshot in other formats. Pure: one module per format, with one function from a snapshot to text."""
