import { TransferError } from '../../failures.ts';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const NEWLINE = 0x0a;
const QUOTE = 0x22;

export interface Header {
  names: string[];
  /** Offset of the first record after it. */
  end: number;
  /** Newlines in it. */
  lines: number;
}

/**
 * The header of a CSV object from its first bytes. `whole`: these are all bytes of the object.
 * Throws MalformedData that names `location` and the column.
 */
export function readHeader(head: Buffer, whole: boolean, location: string): Header {
  const malformed = (text: string) => new TransferError('MalformedData', `${location}: ${text}`);
  const begin = head.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
  const end = recordEnd(head, begin);
  if (end === undefined && !whole) {
    throw malformed(
      `the header line is longer than ${head.length} bytes; the first line must hold the column names`,
    );
  }
  const text = head.subarray(begin, end ?? head.length);
  let line: string;
  try {
    line = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    throw malformed('the header line is not UTF-8; save the file as UTF-8');
  }
  const names = splitRecord(line.replace(/\r?\n?$/, ''));
  if (names === undefined) {
    throw malformed(
      'line 1: a double quote in the header must enclose a whole name, and be doubled within it',
    );
  }
  checkNames(names, malformed);
  return { names, end: end ?? head.length, lines: line.split('\n').length - 1 };
}

/** Offset after the newline that ends the record which begins at `begin`. */
function recordEnd(bytes: Buffer, begin: number): number | undefined {
  let quoted = false;
  for (let i = begin; i < bytes.length; i++) {
    if (bytes[i] === QUOTE) quoted = !quoted;
    else if (bytes[i] === NEWLINE && !quoted) return i + 1;
  }
  return undefined;
}

/** Values of one record without its newline; undefined when the quotes make no sense. */
function splitRecord(record: string): string[] | undefined {
  const values: string[] = [];
  const value = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|$)/gy;
  do {
    const match = value.exec(record);
    if (match === null) return undefined;
    values.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return values;
  } while (value.lastIndex <= record.length);
  return undefined;
}

/** Names must be distinct to the engine, which ignores the case of ASCII letters. */
function checkNames(names: readonly string[], malformed: (text: string) => Error): void {
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    if (name === '') {
      throw malformed(
        `column ${index + 1} of ${names.length} has an empty name; every column needs a name in the header line`,
      );
    }
    const folded = name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
    const other = seen.get(folded);
    if (other !== undefined) {
      throw malformed(
        `columns ${other + 1} (${JSON.stringify(names[other])}) and ${index + 1} (${JSON.stringify(name)}) have the same name, upper and lower case being the same; names must be distinct`,
      );
    }
    seen.set(folded, index);
  });
}
