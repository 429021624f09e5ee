"""Finding the least value of a smooth function: BFGS with the slope given (Nocedal and Wright 6.1)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Point = list[float]
Slope = tuple[float, Point]
_ROUNDS: Final = 60
_FLAT: Final = 1e-10


def least(function: Callable[[Point], Slope], start: Sequence[float], near: float = 1e-7) -> Point:
    """The point where a function is least, from a start near it.

    ``function`` gives its value and slope. Stops where no part of the slope exceeds ``near``, where
    a step gains next to nothing, or after 60 steps: on data that fit no parameters there is no end.
    """
    at = list(start)
    value, slope = function(at)
    inverse = _identity(len(at))
    for _ in range(_ROUNDS):
        if max(map(abs, slope)) < near:
            break
        way = [-_dot(row, slope) for row in inverse]
        if _dot(way, slope) >= 0:  # lost its bearing: begin again downhill
            inverse, way = _identity(len(at)), [-each for each in slope]
        step = _stepped(function, at, value, _dot(way, slope), way)
        if step is None:
            break
        after, lower, steep = step
        if value - lower < _FLAT * max(1.0, abs(value)):
            return after
        value = lower
        moved = [one - two for one, two in zip(after, at, strict=True)]
        turned = [one - two for one, two in zip(steep, slope, strict=True)]
        inverse = _updated(inverse, moved, turned)
        at, slope = after, steep
    return at


def _stepped(
    function: Callable[[Point], Slope], at: Point, value: float, falls: float, way: Point
) -> tuple[Point, float, Point] | None:
    """A step that goes down enough (Armijo), halved until it does; none where it never does."""
    length = min(1.0, 2.0 / max(map(abs, way)))
    for _ in range(25):
        after = [one + length * two for one, two in zip(at, way, strict=True)]
        lower, slope = function(after)
        if math.isfinite(lower) and lower <= value + 1e-4 * length * falls:
            return after, lower, slope
        length /= 2
    return None


def _updated(inverse: list[Point], moved: Point, turned: Point) -> list[Point]:
    curve = _dot(moved, turned)
    if curve <= 1e-14:
        return inverse
    pushed = [_dot(row, turned) for row in inverse]
    more = (1 + _dot(turned, pushed) / curve) / curve
    size = range(len(moved))
    return [
        [
            inverse[i][j]
            + more * moved[i] * moved[j]
            - (pushed[i] * moved[j] + moved[i] * pushed[j]) / curve
            for j in size
        ]
        for i in size
    ]


def _identity(size: int) -> list[Point]:
    return [[float(i == j) for j in range(size)] for i in range(size)]


def _dot(one: Sequence[float], two: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, two, strict=True))
