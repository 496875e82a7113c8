#!/usr/bin/env bash
# Make the virtual environment with everything: setup.sh PYTHON VENV
set -euo pipefail
python=$1 venv=$2

if ! "$python" -m venv --help >/dev/null 2>&1 || ! "$python" -c 'import ensurepip' 2>/dev/null; then
  echo "Python's venv is missing; installing Debian's python3-venv."
  as_root=$([ "$(id -u)" = 0 ] || echo sudo)
  $as_root apt-get update -qq && $as_root apt-get install -y -qq python3-venv
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[toolbox,dev]'
