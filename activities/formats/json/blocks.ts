import { setImmediate } from 'node:timers/promises';
import { TransferError } from '../../failures.ts';
import { Flaw } from './flaw.ts';
import { LONGEST_RECORD, tooLong } from './parser.ts';
import type { Scanner } from './scanner.ts';

/** Bytes scanned at a time: the pieces that come from the network are too small to be written one by one. */
const BLOCK = 1024 * 1024;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const SPACE = 0x20;

export interface Scanned {
  location: string;
  /** Offset of the first byte in the (decompressed) object; may become known with the first piece. */
  base: number;
  /** Whether `base` is known to be in line 1. */
  fromFirstLine: boolean;
  /** As in ScanOptions. */
  longest?: number;
  /** Whether the bytes end in the middle of the object, perhaps of a record: the rest is then not looked at. */
  sample?: boolean;
  /** Gets every block that has been scanned; its bytes are used again once this resolves. */
  onBlock?: (block: Buffer) => Promise<void>;
}

/** Has all pieces scanned in order. A flaw becomes MalformedData that names object, line and byte. */
export async function scanAll(
  pieces: AsyncIterable<Uint8Array>,
  scanner: Scanner,
  where: Scanned,
): Promise<void> {
  const { location, fromFirstLine, longest = LONGEST_RECORD, sample = false, onBlock } = where;
  let block = Buffer.alloc(2 * BLOCK);
  let filled = 0;
  let done = 0;
  let threshold = BLOCK;

  const scan = async (last: boolean): Promise<void> => {
    if (where.base + done === 0 && block.subarray(0, filled).indexOf(BOM) === 0)
      block.fill(SPACE, 0, BOM.length);
    block[filled] = 0;
    let scanned: number;
    try {
      scanned = scanner.scan(block, filled, last);
    } catch (error) {
      if (!(error instanceof Flaw)) throw error;
      throw malformed(error, location, where.base + done, fromFirstLine ? scanner.lines : undefined);
    }
    if (filled - scanned > longest)
      throw malformed(tooLong(scanned, longest), location, where.base + done, undefined);
    if (scanned > 0) await onBlock?.(block.subarray(0, scanned));
    block.copyWithin(0, scanned, filled);
    filled -= scanned;
    done += scanned;
    // a long record is looked at again only when it has doubled
    threshold = Math.min(Math.max(BLOCK, 2 * filled), longest + BLOCK);
    await setImmediate();
  };

  for await (const piece of pieces) {
    if (filled + piece.length >= block.length) {
      const larger = Buffer.alloc(2 * (filled + piece.length));
      block.copy(larger, 0, 0, filled);
      block = larger;
    }
    block.set(piece, filled);
    filled += piece.length;
    if (filled >= threshold) await scan(false);
  }
  if (filled > 0 || !sample) await scan(!sample);
}

function malformed(
  flaw: Flaw,
  location: string,
  blockStart: number,
  lines: number | undefined,
): TransferError {
  const byte = `byte ${blockStart + flaw.position}`;
  const place = lines === undefined ? byte : `line ${lines + 1} (${byte})`;
  return new TransferError('MalformedData', `${location} ${place}: ${flaw.message}`);
}
