"""Digits as a laboratory wrote them: the size of the last one, and which it is."""

from __future__ import annotations

import polars as pl

NUMBER = r"^\s*[+-]?(?P<whole>\d*)\.?(?P<fraction>\d*)(?:[eE](?P<exponent>[+-]?\d+))?\s*$"


def written_digits(texts: pl.Series) -> pl.DataFrame:
    """``step``: what the last digit is worth; ``digit``: the last digit, -1 where there is none to tell.

    Many programs leave zeros out at the end of a number.  Within a power of ten the usual number of decimals
    is therefore taken for that of all: a number with fewer ends in zeros that were not written.
    """
    parts = pl.col("text").str.extract_groups(NUMBER).struct
    value = pl.col("text").cast(pl.Float64, strict=False)
    frame = pl.DataFrame({"text": texts}).select(
        decimals=parts["fraction"].str.len_bytes().cast(pl.Int32)
        - parts["exponent"].cast(pl.Int32, strict=False).fill_null(0),
        last=(parts["whole"] + parts["fraction"]).str.slice(-1).cast(pl.Int8, strict=False),
        decade=pl.when(value != 0).then(value.abs().log10().floor()),
    )
    usual = (
        frame.filter(pl.col("decade").is_not_null())
        .group_by("decade", "decimals")
        .len()
        .sort("len", "decimals")
        .group_by("decade", maintain_order=True)
        .agg(usual=pl.col("decimals").last())
    )
    frame = frame.join(usual, on="decade", how="left", maintain_order="left", nulls_equal=False)
    decimals, usual_decimals = pl.col("decimals"), pl.col("usual")
    return frame.select(
        step=10.0 ** -pl.max_horizontal(decimals, usual_decimals).cast(pl.Float64),
        digit=pl.when(decimals == usual_decimals)
        .then("last")
        .when(decimals < usual_decimals)
        .then(pl.lit(0, pl.Int8))
        .otherwise(pl.lit(-1, pl.Int8))
        .fill_null(-1),
    )
