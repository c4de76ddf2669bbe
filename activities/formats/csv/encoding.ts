import type { CsvOptions } from '../../../workflows/contract/formats.ts';
import { TransferError } from '../../failures.ts';

export type Encoding = NonNullable<CsvOptions['encoding']>;

const BOMS: readonly { encoding: Encoding; bytes: Buffer }[] = [
  { encoding: 'UTF-8', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'UTF-16LE', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'UTF-16BE', bytes: Buffer.from([0xfe, 0xff]) },
];
const isUtf16 = (encoding: Encoding | undefined): boolean => encoding?.startsWith('UTF-16') === true;

/**
 * The encoding of an object by its first bytes and the option, and how many bytes its byte order mark has. The mark
 * decides between the byte orders of UTF-16, whatever the option says.
 */
export function encodingOf(
  head: Buffer,
  given: Encoding | undefined,
  location: string,
): { encoding: Encoding; bom: number } {
  const mark = BOMS.find(({ bytes }) => head.subarray(0, bytes.length).equals(bytes));
  if (mark === undefined) return { encoding: given ?? 'UTF-8', bom: 0 };
  const { encoding, bytes } = mark;
  if (given === undefined || given === encoding || (isUtf16(given) && isUtf16(encoding)))
    return { encoding, bom: bytes.length };
  throw new TransferError(
    'MalformedData',
    `${location} begins with the byte order mark of ${encoding}, but csv.encoding is ${given}; remove csv.encoding or correct it`,
  );
}

/** Bytes of a code unit: where a newline may begin, counted from the object's begin. */
export const unitOf = (encoding: Encoding): 1 | 2 => (isUtf16(encoding) ? 2 : 1);

/** Bytes that a UTF-8 text has in an encoding. */
export function bytesIn(encoding: Encoding, text: Uint8Array): number {
  if (encoding === 'UTF-8') return text.length;
  return Buffer.from(text).toString().length * unitOf(encoding);
}

/** Offset after the first newline in `bytes` at or after `from`, both multiples of the unit; -1 if there is none. */
export function afterNewline(encoding: Encoding, bytes: Uint8Array, from: number): number {
  if (unitOf(encoding) === 1) return bytes.indexOf(0x0a, from) + 1 || -1;
  const low = encoding === 'UTF-16LE' ? 0 : 1;
  for (let at = bytes.indexOf(0x0a, from); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at % 2 === low && bytes[at + 1 - 2 * low] === 0) return at + 2 - low;
  }
  return -1;
}
