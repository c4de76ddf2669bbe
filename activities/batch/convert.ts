import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { checkedSelect } from '../engine/checksums.ts';
import { withEngine } from '../engine/duckdb.ts';
import type { Engine } from '../engine/engine.ts';
import { explainMisfit } from './explain-misfit.ts';
import { engineError } from '../engine/errors.ts';
import { renderSelect } from '../engine/select.ts';
import type { FetchedChunk, Format, FormatSecrets } from '../formats/format.ts';
import { TransferError } from '../failures.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { chunkRelation, type FetchedPiece } from './chunk-relation.ts';
import type { EngineSettings } from './engine-settings.ts';
import { partitionFiles, type ResultFile } from './result-files.ts';
import { columnsWritten, type ChunkWork, type PieceWork } from './plan.ts';
import type { RunSecrets } from './run-secrets.ts';
import { snapshotRelation } from './snapshot.ts';
import { nameOfChunk, verifyCounts, verifyFiles } from './verify-chunk.ts';
import { writeResult } from './write-result.ts';

export interface ConvertedChunk {
  /** Local result files in the attempt's directory. */
  files: ResultFile[];
  rowsRead: number;
  rowsWritten: number;
  bytesRead: number;
  /** Of the rows written, per column; see engine/checksums.ts. */
  checksums: string[];
}

/** Small objects that are read at the same time. */
const PARALLEL_PIECES = 8;

/** One conversion at a time in a process: it fills a core; other jobs use the time to download and upload. */
export const oneAtATime = pLimit(1);

/**
 * Reads one chunk, transforms it and writes the result to local files. The bytes depend on work and secrets only.
 * @param open an engine that is open already, for the same directory and secrets
 */
export async function convertChunk(
  source: ObjectStore,
  work: ChunkWork,
  directory: string,
  settings: EngineSettings,
  secrets: RunSecrets,
  open?: Engine,
): Promise<ConvertedChunk> {
  const from = formatNamed(work.format);
  const to = formatNamed(work.destination.format);
  const pieces = await fetchPieces(source, from, work, directory, secrets.source);
  const select = renderChunk(work, pieces, to.text);
  const sum = (field: 'rows' | 'bytesRead'): number =>
    pieces.reduce((total, { fetched }) => total + fetched[field], 0);
  const within = <T>(convert: (engine: Engine) => Promise<T>): Promise<T> =>
    open === undefined
      ? withEngine({ directory, memoryLimit: settings.engineMemory, secrets }, convert)
      : convert(open);
  return oneAtATime(() =>
    within(async (engine) => {
      const columns = columnsWritten(work);
      const names = columns.map(({ name }) => name);
      const compared = columns.map((column) => to.compared(column, 'rows'));
      const checked = checkedSelect(select, names, compared);
      const result = join(directory, 'result');
      const rowsWritten = await writeResult(engine, checked, result, to, work).catch(
        async (error: unknown) => {
          throw await explain(error as Error, from, work, { pieces, directory, engine });
        },
      );
      const counted = { rowsRead: sum('rows'), rowsWritten };
      verifyCounts(work, counted);
      const checksums = engine.checksums(columns.length);
      const files = await resultFiles(result, to, work, directory, secrets);
      const written = { columns, checksums, rows: rowsWritten, secrets: secrets.destination };
      await verifyFiles(engine, to, work, files, directory, written);
      return { files, ...counted, bytesRead: sum('bytesRead'), checksums };
    }),
  );
}

/** Where rows must be told apart, every piece is selected from on its own, for it numbers its own rows. */
export function renderChunk(work: ChunkWork, pieces: readonly FetchedPiece[], text: boolean): string {
  const { select, columns, given, snapshot } = work;
  if (snapshot !== undefined) {
    const relation = snapshotRelation(chunkRelation(pieces, columns, given).relation, snapshot);
    return renderSelect(select, { relation, rowIdentity: { object: 'snapshot', first: 0 } }, text);
  }
  if (select.rowIdentity === 'none') return renderSelect(select, chunkRelation(pieces, columns, given), text);
  const selects = pieces.map((piece, number) => {
    const rowIdentity = rowIdentityOf(work, number);
    return renderSelect(select, { ...chunkRelation([piece], columns, given), rowIdentity }, text);
  });
  return selects.join(' UNION ALL ');
}

function rowIdentityOf({ select, pieces }: ChunkWork, number: number): { object: string; first: number } {
  const { object, index, firstRow } = pieces[number]!;
  const name = `${object.key}@${object.etag}`;
  return select.rowIdentity === 'numbered'
    ? { object: name, first: firstRow! }
    : { object: `${name}#${index}`, first: 0 };
}

async function resultFiles(
  result: string,
  format: Format,
  { chunk, destination: { options, objects } }: ChunkWork,
  directory: string,
  secrets: RunSecrets,
): Promise<ResultFile[]> {
  const index = objects === undefined ? chunk : chunk + 1;
  const written = objects?.partitionBy.length
    ? await partitionFiles(result)
    : [{ path: result, partition: '' }];
  const files: ResultFile[] = [];
  for (const { path, partition } of written) {
    const encoded = await format.encode?.(path, directory, options, index, secrets.destination);
    files.push({ path: encoded ?? path, partition });
  }
  return files;
}

/** Brings what a chunk reads into directories of its own. */
export async function fetchPieces(
  source: ObjectStore,
  format: Format,
  { pieces }: Pick<ChunkWork, 'pieces'>,
  directory: string,
  secrets: FormatSecrets,
): Promise<
  (Pick<PieceWork, 'partition'> & { fetched: FetchedChunk; columns: PieceWork['source']['columns'] })[]
> {
  return pLimit(PARALLEL_PIECES).map(pieces, async ({ object, source: chunks, index, partition }, number) => {
    const own = pieceDirectory(directory, number);
    await mkdir(own);
    const fetched = await format.fetch(source.open(object), chunks, index, own, secrets);
    return { fetched, columns: chunks.columns, ...(partition === undefined ? {} : { partition }) };
  });
}

const pieceDirectory = (directory: string, piece: number): string => join(directory, `piece-${piece}`);

export async function explain(
  error: Error,
  format: Format,
  work: ChunkWork,
  attempt: { pieces: readonly FetchedPiece[]; directory: string; engine: Engine },
): Promise<Error> {
  if (error instanceof TransferError) return error;
  const { chunk, pieces } = work;
  const { directory, engine } = attempt;
  const misfit = await explainMisfit(error, work, {
    format,
    engine,
    fetched: attempt.pieces.map((piece, number) => ({
      ...piece,
      directory: pieceDirectory(directory, number),
    })),
  });
  if (misfit !== undefined) return misfit;
  for (const [number, { source, index }] of pieces.entries()) {
    const known = await format.diagnose(error, source, index, pieceDirectory(directory, number), engine);
    if (known !== undefined) return known;
  }
  return engineError(error, nameOfChunk(chunk, pieces));
}
