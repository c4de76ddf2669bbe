import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumsOf } from '../engine/checksums.ts';
import type { Engine } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import type { Format, FormatSecrets } from '../formats/format.ts';
import type { TransformColumn } from '../transforms/transform.ts';
import type { ResultFile } from './result-files.ts';
import { dropsRows, type ChunkWork, type PieceWork } from './plan.ts';

/** The rows were counted apart from the engine; without a filter every one of them must have been written. */
export function verifyCounts(
  { chunk, pieces, select, snapshot }: ChunkWork,
  counted: { rowsRead: number; rowsWritten: number },
): void {
  const { rowsRead, rowsWritten } = counted;
  const right = dropsRows(select, snapshot) ? rowsWritten <= rowsRead : rowsWritten === rowsRead;
  if (!right)
    throw new TransferError(
      'VerificationFailed',
      `${nameOfChunk(chunk, pieces)}: ${rowsRead} rows read but ${rowsWritten} written; nothing was published`,
    );
}

/** Reads the result files back, and holds every column's checksum against that of the transformed rows. */
export async function verifyFiles(
  engine: Engine,
  format: Format,
  { chunk, pieces, destination: { options, objects } }: ChunkWork,
  files: readonly ResultFile[],
  directory: string,
  written: {
    columns: readonly TransformColumn[];
    checksums: readonly string[];
    rows: number;
    secrets?: FormatSecrets;
  },
): Promise<void> {
  const { columns, checksums, rows, secrets = {} } = written;
  if (files.length === 0 && rows === 0) return;
  const index = objects === undefined ? chunk : chunk + 1;
  const found = columns.map(() => 0n);
  for (const [number, { path }] of files.entries()) {
    const own = join(directory, `read-back-${number}`);
    await mkdir(own);
    const relation = await format.readBack(path, columns, {
      index,
      options,
      directory: own,
      engine,
      secrets,
    });
    const compared = columns.map((column) => format.compared(column, 'file'));
    const sums = await checksumsOf(engine, relation, compared);
    for (const [column, sum] of sums.entries()) found[column]! += BigInt(sum);
    await rm(own, { recursive: true });
  }
  const wrong = columns.filter((_, column) => String(found[column]) !== checksums[column]);
  if (wrong.length > 0)
    throw new TransferError(
      'VerificationFailed',
      `${nameOfChunk(chunk, pieces)}: the result read back differs in ${wrong.map(({ name }) => name).join(', ')}; nothing was published`,
    );
}

/** For messages. */
export function nameOfChunk(chunk: number, pieces: readonly PieceWork[]): string {
  const more = pieces.length > 1 ? ` and ${pieces.length - 1} more` : '';
  return `chunk ${chunk} of ${pieces[0]?.source.location}${more}`;
}
