import { open } from 'node:fs/promises';
import { TransferError } from '../../failures.ts';
import type { PlacedChunk, ResultLayout } from '../format.ts';
import { footerBytes, footerLength, guarded, parseFooter } from './footer.ts';
import { moveRowGroup, rowGroups, schemaKey, totalRows, withRowGroups } from './metadata.ts';
import type { Struct } from './thrift.ts';

const TAIL_BYTES = 8;
const RESULT = 'the result of a chunk';

/**
 * The body is everything before the footer, with the magic at its begin: whichever body comes first in the
 * object begins it rightly, and between others four more bytes do no harm.
 */
export async function layout(path: string): Promise<ResultLayout> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(TAIL_BYTES);
    await handle.read(tail, 0, TAIL_BYTES, size - TAIL_BYTES);
    const trailer = Buffer.alloc(footerLength(tail, RESULT));
    const end = size - TAIL_BYTES - trailer.length;
    await handle.read(trailer, 0, trailer.length, end);
    return { start: 0, end, trailer };
  } finally {
    await handle.close();
  }
}

/** One footer for all bodies, wherever in the object they lie: it names the row groups in row order. */
export function epilogue(chunks: readonly PlacedChunk[]): Buffer {
  const files = chunks.map(({ trailer }) => parseFooter(trailer, RESULT));
  const first = files[0];
  if (first === undefined) throw new RangeError('there is always at least one chunk');
  const key = schemaKey(first);
  const groups: Struct[] = [];
  files.forEach((file, index) => {
    if (schemaKey(file) !== key) {
      throw new TransferError(
        'VerificationFailed',
        `chunk ${index} was written with another schema than chunk 0`,
      );
    }
    const { position } = chunks[index] as PlacedChunk;
    for (const group of rowGroups(file)) {
      groups.push(moveRowGroup(group, () => position, { keepBloomFilters: true }));
    }
  });
  return footerBytes(withRowGroups(first, groups));
}

export function rowsInTrailer(trailer: Buffer): number {
  return guarded(RESULT, () => totalRows(parseFooter(trailer, RESULT)));
}
