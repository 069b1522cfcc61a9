"""Goes through stories without drawing them: python plan.py STORY [CLIP]. With a clip: how each pass goes. Without: how many passes
and journeys there are, of which kinds."""

import sys
from collections import Counter

import story as stories
from outline import planned
from passes import journeys_of


def tell_clip(story, clip):
    found, tracks = planned(story, clip)
    by_vehicle = {p['vehicle']: p for p in found}
    for p in clip.passes:
        q = by_vehicle.get(p.vehicle)
        if q is None:
            print('%-22s planned %5.1f: crosses not' % (p.vehicle, p.at))
            continue
        print(
            '%-22s planned %5.1f %s %-3s plate %s'
            % (
                p.vehicle,
                p.at,
                q['crossed_at'][14:23],
                q['direction'],
                (q['plate'], q['layout'], q['plate_width_px'], q['plate_px_max'], q['plate_visible'], q['readable']),
            )
        )


def plan_story(story, step=5):
    """All planned passes by time and their journeys."""
    passes = [p for c in story.clips for p in planned(story, c, step)[0]]
    passes.sort(key=lambda p: p['crossed_at'])
    return passes, journeys_of(passes, {c.label: c.gate for c in story.clips if c.gate})


if __name__ == '__main__':
    story = stories.stories()[sys.argv[1]]
    if len(sys.argv) > 2:
        tell_clip(story, next(c for c in story.clips if c.name == sys.argv[2]))
    else:
        passes, journeys = plan_story(story)
        whole = sum(j['entered_at'] is not None and j['left_at'] is not None for j in journeys)
        print('%d passes, %d readable; %d journeys, %d from entry to exit' % (len(passes), sum(p['readable'] for p in passes), len(journeys), whole))
        for key in ('camera', 'light', 'direction', 'class', 'layout', 'verdict', 'readable'):
            print(key, dict(sorted(Counter(str(p[key]) for p in passes).items())))
        print('journeys', dict(Counter(j['state'] for j in journeys)))
