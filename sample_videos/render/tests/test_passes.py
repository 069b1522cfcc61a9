"""Line crossing, direction and journey rules: python -m unittest discover -s tests (in render/), nothing installed."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from passes import bottom_centre, crossings, journeys_of, pass_of, side, verdict_of, wall_time

RIGHT_TO_LEFT = (1.0, 0.7), (0.0, 0.7)
START = '2026-03-14T09:30:00+07:00'


class Crossing(unittest.TestCase):
    def test_left_of_a_line_to_the_left_is_below_it(self):
        self.assertGreater(side(RIGHT_TO_LEFT, (0.5, 0.9)), 0)
        self.assertLess(side(RIGHT_TO_LEFT, (0.5, 0.5)), 0)

    def test_left_of_a_line_down_the_picture_is_on_the_picture_s_right(self):
        down = (0.5, 0.0), (0.5, 1.0)
        self.assertGreater(side(down, (0.9, 0.5)), 0)
        self.assertLess(side(down, (0.1, 0.5)), 0)

    def test_going_up_the_picture_is_in_and_the_time_lies_between_the_frames(self):
        ((at, direction),) = crossings(RIGHT_TO_LEFT, [(1.0, (0.5, 0.8)), (1.04, (0.5, 0.72)), (1.08, (0.5, 0.68))])
        self.assertEqual(direction, 'in')
        self.assertAlmostEqual(at, 1.06)

    def test_coming_down_is_out_and_a_turned_line_turns_the_direction(self):
        path = [(0.0, (0.5, 0.6)), (1.0, (0.5, 0.8))]
        self.assertEqual([d for _, d in crossings(RIGHT_TO_LEFT, path)], ['out'])
        self.assertEqual([d for _, d in crossings(RIGHT_TO_LEFT[::-1], path)], ['in'])

    def test_a_path_on_one_side_crosses_nothing_and_back_again_counts_twice(self):
        self.assertEqual(crossings(RIGHT_TO_LEFT, [(0.0, (0.5, 0.9)), (1.0, (0.5, 0.8))]), [])
        there_and_back = crossings(RIGHT_TO_LEFT, [(0.0, (0.5, 0.8)), (1.0, (0.5, 0.6)), (2.0, (0.5, 0.8))])
        self.assertEqual([d for _, d in there_and_back], ['in', 'out'])

    def test_bottom_centre_is_in_shares_of_the_picture(self):
        self.assertEqual(bottom_centre([100, 200, 200, 300], (400, 1000)), (0.5, 0.5))


def track(widths, visible=1.0, text='30G68215'):
    """Frames of a vehicle that goes up the picture of 1000 x 1000 pixels, crossing y = 700 between the two middle frames."""
    n = len(widths)
    return [
        (
            k / 25,
            dict(
                box=[400, 0, 100, 700 + 10 * (n // 2 - k) - 5],
                plate=None if text is None else dict(text=text, layout='one_line', width=w, visible=visible),
            ),
        )
        for k, w in enumerate(widths)
    ]


def passed(frames):
    return pass_of('da-phuc', 'hn-sedan', 'car', RIGHT_TO_LEFT, (1000, 1000), START, frames)


class Pass(unittest.TestCase):
    def test_plate_is_that_of_the_frame_nearest_the_crossing(self):
        p = passed(track([150, 140, 130, 120, 110, 100]))
        self.assertEqual(
            (p['direction'], p['plate'], p['verdict'], p['layout']), ('in', '30G68215', 'outside', 'one_line')
        )
        self.assertIn(p['plate_width_px'], (130, 120))
        self.assertEqual((p['plate_px_max'], p['plate_visible'], p['readable']), (150, 1.0, True))
        self.assertTrue(p['crossed_at'].startswith('2026-03-14T09:30:00.') and p['crossed_at'].endswith('+07:00'))

    def test_narrow_or_covered_plates_are_not_readable(self):
        self.assertFalse(passed(track([39] * 8))['readable'])
        covered = passed(track([150] * 8, visible=0.9))
        self.assertEqual((covered['readable'], covered['plate_px_max'], covered['plate']), (False, 0.0, '30G68215'))
        self.assertFalse(passed(track([150] * 4))['readable'], 'too few frames')

    def test_without_a_plate_the_verdict_stays_open(self):
        p = passed(track([0] * 6, text=None))
        self.assertEqual(
            (p['plate'], p['layout'], p['plate_width_px'], p['verdict']), (None, None, None, 'undetermined')
        )

    def test_no_crossing_no_pass(self):
        self.assertIsNone(passed(track([150] * 6)[:2]))

    def test_verdicts(self):
        self.assertEqual(
            [verdict_of(p) for p in ('20A45127', '97C03391', '30G68215', 'TM2345', 'T2002318', '29441NG02', '80A01752')],
            ['home', 'home', 'outside', 'no_province', 'no_province', 'no_province', 'no_province'],
        )
        self.assertEqual([verdict_of(p) for p in ('桂A5K273', None)], ['foreign', 'undetermined'])

    def test_mud_blur_and_trailers(self):
        def with_(**more):
            frames = track([150] * 8)
            for _, v in frames:
                v['plate'].update(more)
            return passed(frames)

        self.assertEqual((with_(cover=0.6)['plate'], with_(cover=0.6)['readable']), ('30G68215', False))
        self.assertEqual((with_(cover=1.0)['plate'], with_(cover=1.0)['verdict']), (None, 'undetermined'))
        self.assertFalse(with_(blur_mm=25.0)['readable'])
        self.assertTrue(with_(blur_mm=12.0)['readable'])
        of_trailer = with_(trailer=True)
        self.assertEqual(
            (of_trailer['plate'], of_trailer['trailer_plate'], of_trailer['readable']), (None, '30G68215', False)
        )

    def test_back_over_the_line_takes_the_crossing_back(self):
        frames = track([150] * 6)
        back = [(t + 1.0, v) for t, v in frames[::-1]]
        self.assertIsNone(passed(frames + [(1.0 + k / 25, v) for k, (_, v) in enumerate(back)]))
        self.assertEqual(
            [verdict_of(p) for p in ('20A45127', None)], ['home', 'undetermined']
        )

    def test_wall_time_keeps_the_zone(self):
        self.assertEqual(wall_time(START, 61.5), '2026-03-14T09:31:01.500+07:00')


def at(second, camera, direction, plate):
    return dict(
        id='%s-%d' % (camera, second),
        camera=camera,
        direction=direction,
        plate=plate,
        verdict=verdict_of(plate),
        crossed_at=wall_time(START, second),
    )


class Journeys(unittest.TestCase):
    def states(self, *passes):
        return [
            (j['plate'], j['passes'], j['entered_at'] is not None, j['left_at'] is not None, j['state'])
            for j in journeys_of(passes, {'gate': 'Cầu A', 'rear': 'Cầu A', 'other': 'Cầu B'})
        ]

    def test_in_town_out(self):
        self.assertEqual(
            self.states(
                at(1, 'gate', 'in', '30G68215'), at(9, 'town', 'in', '30G68215'), at(20, 'gate', 'out', '30G68215')
            ),
            [('30G68215', ['gate-1', 'town-9', 'gate-20'], True, True, 'left')],
        )

    def test_home_opens_none(self):
        self.assertEqual(self.states(at(1, 'gate', 'in', '20A45127'), at(2, 'gate', 'in', '97C03391')), [])

    def test_first_seen_in_town_or_at_out_has_no_entry(self):
        self.assertEqual(
            self.states(
                at(1, 'town', 'out', '15A38617'), at(9, 'gate', 'out', '15A38617'), at(10, 'gate', 'out', '30K90125')
            ),
            [('15A38617', ['town-1', 'gate-9'], False, True, 'left'), ('30K90125', ['gate-10'], False, True, 'left')],
        )

    def test_out_and_in_again_are_two(self):
        self.assertEqual(
            self.states(at(1, 'gate', 'out', '30G68215'), at(9, 'gate', 'in', '30G68215')),
            [('30G68215', ['gate-1'], False, True, 'left'), ('30G68215', ['gate-9'], True, False, 'inside')],
        )

    def test_second_in_makes_the_first_lost(self):
        self.assertEqual(
            [s[-1] for s in self.states(at(1, 'gate', 'in', '30G68215'), at(31, 'gate', 'in', '30G68215'))],
            ['lost', 'inside'],
        )

    def test_the_second_camera_of_a_gate_sees_the_same_crossing(self):
        self.assertEqual(
            self.states(at(1, 'gate', 'in', '30G68215'), at(5, 'rear', 'in', '30G68215')),
            [('30G68215', ['gate-1', 'rear-5'], True, False, 'inside')],
        )
        self.assertEqual(
            [s[-1] for s in self.states(at(1, 'gate', 'in', '30G68215'), at(5, 'other', 'in', '30G68215'))],
            ['lost', 'inside'],
            'another gate is another crossing',
        )
        self.assertEqual(
            [s[-1] for s in self.states(at(1, 'gate', 'in', '30G68215'), at(31, 'rear', 'in', '30G68215'))],
            ['lost', 'inside'],
            'half a minute later it is another one',
        )

    def test_passes_without_a_plate_make_no_journey(self):
        self.assertEqual(self.states(at(1, 'gate', 'out', None), at(2, 'town', 'out', None)), [])

    def test_order_given_does_not_matter(self):
        passes = [at(1, 'gate', 'in', '30G68215'), at(9, 'town', 'in', '30G68215'), at(20, 'gate', 'out', '30G68215')]
        self.assertEqual(self.states(*passes), self.states(*passes[::-1]))


if __name__ == '__main__':
    unittest.main()
