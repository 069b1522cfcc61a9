"""One frame of a clip with its truth drawn over it, to look at: python still.py CLIP SECONDS OUT.png [bare]"""

import sys

import cv2
import numpy as np

import story as stories
from clip import seed_of, sway_of
from renderer import Renderer
from traffic import Traffic, frame_truth
from truth import read_truth


def overlay(picture, vehicles, line):
    """Draws boxes, plates and the line on a BGR picture, in place. line in pixels."""
    cv2.line(picture, *[tuple(int(c) for c in p) for p in line], (255, 0, 255), 2, cv2.LINE_AA)
    for v in vehicles:
        x, y, w, h = v['box']
        cv2.rectangle(picture, (x, y), (x + w, y + h), (0, 255, 255), 1)
        cv2.putText(
            picture,
            '%s %s %.2f' % (v['id'], v['class'], v['visible']),
            (x, max(12, y - 4)),
            0,
            0.5,
            (0, 255, 255),
            1,
            cv2.LINE_AA,
        )
        p = v['plate']
        if p:
            cv2.polylines(
                picture, [np.int32(np.round(np.array(p['corners']) * 16))], True, (0, 255, 0), 1, cv2.LINE_AA, 4
            )
            at = int(p['corners'][3][0]), int(p['corners'][3][1]) + 16
            cv2.putText(
                picture, '%s %.0f %.2f' % (p['text'], p['width'], p['visible']), at, 0, 0.5, (0, 255, 0), 1, cv2.LINE_AA
            )


if __name__ == '__main__':
    name, out = sys.argv[1], sys.argv[3]
    story, clip = stories.clip_of(name)
    traffic, renderer = Traffic(story, clip), Renderer(clip.camera, clip.light, seed_of(clip))
    for k, t in enumerate(sys.argv[2].split(',')):
        scene = traffic.scene(float(t))
        sway = sway_of(clip, float(t))
        picture = renderer.frame(scene, sway)[..., ::-1].copy()
        if 'bare' not in sys.argv:
            size = traffic.camera.size
            line = [(x * size[0], y * size[1]) for x, y in traffic.camera.line_share()]
            rows = read_truth(renderer.sight, scene, renderer.light.shutter, sway)
            overlay(picture, frame_truth(rows, story), line)
        cv2.imwrite(out.replace('.png', '_%s.png' % t) if ',' in sys.argv[2] else out, picture)
