"""Writes a Parquet file of types that the engine lacks, and of some that it has, to the path given."""

import datetime
import decimal
import sys

import pyarrow as pa
import pyarrow.parquet

at = datetime.datetime(2024, 2, 29, 12, 0)
columns = {
    "ms": pa.array([at], pa.timestamp("ms")),
    "ms_utc": pa.array([at], pa.timestamp("ms", "UTC")),
    "us": pa.array([at], pa.timestamp("us")),
    "us_zone": pa.array([at], pa.timestamp("us", "Europe/Berlin")),
    "ns": pa.array([at], pa.timestamp("ns")),
    "ns_utc": pa.array([at], pa.timestamp("ns", "UTC")),
    "time_ms": pa.array([at.time()], pa.time32("ms")),
    "time_us": pa.array([at.time()], pa.time64("us")),
    "time_ns": pa.array([at.time()], pa.time64("ns")),
    "half": pa.array([1.5], pa.float16()),
    "fixed": pa.array([b"abc"], pa.binary(3)),
    "wide": pa.array([decimal.Decimal("1.50")], pa.decimal256(50, 2)),
    "decimal": pa.array([decimal.Decimal("1.50")], pa.decimal128(38, 2)),
    "nothing": pa.array([None], pa.null()),
    "text": pa.array(["x"], pa.large_string()),
    "list": pa.array([[at]], pa.list_(pa.timestamp("ms"))),
    "struct": pa.array([{"a": {"b": at}, "c": b"abc"}], pa.struct([("a", pa.struct([("b", pa.timestamp("ns", "UTC"))])), ("c", pa.binary(3))])),
}
old = len(sys.argv) > 2
if old:
    columns = {name: columns[name] for name in ("ns", "us", "decimal", "list")}
pa.parquet.write_table(
    pa.table(columns),
    sys.argv[1],
    **({"use_deprecated_int96_timestamps": True} if old else {"version": "2.6"}),
)
