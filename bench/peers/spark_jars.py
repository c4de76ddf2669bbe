"""Has Spark fetch packages from Maven Central: packages, directory."""

import sys

from pyspark.sql import SparkSession

packages, directory = sys.argv[1:]
(
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.jars.packages", packages)
    .config("spark.jars.ivy", directory)
    .getOrCreate()
    .stop()
)
