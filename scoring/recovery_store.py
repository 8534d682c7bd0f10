"""A stratum's sums and its curve as JSON: aggregates only, nobody's row can be read from either."""

import json
from dataclasses import asdict

import numpy as np

from scoring.band_conformal import ResidualQuantiles
from scoring.errors import ScoringError
from scoring.recovery import RecoveryCurve
from scoring.recovery_bands import TimeBands
from scoring.recovery_basis import Scale
from scoring.recovery_covariance import Kernel, LagSums, Memory
from scoring.recovery_histogram import ResidualCounts
from scoring.recovery_mean import MeanCourse
from scoring.recovery_moments import Moments
from scoring.recovery_sums import CurveSums, ResidualSums
from scoring.recovery_width import Width, WidthSums

VERSION = 1


def sums_to_json(sums: CurveSums) -> str:
    """The sums of one stratum, exactly; histograms as their non-zero cells."""
    residuals = sums.residuals
    stored = {
        "version": VERSION,
        "patients": sums.patients,
        "moments": sums.moments.sums.tolist(),
        "width": {name: values.tolist() for name, values in asdict(residuals.width).items()},
        "lags": residuals.lags.sums.tolist(),
        "knots": residuals.knots.tolist(),
        "by_knot": [_counts(counts) for counts in residuals.by_knot],
        "after": _counts(residuals.after),
        "following": _counts(residuals.following),
    }
    return json.dumps(stored, sort_keys=True)


def sums_from_json(text: str) -> CurveSums:
    """What ``sums_to_json`` wrote; a ScoringError for another version."""
    stored = _checked(text)
    moments = Moments(np.array(stored["moments"]), np.array(stored["patients"]))
    width = WidthSums(**{name: np.array(values) for name, values in stored["width"].items()})
    near = tuple(map(_counts_from, stored["by_knot"]))
    after, following = _counts_from(stored["after"]), _counts_from(stored["following"])
    lags, knots = LagSums(np.array(stored["lags"])), np.array(stored["knots"])
    return CurveSums(moments, ResidualSums(width, lags, knots, near, after, following))


def curve_as_dict(curve: RecoveryCurve) -> dict:
    """A fitted curve as what JSON can hold."""
    bands = curve.bands
    return {
        "scale": asdict(curve.scale),
        "coefficients": curve.mean.coefficients.tolist(),
        "sd": curve.width.sd.tolist(),
        "factor": curve.width.factor.tolist(),
        "kernel": asdict(curve.memory.kernel),
        "at_knots": curve.memory.at_knots.tolist(),
        "near": bands.near.tolist(),
        "bands": [_quantiles(each) for each in bands.quantiles],
        "after": _quantiles(curve.bands_after),
        "next": _quantiles(curve.bands_next),
        "step": curve.step,
        "n": curve.n,
    }


def curve_from_dict(stored: dict) -> RecoveryCurve:
    scale = Scale(**stored["scale"] | {"knots": tuple(stored["scale"]["knots"])})
    return RecoveryCurve(
        MeanCourse.from_coefficients(scale, np.array(stored["coefficients"])),
        Width(scale.knots, np.array(stored["sd"]), np.array(stored["factor"])),
        Memory(scale.knots, Kernel(**stored["kernel"]), np.array(stored["at_knots"])),
        TimeBands(scale.knots, np.array(stored["near"]), tuple(map(_quantiles_from, stored["bands"]))),
        _quantiles_from(stored["after"]),
        _quantiles_from(stored["next"]),
        stored["step"],
        stored["n"],
    )


def _checked(text: str) -> dict:
    stored = json.loads(text)
    if stored.get("version") != VERSION:
        raise ScoringError(f"These recovery sums are of version {stored.get('version')}, this program reads {VERSION}.")
    return stored


def _counts(counts: ResidualCounts) -> dict:
    cells = np.flatnonzero(counts.counts)
    return {
        "range": [counts.lowest, counts.highest],
        "shape": list(counts.counts.shape),
        "cells": cells.tolist(),
        "counts": counts.counts.ravel()[cells].tolist(),
        "predicted": counts.predicted.tolist(),
        "patients": float(counts.patients),
    }


def _counts_from(stored: dict) -> ResidualCounts:
    counts = np.zeros(stored["shape"])
    counts.ravel()[stored["cells"]] = stored["counts"]
    return ResidualCounts(*stored["range"], counts, np.array(stored["predicted"]), stored["patients"])


def _quantiles(quantiles: ResidualQuantiles) -> dict:
    return {"centres": quantiles.centres.tolist(), "quantiles": quantiles.quantiles.round(4).tolist()}


def _quantiles_from(stored: dict) -> ResidualQuantiles:
    return ResidualQuantiles(np.array(stored["centres"]), np.array(stored["quantiles"]))
