#!/bin/sh
# Make the reader again: pools, training, export, calibration, measuring. Goes on where it was stopped.
#   HANHTRINH_SHARED=DIR PYTHON=.venv/bin/python ./make.sh VERSION
set -eu
cd "$(dirname "$0")"
python=${PYTHON:-python3}
version=$1
run() { nice -n 15 "$python" "$@"; }
run pools.py synthetic 0 8
run pools.py real 0 9
run pools.py camera 0 16
run pools.py wide 0 1
run pools.py rare 0 0
run pools.py empty 0 0
run pools.py camera 900 901
run pools.py wide 901 901
run pools.py synthetic 900 905
run pools.py empty 901 901
run train.py
run export.py
run calibrate.py "$version"
run confusion.py
run measure.py
