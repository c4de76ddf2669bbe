import { randomUUID } from 'node:crypto';
import type { Run } from '../../workflows/contract.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { uploadsOf, type Plan, type RecordedUpload } from './plan.ts';
import { uploadKey } from './staging.ts';

/** Keys on which uploads may be open that nobody knows: their worker died, or the store's answer was lost. */
interface OpeningRecord {
  opening: string[];
  /** ISO 8601; none of them is older. */
  since: string;
}

/** Written before uploads are opened, so that whatever comes of it can be found. */
export async function recordOpening(store: ObjectStore, run: Run, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await write(store, run, { opening: [...keys], since: run.startedAt });
}

/** Written when an upload is open that no plan names. */
export async function recordUpload(store: ObjectStore, run: Run, upload: RecordedUpload): Promise<void> {
  await write(store, run, upload);
}

async function write(store: ObjectStore, run: Run, record: OpeningRecord | RecordedUpload): Promise<void> {
  await store.put(uploadKey(run, randomUUID()), Buffer.from(JSON.stringify(record)));
}

/** What a stored plan or a record tells of uploads; of a text that is neither, nothing. */
export function readUploads(text: Buffer): { recorded: RecordedUpload[]; opening?: OpeningRecord } {
  try {
    const record = JSON.parse(text.toString()) as Plan | OpeningRecord | RecordedUpload;
    if ('kind' in record) return { recorded: uploadsOf(record) };
    return 'opening' in record ? { recorded: [], opening: record } : { recorded: [record] };
  } catch {
    return { recorded: [] };
  }
}
