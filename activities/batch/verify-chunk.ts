import { checksumsOf } from '../engine/checksums.ts';
import type { Engine } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import type { Format } from '../formats/format.ts';
import type { ResultFile } from './convert.ts';
import { filtersRows, type ChunkWork, type PieceWork } from './plan.ts';

/** The rows were counted apart from the engine; without a filter every one of them must have been written. */
export function verifyCounts(
  { chunk, pieces, select }: ChunkWork,
  counted: { rowsRead: number; rowsWritten: number },
): void {
  const { rowsRead, rowsWritten } = counted;
  const right = filtersRows(select) ? rowsWritten <= rowsRead : rowsWritten === rowsRead;
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
  { chunk, pieces, select, destination: { options, objects } }: ChunkWork,
  files: readonly ResultFile[],
  written: { columns: readonly string[]; checksums: readonly string[]; rows: number },
): Promise<void> {
  const { columns, checksums, rows } = written;
  if (files.length === 0 && rows === 0) return;
  const typed = columns.map((name) => select.columns.find((column) => column.name === name)!);
  const index = objects === undefined ? chunk : chunk + 1;
  const read = files.map(({ path }) => format.readBack(path, typed, index, options));
  const union = read.map(({ relation }) => `SELECT * FROM ${relation}`).join(' UNION ALL ');
  const found = await checksumsOf(engine, `(${union})`, columns, read[0]!.as);
  const wrong = columns.filter((_, column) => found[column] !== checksums[column]);
  if (wrong.length > 0)
    throw new TransferError(
      'VerificationFailed',
      `${nameOfChunk(chunk, pieces)}: the result read back differs in ${wrong.join(', ')}; nothing was published`,
    );
}

/** For messages. */
export function nameOfChunk(chunk: number, pieces: readonly PieceWork[]): string {
  const more = pieces.length > 1 ? ` and ${pieces.length - 1} more` : '';
  return `chunk ${chunk} of ${pieces[0]?.source.location}${more}`;
}
