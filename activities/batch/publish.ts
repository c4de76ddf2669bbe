import pLimit from 'p-limit';
import type { BatchActivities, PublishedRun, Run, WrittenObject } from '../../workflows/contract.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { withStore, type BatchContext } from './context.ts';
import { keepReplaced } from './full/replaced.ts';
import { keepGeneration } from './generations.ts';
import { loadPlan, readRecord, storePublished, type ChunkRecord, type PublishedObject } from './ledger.ts';
import { chunkCount, type Plan, type PlanReference, type TabularPlan } from './plan.ts';
import { publishObject } from './publish-object.ts';
import { publishObjects } from './publish-objects.ts';
import { publishVerbatim } from './verbatim/publish.ts';
import type { VerbatimPlan } from './verbatim/work.ts';
import { verifyRun, type RunTotals } from './verify-run.ts';

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
    await keepGeneration(store, run);
    const keep = async (keys: string[]): Promise<void> => {
      if (run.transfer.verify === 'full') await keepReplaced(store, run, keys);
    };
    return plan.kind === 'tabular'
      ? publishRows(store, run, plan, records, keep)
      : publishBytes(context, run, store, plan, records, keep);
  });
}

type Keep = (keys: string[]) => Promise<void>;

async function publishRows(
  store: ObjectStore,
  run: Run,
  plan: TabularPlan,
  records: ChunkRecord[],
  keep: Keep,
): Promise<PublishedRun> {
  const { destination } = plan;
  const { objects } = destination;
  const { counts, checksums } = verifyRun(plan, records);
  let published: PublishedObject[];
  if (objects !== undefined)
    published = await publishObjects(store, run, destination, objects, records, keep);
  else {
    await keep([destination.key]);
    published = [await publishObject(store, run, destination, records)];
  }
  return { ...(await resultOf(store, run, objects?.prefix, published, counts)), checksums };
}

async function publishBytes(
  context: BatchContext,
  run: Run,
  store: ObjectStore,
  plan: VerbatimPlan,
  records: ChunkRecord[],
  keep: Keep,
): Promise<PublishedRun> {
  await keep(plan.objects.map(({ target }) => target));
  const published = await withStore(context, run.transfer, 'source', (source) =>
    publishVerbatim(source, store, run, plan, records),
  );
  const sum = (field: 'rowsRead' | 'rowsWritten' | 'bytesRead'): number =>
    records.reduce((total, record) => total + record[field], 0);
  const counts = { rowsRead: sum('rowsRead'), rowsWritten: sum('rowsWritten'), bytesRead: sum('bytesRead') };
  return resultOf(store, run, plan.prefix, published, counts);
}

/** `prefix`: of a result of perhaps several objects, which are remembered beside the ledger. */
async function resultOf(
  store: ObjectStore,
  run: Run,
  prefix: string | undefined,
  published: PublishedObject[],
  counts: RunTotals['counts'],
): Promise<PublishedRun> {
  const bytesWritten = published.reduce((sum, { bytes }) => sum + bytes, 0);
  if (prefix !== undefined) await storePublished(store, run, published);
  const { endpoint, bucket } = store;
  return {
    objects:
      prefix === undefined
        ? published.map((object) => ({ endpoint, bucket, ...object }))
        : [allBelow(store, prefix, bytesWritten)],
    objectCount: published.length,
    statistics: { ...counts, bytesWritten },
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
