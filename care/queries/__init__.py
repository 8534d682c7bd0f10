"""Questions to the operational store; each takes a session and the viewer's scope first."""
