import { chunkShare, cutSizes } from '../../columnar/cuts.ts';
import { KIND } from '../messages.ts';
import type { OrcFile } from './file.ts';
import { withNested } from './types.ts';

/** Bytes of a value in the local file where its kind tells them; 4 for the length of texts, others 8. */
const WIDTHS = new Map<number, number>([
  [KIND.boolean, 1 / 8],
  [KIND.tinyint, 4],
  [KIND.smallint, 4],
  [KIND.int, 4],
  [KIND.date, 4],
  [KIND.float, 4],
  [KIND.string, 4],
  [KIND.varchar, 4],
  [KIND.char, 4],
  [KIND.binary, 4],
  [KIND.list, 1],
  [KIND.map, 1],
  [KIND.struct, 0],
]);

/** Groups neighbouring stripes into chunks of about `chunkBytes`; [0, 0] when there are none. */
export function cutStripes(orc: OrcFile, chunkBytes: number, maxChunks: number): number[] {
  const perRow = orc.rows === 0 ? 0 : decodedBytes(orc) / orc.rows;
  const sizes = orc.stripes.map(({ start, end, rows }) => chunkShare(end - start, perRow * rows));
  return cutSizes(sizes, chunkBytes, maxChunks);
}

/** Bytes of all values, by the file's statistics; where it has none, as if every column had a value a row. */
function decodedBytes({ footer, columns, rows }: OrcFile): number {
  return withNested(columns).reduce((sum, { id, kind }) => {
    const statistics = footer.statistics[id];
    const values = Number(statistics?.numberOfValues ?? rows);
    const texts = statistics?.stringStatistics?.sum ?? statistics?.binaryStatistics?.sum ?? 0n;
    return sum + values * (WIDTHS.get(kind) ?? 8) + Math.max(0, Number(texts));
  }, 0);
}

/** Number of each chunk's first row, from 0. */
export function firstRows(orc: OrcFile, cuts: readonly number[]): number[] {
  const before: number[] = [];
  let rows = 0;
  for (const stripe of orc.stripes) {
    before.push(rows);
    rows += stripe.rows;
  }
  return cuts.slice(0, -1).map((stripe) => before[stripe] ?? 0);
}
