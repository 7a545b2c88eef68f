"""The kinds of value in a dossier: each refuses what is not one, under a code of its own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields

# No time, limit or measured value of a component lies outside; beyond, a figure would overflow.
SMALLEST, LARGEST = 1e-12, 1e15
YEARS = (1900, 2200)


class _Refusal(ValidationError):
    def __init__(self, code: str, **parameters: Any) -> None:
        super().__init__([(code, parameters)])


class Number(fields.Field[float]):
    """A finite JSON number; true is not one."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _Refusal("value_type", expected="number")
        if isinstance(value, float) and not math.isfinite(value):
            raise _Refusal("not_finite")
        if value != 0 and not SMALLEST <= abs(value) <= LARGEST:
            raise _Refusal("magnitude", smallest=SMALLEST, largest=LARGEST)
        return float(value)


class NotNegative(Number):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        number = super()._deserialize(value, attr, data, **kwargs)
        if number < 0:
            raise _Refusal("number_negative")
        return number


class Positive(Number):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        number = super()._deserialize(value, attr, data, **kwargs)
        if number <= 0:
            raise _Refusal("number_not_positive")
        return number


class Count(fields.Field[int]):
    """A whole number, at least ``smallest``; 3.0 is one, true is not."""

    def __init__(self, smallest: int = 1, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.smallest = smallest

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _Refusal("value_type", expected="whole_number")
        if isinstance(value, float) and not value.is_integer():
            raise _Refusal("count_out_of_range", smallest=self.smallest)
        if not self.smallest <= value < 2**31:
            raise _Refusal("count_out_of_range", smallest=self.smallest)
        return int(value)


class Text(fields.Field[str]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise _Refusal("value_type", expected="text")
        if not value.strip() or len(value) > 500:
            raise _Refusal("text_length", longest=500)
        return value


class Flag(fields.Field[bool]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise _Refusal("value_type", expected="true_or_false")
        return value


class Attached(fields.Field[bool]):
    """Whether a document is attached: true or false, or the document's own name."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool | str):
            raise _Refusal("value_type", expected="true_or_false")
        return value if isinstance(value, bool) else bool(value.strip())


class Day(fields.Field[date]):
    """An ISO 8601 calendar date, ``2026-11-22`` and no other spelling."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> date:
        try:
            if not isinstance(value, str) or value.count("-") != 2 or len(value) != 10 or "W" in value:
                raise ValueError(value)
            day = date.fromisoformat(value)
            if not YEARS[0] <= day.year <= YEARS[1]:
                raise ValueError(value)
            return day
        except ValueError:
            raise _Refusal("date_format", expected="2026-11-22") from None


class Choice(Text):
    def __init__(self, *choices: str, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.choices = choices

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.choices:
            raise _Refusal("not_a_choice", expected=list(self.choices))
        return text


class Scalars(fields.Field[Mapping[str, Any]]):
    """An object of text, numbers and flags."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise _Refusal("value_type", expected="object")
        for key, scalar in value.items():
            finite = not isinstance(scalar, float) or math.isfinite(scalar)
            if not (isinstance(scalar, str | int | float | bool) and finite):
                raise ValidationError({key: [("value_type", {"expected": "scalar"})]})
        return {
            k: float(v) if isinstance(v, int) and not isinstance(v, bool) else v for k, v in value.items()
        }


class Numbers(fields.Field[tuple[float, ...]]):
    def __init__(self, length: int | None = None, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.length = length

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[float, ...]:
        number = Number()
        if not isinstance(value, list) or (self.length is not None and len(value) != self.length):
            raise _Refusal(
                "value_type", expected="numbers" if self.length is None else f"{self.length} numbers"
            )
        return tuple(number._deserialize(entry, attr, data) for entry in value)


class Curves(fields.Field[tuple[Any, ...]]):
    """Degradation: for each unit of the group a list of [time, value] pairs; one bare list means one unit."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[Any, ...]:
        pair = Numbers(length=2)
        if not isinstance(value, list) or not value or not isinstance(value[0], list) or not value[0]:
            raise _Refusal("value_type", expected="pairs")
        curves = value if isinstance(value[0][0], list) else [value]
        return tuple(tuple(pair._deserialize(point, attr, data) for point in curve) for curve in curves)
