"""The same statistics worked out a second time, slowly and from the textbook, to 38 decimal digits.

Nothing is shared with the platform but the samples: probabilities are differences of survival functions,
derivatives are differences of values, maxima come from a damped Newton search in ``z = b ln t + a`` and
likelihood-ratio bounds from the secant method on the profile itself.
"""

from decimal import Decimal, localcontext
from functools import cache

import numpy as np
import pytest

from ratedparts.reliability import LifeSample, fit

DIGITS = 38
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
STEP = Decimal("1e-9")  # of a numerical derivative: leaves its square
RELATIVE = 1e-8


@pytest.fixture(autouse=True)
def _many_digits():
    with localcontext() as context:
        context.prec = DIGITS
        yield


# --- the textbook -------------------------------------------------------------------------------------------


def weibull_survival(z):
    return (-z.exp()).exp()


def weibull_density(z):
    return (z - z.exp()).exp()


def logistic_survival(z):
    return 1 / (1 + z.exp())


def logistic_density(z):
    return z.exp() / (1 + z.exp()) ** 2


def normal_density(z):
    return (-z * z / 2).exp() / (2 * PI).sqrt()


def normal_survival(z):
    """Abramowitz & Stegun 26.2.11 in the middle, the continued fraction 26.2.14 in the tails."""
    if z < -4:
        return 1 - normal_survival(-z)
    if z > 4:
        fraction = z
        for n in range(150, 0, -1):
            fraction = z + n / fraction
        return normal_density(z) / fraction
    term = total = z
    square = z * z
    n = 1
    while abs(term) > Decimal("1e-40"):
        n += 2
        term = term * square / n
        total += term
    return Decimal("0.5") - normal_density(z) * total


FAMILIES = {
    "weibull": (weibull_survival, weibull_density),
    "exponential": (weibull_survival, weibull_density),
    "lognormal": (normal_survival, normal_density),
    "loglogistic": (logistic_survival, logistic_density),
}


def standard_quantile(distribution, fraction):
    """Where the standard distribution function reaches ``fraction``: Newton's method on the function."""
    survival, density = FAMILIES[distribution]
    z = Decimal(0)
    for _ in range(100):
        move = (survival(z) - (1 - fraction)) / density(z)
        z += max(min(move, Decimal(1)), Decimal(-1))
        if abs(move) < Decimal("1e-16"):
            return z
    raise AssertionError


@cache
def normal_point(confidence):
    with localcontext() as context:
        context.prec = DIGITS
        return standard_quantile("lognormal", Decimal(confidence))


# --- the likelihood and what comes of it --------------------------------------------------------------------


class Likelihood:
    """Log-likelihood in ``a`` and ``b`` with ``z = b (ln t - centre) + a``, of T and with every constant."""

    def __init__(self, sample, distribution):
        self.survival, self.density = FAMILIES[distribution]
        self.shape_is_one = distribution == "exponential"
        rows = {}
        for low, high, count in zip(sample.lower, sample.upper, sample.count, strict=True):
            rows[low, high] = rows.get((low, high), 0) + int(count)
        self.rows = []
        for (low, high), count in rows.items():
            if low == 0 and np.isinf(high):
                continue
            start = Decimal(float(low)).ln() if low > 0 else None
            end = Decimal(float(high)).ln() if np.isfinite(high) else None
            self.rows.append((start, end, count))
        # The density is that of T: dz / dt = b / t.
        self.jacobian = sum((s * n for s, e, n in self.rows if s == e), Decimal(0))
        middles = [((s if s is not None else e) + (e if e is not None else s)) / 2 for s, e, _ in self.rows]
        self.centre = sum(middles) / len(middles)
        apart = sum((y - self.centre) ** 2 for y in middles) / len(middles)
        self.start = (Decimal(0), Decimal(1) if self.shape_is_one else 1 / max(apart.sqrt(), Decimal("1e-3")))

    def value(self, a, b):
        if b <= 0:
            return Decimal("-Infinity")
        product = Decimal(1)
        for start, end, count in self.rows:
            if start == end:
                term = self.density(b * (start - self.centre) + a) * b
            else:
                alive = 1 if start is None else self.survival(b * (start - self.centre) + a)
                left = 0 if end is None else self.survival(b * (end - self.centre) + a)
                term = alive - left
            product *= term**count
        return product.ln() - self.jacobian if product > 0 else Decimal("-Infinity")

    @property
    def maximum(self):
        """``(a, b, value)`` there."""
        a, b = self.start
        along = self.value
        if self.shape_is_one:
            (a,), value = climb(lambda a: along(a, Decimal(1)), (a,))
            return a, Decimal(1), value
        (a, b), value = climb(along, (a, b))
        return a, b, value


