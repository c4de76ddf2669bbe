import { createHash } from 'node:crypto';
import type { VerifiedSlice } from '../../../workflows/contract/receipt.ts';
import { TransferError } from '../../failures.ts';
import type { ObjectStore } from '../../stores/object-store.ts';
import { connectS3 } from '../../stores/s3/s3-store.ts';
import type { EngineJob } from '../jobs.ts';
import { partRange, type VerbatimWork } from '../verbatim/work.ts';
import { readingBack } from './failed.ts';

type Piece = VerbatimWork['pieces'][number];

/** Reads a chunk of a copy byte for byte on both sides. SourceChanged when the source is another by now. */
export async function verifyBytes(job: Extract<EngineJob, { type: 'verifyBytes' }>): Promise<VerifiedSlice> {
  const source = connectS3(job.source);
  const destination = connectS3(job.destination);
  try {
    for (const piece of job.work.pieces) await verifyPiece(source, destination, piece);
    return { rows: job.work.pieces.filter(({ part }) => part === 0).length, sums: [] };
  } finally {
    source.close();
    destination.close();
  }
}

async function verifyPiece(
  source: ObjectStore,
  destination: ObjectStore,
  { object, part }: Piece,
): Promise<void> {
  const { target, size } = object;
  const { start, end } = partRange(object, part);
  const location = destination.location(target);
  const copy = await destination.head(target);
  if (copy?.size !== size)
    throw new TransferError(
      'VerificationFailed',
      `${location} has ${copy?.size ?? 'no'} bytes, and ${source.location(object.key)} has ${size}`,
    );
  const [read, written] = await Promise.all([
    digestOf(source, object, start, end),
    readingBack(location, () => digestOf(destination, copy, start, end)),
  ]);
  if (read !== written)
    throw new TransferError(
      'VerificationFailed',
      `${location} differs from ${source.location(object.key)} in bytes ${start} to ${end}`,
    );
}

async function digestOf(
  store: ObjectStore,
  object: Parameters<ObjectStore['open']>[0],
  start: number,
  end: number,
): Promise<string> {
  const hash = createHash('sha256');
  if (start < end) for await (const piece of await store.open(object).read(start, end)) hash.update(piece);
  return hash.digest('hex');
}
