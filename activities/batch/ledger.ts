import { randomUUID } from 'node:crypto';
import type { Run } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { ObjectStore, UploadedPart } from '../stores/object-store.ts';
import { chunkOfRecord, ledgerPrefix, planKey, recordKey } from './staging.ts';
import type { Plan, PlanReference } from './plan.ts';

/** One finished chunk. Written after its parts: what the ledger names is at the destination. */
export interface ChunkRecord {
  chunk: number;
  rowsRead: number;
  rowsWritten: number;
  bytesRead: number;
  bodyBytes: number;
  carriedBytes: number;
  part?: UploadedPart;
  /** Base64. */
  trailer: string;
}

export async function writeRecord(store: ObjectStore, run: Run, record: ChunkRecord): Promise<void> {
  await store.put(recordKey(run, record.chunk), Buffer.from(JSON.stringify(record)));
}

export async function readRecord(store: ObjectStore, run: Run, chunk: number): Promise<ChunkRecord> {
  const text = await store.get(recordKey(run, chunk));
  if (text === undefined)
    throw new TransferError('UploadLost', `the record of chunk ${chunk} at ${store.location('')} is gone`);
  return JSON.parse(text.toString()) as ChunkRecord;
}

export async function finishedChunks(store: ObjectStore, run: Run): Promise<Set<number>> {
  const finished = new Set<number>();
  for await (const { key } of store.list(ledgerPrefix(run))) finished.add(chunkOfRecord(key));
  return finished;
}

export async function storePlan(store: ObjectStore, run: Run, plan: Plan): Promise<PlanReference> {
  const key = planKey(run, randomUUID());
  await store.put(key, Buffer.from(JSON.stringify(plan)));
  return { kind: 'stored', key };
}

export async function loadPlan(store: ObjectStore, reference: PlanReference): Promise<Plan> {
  if (reference.kind === 'inline') return reference.plan;
  const text = await store.get(reference.key);
  if (text === undefined)
    throw new TransferError('UploadLost', `the plan at ${store.location(reference.key)} is gone`);
  return JSON.parse(text.toString()) as Plan;
}
