#!/usr/bin/env bash
# Makes the Python environment of the interoperability tests, once: xarray and zarr open stores, pandas, pyarrow and
# duckdb read exports. In: a folder (default .venv). Tests find it by LANEWISE_PYTHON, or at .venv; without it they are
# skipped and counted.
set -eu
folder=${1:-$(dirname "$0")/../.venv}
packages=(xarray zarr pandas pyarrow duckdb)

missing() {
  "$folder/bin/python" -c 'import sys, importlib.util as u; sys.exit(not all(map(u.find_spec, sys.argv[1:])))' \
    "${packages[@]}" 2>/dev/null && return 1
  return 0
}

if missing; then
  # The pip that is there fills the environment: one of its own, and compiled files, would take most of the time.
  [ -x "$folder/bin/python" ] || python3 -m venv --without-pip "$folder"
  python3 -m pip --python "$folder/bin/python" install --quiet --disable-pip-version-check --no-compile --retries 1 \
    "${packages[@]/#zarr/zarr>=3}"
fi
"$folder/bin/python" - "${packages[@]}" <<'PY'
import importlib.metadata, sys
print("python environment:", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in sys.argv[1:]))
PY
