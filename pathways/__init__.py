"""Pathways: what a clinic plans for a patient, step by step, as reviewed text."""
