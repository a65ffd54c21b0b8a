#!/usr/bin/env bash
# Makes the Python environment of the interoperability tests, once: xarray and zarr open stores, pandas, pyarrow and
# duckdb read exports. In: a folder (default .venv). Tests find it by LANEWISE_PYTHON, or at .venv; without it they are
# skipped and counted.
set -eu
folder=${1:-$(dirname "$0")/../.venv}
[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check xarray 'zarr>=3' pandas pyarrow duckdb
"$folder/bin/python" -c 'import duckdb, pandas, pyarrow, xarray, zarr; print("python environment:", "xarray", xarray.__version__, "zarr", zarr.__version__)'
