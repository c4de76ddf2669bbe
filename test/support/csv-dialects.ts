import type { CsvOptions } from '../../workflows/contract/formats.ts';
import { RFC_4180 } from '../../activities/formats/csv/dialect.ts';
import type { Dialect } from '../../activities/formats/csv/dialect.ts';

/** Dialects that people meet, and some that no one should. */
export const DIALECTS: Record<string, Dialect> = {
  'RFC 4180': RFC_4180,
  'semicolons and backslashes': { delimiter: ';', quote: '"', escape: '\\', nullValue: '' },
  'tabs, single quotes, NA': { delimiter: '\t', quote: "'", escape: "'", nullValue: 'NA' },
  'bars without quotes, backslash N': { delimiter: '|', quote: '', escape: '', nullValue: String.raw`\N` },
  Hive: { delimiter: '\u0001', quote: '', escape: '', nullValue: '' },
  'spaces, minus for NULL': { delimiter: ' ', quote: '"', escape: '"', nullValue: '-' },
  'escape is a letter': { delimiter: ',', quote: '"', escape: 'e', nullValue: '1' },
  'delimiter is a digit': { delimiter: '1', quote: '"', escape: '\\', nullValue: '1.5'.slice(2) },
};

export const optionsOf = (dialect: Dialect, more: CsvOptions = {}): { csv: CsvOptions } => ({
  csv: { ...dialect, ...more },
});

/** The plainest reader of well-formed records: what scanner and engine are held against. */
export function parseRecords(text: string, dialect: Dialect, fields: number): (string | null)[][] {
  const { delimiter, quote, escape, nullValue } = dialect;
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  let at = 0;
  while (at < text.length || record.length > 0) {
    let value = '';
    let quoted = false;
    if (quote !== '' && text[at] === quote) {
      quoted = true;
      at++;
      for (;;) {
        const doubled = escape === quote && text[at + 1] === quote;
        if (text[at] === quote && !doubled) break;
        if (text[at] === escape) at++;
        value += text[at++];
      }
      at++;
    } else {
      while (at < text.length && text[at] !== delimiter && text[at] !== '\n') value += text[at++];
      if (text[at] !== delimiter && value.endsWith('\r')) value = value.slice(0, -1);
    }
    record.push(!quoted && value === nullValue ? null : value);
    if (text[at] === delimiter && at < text.length) {
      at++;
      continue;
    }
    if (text[at] === '\r') at++;
    at++;
    const nothing = record.length === 1 && !quoted && value === '';
    if (!nothing || (fields === 1 && nullValue === '')) records.push(record);
    record = [];
  }
  return records;
}

/** The plainest writer: quotes where the dialect has them, unless a value is all letters. */
export function spell(record: readonly (string | null)[], dialect: Dialect): string {
  const { delimiter, quote, escape, nullValue } = dialect;
  return record
    .map((value) => {
      if (value === null) return nullValue;
      if (quote === '' || (/^[b-z]+$/.test(value) && value !== nullValue)) return value;
      const special = new Set([quote, escape]);
      return quote + Array.from(value, (each) => (special.has(each) ? escape + each : each)).join('') + quote;
    })
    .join(delimiter);
}
