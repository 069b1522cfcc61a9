"""The two cameras, their roads, the sun, and where big files go.

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


CAMERAS = {
    # set as a fitter sets a camera for plates: narrow, about 7.6 m across where the line is
    'gate': Camera(
        'da-phuc', (1920, 1080), (0, 0, 6.0), (0, 27.2, 0), 18.2, 150, 48, 3, 3.9, 1.4, 2.75, ((4.6, 23), (-4.6, 23))
    ),
    'town': Camera(
        'pho-yen',
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
}
