"""The camera's geometry and the printed plates. Needs numpy (cameras) and opencv, pillow (plates)."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
try:
    import numpy as np

    import plates
    from cameras import CAMERAS
    from passes import side
except ImportError as e:
    raise unittest.SkipTest('the renderer\'s environment is needed: %s' % e)


class Geometry(unittest.TestCase):
    def test_the_optical_axis_meets_the_middle_of_the_picture(self):
        for c in CAMERAS.values():
            point, depth = c.project([c.look])
            np.testing.assert_allclose(point[0], (c.size[0] / 2, c.size[1] / 2), atol=1e-6)
            self.assertAlmostEqual(depth[0], float(np.linalg.norm(np.subtract(c.look, c.pos))))

    def test_the_counting_line_lies_on_the_projected_ground_line(self):
        for c in CAMERAS.values():
            line = c.line_share()
            for k in (0.3, 0.5, 0.7):
                ground = np.array(c.line[0]) * (1 - k) + np.array(c.line[1]) * k
                x, y = c.project([(*ground, 0.0)])[0][0] / c.size
                self.assertLess(abs(side(line, (x, y))), 2e-4)

    def test_going_away_over_the_line_is_in(self):
        for c in CAMERAS.values():
            near, far = (c.project([(c.car_lane, y, 0.0)])[0][0] / c.size for y in (19.0, 25.0))
            self.assertGreater(side(c.line_share(), near), 0)
            self.assertLess(side(c.line_share(), far), 0)

    def test_a_long_plate_at_the_line_is_wide_enough_to_read(self):
        for c in CAMERAS.values():
            y = c.line[0][1]
            a, b = c.project([(c.car_lane - 0.26, y, 0.7), (c.car_lane + 0.26, y, 0.7)])[0]
            self.assertTrue(110 <= b[0] - a[0] <= 160, b[0] - a[0])


class Printed(unittest.TestCase):
    def test_forms(self):
        for text, kind, form in (
            ('30G68215', 'long', '30G-682.15'),
            ('30G68215', 'square', '30G|682.15'),
            ('29X512903', 'moto', '29-X5|129.03'),
            ('29AB04817', 'moto', '29-AB|048.17'),
            ('TM2345', 'long', 'TM-23-45'),
            ('TM2345', 'square', 'TM|23-45'),
            ('30A1234', 'long', '30A-1234'),
        ):
            self.assertEqual(plates.printed(text, kind), form)


if __name__ == '__main__':
    unittest.main()
