import type { FormatOptions } from '../../workflows/contract/formats.ts';
import type { Format } from '../formats/format.ts';

/** What goes before each body, by their sizes; nothing before an empty one. */
export function openingsOf(sizes: readonly number[], format: Format, options: FormatOptions): Buffer[] {
  const first = sizes.findIndex((bytes) => bytes > 0);
  return sizes.map((bytes, body) =>
    bytes > 0 && format.opening !== undefined ? format.opening(body === first, options) : Buffer.alloc(0),
  );
}

/** A body that is not empty begins with carried bytes, in formats where order matters. */
export function withOpening<Body extends { bodyBytes: number; carriedBytes: number }>(
  body: Body,
  { length }: Buffer,
): Body {
  return { ...body, bodyBytes: body.bodyBytes + length, carriedBytes: body.carriedBytes + length };
}
