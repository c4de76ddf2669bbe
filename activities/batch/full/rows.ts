import type { VerifiedSlice } from '../../../workflows/contract/receipt.ts';
import { checksumsOf } from '../../engine/checksums.ts';
import { withEngine } from '../../engine/duckdb.ts';
import { engineError } from '../../engine/errors.ts';
import { TransferError } from '../../failures.ts';
import { formatNamed } from '../../registry.ts';
import type { ObjectStore } from '../../stores/object-store.ts';
import type { S3Connection } from '../../stores/s3/client.ts';
import { connectS3 } from '../../stores/s3/s3-store.ts';
import { fetchPieces, oneAtATime } from '../convert.ts';
import { describeSource } from '../describe-source.ts';
import type { EngineSettings } from '../engine-settings.ts';
import type { EngineJob } from '../jobs.ts';
import type { PlannedSource } from '../plan.ts';
import { withScratch } from '../scratch.ts';
import { readingBack } from './failed.ts';

type DescribeJob = Extract<EngineJob, { type: 'describePublished' }>;
type VerifyJob = Extract<EngineJob, { type: 'verifyChunk' }>;

export async function describePublished(job: DescribeJob, settings: EngineSettings): Promise<PlannedSource> {
  return at(job.destination, settings, (store, directory) => describeAt(store, directory, job, settings));
}

export async function verifyChunk(job: VerifyJob, settings: EngineSettings): Promise<VerifiedSlice> {
  return at(job.destination, settings, (store, directory) => verifyAt(store, directory, job, settings));
}

async function at<T>(
  destination: S3Connection,
  { scratchDirectory }: EngineSettings,
  work: (store: ObjectStore, directory: string) => Promise<T>,
): Promise<T> {
  const store = connectS3(destination);
  try {
    return await withScratch(scratchDirectory, (directory) => work(store, directory));
  } finally {
    store.close();
  }
}

/** Cuts what was published into chunks, as a source is. */
export async function describeAt(
  store: ObjectStore,
  directory: string,
  { secrets, format, options, columns, objects }: Omit<DescribeJob, 'destination' | 'type'>,
  { engineMemory, chunkBytes }: Pick<EngineSettings, 'engineMemory' | 'chunkBytes'>,
): Promise<PlannedSource> {
  const found = objects.map(({ key, etag, bytes }) => ({ key, etag, size: bytes }));
  return readingBack(store.location(objects[0]!.key), () =>
    withEngine({ directory, memoryLimit: engineMemory }, async (engine) => {
      const known = { dataFormat: format, options, hints: {}, rowNumbers: false, written: columns };
      const asked = { ...known, secrets, chunkBytes, engine, directory };
      return (await describeSource(store, { objects: found, prefix: '' }, asked)).planned;
    }),
  );
}

/** Counts and sums up what a chunk of the published objects holds. */
export async function verifyAt(
  store: ObjectStore,
  directory: string,
  { secrets, format: name, pieces, columns }: Omit<VerifyJob, 'destination' | 'type'>,
  { engineMemory }: Pick<EngineSettings, 'engineMemory'>,
): Promise<VerifiedSlice> {
  const format = formatNamed(name);
  const { location } = pieces[0]!.source;
  return readingBack(location, async () => {
    const fetched = (await fetchPieces(store, format, { pieces }, directory, secrets)).map(
      (piece) => piece.fetched,
    );
    const compared = columns.map((column) => format.compared(column, 'file'));
    const found = await oneAtATime(() =>
      withEngine({ directory, memoryLimit: engineMemory }, async (engine) => {
        const sums = columns.map(() => 0n);
        // one by one: what the types of timestamps are read as depends on an object's values
        for (const { relation } of fetched)
          for (const [column, sum] of (await checksumsOf(engine, relation, compared)).entries())
            sums[column]! += BigInt(sum);
        return sums;
      }),
    ).catch((error: unknown) => {
      throw unreadable(engineError(error as Error, location));
    });
    return { rows: fetched.reduce((sum, { rows }) => sum + rows, 0), sums: found.map(String) };
  });
}

/** What DDC has written and the engine cannot read is damaged, however the engine puts it. */
function unreadable(error: TransferError): TransferError {
  return error.code === 'Internal' ? new TransferError('MalformedData', error.message) : error;
}
