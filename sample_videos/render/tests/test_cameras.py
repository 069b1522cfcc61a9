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

    def test_going_away_over_the_line_is_the_direction_the_camera_says(self):
        for c in CAMERAS.values():
            y = c.line[0][1]
            near, far = (c.project([(c.car_lane, y + d, 0.0)])[0][0] / c.size for d in (-3.0, 3.0))
            crossing = 'in' if side(c.line_share(), near) > 0 > side(c.line_share(), far) else 'out'
            self.assertEqual(crossing, c.away, c.name)


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
            ('80441NG02', 'long', '80-441-NG-02'),
            ('80441NG02', 'square', '80-441|NG-02'),
            ('T2002318', 'square', 'T20|023.18'),
            ('20RM01234', 'square', '20RM|012.34'),
            ('桂A5K273', 'long', '桂A.5K273'),
        ):
            self.assertEqual(plates.printed(text, kind), form)

    def test_a_row_fits_its_plate_and_a_rag_hides_it(self):
        for text in ('80441NG02', '30G68215', '桂A5K273'):
            picture = plates.draw_plate(text, 'long', seed=3, dirt=0.0)
            dark = (picture.max(2) < 60)[26:-26]
            columns = np.flatnonzero(dark.any(0)[26:-26]) + 26  # within the rim
            self.assertGreater(columns[0], 10 * plates.PX)
            self.assertGreater(len(columns), 600)
        covered = plates.draw_plate('30G68215', 'long', seed=3, dirt=0.0, cover='covered')
        other = plates.draw_plate('97A11111', 'long', seed=3, dirt=0.0, cover='covered')
        np.testing.assert_array_equal(covered, other)
        muddy = plates.draw_plate('30G68215', 'long', seed=3, dirt=0.0, cover='dirty')
        self.assertGreater(np.abs(muddy.astype(int) - plates.draw_plate('30G68215', 'long', seed=3, dirt=0.0)).mean(), 40)


if __name__ == '__main__':
    unittest.main()
