"""Serves data sets of object stores over Arrow Flight as Fybrik's Arrow Flight module does, for the walk-through in
docs/multicluster.md: the schema is that of the first object, and every object is one endpoint with a ticket of its own.

usage: reader.py ASSETS.json [PORT]

ASSETS.json, readable by its owner only, because it holds credentials:
  {"<asset>": {"endpoint": "http://host:port", "bucket": ..., "objectKey": ..., "format": "parquet" or "csv",
               "access_key": ..., "secret_key": ..., "region": ...}}
"""

import json
import sys
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.dataset
import pyarrow.flight as flight
from pyarrow import fs


class DataSet:
    def __init__(self, asset):
        endpoint = urlsplit(asset["endpoint"])
        self._store = fs.S3FileSystem(
            scheme=endpoint.scheme,
            endpoint_override=endpoint.netloc,
            region=asset.get("region", "us-east-1"),
            access_key=asset["access_key"],
            secret_key=asset["secret_key"],
        )
        self._path = f"{asset['bucket']}/{asset['objectKey'].rstrip('/')}"
        self._format = asset["format"]

    def objects(self):
        """Everything below the path that holds data, whatever its name; else the path is that of one object."""
        below = fs.FileSelector(self._path, allow_not_found=True, recursive=True)
        found = [info for info in self._store.get_file_info(below) if info.type == fs.FileType.File and info.size > 0]
        return sorted(info.path for info in found) or [self._path]

    def open(self, path):
        return pyarrow.dataset.dataset(path, filesystem=self._store, format=self._format)


class Reader(flight.FlightServerBase):
    def __init__(self, location, assets):
        super().__init__(location)
        self._assets = assets

    def get_flight_info(self, context, descriptor):
        wanted = json.loads(descriptor.command)
        data_set = self._data_set(wanted)
        paths = data_set.objects()
        schema = data_set.open(paths[0]).schema
        columns = wanted.get("columns") or schema.names
        tickets = [{"asset": wanted["asset"], "path": path, "columns": columns} for path in paths]
        return flight.FlightInfo(
            pa.schema([schema.field(column) for column in columns]),
            descriptor,
            [flight.FlightEndpoint(json.dumps(ticket).encode(), []) for ticket in tickets],
            -1,
            -1,
        )

    def do_get(self, context, ticket):
        wanted = json.loads(ticket.ticket)
        rows = self._data_set(wanted).open(wanted["path"]).scanner(columns=wanted["columns"])
        return flight.RecordBatchStream(rows.to_reader())

    def _data_set(self, wanted):
        asset = self._assets.get(wanted["asset"])
        if asset is None:
            raise flight.FlightServerError(f"there is no asset {wanted['asset']}")
        return DataSet(asset)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        assets = json.load(file)
    port = sys.argv[2] if len(sys.argv) > 2 else "0"
    reader = Reader(f"grpc://127.0.0.1:{port}", assets)
    print(f"reader ready: grpc://127.0.0.1:{reader.port}", flush=True)
    reader.serve()


main()
