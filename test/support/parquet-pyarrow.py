"""What pyarrow says of Parquet files, and Parquet files that pyarrow writes; told as JSON."""

import base64
import json
import os
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.parquet.encryption as pe

ROWS = 3000


def table():
    return pa.table(
        {
            "id": pa.array(range(ROWS), pa.int64()),
            "name": pa.array([None if i % 7 == 3 else f"name {i % 50}" for i in range(ROWS)]),
            "price": pa.array([i / 4 for i in range(ROWS)]),
            "list": pa.array([[i, None] if i % 3 else [] for i in range(ROWS)], pa.list_(pa.int64())),
            "part": pa.array([{"a": i, "b": str(i)} for i in range(ROWS)]),
        }
    )


class Kms(pe.KmsClient):
    """Keeps keys in base64, and remembers what it was given."""

    keys = {}

    def __init__(self, config):
        pe.KmsClient.__init__(self)

    def wrap_key(self, key, master):
        Kms.keys[master] = base64.b64encode(key).decode()
        return base64.b64encode(key)

    def unwrap_key(self, wrapped, master):
        return base64.b64decode(wrapped)


def factory():
    return pe.CryptoFactory(lambda config: Kms(config)), pe.KmsConnectionConfig()


def write(directory):
    """Files of every kind that can be encrypted; the answer has the random keys of those with keys for columns."""
    options = {"row_group_size": 1000, "data_page_size": 2000}
    rows = table()

    def to(name):
        return os.path.join(directory, f"{name}.parquet")

    pq.write_table(rows, to("plain"), **options)
    pq.write_table(
        rows, to("indexed"), write_page_index=True, bloom_filter_options={"name": {"ndv": 100}}, **options
    )
    for algorithm in ["AES_GCM_V1", "AES_GCM_CTR_V1"]:
        for plaintext in [False, True] if algorithm == "AES_GCM_V1" else [False]:
            properties = pe.create_encryption_properties(
                b"0123456789abcdef",
                aad_prefix=b"table",
                encryption_algorithm=algorithm,
                plaintext_footer=plaintext,
            )
            name = f"{algorithm}-{'signed' if plaintext else 'sealed'}"
            for version in ["1.0", "2.0"]:
                more = {**options, "data_page_version": version, "write_page_checksum": True}
                pq.write_table(rows, to(f"{name}-{version}"), encryption_properties=properties, **more)
    properties = pe.create_encryption_properties(
        b"0123456789abcdef", aad_prefix=b"table", store_aad_prefix=False
    )
    pq.write_table(rows, to("prefix"), encryption_properties=properties, **options)
    keys = {}
    for plaintext in [False, True]:
        Kms.keys = {}
        crypto, connection = factory()
        config = pe.EncryptionConfiguration(
            footer_key="footer",
            column_keys={"name": ["name"], "price": ["price"], "part.a": ["part.a"], "part.b": ["part.b"]},
            double_wrapping=False,
            data_key_length_bits=256,
            plaintext_footer=plaintext,
        )
        properties = crypto.file_encryption_properties(connection, config)
        name = f"columns-{'signed' if plaintext else 'sealed'}"
        pq.write_table(rows, to(name), encryption_properties=properties, **options)
        keys[name] = Kms.keys
    return keys


def properties_for(keys):
    if keys.get("kms"):
        crypto, connection = factory()
        return crypto.file_decryption_properties(connection)
    if keys.get("footer"):
        return pe.create_decryption_properties(base64.b64decode(keys["footer"]))
    return None


def differences(one, other):
    names = [name for name in other.column_names if name not in one.column_names]
    return names + [name for name in one.column_names if one[name].to_pylist() != other[name].to_pylist()]


def read(path, expected, keys):
    """The rows compared with another file's; and the statistics of every row group with its rows."""
    file = pq.ParquetFile(path, decryption_properties=properties_for(json.loads(keys)))
    rows = file.read()
    wrong = []
    for number in range(file.num_row_groups):
        group = file.metadata.row_group(number)
        values = file.read_row_group(number)
        for index in range(group.num_columns):
            column = group.column(index)
            statistics = column.statistics
            if statistics is None or column.path_in_schema not in values.column_names:
                continue
            array = values[column.path_in_schema]
            found = [statistics.null_count]
            right = [array.null_count]
            if statistics.has_min_max:
                found += [statistics.min, statistics.max]
                right += list(pc.min_max(array).as_py().values())
            if [repr(value) for value in found] != [repr(value) for value in right]:
                wrong.append([number, column.path_in_schema, repr(found), repr(right)])
    group = file.metadata.row_group(0) if file.num_row_groups else None
    columns = [group.column(index) for index in range(group.num_columns)] if group else []
    return {
        "rows": rows.num_rows,
        "groups": file.num_row_groups,
        "columns": rows.column_names,
        "compressions": sorted({column.compression for column in columns}),
        "statistics": sum(column.statistics is not None for column in columns),
        "wrong": wrong,
        "differences": differences(rows, pq.read_table(expected)),
    }


print(json.dumps({"write": write, "read": read}[sys.argv[1]](*sys.argv[2:])))