def differences(function, at):
    """Value, gradient and Hessian by central differences, each step in proportion to the coordinate."""
    steps = [STEP * max(abs(x), Decimal("0.1")) for x in at]

    def moved(*shifts):
        return function(*(x + shift * step for x, shift, step in zip(at, shifts, steps, strict=True)))

    middle = moved(*[0] * len(at))
    if len(at) == 1:
        up, down, h = moved(1), moved(-1), steps[0]
        return middle, [(up - down) / (2 * h)], [[(up - 2 * middle + down) / (h * h)]]
    h, g = steps
    right, left, up, down = moved(1, 0), moved(-1, 0), moved(0, 1), moved(0, -1)
    cross = (moved(1, 1) - right - up + 2 * middle - left - down + moved(-1, -1)) / (2 * h * g)
    return (
        middle,
        [(right - left) / (2 * h), (up - down) / (2 * g)],
        [
            [(right - 2 * middle + left) / (h * h), cross],
            [cross, (up - 2 * middle + down) / (g * g)],
        ],
    )


def climb(function, at, enough=Decimal("1e-6")):
    """The maximum of a concave function, by Newton's method with halved steps, and its value.

    Stops before a step of length ``enough``; what that step still adds comes from its parabola.
    """
    for _ in range(100):
        value, gradient, hessian = differences(function, at)
        if len(at) == 1:
            step = [-gradient[0] / hessian[0][0]]
        else:
            (p, q), (_, r) = hessian
            determinant = p * r - q * q
            step = [
                (q * gradient[1] - r * gradient[0]) / determinant,
                (q * gradient[0] - p * gradient[1]) / determinant,
            ]
        parabola = sum(slope * move for slope, move in zip(gradient, step, strict=True)) / 2
        if all(abs(move) <= enough * (1 + abs(x)) for move, x in zip(step, at, strict=True)):
            return tuple(x + move for x, move in zip(at, step, strict=True)), value + parabola
        for _ in range(60):
            trial = tuple(x + move for x, move in zip(at, step, strict=True))
            if function(*trial) > value:
                break
            step = [move / 2 for move in step]
        at = trial
    raise AssertionError


def covariance(likelihood, location, log_spread):
    """Inverse of minus the numerical Hessian in (location, ln spread)."""

    def value(mu, ln_sigma):
        b = (-ln_sigma).exp()
        return likelihood.value(b * (likelihood.centre - mu), b)

    if likelihood.shape_is_one:
        _, _, ((only,),) = differences(lambda mu: value(mu, log_spread), (location,))
        return [[-1 / only, Decimal(0)], [Decimal(0), Decimal(0)]]
    _, _, ((p, q), (_, r)) = differences(value, (location, log_spread))
    determinant = p * r - q * q
    return [[-r / determinant, q / determinant], [q / determinant, -p / determinant]]


def profile_root(profile, peak, estimate, first, target, start):
    """Where the signed root of the profile is ``target``: false position (Illinois) outside the estimate.

    ``profile`` takes the value of interest and a start of the nuisance, and gives the best nuisance and the
    largest log-likelihood; ``first`` is where the search begins.
    """

    def shortfall(x, nuisance):
        nuisance, value = profile(x, nuisance)
        return nuisance, (2 * (peak - value)).sqrt() - target

    near, near_gap, near_best = estimate, -target, start
    far = first
    far_best, far_gap = shortfall(far, start)
    while far_gap < 0:
        near, near_gap, near_best = far, far_gap, far_best
        far += max(min(-far_gap / target, Decimal(1)), Decimal("0.1")) * (far - estimate)
        far_best, far_gap = shortfall(far, far_best)
    for _ in range(100):
        x = far - far_gap * (far - near) / (far_gap - near_gap)
        best, gap = shortfall(x, far_best + (x - far) * (far_best - near_best) / (far - near))
        if abs(gap) < Decimal("1e-10"):
            return x
        if (gap < 0) == (far_gap < 0):
            near_gap /= 2
        else:
            near, near_gap, near_best = far, far_gap, far_best
        far, far_gap, far_best = x, gap, best
    raise AssertionError


# --- the samples --------------------------------------------------------------------------------------------

