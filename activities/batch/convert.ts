import { join } from 'node:path';
import { literal, type Engine } from '../engine/engine.ts';
import { withEngine } from '../engine/duckdb.ts';
import { engineError } from '../engine/errors.ts';
import { renderSelect } from '../engine/select.ts';
import { TransferError } from '../failures.ts';
import type { Format } from '../formats/format.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import type { EngineSettings } from './engine-settings.ts';
import type { Plan } from './plan.ts';
import pLimit from 'p-limit';

export interface ConvertedChunk {
  /** Local result file in the attempt's directory. */
  file: string;
  rowsRead: number;
  rowsWritten: number;
  bytesRead: number;
}

/** One conversion at a time in a process: it fills a core; other jobs use the time to download and upload. */
const oneAtATime = pLimit(1);

/** Reads one chunk, transforms it and writes the result to a local file. The bytes depend on plan and chunk only. */
export async function convertChunk(
  source: ObjectStore,
  plan: Plan,
  chunk: number,
  directory: string,
  settings: EngineSettings,
): Promise<ConvertedChunk> {
  const from = formatNamed(plan.source.format);
  const to = formatNamed(plan.destination.format);
  const { chunks } = plan.source;
  const reader = source.open(plan.source);
  const fetched = await from.fetch(reader, chunks, chunk, directory);
  const { options } = plan.destination;
  const result = join(directory, 'result');
  const select = renderSelect(plan.select, fetched, to.text);
  const rowsWritten = await oneAtATime(() =>
    withEngine({ directory, memoryLimit: settings.engineMemory }, async (engine) => {
      try {
        return await engine.run(`COPY (${select}) TO ${literal(result)} (${to.copyOptions(chunk, options)})`);
      } catch (error) {
        throw await explain(error as Error, from, plan, chunk, directory, engine);
      }
    }),
  );
  const counted = { rowsRead: fetched.rows, rowsWritten };
  verifyCounts(plan, chunk, counted);
  const file = (await to.encode?.(result, directory, options, chunk)) ?? result;
  return { file, ...counted, bytesRead: fetched.bytesRead };
}

async function explain(
  error: Error,
  format: Format,
  plan: Plan,
  chunk: number,
  directory: string,
  engine: Engine,
): Promise<Error> {
  const known = await format.diagnose(error, plan.source.chunks, chunk, directory, engine);
  return known ?? engineError(error, `chunk ${chunk} of ${plan.source.chunks.location}`);
}

/** The rows were counted apart from the engine; without a filter every one of them must have been written. */
function verifyCounts(plan: Plan, chunk: number, counted: { rowsRead: number; rowsWritten: number }): void {
  const { rowsRead, rowsWritten } = counted;
  const filters = plan.select.layers.some((layer) => layer.where !== undefined);
  const right = filters ? rowsWritten <= rowsRead : rowsWritten === rowsRead;
  if (!right)
    throw new TransferError(
      'VerificationFailed',
      `chunk ${chunk} of ${plan.source.chunks.location}: ${rowsRead} rows read but ${rowsWritten} written; nothing was published`,
    );
}
