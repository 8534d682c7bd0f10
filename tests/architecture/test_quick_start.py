"""What a program of ours loads before it does anything."""

import subprocess
import sys

import settings


def test_the_worker_starts_without_the_distributions_of_scipy():
    """``scipy.stats`` takes a second to load; what the worker needs of it stands in ``scipy.special``."""
    code = "import sys, etl.worker; sys.exit('scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=settings.ROOT).returncode == 0
