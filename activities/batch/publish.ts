import pLimit from 'p-limit';
import type {
  BatchActivities,
  PublishedRun,
  Run,
  Statistics,
  WrittenObject,
} from '../../workflows/contract.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { withStore, type BatchContext } from './context.ts';
import { loadPlan, readRecord, type ChunkRecord } from './ledger.ts';
import { chunkCount, type Plan, type PlanReference } from './plan.ts';
import { publishObject } from './publish-object.ts';
import { publishObjects } from './publish-objects.ts';
import { publishVerbatim } from './verbatim/publish.ts';
import type { VerbatimPlan } from './verbatim/work.ts';

const PARALLEL_READS = 16;

/**
 * The one step that makes the copy visible. Repeatable: what is made has the same bytes under the same names, and what
 * is already there is recognised by its metadata.
 */
export async function publish(
  context: BatchContext,
  input: Parameters<BatchActivities['publish']>[0],
): Promise<PublishedRun> {
  const { run } = input;
  return withStore(context, run.transfer, 'destination', async (store) => {
    const plan = await loadPlan(store, input.plan as PlanReference);
    const records = await readLedger(store, run, plan);
    if (plan.kind === 'verbatim') return publishBytes(context, run, store, plan, records);
    const { objects } = plan.destination;
    if (objects === undefined) {
      const { key, etag, bytes } = await publishObject(store, run, plan.destination, records);
      return {
        objects: [{ endpoint: store.endpoint, bucket: store.bucket, key, etag, bytes }],
        objectCount: 1,
        statistics: totals(records, bytes),
      };
    }
    const { count, bytes } = await publishObjects(store, run, plan.destination, objects, records);
    return {
      objects: [allBelow(store, objects.prefix, bytes)],
      objectCount: count,
      statistics: totals(records, bytes),
    };
  });
}

async function publishBytes(
  context: BatchContext,
  run: Run,
  store: ObjectStore,
  plan: VerbatimPlan,
  records: ChunkRecord[],
): Promise<PublishedRun> {
  const published = await withStore(context, run.transfer, 'source', (source) =>
    publishVerbatim(source, store, run, plan, records),
  );
  const bytes = published.reduce((sum, object) => sum + object.bytes, 0);
  const { endpoint, bucket } = store;
  return {
    objects:
      plan.prefix === undefined
        ? published.map((object) => ({ endpoint, bucket, ...object }))
        : [allBelow(store, plan.prefix, bytes)],
    objectCount: published.length,
    statistics: totals(records, bytes),
  };
}

/** All objects by one entry: there may be thousands, and each says by its metadata whose it is. */
const allBelow = ({ endpoint, bucket }: ObjectStore, key: string, bytes: number): WrittenObject => ({
  endpoint,
  bucket,
  key,
  etag: '',
  bytes,
});

async function readLedger(store: ObjectStore, run: Run, plan: Plan): Promise<ChunkRecord[]> {
  const limit = pLimit(PARALLEL_READS);
  const numbers = Array.from({ length: chunkCount(plan) }, (_, chunk) => chunk);
  return limit.map(numbers, (chunk) => readRecord(store, run, chunk));
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
