import { join } from 'node:path';
import { literal } from '../../engine/engine.ts';
import type { Engine } from '../../engine/engine.ts';
import { TransferError } from '../../failures.ts';
import type { ChunkSource } from '../format.ts';
import { CHUNK_FILE } from './fetch.ts';

/**
 * Blames the chunk when the engine cannot even read all of its local Parquet file; undefined when it can. `unit`: what
 * the source's cuts count.
 */
export async function diagnose(
  source: ChunkSource,
  index: number,
  directory: string,
  engine: Engine,
  unit: 'row group' | 'stripe',
): Promise<TransferError | undefined> {
  const relation = `read_parquet(${literal(join(directory, CHUNK_FILE))})`;
  try {
    await engine.query(`SELECT bit_xor(hash(chunk)) FROM ${relation} AS chunk`);
    return undefined;
  } catch (error) {
    const [from, to] = [source.cuts[index] ?? 0, source.cuts[index + 1] ?? 0];
    const units = to - from === 1 ? `${unit} ${from}` : `${unit}s ${from} to ${to - 1}`;
    return new TransferError(
      'MalformedData',
      `${source.location}: ${units} cannot be read; the file is corrupt`,
      {
        cause: error,
      },
    );
  }
}
