"""Joins clips' segments and writes the truth files and the configuration: python finish.py SET FOLDER [CLIP...]. A set is one or
more stories joined by '+' (minute, town, held-out); without clips, all whose segments are all there; passes and journeys are of the
clips taken."""

import gzip
import json
import os
import subprocess
import sys

import cameras
import lights
import story as stories
from catalogue import model_of
from clip import CRF, ENCODER, SEGMENT, missing, segment_path, segments
from colours import words_of
from passes import journeys_of, passes_of_tracks

SAMPLE = os.path.dirname(cameras.HERE)
PLACES = {'market': (21.3352, 105.8762), 'bypass': (21.3381, 105.8699), 'town': (21.3312, 105.8735)}
# Noise and rain eat bits: such clips are encoded anew, coarser, as a traffic camera of 1 Mbit/s sends them.
COARSER = {'infrared': 5, 'rain': 3}
MINUTE_GATES = (('Cầu Đa Phúc', 21.3280, 105.8731, 'Hà Nội'),)


def kept(clip, frame):
    """Whether a camera that cannot keep up still sends this frame of a clip of variable rate: it stutters, and now and then it
    loses half a second. The first is always sent: `start` dates it."""
    if not clip.variable or frame == 0:
        return True
    return (frame * 7919) % 23 > 3 and not 12 <= frame % 311 < 24


# the same in the words of ffmpeg
KEPT = 'eq(n,0)+gt(mod(n*7919,23),3)*not(between(mod(n,311),12,23))'


def join(clip, path):
    """One mp4 of the raw segments, without encoding again; of a noisy clip coarser, and of one of variable rate with the frames
    dropped, encoded anew."""
    command = ['ffmpeg', '-y', '-loglevel', 'error', '-f', clip.codec, '-framerate', str(cameras.FPS), '-i', '-']
    if clip.variable or clip.light in COARSER:
        if clip.variable:
            command += ['-vf', "select='%s'" % KEPT, '-fps_mode', 'vfr']
        crf = CRF[clip.codec] + COARSER.get(clip.light, -2)
        command += ENCODER[clip.codec] + ['-crf', str(crf), '-g', str(SEGMENT), '-bf', '0', '-threads', '1']
    else:
        command += ['-c', 'copy']
    tag = ['-tag:v', 'hvc1'] if clip.codec == 'hevc' else []
    mux = subprocess.Popen(command + tag + ['-movflags', '+faststart', path], stdin=subprocess.PIPE)
    for k in segments(clip):
        with open(segment_path(clip.name, k, clip.codec), 'rb') as f:
            mux.stdin.write(f.read())
    mux.stdin.close()
    if mux.wait():
        sys.exit('ffmpeg could not join ' + path)


def frames_of(clip):
    """The truth of the clip's frames, of those that are sent."""
    out = []
    for k in segments(clip):
        with open(segment_path(clip.name, k, 'jsonl'), encoding='utf-8') as f:
            out += [json.loads(line) for line in f]
    return [f for f in out if kept(clip, f['frame'])]


def passes_of(story, clip, frames):
    tracks, camera = {}, cameras.CAMERAS[clip.camera]
    for frame in frames:
        for v in frame['vehicles']:
            tracks.setdefault(v['id'], []).append((frame['t'], v))
    found = passes_of_tracks(
        clip.label, camera.line_share(), camera.size, clip.start, tracks, story.held_out, clip.light
    )
    mono = lights.LIGHTS[clip.light].mono
    for p in found:
        p['colours'] = [] if mono else words_of(model_of(story.vehicles[p['vehicle']]).paint)
    return found


def write_lines(path, rows):
    with open(path, 'w', encoding='utf-8') as f:
        f.writelines(json.dumps(r, ensure_ascii=False) + '\n' for r in rows)


