"""Research exports: a choice, a count, and a de-identified freeze in a folder of its own."""
