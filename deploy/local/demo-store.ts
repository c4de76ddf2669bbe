import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  paginateListObjectsV2,
} from '@aws-sdk/client-s3';
import { DuckDBInstance } from '@duckdb/node-api';
import { writeFileSync } from 'node:fs';
import { DESTINATION_KEY, SOURCE_KEY, type DemoStore } from './demo-transfer.ts';
import { paymentsCsv } from './payments.ts';

const clientOf = (store: DemoStore): S3Client =>
  new S3Client({
    endpoint: store.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: store.accessKey, secretAccessKey: store.secretKey },
  });

export async function bucketExists(store: DemoStore): Promise<boolean> {
  try {
    await clientOf(store).send(new HeadBucketCommand({ Bucket: store.bucket }));
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return false;
    throw error;
  }
}

/** Bytes uploaded, into a new bucket. */
export async function uploadSample(store: DemoStore, rows: number): Promise<number> {
  const client = clientOf(store);
  const body = Buffer.from([...paymentsCsv(rows)].join(''));
  await client.send(new CreateBucketCommand({ Bucket: store.bucket }));
  await client.send(new PutObjectCommand({ Bucket: store.bucket, Key: SOURCE_KEY, Body: body }));
  return body.length;
}

/** The first rows of the result, as text with columns aligned. */
export async function firstRows(store: DemoStore, file: string, count: number): Promise<string> {
  const answer = await clientOf(store).send(
    new GetObjectCommand({ Bucket: store.bucket, Key: DESTINATION_KEY }),
  );
  writeFileSync(file, await answer.Body!.transformToByteArray());
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(
      `SELECT * FROM read_parquet('${file.replaceAll("'", "''")}') LIMIT ${count}`,
    );
    return aligned([reader.columnNames(), ...reader.getRows().map((row) => row.map(String))]);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** With all that is in it; nothing when the demo did not get so far as to make it. */
export async function removeBucket(store: DemoStore): Promise<void> {
  if (!(await bucketExists(store))) return;
  const client = clientOf(store);
  for await (const page of paginateListObjectsV2({ client }, { Bucket: store.bucket }))
    for (const { Key } of page.Contents ?? [])
      await client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key }));
  await client.send(new DeleteBucketCommand({ Bucket: store.bucket }));
}

function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}
