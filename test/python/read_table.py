"""Reads a table with every tool that is here: prints one JSON object, by tool, of what each saw."""

import json
import math
import sys


def plain(value):
    """Floats that JSON does not know, as words; arrays as lists."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def with_pandas(file):
    import pandas

    if file.endswith(".parquet"):
        frame = pandas.read_parquet(file)
    elif file.endswith(".csv"):
        frame = pandas.read_csv(file)
    else:
        frame = pandas.read_feather(file)
    types = {name: str(dtype) for name, dtype in frame.dtypes.items()}
    return types, {name: [plain(value) for value in frame[name]] for name in frame.columns}


def with_pyarrow(file):
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    if file.endswith(".parquet"):
        table = pyarrow.parquet.read_table(file)
    elif file.endswith(".csv"):
        table = pyarrow.csv.read_csv(file)
    elif file.endswith(".arrows"):
        table = pyarrow.ipc.open_stream(file).read_all()
    else:
        table = pyarrow.ipc.open_file(file).read_all()
    table.validate(full=True)
    types = {field.name: str(field.type) for field in table.schema}
    return types, {name: plain(column.to_pylist()) for name, column in zip(table.column_names, table.columns)}


def with_duckdb(file):
    import duckdb

    relation = duckdb.sql(f"select * from '{file}'")
    types = dict(zip(relation.columns, map(str, relation.types)))
    rows = relation.fetchall()
    values = {name: [plain(row[k]) for row in rows] for k, name in enumerate(relation.columns)}
    ((unsigned,),) = duckdb.sql(f"select count(*) from '{file}' where u > 2147483647").fetchall()
    ((finite,),) = duckdb.sql(f"select count(*) from '{file}' where isfinite(y)").fetchall()
    return types, {**values, "u > 2147483647": unsigned, "finite y": finite}


readers = {"pandas": with_pandas, "pyarrow": with_pyarrow, "duckdb": with_duckdb}
seen = {}
for tool in sys.argv[2:]:
    types, values = readers[tool](sys.argv[1])
    seen[tool] = {"types": types, "values": values}
print(json.dumps(seen))
