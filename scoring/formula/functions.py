"""The functions of the formula language: the only ones, each with what it takes and what it says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """One function as the reference page shows it; ``options`` are the names it accepts behind ``=``."""

    name: str
    form: str
    says: str
    arguments: tuple[int, int]  # fewest, most; ranges count as one
    options: tuple[str, ...] = ()


MANY = 200

FUNCTIONS = {
    function.name: function
    for function in (
        Function("mean", "mean(items, min=k)", "Mean of the answered items.", (1, MANY), ("min",)),
        Function("sum", "sum(items, min=k)", "Sum of the answered items.", (1, MANY), ("min",)),
        Function(
            "psum",
            "psum(items, min=k)",
            "Prorated sum: the answered items' mean stands in for the missing ones.",
            (1, MANY),
            ("min",),
        ),
        Function(
            "wsum",
            "wsum(items, w=table, min=k)",
            "Weighted sum; the table's keys are 1, 2, 3, … in the order of the items.",
            (1, MANY),
            ("w", "min"),
        ),
        Function("count", "count(items)", "How many are answered.", (1, MANY)),
        Function("missing", "missing(items)", "How many are not answered, for whatever reason.", (1, MANY)),
        Function("not_applicable", "not_applicable(items)", "How many were marked “not applicable”.", (1, MANY)),
        Function("rev", "rev(item)", "The item turned round: lowest + highest answer − answer.", (1, 1)),
        Function(
            "recode",
            "recode(x, table)",
            "Another number for each answer; the table may be written out: {0: 0, 1: 0, 2: 1}.",
            (2, 2),
        ),
        Function("lookup", "lookup(x, table)", "The table's value for x; x must be one of its keys.", (2, 2)),
        Function("band", "band(x, table)", "The value of the band x falls in; keys are the bands' lower ends.", (2, 2)),
        Function("if", "if(condition, then, else)", "One of two numbers; without “else” no score.", (2, 3)),
        Function("coalesce", "coalesce(x, y, …)", "The first that is not missing.", (1, MANY)),
        Function("clamp", "clamp(x, lowest, highest)", "x, kept inside the two bounds.", (3, 3)),
        Function("min", "min(x, y, …)", "The smallest; missing if one is missing.", (1, MANY)),
        Function("max", "max(x, y, …)", "The largest; missing if one is missing.", (1, MANY)),
        Function("abs", "abs(x)", "x without its sign.", (1, 1)),
        Function("floor", "floor(x)", "The whole number at or below x.", (1, 1)),
        Function("ceil", "ceil(x)", "The whole number at or above x.", (1, 1)),
        Function("round", "round(x, decimals)", "Rounded half up: 2.5 becomes 3.", (1, 2)),
        Function(
            "eap",
            "eap(items, model=name, min=k)",
            "Expected trait (mean 0, SD 1) under a graded-response model, from the items that are answered.",
            (1, MANY),
            ("model", "min"),
        ),
        Function("eap_se", "eap_se(items, model=name, min=k)", "Its standard error.", (1, MANY), ("model", "min")),
    )
}
