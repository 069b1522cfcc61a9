"""Renders one clip in segments of 2 s, each a raw video stream and its frames' truth; what exists is kept, so an interrupted run
goes on where it was: python clip.py CLIP [first last] (segments)."""

import json
import os
import subprocess
import sys
import time
import zlib

import cameras
import lights
import story as stories
from renderer import Renderer
from traffic import Traffic, frame_truth
from truth import read_truth

SEGMENT = 50  # frames; each starts with a keyframe
CRF = {'h264': 31, 'hevc': 32}
ENCODER = {
    'h264': ['-c:v', 'libx264', '-preset', 'fast'],
    'hevc': ['-c:v', 'libx265', '-preset', 'fast', '-x265-params', 'log-level=error:pools=1:frame-threads=1'],
}


def folder_of(name):
    return os.path.join(cameras.STATE, 'clip_' + name)


def segment_path(name, k, ending):
    return os.path.join(folder_of(name), '%03d.%s' % (k, ending))


def segments(clip):
    return range(-(-clip.seconds * cameras.FPS // SEGMENT))


def missing(clip):
    return [k for k in segments(clip) if not os.path.exists(segment_path(clip.name, k, clip.codec))]


def encoder(size, codec, path):
    """ffmpeg that takes raw RGB frames. No B-frames, as traffic cameras send it; raw streams of one setting can be joined."""
    command = ['ffmpeg', '-y', '-loglevel', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', '%dx%d' % size]
    command += ['-r', str(cameras.FPS), '-i', '-', '-vf', 'scale=out_color_matrix=bt709:out_range=tv']
    command += ENCODER[codec] + ['-crf', str(CRF[codec]), '-g', str(SEGMENT), '-bf', '0', '-pix_fmt', 'yuv420p']
    command += ['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709', '-color_range', 'tv']
    return subprocess.Popen(command + ['-threads', '1', '-f', codec, path], stdin=subprocess.PIPE)


def seed_of(clip):
    """A number for what lies on the lens and how the pole swings; from the clip's name, not from Python's hash."""
    return zlib.crc32(clip.name.encode()) % 100000


def sway_of(clip, t):
    """Shift of the picture at its first and its last row, as the shutter rolls."""
    light = lights.LIGHTS[clip.light]
    return tuple(lights.shake_at(light, seed_of(clip), t + k * light.readout) for k in (-0.5, 0.5))


def render_segment(story, clip, k, traffic, renderer):
    renderer.reseed(k)  # noise of a segment does not depend on which were rendered before
    part = segment_path(clip.name, k, 'part')
    lines, pipe = [], encoder(traffic.camera.size, clip.codec, part)
    for f in range(k * SEGMENT, min((k + 1) * SEGMENT, clip.seconds * cameras.FPS)):
        t = f / cameras.FPS
        scene, sway = traffic.scene(t), sway_of(clip, t)
        pipe.stdin.write(renderer.frame(scene, sway).tobytes())
        rows = read_truth(renderer.sight, scene, renderer.light.shutter, sway)
        lines.append(json.dumps(dict(frame=f, t=t, vehicles=frame_truth(rows, story)), separators=(',', ':'), ensure_ascii=False))
    pipe.stdin.close()
    if pipe.wait():
        sys.exit('the encoder failed on segment %d of %s' % (k, clip.name))
    with open(segment_path(clip.name, k, 'jsonl'), 'w', encoding='utf-8') as f:
        f.write('\n'.join(lines) + '\n')
    os.replace(part, segment_path(clip.name, k, clip.codec))


def render_clip(name, wanted=None):
    """Renders the segments that are missing."""
    story, clip = stories.clip_of(name)
    os.makedirs(folder_of(name), exist_ok=True)
    todo = [k for k in missing(clip) if wanted is None or k in wanted]
    if not todo:
        return
    traffic, renderer = Traffic(story, clip), Renderer(clip.camera, clip.light, seed_of(clip))
    for k in todo:
        if os.path.exists(segment_path(name, k, clip.codec)):
            continue  # another process made it meanwhile
        t, cpu = time.time(), time.process_time()
        render_segment(story, clip, k, traffic, renderer)
        print(
            '%s: segment %d of %d, %.0f s (%.0f CPU-s)'
            % (name, k + 1, len(segments(clip)), time.time() - t, time.process_time() - cpu),
            flush=True,
        )


if __name__ == '__main__':
    render_clip(sys.argv[1], range(int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 3 else None)
