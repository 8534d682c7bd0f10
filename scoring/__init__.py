"""Pure numbers: instruments, formulas, scores, change, recovery, track. Imports nothing of ours."""
