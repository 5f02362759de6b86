"""How far two places are apart. No Django here."""

from math import asin, cos, radians, sin, sqrt

EARTH_MILES = 3959


def miles(one: tuple[float, float], other: tuple[float, float]) -> float:
    """As the crow flies; each place is a latitude and a longitude."""
    (north, east), (north2, east2) = (tuple(map(radians, place)) for place in (one, other))
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH_MILES * asin(sqrt(half))
