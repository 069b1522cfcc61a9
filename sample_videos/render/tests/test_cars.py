"""Where the drawn views of a body meet. Needs the renderer's environment, but not EGL."""

import os
import random
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
try:
    import numpy as np

    import cars
    from catalogue import Want
except ImportError as e:
    raise unittest.SkipTest("the renderer's environment is needed: %s" % e)


class Van(unittest.TestCase):
    def test_windscreen_takes_its_look_from_one_view(self):
        """It slopes by about 45 degrees: chosen by the normal alone, its triangles flip between front and top, in teeth."""
        van = cars.car(random.Random('van'), 'van', Want())
        V, N, UV, F = van.parts[0][:4]
        c, n = V[F].mean(1), N[F].mean(1)
        screen = (n[:, 1] > 0.4) & (n[:, 2] > 0.3) & (np.abs(n[:, 0]) < 0.4) & (c[:, 2] > 1.25) & (c[:, 2] < 1.95)
        self.assertGreater(screen.sum(), 100)
        at = V[F[screen]].reshape(-1, 3)
        from_top = van.skin.top.px(np.stack((at[:, 1], -at[:, 0]), 1)) / van.skin.N
        np.testing.assert_allclose(UV[F[screen]].reshape(-1, 2), from_top)


if __name__ == '__main__':
    unittest.main()
