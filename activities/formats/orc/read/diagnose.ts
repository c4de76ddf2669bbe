import { join } from 'node:path';
import { literal } from '../../../engine/engine.ts';
import type { Engine } from '../../../engine/engine.ts';
import { TransferError } from '../../../failures.ts';
import type { ChunkSource } from '../../format.ts';
import { CHUNK_FILE } from './fetch.ts';

/** Blames the chunk when the engine cannot even read all of it; undefined when it can. */
export async function diagnose(
  source: ChunkSource,
  index: number,
  directory: string,
  engine: Engine,
): Promise<TransferError | undefined> {
  const relation = `read_parquet(${literal(join(directory, CHUNK_FILE))})`;
  try {
    await engine.query(`SELECT bit_xor(hash(chunk)) FROM ${relation} AS chunk`);
    return undefined;
  } catch (error) {
    const [from, to] = [source.cuts[index] ?? 0, source.cuts[index + 1] ?? 0];
    const stripes = to - from === 1 ? `stripe ${from}` : `stripes ${from} to ${to - 1}`;
    return new TransferError(
      'MalformedData',
      `${source.location}: ${stripes} hold values that cannot be read; the file is corrupt`,
      { cause: error },
    );
  }
}
