import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ColumnSchema } from '../../workflows/contract/metadata.ts';
import { withEngine } from '../engine/duckdb.ts';
import { identifier } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { connectS3 } from '../stores/s3/s3-store.ts';
import { explain, fetchPieces, renderChunk } from './convert.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { EngineJob } from './jobs.ts';
import { makePlan } from './make-plan.ts';
import { chunkWork, type ChunkWork, type TabularPlan } from './plan.ts';
import { withScratch } from './scratch.ts';
import { isVerbatim } from './verbatim/plan.ts';

/** Source bytes per chunk: little is read for a few rows. */
const CHUNK_BYTES = 2 ** 20;
/** Source bytes after which no further chunk is read, however few rows there are. */
const MOST_BYTES = 64 * 2 ** 20;

/** The first rows that a transfer would write. */
export interface Preview {
  columns: ColumnSchema[];
  /** Values in the order of the columns, as the engine's text of them; null is NULL. */
  rows: (string | null)[][];
  /** Source rows and bytes that were read for them. */
  rowsRead: number;
  bytesRead: number;
  /** Bytes of the whole source. */
  sourceBytes: number;
  /** Whether it is all rows there are. */
  complete: boolean;
  warnings: string[];
}

type PreviewJob = Omit<Extract<EngineJob, { type: 'preview' }>, 'type'>;

/** Transforms the first chunks until there are enough rows; writes nothing. Throws as a run would, also to be planned anew. */
export async function preview(job: PreviewJob, settings: EngineSettings): Promise<Preview> {
  if (isVerbatim(job.run))
    throw new TransferError(
      'Unsupported',
      'spec.source.s3.dataFormat: binary data has no rows that could be shown; name a data format',
    );
  const { plan, ...found } = await makePlan(job, { ...settings, chunkBytes: CHUNK_BYTES }, false);
  if (plan.kind !== 'tabular') throw new TransferError('Internal', 'a plan without rows cannot be shown');
  const shown: Preview = {
    columns: found.destination.columns,
    rows: [],
    rowsRead: 0,
    bytesRead: 0,
    sourceBytes: plan.source.objects.reduce((sum, { size }) => sum + size, 0),
    complete: false,
    warnings: found.warnings,
  };
  const store = connectS3(job.source);
  try {
    await withScratch(settings.scratchDirectory, (directory) =>
      showRows(store, plan, job, { ...settings, scratchDirectory: directory }, shown),
    );
    return shown;
  } finally {
    store.close();
  }
}

async function showRows(
  store: ObjectStore,
  plan: TabularPlan,
  { rows: wanted, secrets }: PreviewJob,
  settings: EngineSettings,
  shown: Preview,
): Promise<void> {
  /** Of each object, as far as it is read. */
  const rowsOf = new Map<number, number>();
  for (const [chunk, pieces] of plan.source.chunks.entries()) {
    if (shown.bytesRead >= MOST_BYTES) return;
    const work = chunkWork(plan, chunk, (key) => store.location(key));
    // chunks come in the order of the rows, so that each object's rows can be counted instead of planned
    for (const [index, { object }] of pieces.entries())
      work.pieces[index]!.firstRow = rowsOf.get(object) ?? 0;
    const directory = join(settings.scratchDirectory, String(chunk));
    await mkdir(directory);
    const fetched = await fetchPieces(store, formatNamed(work.format), work, directory, secrets.source);
    for (const [index, { object }] of pieces.entries()) {
      const { rows, bytesRead } = fetched[index]!.fetched;
      rowsOf.set(object, (rowsOf.get(object) ?? 0) + rows);
      shown.rowsRead += rows;
      shown.bytesRead += bytesRead;
    }
    const select = renderChunk(work, fetched, formatNamed(work.destination.format).text);
    const missing = wanted - shown.rows.length;
    const found = await withEngine({ directory, memoryLimit: settings.engineMemory, secrets }, (engine) =>
      engine.query(firstRows(select, work, missing + 1)).catch(async (error: unknown) => {
        const attempt = { pieces: fetched, directory, engine };
        throw await explain(error as Error, formatNamed(work.format), work, attempt);
      }),
    );
    await rm(directory, { recursive: true });
    shown.rows.push(...found.slice(0, missing).map((row) => Object.values(row) as (string | null)[]));
    if (found.length > missing) return;
    if (shown.rows.length === wanted && chunk < plan.source.chunks.length - 1) return;
  }
  shown.complete = true;
}

/** By numbered names: those of users can be anything. */
function firstRows(select: string, { select: { columns } }: ChunkWork, rows: number): string {
  const texts = columns.map(({ name }, index) => `CAST(${identifier(name)} AS VARCHAR) AS c${index}`);
  return `SELECT ${texts.join(', ')} FROM (${select}) LIMIT ${rows}`;
}
