import type { Run } from '../../workflows/contract.ts';

/** Outside every data set, so that readers of the data never meet it. */
const ROOT = '.ddc';

/** Everything a transfer keeps at its destination while it works. */
export const transferPrefix = (uid: string): string => `${ROOT}/${uid}/`;
export const runPrefix = (run: Run): string => `${transferPrefix(run.transfer.uid)}${run.runId}/`;
const epochPrefix = (run: Run): string => `${runPrefix(run)}${run.epoch}/`;

/** One for each attempt: an attempt that was thought dead must not replace the plan that slices follow. */
export const planKey = (run: Run, attempt: string): string => `${epochPrefix(run)}plans/${attempt}.json`;
export const isPlanKey = (key: string): boolean => /\/plans\/[^/]+\.json$/.test(key);
export const ledgerPrefix = (run: Run): string => `${epochPrefix(run)}chunks/`;
export const recordKey = (run: Run, chunk: number): string =>
  `${ledgerPrefix(run)}${String(chunk).padStart(6, '0')}.json`;
/** Of body `body` of a chunk. */
export const carriedKey = (run: Run, chunk: number, body: number): string =>
  `${epochPrefix(run)}carried/${String(chunk).padStart(6, '0')}-${String(body).padStart(4, '0')}`;
/** Remembers an upload that publish has begun. */
export const uploadKey = (run: Run, attempt: string): string => `${epochPrefix(run)}uploads/${attempt}.json`;
export const isUploadKey = (key: string): boolean => /\/uploads\/[^/]+\.json$/.test(key);

/** Lists the objects that publish has made. */
export const publishedKey = (run: Run): string => `${epochPrefix(run)}published.json`;
/** Lists what was at the keys that publish has written, for verify: full. */
export const replacedKey = (run: Run): string => `${epochPrefix(run)}replaced.json`;
/** The object itself; one for each time that it is kept. */
export const keptKey = (run: Run, attempt: string): string => `${epochPrefix(run)}replaced/${attempt}`;
export const verificationKey = (run: Run, attempt: string): string =>
  `${epochPrefix(run)}verification/${attempt}.json`;

/** Chunk number of a ledger record's key. */
export function chunkOfRecord(key: string): number {
  return Number(/(\d+)\.json$/.exec(key)?.[1] ?? Number.NaN);
}

export const METADATA_TRANSFER = 'ddc-transfer';
const METADATA_RUN = 'ddc-run';
const METADATA_EPOCH = 'ddc-epoch';

/** Metadata of every published object: whose it is. Publish and delete believe only these. */
export function objectMetadata(run: Run): Record<string, string> {
  return {
    [METADATA_TRANSFER]: run.transfer.uid,
    [METADATA_RUN]: run.runId,
    [METADATA_EPOCH]: String(run.epoch),
  };
}

/** Whether an object with this metadata was published by this run from its present plan. */
export function isOfRun(metadata: Record<string, string>, run: Run): boolean {
  return metadata[METADATA_RUN] === run.runId && metadata[METADATA_EPOCH] === String(run.epoch);
}

/** Whether it was published by this run, perhaps from an earlier plan. */
export const isOfAnyPlan = (metadata: Record<string, string>, run: Run): boolean =>
  metadata[METADATA_RUN] === run.runId;
