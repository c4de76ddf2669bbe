import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { withEngine } from '../engine/duckdb.ts';
import { literal, type Engine } from '../engine/engine.ts';
import { engineError } from '../engine/errors.ts';
import { renderSelect } from '../engine/select.ts';
import { TransferError } from '../failures.ts';
import type { FetchedChunk, Format } from '../formats/format.ts';
import { formatNamed } from '../registry.ts';
import type { ObjectStore } from '../stores/object-store.ts';
import { chunkRelation } from './chunk-relation.ts';
import type { EngineSettings } from './engine-settings.ts';
import { partitionFiles } from './partition-files.ts';
import type { ChunkWork, PieceWork } from './plan.ts';
import { copyStatement } from './copy-statement.ts';

export interface ConvertedChunk {
  /** Local result files in the attempt's directory. */
  files: ResultFile[];
  rowsRead: number;
  rowsWritten: number;
  bytesRead: number;
}

export interface ResultFile {
  path: string;
  /** Its directory in Hive's layout, e.g. `country=DE/day=2024-01-01`; empty without partitions. */
  partition: string;
}

/** Small objects that are read at the same time. */
const PARALLEL_PIECES = 8;

/** One conversion at a time in a process: it fills a core; other jobs use the time to download and upload. */
const oneAtATime = pLimit(1);

/** Reads one chunk, transforms it and writes the result to local files. The bytes depend on plan and chunk only. */
export async function convertChunk(
  source: ObjectStore,
  work: ChunkWork,
  directory: string,
  settings: EngineSettings,
): Promise<ConvertedChunk> {
  const from = formatNamed(work.format);
  const to = formatNamed(work.destination.format);
  const pieces = await fetchPieces(source, from, work, directory);
  const relations = chunkRelation(pieces, work.columns);
  const select = renderSelect(work.select, relations, to.text);
  const result = join(directory, 'result');
  const rowsWritten = await oneAtATime(() =>
    withEngine({ directory, memoryLimit: settings.engineMemory }, async (engine) => {
      try {
        return await engine.run(copyStatement(select, literal(result), to, work));
      } catch (error) {
        throw await explain(error as Error, from, work, directory, engine);
      }
    }),
  );
  const sum = (field: 'rows' | 'bytesRead'): number =>
    pieces.reduce((total, { fetched }) => total + fetched[field], 0);
  const counted = { rowsRead: sum('rows'), rowsWritten };
  verifyCounts(work, counted);
  const { options, objects } = work.destination;
  const written = objects?.partitionBy.length
    ? await partitionFiles(result)
    : [{ path: result, partition: '' }];
  const files: ResultFile[] = [];
  for (const { path, partition } of written)
    files.push({ path: (await to.encode?.(path, directory, options)) ?? path, partition });
  return { files, ...counted, bytesRead: sum('bytesRead') };
}

async function fetchPieces(
  source: ObjectStore,
  format: Format,
  { pieces }: ChunkWork,
  directory: string,
): Promise<
  (Pick<PieceWork, 'partition'> & { fetched: FetchedChunk; columns: PieceWork['source']['columns'] })[]
> {
  return pLimit(PARALLEL_PIECES).map(pieces, async ({ object, source: chunks, index, partition }, number) => {
    const own = pieceDirectory(directory, number);
    await mkdir(own);
    const fetched = await format.fetch(source.open(object), chunks, index, own);
    return { fetched, columns: chunks.columns, ...(partition === undefined ? {} : { partition }) };
  });
}

const pieceDirectory = (directory: string, piece: number): string => join(directory, `piece-${piece}`);

async function explain(
  error: Error,
  format: Format,
  { chunk, pieces }: ChunkWork,
  directory: string,
  engine: Engine,
): Promise<Error> {
  for (const [number, { source, index }] of pieces.entries()) {
    const known = await format.diagnose(error, source, index, pieceDirectory(directory, number), engine);
    if (known !== undefined) return known;
  }
  return engineError(error, nameOf(chunk, pieces));
}

/** The rows were counted apart from the engine; without a filter every one of them must have been written. */
function verifyCounts(
  { chunk, pieces, select }: ChunkWork,
  counted: { rowsRead: number; rowsWritten: number },
): void {
  const { rowsRead, rowsWritten } = counted;
  const filters = select.layers.some((layer) => layer.where !== undefined);
  const right = filters ? rowsWritten <= rowsRead : rowsWritten === rowsRead;
  if (!right)
    throw new TransferError(
      'VerificationFailed',
      `${nameOf(chunk, pieces)}: ${rowsRead} rows read but ${rowsWritten} written; nothing was published`,
    );
}

function nameOf(chunk: number, pieces: readonly PieceWork[]): string {
  const more = pieces.length > 1 ? ` and ${pieces.length - 1} more` : '';
  return `chunk ${chunk} of ${pieces[0]?.source.location}${more}`;
}
