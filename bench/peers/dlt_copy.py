"""Payments CSV -> Parquet with the demo's transformations by dlt, in Arrow batches. Keys come by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY."""

import hashlib
import os
import sys

import dlt
import pyarrow
import pyarrow.csv
import s3fs
from dlt.common.configuration.specs import AwsCredentials
from dlt.destinations import filesystem

BLOCK_BYTES = 16 * 1024 * 1024

endpoint, source, target, directory = sys.argv[1:]


@dlt.resource(name="payments")
def payments():
    store = s3fs.S3FileSystem(endpoint_url=endpoint, default_block_size=BLOCK_BYTES)
    with store.open(source, "rb") as file:
        options = pyarrow.csv.ReadOptions(block_size=BLOCK_BYTES)
        for batch in pyarrow.csv.open_csv(file, read_options=options):
            yield masked(pyarrow.Table.from_batches([batch]))


def masked(table):
    hidden = pyarrow.array(["XXXXX"] * len(table))
    for name in ("nameOrig", "oldbalanceOrg", "newbalanceOrig"):
        table = table.set_column(table.schema.get_field_index(name), name, hidden)
    digests = [hashlib.md5(value.encode()).hexdigest() for value in table["nameDest"].to_pylist()]
    return table.set_column(table.schema.get_field_index("nameDest"), "nameDest", pyarrow.array(digests))


credentials = AwsCredentials(
    aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
    aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
    endpoint_url=endpoint,
    region_name="us-east-1",
)
pipeline = dlt.pipeline(
    "payments",
    pipelines_dir=directory,
    destination=filesystem(bucket_url=target, credentials=credentials),
    dataset_name="data",
)
pipeline.run(payments(), loader_file_format="parquet").raise_on_failed_jobs()
