"""Bringing in what others have published: one module per source, each a subcommand of ``python -m etl import``."""
