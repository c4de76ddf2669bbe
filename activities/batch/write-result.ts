import { identifier, literal, type Engine } from '../engine/engine.ts';
import { TransferError } from '../failures.ts';
import type { Format } from '../formats/format.ts';
import type { ChunkWork } from './plan.ts';
import { nameOfChunk } from './verify-chunk.ts';

/** Partitions that the engine writes at a time; for each it holds some 256 KiB, whatever the memory limit is. */
const PARTITIONS_AT_ONCE = 256;
/** Every one is a file, an object beside the ledger, and an entry in the chunk's record, which the worker holds. */
const MOST_PARTITIONS = 2_000;
const ROWS = 'ddc_rows';

/**
 * Writes a chunk's rows to `target`, a file, or a directory when they are partitioned. Resolves with their number.
 * @throws TransferError Unsupported when a chunk has too many partitions; what the engine throws
 */
export async function writeResult(
  engine: Engine,
  select: string,
  target: string,
  format: Format,
  work: Pick<ChunkWork, 'chunk' | 'pieces' | 'destination'>,
): Promise<number> {
  const { chunk, pieces, destination } = work;
  const { options, objects } = destination;
  // the prologue is what only the first chunk of an object writes
  const written = format.copyOptions(objects === undefined ? chunk : chunk + 1, options);
  const { partitionBy = [], dropPartitionColumns = false } = objects ?? {};
  if (partitionBy.length === 0) return engine.run(`COPY (${select}) TO ${literal(target)} (${written})`);

  const columns = partitionBy.map(identifier).join(', ');
  await engine.run(`CREATE TEMP TABLE ${ROWS} AS ${select}`);
  const partitions = await countPartitions(engine, columns);
  if (partitions > MOST_PARTITIONS)
    throw new TransferError(
      'Unsupported',
      `spec.destination.s3.partitionBy: ${partitionBy.join(', ')} has ${partitions} different values in ${nameOfChunk(chunk, pieces)}; at most ${MOST_PARTITIONS} are supported: partition by a column with fewer`,
    );
  const passes = Math.ceil(partitions / PARTITIONS_AT_ONCE);
  const how = `${written}, PARTITION_BY (${columns}), WRITE_PARTITION_COLUMNS ${!dropPartitionColumns}, OVERWRITE_OR_IGNORE true`;
  let rows = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    const own = `SELECT * FROM ${ROWS}${passes === 1 ? '' : ` WHERE hash(${columns}) % ${passes} = ${pass}`}`;
    rows += await engine.run(`COPY (${own}) TO ${literal(target)} (${how})`);
  }
  await engine.run(`DROP TABLE ${ROWS}`);
  return rows;
}

async function countPartitions(engine: Engine, columns: string): Promise<number> {
  const [row] = await engine.query(`SELECT count(*) AS n FROM (SELECT DISTINCT ${columns} FROM ${ROWS})`);
  return Number(row!['n']);
}
