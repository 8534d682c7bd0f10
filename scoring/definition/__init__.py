"""The parts of an instrument definition, each read from its tables of the TOML document."""
