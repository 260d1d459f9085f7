"""What figures are measured in: currencies, measures, times; and plural nouns for what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.extract.figures.lexer import Piece
from monitor.extract.figures.numbers import hyphen_at, low_at, touches
from monitor.extract.figures.tables import table, words

SIGNS = table("""
    USD: $
    EUR: €
    GBP: £
    JPY: ¥
    INR: ₹
    RUB: ₽
    UAH: ₴
    KRW: ₩
    ILS: ₪
    TRY: ₺
    NGN: ₦
    PHP: ₱
    VND: ₫
    KZT: ₸
    THB: ฿
    CRC: ₡
    GHS: ₵
    GEL: ₾
""")
# letters before a dollar sign
_DOLLARS = table("""
    USD: us
    AUD: a au aus
    CAD: c ca can
    NZD: nz
    HKD: hk
    SGD: s
    TWD: nt
    BRL: r
    MXN: mx
    JMD: j
""")
_CODES = words("""
    USD EUR GBP JPY CNY RMB INR RUB UAH KRW ILS NIS TRY NGN PHP VND KZT THB AUD CAD NZD HKD SGD TWD BRL MXN CHF SEK
    NOK DKK PLN CZK HUF RON BGN SAR AED QAR KWD EGP ZAR KES GHS ETB IDR MYR PKR BDT LKR ARS CLP COP IRR IQD SYP
""")
_SYNONYMS = {"RMB": "CNY", "NIS": "ILS"}
# letters before the numeral, the first a capital: "Rs 500", "Rp10,000"
_LETTERED = table("""
    INR: rs re
    CHF: fr sfr
    MYR: rm
    IDR: rp
    SEK: kr
    KES: ksh
    BDT: tk
""")
_MONEY = table("""
    USD: dollar dollars buck bucks greenbacks
    EUR: euro euros
    GBP: sterling quid
    JPY: yen
    CNY: yuan renminbi
    RUB: ruble rubles rouble roubles
    INR: rupee rupees
    UAH: hryvnia hryvnias hryvnya
    KRW: won
    ILS: shekel shekels
    TRY: lira liras
    CHF: franc francs
    PLN: zloty zlotys zlotych
    SEK: kronor kronas
    NOK: kroner krone
    MXN: peso pesos
    BRL: reais
    NGN: naira
    ZAR: rand
    SAR: riyal riyals
    AED: dirham dirhams
    IQD: dinar dinars
    THB: baht
    IDR: rupiah
    VND: dong
    MYR: ringgit
    HUF: forint forints
    RON: lei
    BDT: taka
    KES: shilling shillings
    ETB: birr
    IRR: rial rials toman tomans
    KZT: tenge
    cents: cent cents
    pence: pence
""")
# a nation's word before a currency's
_NATIONS = table("""
    USD: us u.s american
    CAD: canadian
    AUD: australian
    SGD: singapore
    TWD: taiwan taiwanese
    CHF: swiss
    SEK: swedish
    NOK: norwegian
    DKK: danish
    CZK: czech
    GBP: british
    EGP: egyptian
    TRY: turkish
    RUB: russian
    INR: indian
    PKR: pakistani
    PHP: philippine
    CLP: chilean
    COP: colombian
    ARS: argentine
    KWD: kuwaiti
    IRR: iranian
    IQD: iraqi
    SAR: saudi
    HKD: hong
    SYP: syrian
    LBP: lebanese
    KRW: south
    UGX: ugandan
    KES: kenyan
    TZS: tanzanian
    MXN: mexican
    ISK: icelandic
""")
_MEASURES = table("""
    tonnes: tonne tonnes t
    tons: ton tons
    kg: kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes
    grams: g gram grams gramme grammes
    pounds: lb lbs
    ounces: oz ounce ounces
    litres: l litre litres liter liters
    gallons: gallon gallons
    barrels: barrel barrels bbl bpd
    bushels: bushel bushels
    hectares: ha hectare hectares
    acres: acre acres
    kW: kw kilowatt kilowatts
    MW: mw megawatt megawatts
    GW: gw gigawatt gigawatts
    kWh: kwh
    MWh: mwh
    GWh: gwh
    TWh: twh
    bcm: bcm
    GB: gb gigabytes gigabyte
    TB: tb terabytes terabyte
