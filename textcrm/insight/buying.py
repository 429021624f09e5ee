"""Whether a customer still buys, how often and how much: BG/NBD and Gamma-Gamma.

- Fader, Hardie, Lee: "Counting Your Customers" the Easy Way. Marketing Science 24 (2005), 275-284:
  the likelihood (6), the chance of being active, and the expected purchases (10).
- Fader, Hardie: The Gamma-Gamma Model of Monetary Value (2013): the likelihood (1a) and the
  expected mean value (5).

Purchases of one day count as one. A customer is ``frequency`` repeat purchases, the time of the
last one since the first, and the time watched since the first, all in weeks.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Final, NamedTuple

from textcrm.insight.descent import least

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TERMS: Final = 2_000


class Seen(NamedTuple):
    """A customer as the model sees one: repeat purchases, weeks to the last, weeks watched."""

    frequency: int
    last: float
    watched: float


class Buying(NamedTuple):
    """A fitted BG/NBD model; ``customers`` and ``repeaters`` are what it was fitted on."""

    r: float
    alpha: float
    a: float
    b: float
    customers: int
    repeaters: int

    @property
    def sound(self) -> bool:
        """Whether the parameters lie where they mean something; on purchases that are all alike
        the likelihood has no greatest place, and the fit runs away.
        """
        return all(1e-3 < each < 1e3 for each in self[:4])

    def alive(self, seen: Seen) -> float:
        """The chance that a customer still buys. Without a repeat purchase the model says 1."""
        if not seen.frequency:
            return 1.0
        x = seen.frequency
        odds = math.log(self.a / (self.b + x - 1)) + (self.r + x) * math.log(
            (self.alpha + seen.watched) / (self.alpha + seen.last)
        )
        return 1 / (1 + math.exp(min(odds, 700.0)))

    def expected(self, seen: Seen, weeks: float) -> float:
        """The purchases to be expected in so many weeks from now.

        By Euler's transformation of the paper's 2F1: its powers then cancel.
        """
        x, whole = seen.frequency, self.alpha + seen.watched
        top, part = self.a + self.b + x - 1, weeks / (whole + weeks)
        series = _hypergeometric(self.a + self.b - 1 - self.r, self.a - 1, top, part)
        less = (1 - part) ** (self.a - 1) * series
        return float(top / (self.a - 1) * (1 - less) * self.alive(seen))


class Spending(NamedTuple):
    """A fitted Gamma-Gamma model of what a purchase is worth; amounts in the vault's currency."""

    p: float
    q: float
    v: float
    customers: int

    def mean(self, frequency: int, value: float) -> float | None:
        """The expected mean of a customer whose repeat purchases had this mean so far."""
        below = self.p * frequency + self.q - 1
        return self.p * (self.v + frequency * value) / below if below > 0 else None


def _hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """2F1 by its series, for z from 0 to below 1."""
    term = total = 1.0
    for n in range(_TERMS):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < 1e-13 * abs(total):
            break
    return total


def fit_buying(customers: Iterable[Seen]) -> Buying:
    """Fit BG/NBD by maximum likelihood; there should be a few hundred customers."""
    counted = Counter(customers)
    number = sum(counted.values())
    logs = least(partial(_buying_loss, counted, number), [0.0, 1.0, 0.0, 0.5])
    r, alpha, a, b = map(math.exp, logs)
    repeaters = sum(count for seen, count in counted.items() if seen.frequency)
    return Buying(r, alpha, a, b, number, repeaters)


def _buying_loss(
    counted: Mapping[Seen, int], number: int, logs: Sequence[float]
) -> tuple[float, list[float]]:
    """The negative mean log-likelihood and its slope, by the logarithms of the parameters."""
    if max(map(abs, logs)) > 50:
        return math.inf, [0.0] * 4
    r, alpha, a, b = map(math.exp, logs)
    most = max(seen.frequency for seen in counted)
    (gr, dr), (gb, db), (gab, dab) = (_rising(z, most) for z in (r, b, a + b))
    log_alpha, log_a, log = math.log(alpha), math.log(a), math.log
    total = to_r = to_alpha = to_a = to_b = 0.0
    for (x, last, watched), count in counted.items():
        rx, all_ = r + x, alpha + watched
        d3 = -rx * log(all_)
        slope_r, slope_alpha = log(all_), rx / all_
        more, gone = d3, 0.0
        if x:
            then = alpha + last
            d4 = log_a - log(b + x - 1) - rx * log(then)
            more = max(d3, d4) + math.log1p(math.exp(-abs(d3 - d4)))
            gone = math.exp(d4 - more)
            slope_r = (1 - gone) * slope_r + gone * log(then)
            slope_alpha = (1 - gone) * slope_alpha + gone * rx / then
            to_b -= count * gone / (b + x - 1)
        total += count * (gr[x] + r * log_alpha + gb[x] - gab[x] + more)
        to_r += count * (dr[x] + log_alpha - slope_r)
        to_alpha += count * (r / alpha - slope_alpha)
        to_a += count * (gone / a - dab[x])
        to_b += count * (db[x] - dab[x])
    slopes = zip((to_r, to_alpha, to_a, to_b), (r, alpha, a, b), strict=True)
    return -total / number, [-slope * value / number for slope, value in slopes]


def _rising(z: float, most: int) -> tuple[list[float], list[float]]:
    """The logarithm of gamma(z + x) / gamma(z) and its slope, for x from 0 on."""
    steps = [z + n for n in range(most)]
    return (
        list(accumulate(map(math.log, steps), initial=0.0)),
        list(accumulate((1 / step for step in steps), initial=0.0)),
    )


def fit_spending(customers: Iterable[tuple[int, float]]) -> Spending:
    """Fit Gamma-Gamma on (repeat purchases, their mean) of customers with both above 0."""
    known = [(x, value) for x, value in customers if x > 0 and value > 0]
    unit = sum(value for _, value in known) / len(known)
    scaled = Counter((x, value / unit) for x, value in known)
    logs = least(partial(_spending_loss, scaled, len(known)), [1.0, 1.0, 0.0])
    p, q, v = map(math.exp, logs)
    return Spending(p, q, v * unit, len(known))


def _spending_loss(
    counted: Mapping[tuple[int, float], int], number: int, logs: Sequence[float]
) -> tuple[float, list[float]]:
    if max(map(abs, logs)) > 50:
        return math.inf, [0.0] * 3
    p, q, v = map(math.exp, logs)
    total = to_p = to_q = to_v = 0.0
    gamma_q, slope_q, log_v = math.lgamma(q), _digamma(q), math.log(v)
    for (x, value), count in counted.items():
        px, whole = p * x, v + value * x
        log_whole, log_sum = math.log(whole), math.log(value * x)
        total += count * (
            math.lgamma(px + q) - math.lgamma(px) - gamma_q + q * log_v + px * log_sum
            - math.log(value) - (px + q) * log_whole
        )  # fmt: skip
        rises = _digamma(px + q)
        to_p += count * x * (rises - _digamma(px) + log_sum - log_whole)
        to_q += count * (rises - slope_q + log_v - log_whole)
        to_v += count * (q / v - (px + q) / whole)
    slopes = zip((to_p, to_q, to_v), (p, q, v), strict=True)
    return -total / number, [-slope * value / number for slope, value in slopes]


def _digamma(z: float) -> float:
    """The slope of lgamma, by recurrence and the asymptotic series (Abramowitz, Stegun 6.3.18)."""
    total = 0.0
    while z < 6:
        total -= 1 / z
        z += 1
    square = 1 / (z * z)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square / 240)))
    return total + math.log(z) - 0.5 / z - series
