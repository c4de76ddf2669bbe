import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { TransferError } from '../../failures.ts';
import type { PlacedChunk, ResultLayout } from '../format.ts';
import { footerBytes, footerLength, guarded, parseFooter } from './footer.ts';
import {
  declaredRows,
  moveRowGroup,
  rowGroups,
  rowsOf,
  schemaKey,
  totalRows,
  withEncodedRowGroups,
} from './metadata.ts';
import { encodeStruct } from './thrift.ts';

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

/**
 * One footer for all bodies, wherever in the object they lie: it names the row groups in row order. One chunk's
 * footer at a time is decoded, and others may run in between: thousands of them take seconds.
 */
export async function epilogue(chunks: readonly PlacedChunk[]): Promise<Buffer> {
  const [chunk] = chunks;
  if (chunk === undefined) throw new RangeError('there is always at least one chunk');
  const first = parseFooter(chunk.trailer, RESULT);
  const key = schemaKey(first);
  const groups: Buffer[] = [];
  let rows = 0;
  for (const [index, { position, trailer }] of chunks.entries()) {
    const file = parseFooter(trailer, RESULT);
    if (schemaKey(file) !== key) {
      throw new TransferError(
        'VerificationFailed',
        `chunk ${index} was written with another schema than chunk 0`,
      );
    }
    for (const group of rowGroups(file)) {
      const moved = moveRowGroup(group, () => position, { keepBloomFilters: true });
      groups.push(Buffer.from(encodeStruct(moved)));
      rows += rowsOf(group);
    }
    await setImmediate();
  }
  return footerBytes(withEncodedRowGroups(first, rows, groups));
}

export function rowsInTrailer(trailer: Buffer): number {
  return guarded(RESULT, () => totalRows(parseFooter(trailer, RESULT)));
}

/** Of the file as a whole, without a look at its row groups. */
export function rowsInEpilogue(end: Buffer): number {
  return guarded(RESULT, () => declaredRows(end.subarray(0, -TAIL_BYTES)));
}
