class CareError(Exception):
    """Something the operational store refuses; the message is a sentence for a person, with the cure."""


class NotPermitted(CareError):
    """The viewer's role or scope does not reach this."""


class NotFound(CareError):
    """No such row inside the viewer's tenant and scope; another tenant's row looks the same."""


class Stale(CareError):
    """Somebody else was first; the message says who did what."""
