import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { Body } from '../object-store.ts';

export function bodyBytes(body: Body): number {
  return Buffer.isBuffer(body) ? body.length : body.end - body.start;
}

/** A fresh stream (or the buffer) for every attempt. */
export function openBody(body: Body) {
  if (Buffer.isBuffer(body)) return body;
  if (body.end === body.start) return Buffer.alloc(0);
  // createReadStream's end is inclusive.
  return createReadStream(body.file, { start: body.start, end: body.end - 1, highWaterMark: 1 << 18 });
}

/** CRC-32 as S3 wants it: base64 of four big-endian bytes. */
export async function bodyChecksum(body: Body): Promise<string> {
  let sum = 0;
  const opened = openBody(body);
  if (Buffer.isBuffer(opened)) sum = crc32(opened);
  else for await (const piece of opened) sum = crc32(piece as Buffer, sum);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(sum);
  return bytes.toString('base64');
}
