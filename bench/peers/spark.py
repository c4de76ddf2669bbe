"""Payments CSV -> Parquet with the demo's transformations by Spark. Keys come by AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY."""

import glob
import sys

from pyspark.sql import SparkSession
from pyspark.sql.functions import col, lit, md5

SCHEMA = (
    "step BIGINT, type STRING, amount DOUBLE, nameOrig STRING, oldbalanceOrg DOUBLE, newbalanceOrig DOUBLE,"
    " nameDest STRING, oldbalanceDest DOUBLE, newbalanceDest DOUBLE, isFraud BIGINT, isFlaggedFraud BIGINT"
)

jars, endpoint, source, target = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.jars", ",".join(glob.glob(f"{jars}/*.jar")))
    .config("spark.driver.memory", "2g")
    .config("spark.ui.enabled", "false")
    .config("spark.hadoop.fs.s3a.endpoint", endpoint)
    .config("spark.hadoop.fs.s3a.endpoint.region", "us-east-1")
    .config("spark.hadoop.fs.s3a.path.style.access", "true")
    # version 1 would copy every file once more at the end
    .config("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "2")
    .config("spark.sql.parquet.compression.codec", "zstd")
    .getOrCreate()
)
payments = spark.read.csv(source, schema=SCHEMA, header=True)
for name in ("nameOrig", "oldbalanceOrg", "newbalanceOrig"):
    payments = payments.withColumn(name, lit("XXXXX"))
payments.withColumn("nameDest", md5(col("nameDest"))).write.parquet(target)
spark.stop()
