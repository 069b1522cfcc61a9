#!/bin/bash
# Makes a set of footage: ./make.sh [SET [FOLDER]]. SET: minute (default; ../gate.mp4, ../town.mp4), town, held-out, or several joined by
# +. FOLDER: where to (default .. for minute, else state/SET). What is already in state/ is kept: an interrupted run goes on where it was.
# CLIPS="a b": only these. JOBS: processes side by side (default 2). RENDER_THREADS: of one background (default 2).
# BACKGROUND_PYTHON and RENDER_PYTHON: the pythons of the two environments (default: state/venv-*, made here where absent).
set -euo pipefail
cd "$(dirname "$0")"
set_name=${1:-minute}
folder=${2:-$([ "$set_name" = minute ] && echo .. || echo "state/$set_name")}
mkdir -p state "$folder"

environment() {  # name, requirements: prints its python, after making the environment where it is absent
  if [ ! -x "state/venv-$1/bin/python" ]; then
    python3.11 -m venv "state/venv-$1" >&2
    "state/venv-$1/bin/pip" install --quiet -r "$2" >&2
  fi
  echo "state/venv-$1/bin/python"
}
BACKGROUND_PYTHON=${BACKGROUND_PYTHON:-$(environment background requirements-background.txt)}
RENDER_PYTHON=${RENDER_PYTHON:-$(environment render requirements.txt)}

# one line a clip: its name and its camera
mapfile -t clips < <("$RENDER_PYTHON" -c 'import sys, story
for s in sys.argv[1].split("+"):
    for c in story.stories()[s].clips:
        if len(sys.argv) < 3 or c.name in sys.argv[2:]:
            print(c.name, c.camera)' "$set_name" ${CLIPS:-})
for camera in $(printf '%s\n' "${clips[@]}" | cut -d' ' -f2 | sort -u); do
  if [ ! -e "state/background_$camera/sun.exr" ]; then "$BACKGROUND_PYTHON" background.py "$camera"; fi
done
printf '%s\n' "${clips[@]}" | cut -d' ' -f1 | xargs -P "${JOBS:-2}" -n 1 "$RENDER_PYTHON" clip.py
"$RENDER_PYTHON" finish.py "$set_name" "$folder" ${CLIPS:-}
python3 check.py "$folder"
