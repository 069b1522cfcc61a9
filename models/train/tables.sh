#!/bin/sh
# Make the figures of docs/accuracy.md again: reader, detector, painted numbers, peers, the program on the pictures held out, simulated
# journeys. What it prints goes to tables/NAME.txt, sheets of the worst cases to reader/work/worst and detector/work/worst:
# all ignored by git, as they show plates of real people. A table that is there is left alone, so a run that was cut off
# goes on; a step that fails is told at the end and does not stop the others.
#   HANHTRINH_SHARED=DIR READER_PYTHON=... DETECTOR_PYTHON=... PEERS_PYTHON=... ./tables.sh [NAME...]
# Pythons: environments of reader/, detector/ and peers/requirements.txt. The program: `cargo build --release`, and
# `cargo xtask setup` before it.
set -u
cd "$(dirname "$0")"
here=$PWD
root=$(cd ../.. && pwd)
program=${HANHTRINH:-$root/target/release/hanhtrinh}
: "${HANHTRINH_SHARED:=$root/../shared}"
HANHTRINH_SHARED=$(cd "$HANHTRINH_SHARED" 2>/dev/null && pwd || echo "$HANHTRINH_SHARED")
export HANHTRINH_SHARED
reader=${READER_PYTHON:-python3}
detector=${DETECTOR_PYTHON:-python3}
peers=${PEERS_PYTHON:-python3}
out=$here/tables
mkdir -p "$out"
failed=""
wanted=" $* "

# table NAME FOLDER COMMAND...: the command's output, run in the folder, becomes tables/NAME.txt.
table() {
    name=$1 folder=$2
    shift 2
    case "$wanted" in "  " | *" $name "*) ;; *) return ;; esac
    [ -e "$out/$name.txt" ] && { echo "$name: there already"; return; }
    echo "$name: $*"
    if (cd "$here/$folder" && nice -n 15 "$@") >"$out/$name.part" 2>"$out/$name.log"; then
        mv "$out/$name.part" "$out/$name.txt"
    else
        failed="$failed $name"
        tail -n 3 "$out/$name.log" >&2
    fi
}

plates() { table "plates_$1" . "$program" eval plates --images "$HANHTRINH_SHARED/data" --labels "holdout/work/tables/$1_test.tsv" $2; }

places() {
    pictures=${HANHTRINH_WORK:-$here/detector/work}/pictures
    for folder in "$pictures"/*/; do
        [ -d "$folder/labels" ] || continue
        # 40 px of a picture of 360: what lies farther off is neither asked for nor punished.
        table "detect_$(basename "$folder")" . "$program" eval detect --min-height 0.111111111 \
            --images "$folder/images" --labels "$folder/labels"
    done
}

table labels holdout "$reader" tables.py
plates one_line --crop
plates motorbike ""
table reader reader "$reader" measure.py
table reader_worst reader "$reader" worst.py
table detector_pictures detector "$detector" pictures.py
places
table detector_agrees detector "$detector" agree.py "$program"
table detector_records detector "$detector" prepare.py
table detector detector "$detector" evaluate.py ../../detector.onnx coco lp yunet
table detector_gate detector "$detector" gate.py ../../detector.onnx lp yunet
table detector_false detector "$detector" false_plates.py ../../detector.onnx
worst=${HANHTRINH_WORK:-$here/detector/work}/worst
mkdir -p "$worst"
table detector_worst detector "$detector" look.py ../../detector.onnx "$worst/suspects.png" --suspects
table sample_videos ../.. "$program" eval passages --config sample_videos/sample.toml --truth sample_videos/truth
table town ../.. "$program" eval passages --config sample_videos/town/sample.toml --truth sample_videos/town/truth
table painted painted "$reader" footage.py ../../../sample_videos/town
table peers peers "$peers" peers.py
for errors in 1 3 10; do
    table "journeys_30_days_$errors" ../.. cargo xtask simulate --days 30 --per-day 20000 --seed 11 --batch 5000 --read-errors $errors
    table "journeys_10_days_$errors" ../.. cargo xtask simulate --days 10 --per-day 10000 --seed 12 --read-errors $errors
    table "verdicts_$errors" ../.. cargo xtask simulate --days 10 --per-day 10000 --seed 12 --oversample-codes --read-errors $errors
done
[ -z "$failed" ] || { echo "failed:$failed (see tables/*.log)" >&2; exit 1; }