def configuration(taken, store):
    """The text of sample.toml for these (story, clip)."""
    out = ['# The sample footage of this folder: what `hanhtrinh run` and `hanhtrinh eval passages` read. Made by render/finish.py.']
    out += ['home = "Thái Nguyên"', '', '[store]', 'dir = "%s"' % store, '']
    gates = {g[0]: g for s, _ in taken for g in (s.gates or MINUTE_GATES)}
    for name in sorted({c.gate for _, c in taken if c.gate}):
        _, lat, lon, neighbour = gates[name]
        out += ['[[gate]]', 'name = "%s"' % name, 'lat = %.4f' % lat, 'lon = %.4f' % lon, 'neighbour = "%s"' % neighbour, '']
    for _, c in taken:
        camera = cameras.CAMERAS[c.camera]
        directions = {p.direction == camera.away for p in c.passes}
        faces = 'both' if len(directions) > 1 else 'rear' if True in directions else 'front'
        out += ['[[camera]]', 'name = "%s"' % c.label, 'url = "%s.mp4"' % c.name]
        out += ['role = "%s"' % ('gateway' if c.gate else 'interior')]
        out += ['gate = "%s"' % c.gate] if c.gate else ['lat = %.4f' % PLACES[c.camera][0], 'lon = %.4f' % PLACES[c.camera][1]]
        (ax, ay), (bx, by) = camera.line_share()
        out += ['faces = "%s"' % faces, 'line = [[%s, %s], [%s, %s]]' % (ax, ay, bx, by), 'start = "%s"' % c.start, '']
    return '\n'.join(out)


def finish(names, folder, wanted=()):
    """mp4s, truth and sample.toml into `folder`. The store of sample.toml is beside what cargo builds."""
    store = os.path.relpath(os.path.join(SAMPLE, '..', 'target', 'sample-store'), folder)
    truth = os.path.join(folder, 'truth')
    os.makedirs(os.path.join(truth, 'frames'), exist_ok=True)
    all_of_them = [(stories.stories()[n], c) for n in names for c in stories.stories()[n].clips]
    taken = [(s, c) for s, c in all_of_them if (c.name in wanted if wanted else not missing(c))]
    lacking = sorted(set(wanted) - {c.name for _, c in taken}) + [c.name for _, c in taken if missing(c)]
    if lacking or not taken:
        sys.exit('not rendered yet: ' + ', '.join(lacking or [c.name for _, c in all_of_them]))
    passes, about = [], []
    for s, c in taken:
        join(c, os.path.join(folder, c.name + '.mp4'))
        frames = frames_of(c)
        found = passes_of(s, c, frames)
        if c.free and {(p['vehicle'], p['direction']) for p in found} != {(p.vehicle, p.direction) for p in c.passes}:
            sys.exit('%s: planned and rendered passes differ' % c.name)
        passes += found
        about.append(dict(camera=c.label, file=c.name + '.mp4', size=cameras.CAMERAS[c.camera].size, light=c.light, held_out=s.held_out))
        lines = [json.dumps(f, separators=(',', ':'), ensure_ascii=False) for f in frames]
        # no name and no time in the header: the same truth gives the same bytes
        with open(os.path.join(truth, 'frames', c.label + '.jsonl.gz'), 'wb') as f:
            f.write(gzip.compress(('\n'.join(lines) + '\n').encode(), 9, mtime=0))
    passes.sort(key=lambda p: p['crossed_at'])
    journeys = journeys_of(passes, {c.label: c.gate for _, c in taken if c.gate})
    write_lines(os.path.join(truth, 'passes.jsonl'), passes)
    write_lines(os.path.join(truth, 'journeys.jsonl'), journeys)
    write_lines(os.path.join(truth, 'cameras.jsonl'), about)
    with open(os.path.join(folder, 'sample.toml'), 'w', encoding='utf-8') as f:
        f.write(configuration(taken, store))
    print('%s: %d clips, %d passes, %d journeys' % (folder, len(taken), len(passes), len(journeys)))


if __name__ == '__main__':
    finish(sys.argv[1].split('+'), sys.argv[2], sys.argv[3:])
