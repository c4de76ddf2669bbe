import { createHash } from 'node:crypto';
import type { UploadedPart } from '../object-store.ts';

/** Stores differ in quoting. */
export function sameEtag(one: string, other: string): boolean {
  return bare(one) === bare(other);
}

/** What a completed upload has as its ETag, unless the store encrypts with a key of its own. */
export function etagOfParts(parts: readonly UploadedPart[]): string {
  const hash = createHash('md5');
  for (const part of parts) hash.update(Buffer.from(bare(part.etag), 'hex'));
  return `"${hash.digest('hex')}-${parts.length}"`;
}

function bare(etag: string): string {
  return etag.replace(/^"(.*)"$/, '$1');
}
