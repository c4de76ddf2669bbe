import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Body } from '../object-store.ts';
import { piecesOf } from './body.ts';

/** Content-MD5 (RFC 1864): the store refuses a body that arrives otherwise. */
export async function contentMd5(body: Body): Promise<string> {
  const hash = createHash('md5');
  for await (const piece of piecesOf(body)) hash.update(piece);
  return hash.digest('base64');
}

/** For x-amz-checksum-crc32: the big-endian bytes of the CRC-32 of zlib and Ethernet, as base64. */
export async function contentCrc32(body: Body): Promise<string> {
  let value = 0;
  for await (const piece of piecesOf(body)) value = crc32(piece, value);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString('base64');
}
