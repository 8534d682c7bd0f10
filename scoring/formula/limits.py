"""What a formula may cost. A formula is text from a user: every bound here is checked before anything is computed."""

MAX_BYTES = 4096
MAX_DEPTH = 50  # brackets and functions inside each other
MAX_NODES = 200  # numbers, names, operators and functions
MAX_ITEMS = 200  # answers one formula may read, ranges written out
MAX_TABLE = 2000  # entries of one table
MAX_NUMBER = 1e15  # beyond it whole numbers are no longer exact
MAX_NAME = 40  # characters
