"""Finding a patient by what a person types."""

from sqlalchemy import Text, and_, cast, or_

from care.models import Patient


def named(search: str):
    """Every word begins a name, the MRN, or (for a pseudonymous patient) the code shown instead of a name."""
    words = search.replace(",", " ").split()
    return and_(*(_word(word.replace("\\", "").replace("%", "").replace("_", "")) for word in words))


def _word(word: str):
    starts = f"{word}%"
    return or_(
        Patient.family_name.ilike(starts),
        Patient.given_name.ilike(starts),
        Patient.family_name.ilike(f"% {starts}"),
        Patient.mrn.ilike(starts),
        and_(Patient.family_name.is_(None), cast(Patient.lake_key, Text).ilike(starts)),
    )
