"""The words of a Weibull plot, and the sentence that tells it to those who cannot see it."""

from __future__ import annotations

import numpy as np

from ratedparts.errors import RatedPartsError

from .plotted_lives import LifeBound, PlottedLives, fitted, sample_of, upper_edge

# Both languages, by what is said.
WORDS = {
    "failed": ("累积失效比例 / %", "Cumulative failures / %"),
    "time_h": ("时间 / h", "Time / h"),
    "time_cycles": ("循环次数", "Cycles"),
    "at_use": ("（折算到 {use_condition}）", " at {use_condition}"),
    "acceleration": ("试验时间 × {factor}", "test time × {factor}"),
    "failure": ("失效（{failures}/{units}）", "Failures ({failures} of {units} units)"),
    "interval": ("两次读点之间失效（{failures}/{units}）", "Failed between readouts ({failures} of {units})"),
    "sound": ("未失效即停止观察的器件", "Units still sound when last seen"),
    "line": ("威布尔拟合 β = {shape}，η = {scale}", "Weibull fit β = {shape}, η = {scale}"),
    "band_calibrated": ("单侧 90 % 校准界限", "One-sided 90 % bounds, calibrated"),
    "band_likelihood_ratio": ("单侧 90 % 似然比界限", "One-sided 90 % bounds, likelihood ratio"),
    "excluded": ("以 90 % 置信度排除的区域", "Excluded with 90 % confidence"),
    "bound": ("寿命下限（单侧 {confidence} %）", "Lower bound of life (one-sided {confidence} %)"),
    "design": ("设计寿命", "Design life"),
    "none_failed": ("{units} 只受试，无失效", "{units} units on test, no failure"),
    "no_line": ("失效数太少，不作拟合直线", "Too few failures for a fitted line"),
    "title": ("威布尔概率图", "Weibull probability plot"),
    "summary_failed": ("{units} 只受试，{failures} 只失效", "{units} units on test, {failures} failed"),
    "summary_no_line": ("失效数太少，不作拟合", "too few failures for a fit"),
    "summary_line": (
        "威布尔拟合：形状参数 {shape}，特征寿命 {scale} {unit}",
        "Weibull fit: shape {shape}, characteristic life {scale} {unit}",
    ),
    "summary_edge": (
        "以 90 % 置信度，到 {time} {unit} 时失效比例不超过 {percent} %",
        "with 90 % confidence no more than {percent} % fail by {time} {unit}",
    ),
    "summary_bound": (
        "{name} 寿命的单侧 {confidence} % 下限为 {time} {unit}",
        "the one-sided {confidence} % lower bound of {name} is {time} {unit}",
    ),
    "unit_h": ("h", "h"),
    "unit_cycles": ("次循环", "cycles"),
}


class PlotWords:
    """The words of one language, or of both."""

    def __init__(self, language: str) -> None:
        wanted = {"zh": ("zh",), "zh_CN": ("zh",), "en": ("en",), "zh-en": ("zh", "en")}.get(language)
        if wanted is None:
            raise RatedPartsError("language_unknown", given=language, known=["zh", "en", "zh-en"])
        self.languages = wanted

    def all(self, code: str, unit: str | None = None, /, **values: object) -> list[str]:
        texts = []
        for language in self.languages:
            position = ("zh", "en").index(language)
            named: dict[str, object] = {"unit": WORDS[unit][position]} if unit else {}
            texts.append(WORDS[code][position].format(**values, **named))
        return texts

    def say(self, code: str, between: str = "  ", /, **values: object) -> str:
        return between.join(self.all(code, **values))


def plot_summary(lives: PlottedLives, language: str) -> str:
    """One sentence that tells what the plot shows, for those who cannot see it."""
    words = PlotWords(language)
    sample = sample_of(lives)
    fit = fitted(sample)
    unit = f"unit_{lives.unit}"
    first = "none_failed" if not sample.failures else "summary_failed"
    said = [words.all(first, units=sample.units, failures=sample.failures)]
    if fit:
        said.append(words.all("summary_line", unit, shape=f"{fit.shape:.3g}", scale=f"{fit.scale:.3g}"))
    else:
        if sample.failures:
            said.append(words.all("summary_no_line"))
        times, fractions = upper_edge(sample)
        if times.size:
            percent = percent_raised(100.0 * float(fractions[-1]))
            said.append(words.all("summary_edge", unit, time=grouped_time(times[-1]), percent=percent))
    for bound in lives.bounds:
        said.append(
            words.all(
                "summary_bound",
                unit,
                name=bound_name(bound),
                confidence=f"{100 * bound.confidence:g}",
                time=grouped_time(bound.time),
            )
        )
    ends = {"zh": ("，", "；", "。"), "en": (": ", "; ", ".")}
    sentences = []
    for position, code in enumerate(words.languages):
        _, between, end = ends[code]
        sentence = between.join(part[position] for part in said) + end
        sentences.append(sentence)
    return " ".join(sentences)


def bound_name(bound: LifeBound) -> str:
    return f"B{100 * bound.fraction:g}"


def short_time(time: float) -> str:
    """A power of ten as the time axis writes it: 100, 10 k, 1 M."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if time >= limit * 0.999:
            return f"{time / limit:g} {letter}"
    return f"{time:g}"


def grouped_time(value: float) -> str:
    """At most four digits, thousands apart, rounded down: all times that are told are lower bounds."""
    if value <= 0:
        return "0"
    step = 10.0 ** (np.floor(np.log10(value)) - 3)
    floored = float(np.floor(value / step * (1 + 1e-12)) * step)
    return f"{floored:,.0f}" if floored >= 1000 else f"{floored:.4g}"


def percent_raised(value: float) -> str:
    """Three digits, rounded up: an upper bound never looks better than it is."""
    step = 10.0 ** (np.floor(np.log10(value)) - 2)
    return f"{float(np.ceil(value / step * (1 - 1e-12)) * step):.3g}"