""")
_LENGTH = table("""
    km: km kms kilometre kilometres kilometer kilometers
    miles: mile miles mi
    metres: m metre metres meter meters
    feet: ft foot feet
    cm: cm centimetre centimetres centimeter centimeters
    mm: mm millimetre millimetres millimeter millimeters
    inches: inch inches
    yards: yard yards
    nautical miles: nm
""")
_SPEEDS = words("mph kph kmh knots knot mach")
_TIMES = table("""
    seconds: second seconds
    minutes: minute minutes min mins
    hours: hour hours hr hrs
    days: day days
    weeks: week weeks
    months: month months
    years: year years
    decades: decade decades
    centuries: century centuries
""")
_RATES = words("""
    day week month year hour minute second night person household head barrel tonne ton litre share capita kilo kg
    unit
""")
_ADVERBS = {"daily": "day", "weekly": "week", "monthly": "month", "annually": "year", "yearly": "year"}


def money_before(pieces: Sequence[Piece], index: int) -> tuple[str, int] | None:
    """The currency written before a numeral and where it starts: "$61bn", "US$275m", "Rs 500", "EUR 5m", "R$ 20"."""
    if index == 0:
        return None
    last = pieces[index - 1]
    if last.text in SIGNS:
        if last.text == "$" and index > 1 and touches(pieces, index - 1) and pieces[index - 2].low in _DOLLARS:
            return _DOLLARS[pieces[index - 2].low], index - 2
        if last.text == "$" and index > 3 and [p.low for p in pieces[index - 4 : index - 1]] in (["u", ".", "s"],):
            return "USD", index - 4
        if last.text == "$" and index > 4 and [p.low for p in pieces[index - 5 : index - 1]] == ["u", ".", "s", "."]:
            return "USD", index - 5
        return SIGNS[last.text], index - 1
    if last.text in _CODES:
        return _SYNONYMS.get(last.text, last.text), index - 1
    dot = last.text == "." and touches(pieces, index - 1) and index > 1
    word = pieces[index - 2] if dot else last
    if word.low in _LETTERED and word.text[0].isupper() and (len(word.text) > 1):
        return _LETTERED[word.low], index - 2 if dot else index - 1
    return None


def money_after(pieces: Sequence[Piece], index: int) -> tuple[str, int] | None:
    """The currency written after a number and where it ends: "650 million euros", "5 million US dollars", "20 mn EUR"."""
    at = index + hyphen_at(pieces, index)
    if at >= len(pieces):
        return None
    word = pieces[at]
    if word.text in SIGNS and touches(pieces, at):
        return SIGNS[word.text], at + 1
    if word.text in _CODES:
        return _SYNONYMS.get(word.text, word.text), at + 1
    if word.low == "pounds" and low_at(pieces, at + 1) == "sterling":
        return "GBP", at + 2
    if word.low in {"pound", "pounds"} and low_at(pieces, at + 1) != "of":
        return "GBP", at + 1
    if word.low == "crowns":
        return "CZK", at + 1
    if word.low in _MONEY:
        if word.low == "won" and at > index:
            return None
        return _MONEY[word.low], at + 1
    if word.low in _NATIONS or word.low == "u":
        return _national(pieces, at)
    return None


def _national(pieces: Sequence[Piece], at: int) -> tuple[str, int] | None:
    """ "Canadian dollars", "Swiss francs", "U.S. dollars", "Hong Kong dollars", "South Korean won"."""
    if [low_at(pieces, at + n) for n in range(3)] == ["u", ".", "s"]:
        end = at + 3 + (low_at(pieces, at + 3) == ".")
        return ("USD", end + 1) if low_at(pieces, end) in {"dollars", "dollar"} else None
    for end in (at + 1, at + 2):
        if low_at(pieces, end) in {*_MONEY, "pounds", "crowns", "krona", "krone"}:
            return _NATIONS[pieces[at].low], end + 1
        if pieces[at].low not in {"hong", "south"}:
            break
    return None


def measure_after(pieces: Sequence[Piece], index: int) -> tuple[str, str, int] | None:
    """The measure after a number: its kind ("percent", "measure", "distance", "duration", "degree"), unit and end."""
    at = index + hyphen_at(pieces, index)
    for rule in (_percent, _power, _length, _weight):
        if (found := rule(pieces, at)) is not None:
            return found
    word = low_at(pieces, at)
    if word in {"°", "degrees", "degree", "celsius", "fahrenheit", "magnitude"} or (word in {"c", "f"} and touches(pieces, at)):
        return "degree", "degrees", at + 1
    if word in _TIMES and (len(word) > 3 or touches(pieces, at)):
        return "duration", _TIMES[word], at + 1
    return None


def _percent(pieces: Sequence[Piece], at: int) -> tuple[str, str, int] | None:
    """ "20%", "20 per cent", "2 percentage points", "25 basis points"."""
    word, following = low_at(pieces, at), low_at(pieces, at + 1)
    if word in {"percentage", "basis"} and following in {"point", "points"}:
        return "percent", f"{word} points", at + 2
    if word in {"%", "percent", "pct", "٪"}:
        if following in {"point", "points"}:
            return "percent", "percentage points", at + 2
        return "percent", "percent", at + 1
    return ("percent", "percent", at + 2) if word == "per" and following == "cent" else None


def _power(pieces: Sequence[Piece], at: int) -> tuple[str, str, int] | None:
    """ "5 square kilometres", "30 sq. km", "12 km2", "40 cubic metres"."""
    word, following = low_at(pieces, at), low_at(pieces, at + 1)
    if word in _LENGTH and following in {"2", "²", "3", "³"} and touches(pieces, at + 1):
        return "measure", f"{'square' if following in {'2', '²'} else 'cubic'} {_LENGTH[word]}", at + 2
    if word not in {"square", "sq", "cubic", "cu"}:
        return None
    dot = following == "."
    length = _LENGTH.get(low_at(pieces, at + 1 + dot))
    return ("measure", f"{'square' if word[0] == 's' else 'cubic'} {length}", at + 2 + dot) if length else None


def _length(pieces: Sequence[Piece], at: int) -> tuple[str, str, int] | None:
    """ "100 km", "30 nautical miles", "40 mph"; a lone "m" or "mi" only against the number or before "from", "long"."""
    word, following = low_at(pieces, at), low_at(pieces, at + 1)
    if word in _SPEEDS:
        return "distance", word, at + 1
    if word == "nautical" and following in {"mile", "miles"}:
        return "distance", "nautical miles", at + 2
    alone = len(word) > 1 or touches(pieces, at) or following in {"", ".", ",", "from", "long", "deep", "high"}
    return ("distance", _LENGTH[word], at + 1) if word in _LENGTH and alone else None


def _weight(pieces: Sequence[Piece], at: int) -> tuple[str, str, int] | None:
    """ "569 metric tons", "60 kg", "1.2 million bpd", "300 MW"."""
    word = low_at(pieces, at)
    if word in {"metric", "short", "long"} and low_at(pieces, at + 1) in {"tons", "ton", "tonnes"}:
        return "measure", "tonnes", at + 2
    if word == "bpd":
        return "measure", "barrels a day", at + 1
    return ("measure", _MEASURES[word], at + 1) if word in _MEASURES and (len(word) > 1 or touches(pieces, at)) else None


def is_unit(pieces: Sequence[Piece], index: int) -> bool:
    """Whether a currency or measure stands after a number."""
    return measure_after(pieces, index) is not None or money_after(pieces, index) is not None


def rate_after(pieces: Sequence[Piece], index: int) -> tuple[str, int] | None:
    """A rate and where it ends: "barrels a day", "euros per year", "trucks each week", "10 tonnes annually", "b/d"."""
    word, following = low_at(pieces, index), low_at(pieces, index + 1)
    if word in _ADVERBS:
        return f" a {_ADVERBS[word]}", index + 1
    if low_at(pieces, index + 2) in {"ago", "earlier", "later", "before", "after", "on"}:
        return None  # "5.1 percent a month earlier"
    if word in {"a", "an", "per", "each", "every", "/"} and following in _RATES:
        return f" an {following}" if following[0] in "aeiou" or following == "hour" else f" a {following}", index + 2
    return None
