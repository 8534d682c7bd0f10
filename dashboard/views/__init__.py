"""View models: what a page shows, as text and numbers; plain functions of the viewer, drawn elsewhere."""
