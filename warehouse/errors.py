class WarehouseError(Exception):
    """Something a lake refuses; the message is a sentence for a person, with the cure."""


class LakeBeingUpdated(WarehouseError):
    """The lake is not there yet, or stands at another version than this program; its next run brings it here."""

    def __init__(self):
        super().__init__("The figures of this organization are being updated. Try again in a minute.")
