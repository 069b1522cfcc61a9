"""Checks the traffic without drawing it, at 5 frames a second: python plan.py CLIP. For each pass: when and how it crosses,
least visible share within 0.5 s of it, its plate's width and visible share there."""

import sys

import cameras
import story
from passes import pass_of
from renderer import Renderer
from traffic import Traffic, frame_truth
from truth import read_truth

STEP = 5  # frames

if __name__ == '__main__':
    name = sys.argv[1]
    traffic, renderer = Traffic(name), Renderer(name)
    c, tracks = traffic.camera, {}
    for f in range(0, story.SECONDS * cameras.FPS, STEP):
        t = f / cameras.FPS
        for v in frame_truth(read_truth(renderer, traffic.scene(t)), traffic):
            tracks.setdefault((v['vehicle'], v['id'], v['class']), []).append((t, v))
    for (vehicle, track_id, cls), track in tracks.items():
        p = pass_of(c.name, vehicle, cls, c.line_share(), c.size, story.START, track)
        if p is None:
            print('%-22s does not cross' % track_id)
            continue
        at = next(q.at for q in traffic.passes if (q.vehicle + '-' + q.direction) == track_id)
        least = min(v['visible'] for t, v in track if abs(t - at) <= 0.5)
        print(
            '%-22s %s %-3s visible %.2f, box height %3d, plate %s'
            % (
                track_id,
                p['crossed_at'][14:23],
                p['direction'],
                least,
                max(v['box'][3] for t, v in track if abs(t - at) <= 0.2),
                (p['plate'], p['layout'], p['plate_width_px'], p['plate_px_max'], p['plate_visible'], p['readable']),
            )
        )
