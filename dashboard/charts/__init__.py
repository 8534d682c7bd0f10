"""Charts: what is drawn is decided here, what it means in ``dashboard/views``."""
