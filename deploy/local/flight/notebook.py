"""What the notebook of Fybrik's sample does to read a data set: asks for it, and takes the first ticket only.

usage: notebook.py grpc://HOST:PORT ASSET [COLUMN...]

Prints the rows as JSON, one a line.
"""

import json
import sys

import pyarrow.flight as flight

address, asset, *columns = sys.argv[1:]
request = {"asset": asset, **({"columns": columns} if columns else {})}
with flight.connect(address) as client:
    info = client.get_flight_info(flight.FlightDescriptor.for_command(json.dumps(request)))
    table = client.do_get(info.endpoints[0].ticket).read_all()
for row in table.to_pylist():
    print(json.dumps(row))
