"""
The formula language: how a scale is computed from answers.

``parse_formula`` turns text into a checked tree. Two engines read it: ``reference`` (plain Python, one response, the
independent definition of what a formula means) and ``columns`` (numpy and numexpr, a million responses). The text
itself never reaches Python's ``eval`` nor numexpr.
"""

from scoring.formula.formula import Formula, parse_formula
from scoring.formula.vocabulary import Grid, ItemRange, Model, Table, Vocabulary

__all__ = ["Formula", "Grid", "ItemRange", "Model", "Table", "Vocabulary", "parse_formula"]
