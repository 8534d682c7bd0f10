class WarehouseError(Exception):
    """Something a lake refuses; the message is a sentence for a person, with the cure."""


class LakeBeingUpdated(WarehouseError):
    """The lake stands at another version than this program; its next run brings it here."""
