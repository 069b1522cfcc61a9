#!/bin/bash
# Makes ../gate.mp4, ../town.mp4 and ../truth again. What is already in state/ is kept: an interrupted run goes on where it was.
# BACKGROUND_PYTHON and RENDER_PYTHON: the pythons of the two environments (default: state/venv-*, made here where absent).
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p state

environment() {  # name, requirements: prints its python, after making the environment where it is absent
  if [ ! -x "state/venv-$1/bin/python" ]; then
    python3.11 -m venv "state/venv-$1" >&2
    "state/venv-$1/bin/pip" install --quiet -r "$2" >&2
  fi
  echo "state/venv-$1/bin/python"
}
BACKGROUND_PYTHON=${BACKGROUND_PYTHON:-$(environment background requirements-background.txt)}
RENDER_PYTHON=${RENDER_PYTHON:-$(environment render requirements.txt)}

for clip in gate town; do
  if [ ! -e "state/background_$clip/sun.exr" ]; then "$BACKGROUND_PYTHON" background.py "$clip"; fi
done
"$RENDER_PYTHON" clip.py gate &
gate=$!
"$RENDER_PYTHON" clip.py town
wait "$gate"
"$RENDER_PYTHON" finish.py
"$RENDER_PYTHON" check.py
