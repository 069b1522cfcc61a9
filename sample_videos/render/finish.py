"""Joins a clip's segments and writes the truth files: python finish.py. Needs all segments of all clips (see make.sh)."""

import gzip
import json
import os
import subprocess
import sys

import cameras
import story
from clip import segment_path, segments
from passes import journeys_of, pass_of

SAMPLE = os.path.dirname(cameras.HERE)
TRUTH = os.path.join(SAMPLE, 'truth')


def join(name, path, count):
    """One mp4 of the first `count` raw H.264 segments, without encoding again."""
    mux = subprocess.Popen(
        [
            'ffmpeg',
            '-y',
            '-loglevel',
            'error',
            '-f',
            'h264',
            '-framerate',
            str(cameras.FPS),
            '-i',
            '-',
            '-c',
            'copy',
            '-movflags',
            '+faststart',
            path,
        ],
        stdin=subprocess.PIPE,
    )
    for k in range(count):
        with open(segment_path(name, k, 'h264'), 'rb') as f:
            mux.stdin.write(f.read())
    mux.stdin.close()
    if mux.wait():
        sys.exit('ffmpeg could not join ' + path)


def frames_of(name, count):
    """The truth lines of the first `count` segments."""
    out = []
    for k in range(count):
        with open(segment_path(name, k, 'jsonl')) as f:
            out += f.read().splitlines()
    return out


def passes_of(name, lines):
    """Passes of one clip, from its frames' truth."""
    c, tracks = cameras.CAMERAS[name], {}
    for line in lines:
        frame = json.loads(line)
        for v in frame['vehicles']:
            tracks.setdefault(v['id'], []).append((frame['t'], v))
    found = [
        pass_of(c.name, t[0][1]['vehicle'], t[0][1]['class'], c.line_share(), c.size, story.START, t)
        for t in tracks.values()
    ]
    return sorted((p for p in found if p), key=lambda p: p['crossed_at'])


def write_lines(path, rows):
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines(json.dumps(r, ensure_ascii=False) + '\n' for r in rows)


def finish(folder=SAMPLE, count=None):
    """mp4s and truth into `folder`; count: only so many segments of each clip (a first look)."""
    count = count or len(segments())
    truth = os.path.join(folder, 'truth')
    os.makedirs(os.path.join(truth, 'frames'), exist_ok=True)
    passes = []
    for name, c in cameras.CAMERAS.items():
        join(name, os.path.join(folder, name + '.mp4'), count)
        lines = frames_of(name, count)
        found = passes_of(name, lines)
        planned = {(p.vehicle, p.direction) for p in story.PASSES if p.camera == name}
        if count == len(segments()) and {(p['vehicle'], p['direction']) for p in found} != planned:
            sys.exit('%s: planned and rendered passes differ' % name)
        passes += found
        # no name and no time in the header: the same truth gives the same bytes
        with open(os.path.join(truth, 'frames', c.name + '.jsonl.gz'), 'wb') as f:
            f.write(gzip.compress(('\n'.join(lines) + '\n').encode(), 9, mtime=0))
    passes.sort(key=lambda p: p['crossed_at'])
    journeys = journeys_of(passes, {cameras.CAMERAS['gate'].name})
    write_lines(os.path.join(truth, 'passes.jsonl'), passes)
    write_lines(os.path.join(truth, 'journeys.jsonl'), journeys)
    print('%d passes, %d journeys' % (len(passes), len(journeys)))


if __name__ == '__main__':
    finish(*(sys.argv[1:2] or [SAMPLE]), *[int(n) for n in sys.argv[2:3]])
