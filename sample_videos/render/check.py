"""Checks a set of footage, with nothing but Python: python3 check.py [FOLDER]. The line of sample.toml and the frames' boxes must give
every pass of truth/passes.jsonl, its time and direction; the journeys must follow from the passes."""

import gzip
import json
import os
import sys
import tomllib
from datetime import datetime

from passes import bottom_centre, crossings, journeys_of, verdict_of

SAMPLE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def lines_of(folder, *path):
    opener = gzip.open if path[-1].endswith('.gz') else open
    with opener(os.path.join(folder, *path), 'rt', encoding='utf-8') as f:
        return [json.loads(l) for l in f]


def main(folder=SAMPLE):
    with open(os.path.join(folder, 'sample.toml'), 'rb') as f:
        config = tomllib.load(f)
    passes, faults = lines_of(folder, 'truth', 'passes.jsonl'), []
    sizes = {c['camera']: c['size'] for c in lines_of(folder, 'truth', 'cameras.jsonl')}
    for camera in config['camera']:
        name, tracks, got = camera['name'], {}, {}
        start = datetime.fromisoformat(camera['start'])
        for frame in lines_of(folder, 'truth', 'frames', name + '.jsonl.gz'):
            for v in frame['vehicles']:
                tracks.setdefault(v['id'], []).append((frame['t'], bottom_centre(v['box'], sizes[name])))
        for track, points in tracks.items():
            found = crossings(camera['line'], points)
            if len(found) % 2:  # back over the line in the same track takes a crossing back
                vehicle = track.rsplit('-', 1)[0]
                got['%s-%s-%s' % (name, vehicle, found[-1][1])] = found[-1]
        mine = [p for p in passes if p['camera'] == name]
        if {p['id'] for p in mine} != set(got):
            faults.append('%s: passes and crossings differ: %s' % (name, {p['id'] for p in mine} ^ set(got)))
            continue
        for p in mine:
            at, direction = got[p['id']]
            late = (datetime.fromisoformat(p['crossed_at']) - start).total_seconds() - at
            if direction != p['direction'] or abs(late) > 0.02:
                faults.append(
                    '%s: %s by the line, %s in the truth, %.3f s apart' % (p['id'], direction, p['direction'], late)
                )
            if p['verdict'] != verdict_of(p['plate']):
                faults.append(p['id'] + ': verdict')
    gateways = {c['name']: c['gate'] for c in config['camera'] if c['role'] == 'gateway'}
    if journeys_of(passes, gateways) != lines_of(folder, 'truth', 'journeys.jsonl'):
        faults.append('journeys.jsonl does not follow from passes.jsonl')
    print('\n'.join(faults) or '%d passes agree with the line and the frames; journeys follow' % len(passes))
    return bool(faults)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:2]))
