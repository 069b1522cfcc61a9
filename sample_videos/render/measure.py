"""What a detector that never saw our renders finds in them: YOLOX-nano, trained on COCO's photographs, on pictures of 960 pixels.
Footage that looks like a road is found as well as a road is: python measure.py [FOLDER] [--every 5] [--side 960].

Counted are vehicles of the truth at least 20 pixels high in that picture, at least .9 visible and not cut by the picture's edge; found
at a score of .3 and an IoU of .5. COCO's motorcycles are boxes of the machine alone, ours hold the rider too: a motorbike is found by
either. The net was trained on pictures of 416 pixels: what is higher than some 160 pixels in its picture it hardly finds anywhere.
The net is `teachers/yolox_nano_dyn.onnx` of the shared folder (HANHTRINH_SHARED, by default ../shared beside the repository)."""

import argparse
import gzip
import json
import os
from collections import Counter, defaultdict

import cv2
import numpy as np

import cameras
import story as stories
from placing import matrix
from traffic import Traffic, make_vehicle

SAMPLE = os.path.dirname(cameras.HERE)
REPOSITORY = os.path.dirname(SAMPLE)
NET = os.path.join('teachers', 'yolox_nano_dyn.onnx')
COCO = {2: 'car', 3: 'motorcycle', 5: 'bus', 7: 'truck'}
SCORE, IOU = 0.3, 0.5
LEAST_HEIGHT, LEAST_VISIBLE = 20, 0.9
WIDE = 'car, bus or truck'
BANDS = ((20, 40), (40, 80), (80, 160), (160, 320), (320, 10**4))  # pixels of height in the net's picture


