import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ResultFile {
  path: string;
  /** Its directory in Hive's layout, e.g. `country=DE/day=2024-01-01`; empty without partitions. */
  partition: string;
}

/** The files of a partitioned result, in an order that does not depend on the file system. */
export async function partitionFiles(root: string): Promise<ResultFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    // a chunk without rows
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => ({
      path: join(entry.parentPath, entry.name),
      partition: entry.parentPath.slice(root.length + 1),
      number: Number(/(\d+)\.[^.]*$/.exec(entry.name)?.[1] ?? 0),
    }))
    .sort((a, b) => (a.partition < b.partition ? -1 : a.partition > b.partition ? 1 : a.number - b.number))
    .map(({ path, partition }) => ({ path, partition }));
}
