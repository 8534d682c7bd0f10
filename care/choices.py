"""What a tenant may choose for itself: each choice is a row that stays, and an audit event."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

import settings
from care.access import Permission, Viewer, check_may
from care.audit import record
from care.errors import CareError, NotPermitted
from care.models import Account, Membership, TenantSetting
from care.queue import news
from scoring.track_choices import RuleChoice, parse_choices

# Whether sums of the clinic's recoveries are shared with the network, and the network's used here.
SHARES_STATISTICS = "shares_statistics"


@dataclass(frozen=True)
class Chosen:
    """One choice: who (None: the command line) has chosen what, and when."""

    name: str
    value: object
    who: str | None
    at: datetime


@cache
def rule_choices() -> dict[str, RuleChoice]:
    """The numbers of the rules of judging that are offered, "rule.number" → what is published and allowed."""
    return parse_choices((settings.CONTENT / "recovery" / "rules.toml").read_text())


def chosen(session: Session, name: str, default: object) -> object:
    """What the session's tenant has chosen last, else ``default``."""
    newest = select(TenantSetting.value).where(TenantSetting.name == name)
    found = session.execute(newest.order_by(TenantSetting.chosen_at.desc(), TenantSetting.id.desc()).limit(1)).first()
    return default if found is None else found[0]


def standing_rules(session: Session) -> dict[str, float]:
    """Every choice of a rule as it stands for the session's tenant; what is not offered any more does not count."""
    found = {name: chosen(session, name, each.published) for name, each in rule_choices().items()}
    return {name: value if rule_choices()[name].allows(value) else rule_choices()[name].published
            for name, value in found.items()}  # fmt: skip


def history(session: Session) -> list[Chosen]:
    """Every choice of the session's tenant, the newest first."""
    rows = session.execute(
        select(TenantSetting.name, TenantSetting.value, Account.display_name, TenantSetting.chosen_at)
        .join(
            Membership,
            (Membership.tenant_id == TenantSetting.tenant_id) & (Membership.id == TenantSetting.membership_id),
            isouter=True,
        )
        .join(Account, Account.id == Membership.account_id, isouter=True)
        .order_by(TenantSetting.chosen_at.desc(), TenantSetting.id.desc())
    )
    return [Chosen(*row) for row in rows]


def check_may_choose(viewer: Viewer) -> None:
    """Settings hold for every clinic: who manages some of them may not choose for the others."""
    check_may(viewer.role, Permission.CHOOSE_SETTINGS)
    if viewer.clinics is not None:
        raise NotPermitted("Settings hold for every clinic. Ask a manager of the whole organization.")


def check_offered(name: str, value: object) -> None:
    """Refuse, in a sentence, a value that is not offered."""
    if name == SHARES_STATISTICS:
        if not isinstance(value, bool):
            raise CareError("Sharing statistics is a yes or a no; choose one of the two.")
    elif name not in rule_choices():
        raise CareError(f"“{name}” is no setting. Choose one of those on the settings page.")
    elif not rule_choices()[name].allows(value):
        allowed = ", ".join(f"{each:g}" for each in rule_choices()[name].allowed)
        raise CareError(f"“{value}” cannot be chosen for {name}; choose one of {allowed}.")


def choose(session: Session, viewer: Viewer | None, name: str, value: object, **detail: object) -> None:
    """
    Choose for the session's tenant, from now on; ``viewer`` None = the command line. ``detail`` goes into the trail.

    Raises CareError for a value that is not offered, NotPermitted for anyone but a manager of all clinics.
    """
    if viewer is not None:
        check_may_choose(viewer)
    check_offered(name, value)
    tenant_id = session.info["app.tenant_id"]
    membership_id = viewer.membership_id if viewer else None
    session.add(TenantSetting(tenant_id=tenant_id, name=name, value=value, membership_id=membership_id))
    record(session, "choose", viewer=viewer, name=name, value=value, **detail)
    news(session)