class Detector:
    """The COCO net on pictures scaled to a longer side of `side` pixels."""

    def __init__(self, path, side):
        import onnxruntime

        self.side = side
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.net = onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])

    def __call__(self, picture):
        """[(class, [x0, y0, x1, y1] in the picture's pixels)] of a BGR picture."""
        k = self.side / max(picture.shape[:2])
        h, w = round(picture.shape[0] * k), round(picture.shape[1] * k)
        rows = -(-h // 32) * 32
        padded = np.full((rows, -(-w // 32) * 32, 3), 114, np.uint8)
        padded[:h, :w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
        y = self.net.run(None, {self.net.get_inputs()[0].name: padded.transpose(2, 0, 1)[None].astype(np.float32)})[0][0]
        cells, strides = [], []
        for stride in (8, 16, 32):
            b, a = np.mgrid[0 : rows // stride, 0 : padded.shape[1] // stride]
            cells.append(np.stack([a, b], -1).reshape(-1, 2))
            strides.append(np.full((a.size, 1), stride))
        cells, strides = np.concatenate(cells), np.concatenate(strides)
        middle, size = (y[:, :2] + cells) * strides, np.exp(y[:, 2:4]) * strides
        corner = (middle - size / 2) / k
        out = []
        for number, name in COCO.items():
            score = y[:, 4] * y[:, 5 + number]
            m = score > SCORE
            boxes = np.hstack([corner[m], size[m] / k])
            if len(boxes):
                for i in np.ravel(cv2.dnn.NMSBoxes(boxes.tolist(), score[m].tolist(), SCORE, 0.5)):
                    out.append((name, [*boxes[i, :2], *(boxes[i, :2] + boxes[i, 2:])]))
        return out


def iou(a, b):
    """Of two boxes [x0, y0, x1, y1]."""
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h)


def wilson(k, n, z=1.96):
    """95 % interval of a share."""
    p, d = k / n, 1 + z * z / n
    middle, half = p + z * z / 2 / n, z * np.sqrt(p * (1 - p) / n + z * z / 4 / n / n)
    return max(0.0, (middle - half) / d), min(1.0, (middle + half) / d)


def without_body(name, vehicle):
    """What Traffic needs of a vehicle; only motorbikes, whose machine is looked for by itself, are built."""
    return make_vehicle(name, vehicle) if vehicle.is_motorbike else {}


def machines(traffic, t):
    """{id in the frames' truth: [x0, y0, x1, y1]} of the motorbikes of a scene without their riders; nothing hides them here."""
    out = {}
    for v in traffic.scene(t):
        if 'model' in v:
            body = v['model'].V[v['model'].T == 0]
            place = matrix(v)
            q, depth = traffic.camera.project(body @ place[:3, :3].T + place[:3, 3])
            if depth.min() > 1:
                out['-'.join(v['id'])] = [*q.min(0), *q.max(0)]
    return out


class Tally:
    """Found of counted; by whatever a vehicle is asked for."""

    def __init__(self):
        self.counted, self.right, self.any = Counter(), Counter(), Counter()
        self.seen, self.taken_for = defaultdict(set), defaultdict(Counter)
        self.frames = self.on_nothing = 0

    def add(self, keys, who, right, others):
        """One vehicle in one frame: whether it was found as what it is; as what else it was found."""
        for key in keys:
            self.counted[key] += 1
            self.right[key] += right
            self.any[key] += right or bool(others)
            self.seen[key].add(who)
            if not right:
                self.taken_for[key].update(others or ['nothing'])

    def tell(self):
        """Frames of one vehicle resemble each other: the intervals, which take them for independent, are too narrow."""
        print('%d frames; %d boxes on nothing' % (self.frames, self.on_nothing))
        print('%-38s %5s %9s %6s %11s %12s  %s' % ('', 'N', 'vehicles', 'found', '95 %', 'any vehicle', 'else taken for'))
        for key in sorted(self.counted):
            n, k = self.counted[key], self.right[key]
            other = ', '.join('%s %d' % x for x in self.taken_for[key].most_common(3))
            shares = (len(self.seen[key]), k / n, *wilson(k, n), self.any[key] / n)
            print('%-38s %5d %9d %6.2f  %.2f-%.2f %12.2f  %s' % (' '.join(key), n, *shares, other))


def measure_clip(tally, detect, folder, about, every):
    """Adds one clip of a folder of footage; about: its line of truth/cameras.jsonl."""
    story, clip = stories.clip_of(about['camera'])
    traffic = Traffic(story, clip, without_body)
    scale = detect.side / max(about['size'])
    video = cv2.VideoCapture(os.path.join(folder, about['file']))
    with gzip.open(os.path.join(folder, 'truth', 'frames', about['camera'] + '.jsonl.gz'), 'rt', encoding='utf-8') as f:
        lines = f.readlines()
    for n, line in enumerate(lines):
        if not video.grab():
            raise SystemExit('%s ends at frame %d of %d' % (about['file'], n, len(lines)))
        if n % every:
            continue
        frame = json.loads(line)
        found, alone, used = detect(video.retrieve()[1]), machines(traffic, frame['t']), set()
        for v in frame['vehicles']:
            x, y, w, h = v['box']
            boxes = [[x, y, x + w, y + h]] + ([alone[v['id']]] if v['id'] in alone else [])
            overlap = [max(iou(b, box) for b in boxes) for _, box in found]
            used |= {i for i, o in enumerate(overlap) if o >= IOU - 0.2}
            height = h * scale
            if height < LEAST_HEIGHT or v['visible'] < LEAST_VISIBLE or v['cut']:
                continue
            called = [c for (c, _), o in zip(found, overlap) if o >= IOU]
            away = v['id'].endswith('-' + traffic.camera.away)
            view, kind = 'behind' if away else 'front', story.vehicles[v['vehicle']].kind
            low, high = next(b for b in BANDS if b[0] <= height < b[1])
            band = '%d-%d' % (low, high) if high < 1000 else '%d and more' % low
            keys = [(v['class'], view), (v['class'], view, band), (v['class'], 'in', about['light'])]
            keys += [(v['class'], view, kind)] * (kind != v['class'])
            if v['class'] != 'motorcycle':
                keys += [(WIDE,), (WIDE, band), (WIDE, 'in', about['light'])]
            tally.add(keys, (about['camera'], v['id']), v['class'] in called, [c for c in called if c != v['class']])
        tally.frames += 1
        tally.on_nothing += len(found) - len(used)


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument('folder', nargs='?', default=os.path.join(SAMPLE, 'town'), help='of sample.toml, clips and truth')
    p.add_argument('--side', type=int, default=960, help="pixels of the longer side of the net's picture")
    p.add_argument('--every', type=int, default=5, help='take every n-th frame')
    args = p.parse_args()
    shared = os.environ.get('HANHTRINH_SHARED', os.path.join(os.path.dirname(REPOSITORY), 'shared'))
    net = os.path.join(shared, NET)
    with open(os.path.join(args.folder, 'truth', 'cameras.jsonl'), encoding='utf-8') as f:
        clips = [json.loads(line) for line in f]
    if not os.path.exists(net):
        print('skipped %d clips: no net at %s (name the folder in HANHTRINH_SHARED)' % (len(clips), net))
        return
    tally, detect = Tally(), Detector(net, args.side)
    for about in clips:
        measure_clip(tally, detect, args.folder, about, args.every)
    tally.tell()


if __name__ == '__main__':
    main()
