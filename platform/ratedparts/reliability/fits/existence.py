"""Whether a likelihood has a finite maximum.

With ``z = b ln t + a`` the log-likelihood of every family here is concave in ``(a, b)`` (density,
distribution and survival of log life are log-concave; Burridge 1981), so it has a finite maximum unless it
keeps rising in some direction:

* towards ever smaller spread, which happens exactly when one instant lies in the closed interval of *every*
  unit: then a distribution concentrated there explains all of them.  No failure at all, one failure at the
  largest time, a single informative interval and two adjacent ones are all this one case;
* towards infinite spread, possible only where every failure is left-censored (with an exact time or a proper
  interval the likelihood falls to zero there): it happens when the units that had failed were looked at no
  later, on average of ln t, than those that had not.
"""

from __future__ import annotations

import numpy as np

from ..estimation_errors import NoFiniteEstimate
from ..life_sample import LifeSample


def require_finite_maximum(sample: LifeSample) -> None:
    """Raise `NoFiniteEstimate` exactly where the likelihood of location and spread has no finite maximum."""
    failed = np.isfinite(sample.upper)
    if not failed.any():
        raise NoFiniteEstimate("no_failures", units=sample.units)
    latest_start, earliest_end = sample.lower.max(), sample.upper.min()
    if latest_start <= earliest_end:
        raise NoFiniteEstimate(
            "failures_share_one_instant",
            failures=sample.failures,
            earliest=float(latest_start),
            latest=float(earliest_end),
        )
    if not np.any(sample.lower[failed] > 0):
        known = ~failed & (sample.lower > 0)
        looked_at_failed = np.average(np.log(sample.upper[failed]), weights=sample.count[failed])
        looked_at_sound = np.average(np.log(sample.lower[known]), weights=sample.count[known])
        if looked_at_failed <= looked_at_sound + 1e-12:
            raise NoFiniteEstimate("failures_do_not_rise_with_age", failures=sample.failures)


def require_finite_location(sample: LifeSample) -> None:
    """The same where the spread is known: some unit must have failed and some have lived."""
    if not np.isfinite(sample.upper).any():
        raise NoFiniteEstimate("no_failures", units=sample.units)
    if not (sample.lower > 0).any():
        raise NoFiniteEstimate("no_unit_seen_alive", failures=sample.failures)
