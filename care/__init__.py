"""The operational store: who is who, what was sent, what was answered, what needs a person."""
