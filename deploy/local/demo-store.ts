import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
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

/** Bytes uploaded. */
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

export async function removeSample(store: DemoStore): Promise<void> {
  const client = clientOf(store);
  await client.send(new DeleteObjectCommand({ Bucket: store.bucket, Key: SOURCE_KEY }));
  await client.send(new DeleteBucketCommand({ Bucket: store.bucket }));
}

function aligned(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')).join('\n');
}
