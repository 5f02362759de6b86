"""A map of the two states: outlines drawn by hand for this page, and points where libraries stand.

The outlines have some hundred corners. They were set down from well-known points of the borders and
coasts, are taken from no map, and are good enough to see which dot is whose. Pure: no Django.
"""

from collections.abc import Sequence
from math import cos, radians

Point = tuple[float, float]  # latitude, longitude

MASSACHUSETTS: Sequence[Point] = (
    (42.746, -73.265), (42.737, -72.93), (42.727, -72.458), (42.713, -71.93), (42.697, -71.294),
    (42.745, -71.245), (42.789, -71.186), (42.806, -71.13), (42.861, -70.965), (42.887, -70.885),
    (42.872, -70.817), (42.805, -70.81), (42.72, -70.785), (42.66, -70.62), (42.58, -70.66),
    (42.54, -70.78), (42.5, -70.83), (42.42, -70.91), (42.37, -71.01), (42.3, -70.99),
    (42.27, -70.94), (42.305, -70.88), (42.25, -70.79), (42.19, -70.71), (42.08, -70.64),
    (41.96, -70.66), (41.93, -70.54), (41.78, -70.52), (41.735, -70.3), (41.76, -70.15),
    (41.77, -70.05), (41.85, -70.005), (41.93, -70.05), (42.02, -70.09), (42.045, -70.19),
    (42.075, -70.23), (42.06, -70.12), (41.93, -69.97), (41.78, -69.93), (41.67, -69.945),
    (41.56, -70.0), (41.66, -70.08), (41.63, -70.28), (41.55, -70.55), (41.52, -70.67),
    (41.65, -70.64), (41.74, -70.62), (41.7, -70.76), (41.65, -70.81), (41.6, -70.9),
    (41.52, -70.97), (41.5, -71.09), (41.497, -71.12), (41.66, -71.132), (41.675, -71.195),
    (41.73, -71.26), (41.755, -71.33), (41.82, -71.34), (41.9, -71.381), (42.018, -71.381),
    (42.017, -71.5), (42.008, -71.8), (42.024, -71.8), (42.03, -72.1), (42.034, -72.755),
    (41.998, -72.77), (41.998, -72.81), (42.036, -72.82), (42.05, -73.487), (42.086, -73.508),
)  # fmt: skip
MARTHAS_VINEYARD: Sequence[Point] = (
    (41.47, -70.6), (41.42, -70.49), (41.35, -70.5), (41.35, -70.65), (41.305, -70.77),
    (41.35, -70.83), (41.4, -70.74), (41.455, -70.66),
)  # fmt: skip
NANTUCKET: Sequence[Point] = (
    (41.29, -70.2), (41.315, -70.05), (41.39, -70.05), (41.29, -69.965), (41.25, -69.97),
    (41.24, -70.08), (41.26, -70.18),
)  # fmt: skip
RHODE_ISLAND: Sequence[Point] = (
    (42.008, -71.8), (42.017, -71.5), (42.018, -71.381), (41.9, -71.381), (41.82, -71.34),
    (41.755, -71.33), (41.73, -71.26), (41.675, -71.195), (41.66, -71.132), (41.497, -71.12),
    (41.46, -71.19), (41.63, -71.215), (41.66, -71.265), (41.735, -71.325), (41.81, -71.395),
    (41.76, -71.385), (41.68, -71.39), (41.67, -71.45), (41.57, -71.44), (41.49, -71.42),
    (41.43, -71.455), (41.36, -71.48), (41.34, -71.65), (41.305, -71.86), (41.41, -71.84),
    (41.6, -71.79),
)  # fmt: skip
AQUIDNECK: Sequence[Point] = (
    (41.64, -71.25), (41.58, -71.232), (41.49, -71.24), (41.45, -71.31), (41.47, -71.36),
    (41.55, -71.32),
)  # fmt: skip
CONANICUT: Sequence[Point] = ((41.57, -71.372), (41.5, -71.362), (41.45, -71.4), (41.52, -71.4))
BLOCK_ISLAND: Sequence[Point] = (
    (41.23, -71.57), (41.19, -71.55), (41.15, -71.56), (41.15, -71.61), (41.19, -71.595),
)  # fmt: skip
OUTLINES: Sequence[tuple[str, Sequence[Sequence[Point]]]] = (
    ("MA", (MASSACHUSETTS, MARTHAS_VINEYARD, NANTUCKET)),
    ("RI", (RHODE_ISLAND, AQUIDNECK, CONANICUT, BLOCK_ISLAND)),
)

NORTH, SOUTH, WEST, EAST = 42.95, 41.08, -73.58, -69.86
WIDTH = 1000
SCALE = WIDTH / (EAST - WEST)
FLAT = 1 / cos(radians((NORTH + SOUTH) / 2))  # a degree of latitude is longer than one of longitude
HEIGHT = round((NORTH - SOUTH) * SCALE * FLAT)


def place(latitude: float, longitude: float) -> tuple[int, int] | None:
    """Where a point stands on the map; None if it lies beyond it."""
    if not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        return None
    return round((longitude - WEST) * SCALE), round((NORTH - latitude) * SCALE * FLAT)


def path(outline: Sequence[Sequence[Point]]) -> str:
    """The lines of an outline, as an SVG path has them."""
    return "".join(_ring(ring) for ring in outline)


def _ring(ring: Sequence[Point]) -> str:
    corners = [found for corner in ring if (found := place(*corner))]
    return "M" + "L".join(f"{x} {y}" for x, y in corners) + "z"
