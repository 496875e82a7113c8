#!/usr/bin/env bash
# Make the virtual environment with everything the tests and examples need: setup.sh PYTHON VENV
set -euo pipefail
python=$1 venv=$2
here=$(dirname "$0")

"$python" -c 'import ensurepip, venv' 2>/dev/null || "$here/system.sh" python3-venv
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip="$venv/bin/python -m pip install --quiet --disable-pip-version-check"
$pip torch==2.13.0 # exactly: a wheel without CUDA of it may be at hand
$pip --editable '.[toolbox,local,dask,docs,dev]'
