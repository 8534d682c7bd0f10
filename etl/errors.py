class EtlError(Exception):
    """A run that cannot go on; the message is a sentence for a person, with the cure and without patient text."""
