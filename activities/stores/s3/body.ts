import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Body } from '../object-store.ts';
import type { Meter } from './limits.ts';

export function bodyBytes(body: Body): number {
  return Buffer.isBuffer(body) ? body.length : body.end - body.start;
}

/** Up to this size a part of a file is read once and held, which costs half of reading it twice as a stream. */
const HELD_BYTES = 32 * 1024 * 1024;

/** The body as it will be sent: small ones in memory. */
export async function hold(body: Body): Promise<Body> {
  const bytes = bodyBytes(body);
  if (Buffer.isBuffer(body) || bytes > HELD_BYTES) return body;
  const handle = await open(body.file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, body.start);
    return bytesRead === bytes ? buffer : body;
  } finally {
    await handle.close();
  }
}

/** Sends a body: a fresh stream (or the buffer) for every attempt, and none left open when it fails. */
export async function withBody<T>(
  body: Body,
  meter: Meter,
  send: (opened: Buffer | Readable) => Promise<T>,
): Promise<T> {
  const opened = meter.metersBytes ? Readable.from(paced(openBody(body), meter)) : openBody(body);
  try {
    return await send(opened);
  } finally {
    if (!Buffer.isBuffer(opened)) opened.destroy();
  }
}

function openBody(body: Body): Buffer | Readable {
  if (Buffer.isBuffer(body)) return body;
  if (body.end === body.start) return Buffer.alloc(0);
  // createReadStream's end is inclusive.
  return createReadStream(body.file, { start: body.start, end: body.end - 1, highWaterMark: 1 << 18 });
}

/** Bytes that are sent between two looks at the limits. */
const PIECE_BYTES = 64 * 1024;

async function* paced(opened: Buffer | Readable, meter: Meter): AsyncIterable<Buffer> {
  for await (const bytes of Buffer.isBuffer(opened) ? [opened] : (opened as AsyncIterable<Buffer>))
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      const piece = bytes.subarray(from, from + PIECE_BYTES);
      await meter.bytes(piece.length);
      yield piece;
    }
}

/** The bytes as they will be sent. */
export async function* piecesOf(body: Body): AsyncIterable<Buffer> {
  const opened = openBody(body);
  if (Buffer.isBuffer(opened)) yield opened;
  else yield* opened as AsyncIterable<Buffer>;
}
