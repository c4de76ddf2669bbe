import type { PublishedRun, Run, Statistics } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { Body, ObjectStore, UploadOptions } from '../stores/object-store.ts';
import type { CopyWholeResult } from './jobs.ts';
import type { PlannedDestination } from './plan.ts';
import { isOfRun, objectMetadata } from './staging.ts';
import { joinMetadata } from './user-metadata.ts';

/** What S3 takes in one request. A multipart upload here would be one that nobody remembers after a kill. */
const MOST_BYTES = 5 * 1024 ** 3;
/** The run's counts, for an attempt after the one that got through. */
const METADATA_COUNTS = 'ddc-counts';

type Counts = Omit<Statistics, 'bytesWritten'>;

/**
 * Publishes a body as one object, atomically, and only over what the plan has seen there: an attempt that was
 * thought dead and wakes up later does no harm to what has been written since.
 */
export async function putWhole(
  store: ObjectStore,
  run: Run,
  { key, replaces }: Pick<PlannedDestination, 'key' | 'replaces'>,
  { body, bytes, options }: { body: Body; bytes: number; options: UploadOptions },
  counted: Counts,
): Promise<CopyWholeResult> {
  if (bytes > MOST_BYTES)
    throw new TransferError(
      'Unsupported',
      `${store.location(key)}: one chunk has become ${bytes} bytes; at most ${MOST_BYTES} are supported`,
    );
  const { rowsRead, rowsWritten, bytesRead } = counted;
  const counts = { [METADATA_COUNTS]: `${rowsRead} ${rowsWritten} ${bytesRead}` };
  const ours = { ...objectMetadata(run), ...counts };
  const metadata = joinMetadata(options.metadata ?? {}, ours, store.location(key));
  const condition = replaces === undefined ? { creates: true } : { replaces };
  const { etag } = await store.put(key, body, { ...options, metadata, ...condition });
  return { etag, statistics: { rowsRead, rowsWritten, bytesRead, bytesWritten: bytes } };
}

/** What an earlier attempt of this run has published; undefined when it has not. */
export async function publishedBefore(
  store: ObjectStore,
  run: Run,
  key: string,
): Promise<CopyWholeResult | undefined> {
  const object = await store.head(key);
  if (object === undefined || !isOfRun(object.metadata, run)) return undefined;
  const [rowsRead, rowsWritten, bytesRead] = (object.metadata[METADATA_COUNTS] ?? '').split(' ').map(Number);
  if (rowsRead === undefined || rowsWritten === undefined || bytesRead === undefined) return undefined;
  return { etag: object.etag, statistics: { rowsRead, rowsWritten, bytesRead, bytesWritten: object.size } };
}

/** What a run of one object has published. */
export function wholeRun(
  { endpoint, bucket }: Pick<ObjectStore, 'endpoint' | 'bucket'>,
  key: string,
  { etag, statistics, checksums }: CopyWholeResult,
): PublishedRun {
  const object = { endpoint, bucket, key, etag, bytes: statistics.bytesWritten };
  const known = checksums === undefined ? {} : { checksums };
  return { objects: [object], objectCount: 1, statistics, ...known };
}
