"""Compares an ORC file with a Parquet file that has the rows it should have; prints what was found as JSON."""

import json
import sys

import pyarrow as pa
import pyarrow.orc
import pyarrow.parquet


def comparable(array):
    """Instants as nanoseconds, which Python's own type cannot hold; everything else as it prints."""
    if pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("ns", array.type.tz)).cast(pa.int64())
    return [repr(value) for value in array.to_pylist()]


def difference(name, found, expected):
    for row, (one, other) in enumerate(zip(found, expected)):
        if one != other:
            return f"{name}, row {row}: {one} instead of {other}"
    return f"{name}: {len(found)} rows instead of {len(expected)}" if len(found) != len(expected) else None


orc = pa.orc.ORCFile(sys.argv[1])
table = orc.read()
expected = pa.parquet.read_table(sys.argv[2])
differences = [
    difference(name, comparable(table[name]), comparable(expected[name])) for name in expected.column_names
]
print(
    json.dumps(
        {
            "rows": orc.nrows,
            "stripes": orc.nstripes,
            "compression": orc.compression,
            "version": orc.file_version,
            "columns": {field.name: str(field.type) for field in table.schema},
            "differences": [text for text in differences if text],
        }
    )
)
