"""What the person at the terminal sees while the installation starts."""

import time

import settings
from pathways.demo.tenant import demo_accounts

_started = time.monotonic()


def say(sentence: str) -> None:
    """One line of progress with the seconds since the start."""
    print(f"{time.monotonic() - _started:6.1f} s  {sentence}", flush=True)


def say_ready(demonstration: bool) -> None:
    """Both addresses and, where the synthetic clinics exist, one account of each role."""
    say("Ready.")
    print(f"\n  Staff             {settings.STAFF_URL}")
    print(f"  Patients          {settings.PORTAL_URL}  with a link from the enrollment page\n")
    if demonstration:
        for role, (email, password) in _one_of_each_role().items():
            print(f"  {role:<16}  {email:<24}  {password}")
        print("\n  The demonstration clinics are synthetic: no row describes a real person.")
    print("  Ctrl-C stops everything.\n", flush=True)


def _one_of_each_role() -> dict[str, tuple[str, str]]:
    accounts: dict[str, tuple[str, str]] = {}
    for role, email, password in demo_accounts():
        accounts.setdefault(str(role), (email, password))
    return accounts
