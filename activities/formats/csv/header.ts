import { TransferError } from '../../failures.ts';
import type { Dialect } from './dialect.ts';
import { firstRecord } from './first-record.ts';
import { quoteName } from './flaws.ts';

/** What people use as delimiters; never guessed, only named in a hint. */
const USUAL_DELIMITERS = [',', ';', '\t', '|'];

export interface Header {
  names: string[];
  /** Offset of the first record in the text. */
  end: number;
  /** Newlines before it. */
  lines: number;
  /** What may be wrong though it can be read. */
  hint?: string;
}

/**
 * The columns of a CSV object from its first bytes in UTF-8: the values of the first record (`named`), or as many
 * column0, column1, ... as it has values. `whole`: these are all bytes of the object. Throws MalformedData that
 * names `location` and the column.
 */
export function readHeader(
  head: Buffer,
  whole: boolean,
  location: string,
  dialect: Dialect,
  named: boolean,
): Header {
  const malformed = (text: string) => new TransferError('MalformedData', `${location}: ${text}`);
  const what = named ? 'header' : 'first record';
  const { values, end } = firstRecord(named ? head : withoutBlankLines(head), dialect);
  if (end === undefined && !whole) {
    throw malformed(
      named
        ? `the header line is longer than ${head.length} bytes; the first line must hold the column names`
        : `the first record is longer than ${head.length} bytes`,
    );
  }
  const texts = values?.map((value) => utf8(value, () => malformed(notUtf8(what))));
  const names = named
    ? texts?.map((text) => nameOf(text, dialect))
    : texts?.map((_, index) => `column${index}`);
  if (texts === undefined || names === undefined || !names.every((name) => name !== undefined)) {
    throw malformed(
      dialect.quote === ''
        ? `line 1: a carriage return may only end a line`
        : `line 1: a ${quoteName(dialect)} in the ${what} must enclose a whole ${named ? 'name' : 'value'}, and be ${dialect.escape === dialect.quote ? 'doubled' : 'escaped'} within it`,
    );
  }
  const hint = hintOf(texts, dialect, what);
  if (!named) return { names, end: 0, lines: 0, ...hint };
  checkNames(names, malformed);
  const bytes = end ?? head.length;
  return { names, end: bytes, lines: head.subarray(0, bytes).toString().split('\n').length - 1, ...hint };
}

function withoutBlankLines(head: Buffer): Buffer {
  let begin = 0;
  while (head[begin] === 0x0a || (head[begin] === 0x0d && head[begin + 1] === 0x0a)) begin++;
  return head.subarray(begin);
}

const notUtf8 = (what: string): string =>
  `the ${what} line is not UTF-8; save the file as UTF-8, or name its encoding in csv.encoding`;

function utf8(value: Buffer, malformed: () => Error): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    throw malformed();
  }
}

/** The name that a value spells; undefined when a quote is in the middle of it. */
function nameOf(value: string, { quote, escape }: Dialect): string | undefined {
  if (quote === '' || !value.includes(quote)) return value;
  if (!value.startsWith(quote)) return undefined;
  const quoted = value.slice(1, -1);
  if (escape === quote) return quoted.replaceAll(quote + quote, quote);
  return quoted.replaceAll(new RegExp(`\\u{${escape.charCodeAt(0).toString(16)}}([^])`, 'gu'), '$1');
}

/** One column whose text holds what is a delimiter elsewhere: the option may be wrong. */
function hintOf(values: readonly string[], { delimiter }: Dialect, what: string): { hint?: string } {
  const [only, ...others] = values;
  if (only === undefined || others.length > 0) return {};
  const held = USUAL_DELIMITERS.find((candidate) => candidate !== delimiter && only.includes(candidate));
  if (held === undefined) return {};
  return { hint: `the ${what} is one column: did you mean csv.delimiter ${JSON.stringify(held)}?` };
}

/** Names must be distinct to the engine, which ignores the case of ASCII letters. */
function checkNames(names: readonly string[], malformed: (text: string) => Error): void {
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    if (name === '') {
      throw malformed(
        `column ${index + 1} of ${names.length} has an empty name; every column needs a name in the header line (without one: csv.header false)`,
      );
    }
    if (name.includes('\0')) {
      throw malformed(
        `the name of column ${index + 1} holds a NUL character; if the object is UTF-16 without byte order mark, say so in csv.encoding`,
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
