"""Benchmarks: ``python -m bench etl|live|scoring|recovery|pathways``. May import everything; nothing imports it."""
