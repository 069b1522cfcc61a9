"""The cameras, their roads, the sun, and where big files go.

World space: metres, x right, y along the road away from the camera, z up; the camera stands over y = 0.
Traffic keeps right: vehicles going away (rear seen) drive at x > 0, oncoming ones (front seen) at x < 0.
Picture space: pixels, x right, y down, origin at the top left corner."""

import math
import os
from dataclasses import dataclass

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
STATE = os.environ.get(
    'RENDER_STATE', os.path.join(HERE, 'state')
)  # backgrounds, built vehicles, segments: git-ignored
FPS = 25
SUNZ_BACK = 60.0  # metres nearer the sun than the road box, from where the scenery's sun depth map is seen


@dataclass(frozen=True)
class Camera:
    """A fixed camera. Angles in degrees; azimuths clockwise from +y."""

    name: str  # as in sample.toml
    size: tuple  # width, height in pixels
    pos: tuple  # metres
    look: tuple  # a point on the optical axis
    hfov: float
    sun_az: float
    sun_el: float
    seed: int  # of the scenery
    road_half: float  # kerb to kerb half width
    car_lane: float  # |x| of the middle of the car lanes
    moto_lane: float  # |x| of the middle of the motorbike strip beside them
    line: tuple  # counting line a -> b on the ground, world x, y; `in` goes from its left to its right
    houses: float = 0.84  # share of the plots beside the road that carry a house; trees on the others

    @property
    def away(self):
        """The direction of those who drive away from the camera (rear seen): `in` where the line runs from right to left."""
        return 'in' if self.line[0][0] > self.line[1][0] else 'out'

    @property
    def sun(self):
        """Unit vector to the sun."""
        a, e = math.radians(self.sun_az), math.radians(self.sun_el)
        return math.sin(a) * math.cos(e), math.cos(a) * math.cos(e), math.sin(e)

    def sun_frame(self):
        """Axes of the sun's orthographic map (along the road, across, to the sun) and the extent of the road box in them."""
        to_sun = np.array(self.sun)
        along = np.array([0, 1, 0]) - to_sun * to_sun[1]
        along /= np.linalg.norm(along)
        across = np.cross(along, to_sun)
        box = np.array([[x, y, z] for x in (-9, 9) for y in (4, 100) for z in (0, 4.5)])
        q = np.stack([box @ along, box @ across, -(box @ to_sun)], 1)
        return (along, across, to_sun), q.min(0), q.max(0)

    def axes(self):
        """Right, up and forward unit vectors of the camera in world space."""
        forward = np.array(self.look, float) - np.array(self.pos, float)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0, 0, 1])
        right /= np.linalg.norm(right)
        return right, np.cross(right, forward), forward

    def project(self, points):
        """World points (n, 3) in metres -> picture points (n, 2) in pixels, and their depth along the axis in metres."""
        w, h = self.size
        right, up, forward = self.axes()
        d = np.asarray(points, float) - np.array(self.pos)
        depth = d @ forward
        k = w / 2 / math.tan(math.radians(self.hfov) / 2) / depth
        return np.stack([w / 2 + (d @ right) * k, h / 2 - (d @ up) * k], 1), depth

    def line_share(self):
        """The counting line in shares of the picture: ((ax, ay), (bx, by)), x right, y down, cut at the picture's sides."""
        w, h = self.size
        (a, b), _ = self.project([(*p, 0.0) for p in self.line])
        at = lambda x: a + (b - a) * (x - a[0]) / (b[0] - a[0])
        a, b = at(min(max(a[0], 0.0), w)), at(min(max(b[0], 0.0), w))
        return tuple((round(float(p[0]) / w, 4), round(float(p[1]) / h, 4)) for p in (a, b))


def right_to_left(y, half=4.9):
    """A counting line straight across the road: away is `in`."""
    return (half, y), (-half, y)


def left_to_right(y, half=4.9):
    """Away is `out`."""
    return right_to_left(y, half)[::-1]


SIZE = 1920, 1080
CAMERAS = {
    # the two of the first minute: both directions, 7.6 m across where the line is
    'gate': Camera('gate', SIZE, (0, 0, 6.0), (0, 27.2, 0), 18.2, 150, 48, 3, 3.9, 1.4, 2.75, right_to_left(23, 4.6)),
    'town': Camera(
        'town',
        (1600, 900),
        (-2.7, 0, 5.6),
        (0.45, 25, 0),
        18.0,
        215,
        46,
        11,
        3.9,
        1.4,
        2.75,
        ((4.6, 20.6), (-4.6, 22.2)),
    ),
    # gates, one direction each, set for plates: 5.2 m across where the line is, a motorbike's plate is 70 pixels wide
    'dp-rear': Camera(
        'dp-rear', SIZE, (3.5, 0, 6.2), (2.7, 25.2, 0), 12.4, 130, 57, 21, 5.0, 2.0, 3.7, right_to_left(23), 0.3
    ),
    'dp-front': Camera(
        'dp-front', SIZE, (-5.4, 0, 5.8), (-2.35, 25.2, 0), 12.5, 310, 57, 22, 5.0, 2.0, 3.7, left_to_right(23), 0.3
    ),
    'dp-out': Camera(
        'dp-out', SIZE, (5.7, 0, 5.4), (2.6, 24.4, 0), 12.7, 300, 57, 23, 5.0, 2.0, 3.7, left_to_right(22.4), 0.3
    ),
    'kc-in': Camera(
        'kc-in', SIZE, (5.2, 0, 6.6), (2.7, 27.4, 0), 11.5, 150, 57, 24, 5.0, 2.0, 3.7, right_to_left(25), 0.15
    ),
    'kc-out': Camera(
        'kc-out', SIZE, (5.9, 0, 4.8), (2.6, 23.4, 0), 13.5, 325, 57, 25, 5.0, 2.0, 3.7, left_to_right(21), 0.15
    ),
    # interior points: wide, both directions, a long plate 55-70 pixels wide
    'market': Camera(
        'market', (1280, 960), (5.9, 0, 7.2), (-1.3, 26, 0), 24.4, 120, 57, 26, 4.4, 1.7, 3.2, right_to_left(21, 4.6)
    ),
    'bypass': Camera('bypass', SIZE, (-5.8, 0, 7.0), (0.3, 29, 0), 32.3, 70, 57, 27, 5.0, 2.0, 3.7, right_to_left(24), 0.4),
}