LIVES = {
    "weibull": lambda random, n: np.log(-np.log(random.random(n))),
    "exponential": lambda random, n: np.log(-np.log(random.random(n))),
    "lognormal": lambda random, n: random.standard_normal(n),
    "loglogistic": lambda random, n: random.logistic(size=n),
}


def lives_of(distribution, seed, n, location=6.0, spread=0.6):
    random = np.random.default_rng(seed)
    spread = 1.0 if distribution == "exponential" else spread
    return random, np.exp(location + spread * LIVES[distribution](random, n))


def stopped(times, end):
    return LifeSample.from_times(np.minimum(times, end), times < end)


def joined(*parts):
    lower, upper, count = zip(*(part for group in parts for part in group), strict=True)
    return LifeSample(lower, upper, count)


def complete_three(distribution):
    _, t = lives_of(distribution, 11, 3)
    return LifeSample(t, t)


def complete(distribution):
    _, t = lives_of(distribution, 12, 12, spread=1.7)
    return LifeSample(t, t)


def time_terminated(distribution):
    _, t = lives_of(distribution, 13, 20)
    return stopped(t, float(np.sort(t)[9]) * 1.05)


def one_failure_of_77(distribution):
    return LifeSample([312.5, 1000.0], [312.5, np.inf], [1, 76])


def withdrawn_at_any_time(distribution):
    random, t = lives_of(distribution, 15, 15)
    ends = 450.0 * random.uniform(0.2, 2.0, 15)
    return LifeSample.from_times(np.minimum(t, ends), t < ends)


def current_status(distribution):
    _, t = lives_of(distribution, 16, 60)
    looks = np.array([150.0, 250.0, 400.0, 600.0, 1000.0])[np.arange(60) % 5]
    return LifeSample(np.where(t < looks, 0.0, looks), np.where(t < looks, looks, np.inf))


def left_and_exact(distribution):
    _, t = lives_of(distribution, 17, 14)
    return LifeSample(np.where(t < 250.0, 0.0, t), np.maximum(t, 250.0))


def readouts(distribution):
    _, t = lives_of(distribution, 18, 60)
    edges = np.array([0.0, 168.0, 336.0, 500.0, 750.0, np.inf])
    inside = np.histogram(t, edges)[0]
    seen = inside > 0
    return LifeSample(edges[:-1][seen], edges[1:][seen], inside[seen])


def every_kind_with_counts(distribution):
    random, t = lives_of(distribution, 19, 9)
    rows = [(x, x, int(n)) for x, n in zip(t, random.integers(1, 5, 9), strict=True)]
    return joined(
        rows, [(0.0, 200.0, 3), (0.0, 90.0, 1), (150.0, 400.0, 4), (400.0, 700.0, 2), (550.0, np.inf, 6)]
    )


def very_narrow_intervals(distribution):
    _, t = lives_of(distribution, 20, 10)
    rows = [
        (x, x * (1.0 + h), 1)
        for x, h in zip(t[:8], [1e-9, 3e-9, 1e-6, 1e-4, 1e-3, 3e-3] + [1e-9] * 2, strict=True)
    ]
    return joined(rows, [(900.0, np.inf, 4), (t[8], t[8], 1), (t[9], 2 * t[9], 1)])


def readouts_over_decades(distribution):
    edges = [0.0, 0.01, 1.0, 100.0, 1e4, 1e6, np.inf]
    return LifeSample(edges[:-1], edges[1:], [3, 2, 4, 3, 5, 20])


def four_hundred(distribution):
    _, t = lives_of(distribution, 22, 400)
    end = 420.0
    held = 20.0 * np.maximum(np.round(t / 20.0), 1.0)
    return stopped(held, end).merged


def tiny_unit(distribution):
    _, t = lives_of(distribution, 23, 12, location=-18.0, spread=0.25)
    return LifeSample(
        np.where(np.arange(12) % 4 == 3, 0.5 * t, t),
        np.where(np.arange(12) % 4 == 2, np.inf, np.where(np.arange(12) % 4 == 3, 1.5 * t, t)),
    )


SAMPLES = [
    complete_three,
    complete,
    time_terminated,
    one_failure_of_77,
    withdrawn_at_any_time,
    current_status,
    left_and_exact,
    readouts,
    every_kind_with_counts,
    very_narrow_intervals,
    readouts_over_decades,
    four_hundred,
    tiny_unit,
]


