"""Figures as people write them: "about 3,000 soldiers", "up to 12,000", "10,000-12,000", "$1.5 billion"."""

from __future__ import annotations

from decimal import Decimal

from monitor.records import Qualifier, Quantity

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_IN_THE_FIGURE = {"percent"}
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_WORDS = {
    Qualifier.EXACT: "",
    Qualifier.RANGE: "",
    Qualifier.ABOUT: "about ",
    Qualifier.AT_LEAST: "at least ",
    Qualifier.AT_MOST: "up to ",
    Qualifier.MORE_THAN: "more than ",
    Qualifier.LESS_THAN: "less than ",
}


def number(value: float) -> str:
    """A number with thousands set apart, or with its scale in words where that says it exactly: "12,000", "1.5 million"."""
    for scale, word in _SCALES:
        if abs(value) >= scale:
            share = round(value / scale, 3)
            if share * scale == value:
                return f"{_plain(Decimal(repr(share)))} {word}"
            break
    return _plain(Decimal(repr(value)))


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount(quantity: Quantity) -> str:
    """The figure with its qualifier, and with its unit only where the unit is part of the figure (money, percent)."""
    bounds = [bound for bound in (quantity.low, quantity.high) if bound is not None]
    if not bounds:
        return quantity.surface
    if quantity.qualifier is Qualifier.RANGE and len(bounds) == 2:
        low, high = (number(bound) for bound in bounds)
        text = f"{_shared_scale(low, high)}-{high}"
    else:
        text = number(bounds[-1] if quantity.qualifier in {Qualifier.AT_MOST, Qualifier.LESS_THAN} else bounds[0])
    return _WORDS[quantity.qualifier] + _with_unit(text, quantity.unit)


def figure(quantity: Quantity) -> str:
    """The amount and what is counted: "about 3,000 North Korean soldiers", "12 percent", "$2 million in aid"."""
    text = amount(quantity)
    if quantity.what in {"", quantity.unit}:
        return text if quantity.unit in _IN_THE_FIGURE or _is_currency(quantity.unit) else f"{text} {quantity.unit}".rstrip()
    if quantity.what.casefold() in text.casefold():
        return text
    return f"{text} in {quantity.what}" if _is_currency(quantity.unit) else f"{text} {quantity.what}"


def _is_currency(unit: str) -> bool:
    return len(unit) == 3 and unit.isupper()


def _with_unit(text: str, unit: str) -> str:
    if unit == "percent":
        return f"{text} percent"
    if unit in _SIGNS:
        return "-".join(_SIGNS[unit] + part for part in text.split("-")) if not text.startswith("-") else f"{text} {unit}"
    if _is_currency(unit):
        return f"{text} {unit}"
    return text


def _shared_scale(low: str, high: str) -> str:
    """ "10 million" beside "12 million" is written "10"."""
    word = high.rpartition(" ")[2]
    return low.removesuffix(f" {word}") if " " in high else low
