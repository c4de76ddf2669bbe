import { z } from 'zod';
import type { Engine } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import { arrowType } from '../formats/arrow-types.ts';
import type { Format } from '../formats/format.ts';
import { sourceValues, type FetchedPiece } from './chunk-relation.ts';
import { firstMisfit, MISFIT } from './fit-values.ts';
import type { ChunkWork } from './plan.ts';

const rowSchema = z.object({ r: z.coerce.number(), wrong: z.coerce.number(), found: z.string() });

/** A chunk that has been read. */
export interface Attempt {
  format: Pick<Format, 'place'>;
  engine: Engine;
  /** In the order of the chunk's pieces, with their directories. */
  fetched: readonly (FetchedPiece & { directory: string })[];
}

/** The first value that does not fit the given schema, if that is what the engine has stopped at. */
export async function explainMisfit(
  error: Error,
  { columns, pieces }: Pick<ChunkWork, 'columns' | 'pieces'>,
  { format, engine, fetched }: Attempt,
): Promise<TransferError | undefined> {
  if (!error.message.includes(MISFIT)) return undefined;
  for (const [number, piece] of fetched.entries()) {
    const values = sourceValues(piece, columns);
    const [row] = await engine.query(firstMisfit(piece.fetched.relation, values));
    if (row === undefined) continue;
    const { r, wrong, found } = rowSchema.parse(row);
    const { source, index, firstRow = index === 0 ? 0 : undefined } = pieces[number]!;
    const place =
      (await format.place?.(source, index, r, piece.directory)) ??
      (firstRow === undefined ? `row ${r} of chunk ${index}` : `row ${firstRow + r}`);
    const { name, type, nullable } = values[wrong]!.column;
    const expected = `${arrowType(type)}${nullable ? '' : ' without NULL'}`;
    return new TransferError(
      'MalformedData',
      `${source.location}: column ${JSON.stringify(name)} must be ${expected} (spec.source.s3.schema), but ${place} holds ${found}`,
      { cause: error },
    );
  }
  return undefined;
}
