"""What a verification found: the verdict, its coded reasons, and every check that was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

VerdictWord = Literal["valid", "invalid", "cannot_tell"]
Effect = Literal["invalid", "cannot_tell", "none"]
CheckResult = Literal["passed", "failed", "unknown", "not_checked", "absent"]

# Without each of these nothing is ever "valid", even if a fault of ours forgot to name a reason.
_NEEDED = ("signature", "key_trusted", "key_window", "key_not_revoked", "in_force")
_RANK: dict[Effect, int] = {"invalid": 0, "cannot_tell": 1, "none": 2}


@dataclass(frozen=True, slots=True)
class Reason:
    """A finding: its code, the parameters of its sentence, and what it does to the verdict.

    ``none`` is something that the reader must know and that changes nothing, such as a demonstration.
    """

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    effect: Effect = "none"

    def to_json(self) -> dict[str, Any]:
        """Return the reason as JSON."""
        return {"code": self.code, "effect": self.effect, "parameters": dict(self.parameters)}


@dataclass(frozen=True, slots=True)
class Check:
    """A check by its name, and how it went.

    ``unknown``: it was tried and could not be decided; ``not_checked``: it was not tried, because an earlier
    check failed or because this verifier does not do it; ``absent``: there was nothing to check.
    """

    name: str
    result: CheckResult

    def to_json(self) -> dict[str, str]:
        """Return the check as JSON."""
        return {"name": self.name, "result": self.result}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one certificate.

    ``reasons`` begin with those that decide.  ``certificate`` is the credential as it was read, also where
    the verdict is not "valid": whoever shows it shows the verdict with it.
    """

    verdict: VerdictWord
    reasons: tuple[Reason, ...]
    certificate: dict[str, Any] | None
    checks: tuple[Check, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, in their order."""
        return tuple(reason.code for reason in self.reasons)

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as the command and the API give it."""
        return {
            "verdict": self.verdict,
            "reasons": [reason.to_json() for reason in self.reasons],
            "certificate": self.certificate,
            "checks": [check.to_json() for check in self.checks],
        }


class Findings:
    """Collects reasons and checks; one reason that says "invalid" outweighs any number that cannot tell."""

    def __init__(self) -> None:
        self._reasons: list[Reason] = []
        self._checks: dict[str, CheckResult] = {}
        self.certificate: dict[str, Any] | None = None

    def invalid(self, code: str, **parameters: Any) -> None:
        """Name a fact that makes the certificate invalid."""
        self._reasons.append(Reason(code, parameters, "invalid"))

    def cannot_tell(self, code: str, **parameters: Any) -> None:
        """Name something that this verifier does not know and would need."""
        self._reasons.append(Reason(code, parameters, "cannot_tell"))

    def note(self, code: str, **parameters: Any) -> None:
        """Name something that the reader must know and that does not change the verdict."""
        self._reasons.append(Reason(code, parameters, "none"))

    def check(self, name: str, result: CheckResult | bool) -> None:
        """Record how a check went."""
        if isinstance(result, bool):
            result = "passed" if result else "failed"
        self._checks[name] = result

    def passed(self, name: str) -> bool:
        """Whether the check was made and passed."""
        return self._checks.get(name) == "passed"

    def are_harmless(self) -> bool:
        """Whether nothing was found that says "invalid" or leaves a question open."""
        return all(reason.effect == "none" for reason in self._reasons)

    def verdict(self) -> Verdict:
        """Return the verdict that follows from what was found."""
        if self.are_harmless() and not all(map(self.passed, _NEEDED)):
            self.cannot_tell("verifier_failed", error="check_not_made")
        reasons = sorted(self._reasons, key=lambda reason: _RANK[reason.effect])
        word: VerdictWord = "valid"
        if reasons and reasons[0].effect != "none":
            word = reasons[0].effect
        checks = tuple(Check(name, result) for name, result in self._checks.items())
        return Verdict(word, tuple(reasons), self.certificate, checks)
