import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { TransferError } from '../../../failures.ts';
import type { PlacedChunk, ResultLayout } from '../../format.ts';
import type { ColumnStatistics, Footer, StripeInformation } from '../messages.ts';
import { mergeStatistics } from './statistics.ts';
import { measure, parseTail, tailBytes } from './tail.ts';

/** A postscript has at most 255 bytes. */
const MAX_SCRIPT_BYTES = 256;

/**
 * The body is everything before the tail, with the magic at its begin: whichever body comes first in the object begins
 * it rightly, and between others three more bytes do no harm.
 */
export async function layout(path: string): Promise<ResultLayout> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const script = Buffer.alloc(Math.min(size, MAX_SCRIPT_BYTES));
    await handle.read(script, 0, script.length, size - script.length);
    const trailer = Buffer.alloc(measure(script).tailBytes);
    const end = size - trailer.length;
    await handle.read(trailer, 0, trailer.length, end);
    return { start: 0, end, trailer };
  } finally {
    await handle.close();
  }
}

/**
 * One tail for all bodies, wherever in the object they lie: it names the stripes in row order. One chunk's footer at a
 * time is decoded, and other work of the process runs in between.
 */
export async function epilogue(chunks: readonly PlacedChunk[]): Promise<Buffer> {
  const [first] = chunks;
  if (first === undefined) throw new RangeError('there is always at least one chunk');
  const { compression, footer } = parseTail(first.trailer);
  const schema = schemaKey(footer);
  const stripes: StripeInformation[] = [];
  const metadata: Buffer[] = [];
  let statistics: ColumnStatistics[] | undefined;
  let rows = 0n;
  let contentLength = 0;
  for (const [index, { position, bodyBytes, trailer }] of chunks.entries()) {
    const tail = parseTail(trailer);
    if (schemaKey(tail.footer) !== schema) {
      throw new TransferError(
        'VerificationFailed',
        `chunk ${index} was written with another schema than chunk 0`,
      );
    }
    for (const stripe of tail.footer.stripes)
      stripes.push({ ...stripe, offset: (stripe.offset ?? 0n) + BigInt(position) });
    metadata.push(tail.metadata);
    rows += tail.footer.numberOfRows ?? 0n;
    contentLength = Math.max(contentLength, position + bodyBytes);
    statistics =
      statistics?.map((before, id) => mergeStatistics([before, tail.footer.statistics[id] ?? {}])) ??
      tail.footer.statistics;
    await setImmediate();
  }
  return tailBytes({
    compression,
    metadata: Buffer.concat(metadata),
    footer: {
      ...footer,
      contentLength: BigInt(contentLength),
      stripes,
      numberOfRows: rows,
      statistics: statistics ?? [],
    },
  });
}

export function rowsInTrailer(trailer: Buffer): number {
  return Number(parseTail(trailer).footer.numberOfRows ?? 0n);
}

/** Equal for equal schemas. */
function schemaKey({ types }: Footer): string {
  return JSON.stringify(types);
}
