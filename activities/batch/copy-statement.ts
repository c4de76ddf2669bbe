import { identifier } from '../engine/engine.ts';
import type { Format } from '../formats/format.ts';
import type { ChunkWork } from './plan.ts';

/** The statement that makes a chunk's result. `target`: a file, or a directory when it is partitioned, as a SQL literal. */
export function copyStatement(
  select: string,
  target: string,
  format: Format,
  { chunk, destination }: Pick<ChunkWork, 'chunk' | 'destination'>,
): string {
  const { options, objects } = destination;
  if (objects === undefined) return `COPY (${select}) TO ${target} (${format.copyOptions(chunk, options)})`;
  // the prologue is what only the first chunk of an object writes
  const written = format.copyOptions(chunk + 1, options);
  const { partitionBy, dropPartitionColumns } = objects;
  if (partitionBy.length === 0) return `COPY (${select}) TO ${target} (${written})`;
  const columns = partitionBy.map(identifier).join(', ');
  const kept = `WRITE_PARTITION_COLUMNS ${!dropPartitionColumns}`;
  return `COPY (${select}) TO ${target} (${written}, PARTITION_BY (${columns}), ${kept})`;
}