def close(value):
    return pytest.approx(float(value), rel=RELATIVE)


# --- the comparison -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("made", SAMPLES, ids=lambda made: made.__name__)
@pytest.mark.parametrize("distribution", FAMILIES)
def test_a_slow_textbook_implementation_gives_the_same_numbers(distribution, made):
    sample = made(distribution)
    fitted = fit(sample, distribution)
    likelihood = Likelihood(sample, distribution)
    a, b, peak = likelihood.maximum
    location, spread = likelihood.centre - a / b, 1 / b
    assert fitted.spread == close(spread)
    assert fitted.location == pytest.approx(float(location), rel=RELATIVE, abs=RELATIVE * float(spread))
    assert fitted.log_likelihood == close(peak)

    v = covariance(likelihood, location, spread.ln())
    ours = fitted.location_covariance
    assert ours[0, 0] == close(v[0][0])
    assert ours[1, 1] == close(v[1][1])
    # A covariance may pass through zero; the two standard errors say how small it is.
    scale = float((v[0][0] * v[1][1]).sqrt())
    assert ours[0, 1] == pytest.approx(float(v[0][1]), rel=RELATIVE, abs=RELATIVE * scale)
    assert ours[1, 0] == pytest.approx(ours[0, 1], rel=1e-14)
    if distribution == "weibull":
        assert fitted.shape == close(b)
        assert fitted.scale == close(location.exp())
        assert fitted.covariance[0, 1] == -ours[0, 1]

    def error(*gradient):
        g, h = gradient
        return (g * g * v[0][0] + 2 * g * h * v[0][1] + h * h * v[1][1]).sqrt()

    # Life: the quantile 0.1 from below at 90 %, 0.632 from above at 95 %.
    for fraction, confidence, side in (("0.1", "0.90", "lower"), ("0.632", "0.95", "upper")):
        terms = {"confidence": float(confidence), "side": side}
        k, z = standard_quantile(distribution, Decimal(fraction)), normal_point(confidence)
        sign = -1 if side == "lower" else 1
        life, se = location + spread * k, error(Decimal(1), spread * k)
        wald = life + sign * z * se
        assert fitted.life(float(fraction)) == close(life.exp())
        assert fitted.life_bound(float(fraction), method="wald", **terms) == close(wald.exp())

        def at_life(q, start, k=k):
            if likelihood.shape_is_one:
                return start, likelihood.value(k - (q - likelihood.centre), Decimal(1))
            (best,), value = climb(lambda b: likelihood.value(k - b * (q - likelihood.centre), b), (start,))
            return best, value

        bound = profile_root(at_life, peak, life, wald, z, b)
        assert fitted.life_bound(float(fraction), method="likelihood_ratio", **terms) == close(bound.exp())

    # Reliability at an age near the B20, from below at 90 %, and from above at 80 %.
    age = float(np.format_float_scientific(fitted.life(0.2), precision=2))
    y = Decimal(age).ln()
    u = (y - location) / spread
    survival = likelihood.survival
    assert fitted.reliability(age) == close(survival(u))
    se = error(-1 / spread, -u)
    for confidence, side in (("0.90", "lower"), ("0.80", "upper")):
        terms = {"confidence": float(confidence), "side": side}
        z = normal_point(confidence)
        wald = u + (z if side == "lower" else -z) * se
        assert fitted.reliability_bound(age, method="wald", **terms) == close(survival(wald))

        def at_age(k, start):
            if likelihood.shape_is_one:
                return start, likelihood.value(k - (y - likelihood.centre), Decimal(1))
            (best,), value = climb(lambda b: likelihood.value(k - b * (y - likelihood.centre), b), (start,))
            return best, value

        bound = profile_root(at_age, peak, u, wald, z, b)
        assert fitted.reliability_bound(age, method="likelihood_ratio", **terms) == close(survival(bound))

    if distribution == "weibull":
        z, se = normal_point("0.95"), v[1][1].sqrt()
        for side, sign in (("lower", -1), ("upper", 1)):
            wald = b.ln() + sign * z * se
            assert fitted.shape_bound(0.95, side, "wald") == close(wald.exp())

            def at_shape(log_b, start):
                held = log_b.exp()
                (best,), value = climb(lambda a: likelihood.value(a, held), (start,))
                return best, value

            bound = profile_root(at_shape, peak, b.ln(), wald, z, a)
            assert fitted.shape_bound(0.95, side, "likelihood_ratio") == close(bound.exp())
