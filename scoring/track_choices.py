"""Which numbers of the rules a clinic may choose for itself, and the rules with its choices."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.errors import ScoringError
from scoring.track_rules import TrackRules, checked_rules, read_rules, section


@dataclass(frozen=True)
class RuleChoice:
    """
    One number of a rule that a clinic may choose.

    Parameters
    ----------
    name : "rule.number", as in data/recovery/rules.toml
    published : what holds where a clinic has chosen nothing
    allowed : every value it may take, the published one among them
    source : of the allowed values
    """

    name: str
    published: float
    allowed: tuple[float, ...]
    source: str

    def allows(self, value: object) -> bool:
        """Whether this value is offered; true is no number, though Python takes it for one."""
        return not isinstance(value, bool) and value in self.allowed


def parse_choices(text: str) -> dict[str, RuleChoice]:
    """The choices of the rules file, by name; a ScoringError names the rule whose choices are wrong."""
    rules = read_rules(text)
    found = {}
    for rule in rules:
        table = rules[rule].get("choices", {}) if isinstance(rules[rule], dict) else {}
        source = table.get("source")
        if table and not source:
            raise ScoringError(f"Rule {rule}: its choices have no 'source'; say where the values come from.")
        for number, allowed in table.items():
            if number != "source":
                found[f"{rule}.{number}"] = _choice(rules, rule, number, allowed, source)
    return found


def _choice(rules: dict, rule: str, number: str, allowed: list[float], source: str) -> RuleChoice:
    choice = RuleChoice(f"{rule}.{number}", section(rules, rule).get(number), tuple(allowed), source)
    if not choice.allows(choice.published):
        raise ScoringError(f"Rule {rule}: {number} = {choice.published} is not among its own choices {allowed}.")
    for value in allowed:
        _overlaid(rules, {choice.name: value})  # refuses a value outside the number's range
    return choice


def rules_with(text: str, chosen: Mapping[str, object]) -> TrackRules:
    """
    The rules of the TOML text with what a clinic has chosen, "rule.number" → value.

    A choice that is not offered any more does not count: the published number holds.
    """
    choices = parse_choices(text)
    return _overlaid(
        read_rules(text), {name: chosen[name] for name in choices if choices[name].allows(chosen.get(name))}
    )


def _overlaid(rules: dict, chosen: Mapping[str, object]) -> TrackRules:
    tables = dict(rules)
    for name, value in chosen.items():
        rule, number = name.split(".")
        tables[rule] = {**tables[rule], number: value}
    return checked_rules(tables)
