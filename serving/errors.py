class ServingError(Exception):
    """The installation cannot be started; the message is one sentence with the cure."""
