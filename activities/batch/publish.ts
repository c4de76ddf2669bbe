import pLimit from 'p-limit';
import type { BatchActivities, PublishedRun, Run, Statistics } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore, UploadedPart } from '../stores/object-store.ts';
import { assemble, type AssembledPart } from './assembly.ts';
import { withStore, type BatchContext } from './context.ts';
import { loadPlan, readRecord, type ChunkRecord } from './ledger.ts';
import { openingsOf, withOpening } from './openings.ts';
import { chunkCount, type Plan, type PlanReference } from './plan.ts';
import { METADATA_RUN, carriedKey } from './staging.ts';

const PARALLEL_READS = 16;

/**
 * The one step that makes the copy visible. Repeatable: parts keep their numbers and bytes, and an upload that is
 * already completed is recognised by the object's metadata.
 */
export async function publish(
  context: BatchContext,
  input: Parameters<BatchActivities['publish']>[0],
): Promise<PublishedRun> {
  const { run } = input;
  return withStore(context, run.transfer.destination, async (store) => {
    const plan = await loadPlan(store, input.plan as PlanReference);
    const records = await readLedger(store, run, plan);
    const format = formatNamed(plan.destination.format);
    const openings = openingsOf(records, format, plan.destination.options);
    const opened = records.map((record, chunk) => withOpening(record, openings[chunk]!));
    const assembly = assemble(opened, format.ordered);
    const epilogue = await format.epilogue(
      opened.map((record, chunk) => ({
        position: assembly.positions[chunk]!,
        bodyBytes: record.bodyBytes,
        trailer: Buffer.from(record.trailer, 'base64'),
      })),
      plan.destination.options,
    );
    const bytes = assembly.bodyBytes + epilogue.length;
    const etag =
      (await publishedEtag(store, run, plan, bytes)) ??
      (await complete(store, run, plan, bytes, async () => {
        const parts: UploadedPart[] = [];
        for (const part of assembly.parts) {
          const last = part === assembly.parts.at(-1);
          const uploaded = await bringPart(
            store,
            run,
            plan,
            part,
            records,
            openings,
            last ? epilogue : Buffer.alloc(0),
          );
          if (uploaded !== undefined) parts.push(uploaded);
        }
        return parts;
      }));
    const { key } = plan.destination;
    return {
      objects: [{ endpoint: store.endpoint, bucket: store.bucket, key, etag, bytes }],
      statistics: totals(records, bytes),
    };
  });
}

async function readLedger(store: ObjectStore, run: Run, plan: Plan): Promise<ChunkRecord[]> {
  const limit = pLimit(PARALLEL_READS);
  const numbers = Array.from({ length: chunkCount(plan) }, (_, chunk) => chunk);
  return limit.map(numbers, (chunk) => readRecord(store, run, chunk));
}

/** Uploads a part made of carried bytes; a part uploaded while copying is there already. */
async function bringPart(
  store: ObjectStore,
  run: Run,
  plan: Plan,
  part: AssembledPart,
  records: ChunkRecord[],
  openings: Buffer[],
  epilogue: Buffer,
): Promise<UploadedPart | undefined> {
  if (part.kind === 'uploaded') return records[part.chunk]!.part!;
  const pieces = await Promise.all(
    part.chunks.map(async (chunk) => {
      const piece = await store.get(carriedKey(run, chunk));
      if (piece?.length !== records[chunk]!.carriedBytes)
        throw new TransferError('UploadLost', `what chunk ${chunk} left at ${store.location('')} is gone`);
      return Buffer.concat([openings[chunk]!, piece]);
    }),
  );
  const body = Buffer.concat([...pieces, epilogue]);
  const { key, uploadId } = plan.destination;
  return body.length === 0 ? undefined : store.uploadPart(key, uploadId!, part.number, body);
}

async function complete(
  store: ObjectStore,
  run: Run,
  plan: Plan,
  bytes: number,
  bringParts: () => Promise<UploadedPart[]>,
): Promise<string> {
  const { key, uploadId } = plan.destination;
  try {
    return (await store.completeUpload(key, uploadId!, await bringParts())).etag;
  } catch (error) {
    if (!(error instanceof TransferError) || error.code !== 'UploadLost') throw error;
    const etag = await publishedEtag(store, run, plan, bytes);
    if (etag !== undefined) return etag;
    throw error;
  }
}

/**
 * Of the object, when an attempt whose answer was lost has completed it. Asked before anything is uploaded:
 * to a part for a completed upload a store may answer by cutting the connection.
 */
async function publishedEtag(
  store: ObjectStore,
  run: Run,
  plan: Plan,
  bytes: number,
): Promise<string | undefined> {
  const object = await store.head(plan.destination.key);
  return object?.metadata[METADATA_RUN] === run.runId && object.size === bytes ? object.etag : undefined;
}

function totals(records: ChunkRecord[], bytesWritten: number): Statistics {
  const sum = (field: 'rowsRead' | 'rowsWritten' | 'bytesRead'): number =>
    records.reduce((total, record) => total + record[field], 0);
  return {
    rowsRead: sum('rowsRead'),
    rowsWritten: sum('rowsWritten'),
    bytesRead: sum('bytesRead'),
    bytesWritten,
  };
}
