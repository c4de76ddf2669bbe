import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { localDuckdb, type EngineFormat } from './local-duckdb.ts';
import type { System } from './system.ts';

export interface Bound {
  /** Seconds. */
  get: number;
  engine: number;
  put: number;
  sum: number;
}

/**
 * What a copy cannot do without: a plain GET of the source to a local file, one DuckDB process with all cores that does the
 * same work on local files, and a plain PUT of its result; one after the other.
 * @throws Error when the engine wrote another number of rows
 */
export async function boundOf(
  { dir, store }: Pick<System, 'dir' | 'store'>,
  work: { key: string; from: EngineFormat; to: EngineFormat; rows: number },
): Promise<Bound> {
  const source = join(dir, 'bound-source');
  const target = join(dir, 'bound-target');
  const get = await secondsOf(() => store.get(work.key, source));
  const from = { format: work.from, file: source };
  const { seconds: engine, rows } = await localDuckdb({
    from,
    to: { format: work.to, file: target },
    masked: true,
  });
  expectRows('the engine alone', rows, work.rows);
  const put = await secondsOf(() => store.put('bound', target));
  await store.delete('bound');
  await rm(source);
  await rm(target);
  return { get, engine, put, sum: get + engine + put };
}

export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** A figure of a wrong result is worth nothing. */
export function expectRows(who: string, rows: number | undefined, expected: number): void {
  if (rows !== expected) throw new Error(`${who} wrote ${rows} rows, not ${expected}`);
}
