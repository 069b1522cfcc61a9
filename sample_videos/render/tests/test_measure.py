"""How finds are counted. Needs the renderer's environment, but neither EGL nor the net."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
try:
    import numpy as np

    import measure
    import story as stories
    from traffic import Traffic
except ImportError as e:
    raise unittest.SkipTest("the renderer's environment is needed: %s" % e)


class Boxes(unittest.TestCase):
    def test_iou(self):
        self.assertAlmostEqual(measure.iou([0, 0, 4, 4], [2, 0, 6, 4]), 8 / 24)
        self.assertEqual(measure.iou([0, 0, 4, 4], [4, 0, 6, 4]), 0)

    def test_a_machine_lies_low_in_the_box_of_machine_and_rider(self):
        story, clip = stories.clip_of('dp-rear-day')
        rider = next(p.vehicle for p in clip.passes if story.vehicles[p.vehicle].is_motorbike)
        traffic = Traffic(story, clip, lambda name, v: measure.without_body(name, v) if name == rider else {'sway': 0.0})
        seen = 0
        for t in np.arange(0, clip.seconds, 0.5):
            for v in traffic.scene(t):
                if v['id'][0] != rider or not 20 < v['y'] < 60:
                    continue
                place = measure.matrix(v)
                q, _ = traffic.camera.project(v['model'].V @ place[:3, :3].T + place[:3, 3])
                machine = measure.machines(traffic, t)['-'.join(v['id'])]
                height = q[:, 1].max() - q[:, 1].min()
                self.assertAlmostEqual(machine[3], q[:, 1].max(), delta=0.05 * height)
                self.assertTrue(0.4 < (machine[3] - machine[1]) / height < 0.9, (machine, q.min(0), q.max(0)))
                seen += 1
        self.assertGreater(seen, 2)


class Counting(unittest.TestCase):
    def test_what_is_taken_for_something_else_is_found_as_any_vehicle(self):
        tally = measure.Tally()
        tally.add(['cars'], 'a', True, [])
        tally.add(['cars'], 'a', False, ['truck'])
        tally.add(['cars'], 'b', False, [])
        self.assertEqual((tally.counted['cars'], tally.right['cars'], tally.any['cars']), (3, 1, 2))
        self.assertEqual(tally.seen['cars'], {'a', 'b'})
        self.assertEqual(tally.taken_for['cars'], {'truck': 1, 'nothing': 1})

    def test_intervals(self):
        low, high = measure.wilson(0, 116)
        self.assertEqual(low, 0)
        self.assertAlmostEqual(high, 0.0321, 4)


if __name__ == '__main__':
    unittest.main()
