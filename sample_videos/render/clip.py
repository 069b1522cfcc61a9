"""Renders one clip in segments of 2 s, each a raw H.264 stream and its frames' truth; what exists is kept, so an interrupted
run goes on where it was: python clip.py CLIP [first last] (segments)."""

import json
import os
import subprocess
import sys
import time

import cameras
import story
from renderer import Renderer
from traffic import Traffic, frame_truth
from truth import read_truth

SEGMENT = 50  # frames; each starts with a keyframe
CRF = 31


def segment_path(name, k, ending):
    return os.path.join(cameras.STATE, 'clip_' + name, '%03d.%s' % (k, ending))


def segments():
    return range(-(-story.SECONDS * cameras.FPS // SEGMENT))


def encoder(size, path):
    """ffmpeg that takes raw RGB frames. No B-frames, as traffic cameras send it; raw streams of one setting can be joined."""
    return subprocess.Popen(
        [
            'ffmpeg',
            '-y',
            '-loglevel',
            'error',
            '-f',
            'rawvideo',
            '-pix_fmt',
            'rgb24',
            '-s',
            '%dx%d' % size,
            '-r',
            str(cameras.FPS),
            '-i',
            '-',
            '-vf',
            'scale=out_color_matrix=bt709:out_range=tv',
            '-c:v',
            'libx264',
            '-preset',
            'fast',
            '-crf',
            str(CRF),
            '-g',
            str(SEGMENT),
            '-bf',
            '0',
            '-pix_fmt',
            'yuv420p',
            '-colorspace',
            'bt709',
            '-color_primaries',
            'bt709',
            '-color_trc',
            'bt709',
            '-color_range',
            'tv',
            '-threads',
            '1',
            '-f',
            'h264',
            path,
        ],
        stdin=subprocess.PIPE,
    )


def render_segment(name, k, traffic, renderer):
    renderer.reseed(k)  # noise of a segment does not depend on which were rendered before
    part = segment_path(name, k, 'part')
    lines, pipe = [], encoder(traffic.camera.size, part)
    for f in range(k * SEGMENT, min((k + 1) * SEGMENT, story.SECONDS * cameras.FPS)):
        scene = traffic.scene(f / cameras.FPS)
        pipe.stdin.write(renderer.frame(scene).tobytes())
        lines.append(
            json.dumps(
                dict(frame=f, t=f / cameras.FPS, vehicles=frame_truth(read_truth(renderer, scene), traffic)),
                separators=(',', ':'),
            )
        )
    pipe.stdin.close()
    if pipe.wait():
        sys.exit('the encoder failed on segment %d of %s' % (k, name))
    with open(segment_path(name, k, 'jsonl'), 'w') as f:
        f.write('\n'.join(lines) + '\n')
    os.replace(part, segment_path(name, k, 'h264'))


def render_clip(name, wanted=None):
    """Renders the segments that are missing."""
    os.makedirs(os.path.dirname(segment_path(name, 0, '')), exist_ok=True)
    missing = [k for k in (wanted or segments()) if not os.path.exists(segment_path(name, k, 'h264'))]
    if not missing:
        return
    traffic, renderer = Traffic(name), Renderer(name)
    for k in missing:
        if os.path.exists(segment_path(name, k, 'h264')):
            continue  # another process made it meanwhile
        t, cpu = time.time(), time.process_time()
        render_segment(name, k, traffic, renderer)
        print(
            '%s: segment %d of %d, %.0f s (%.0f CPU-s)'
            % (name, k + 1, len(segments()), time.time() - t, time.process_time() - cpu),
            flush=True,
        )


if __name__ == '__main__':
    render_clip(sys.argv[1], range(int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else None)
