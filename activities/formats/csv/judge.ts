import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TransferError } from '../../failures.ts';
import type { ChunkSource } from '../format.ts';
import { flawText } from './flaws.ts';
import { holds, KIND, typeOfKinds, widen } from './kinds.ts';
import { parseReading } from './reading.ts';
import type { Reading } from './reading.ts';
import { LONGEST_RECORD } from './relation.ts';
import { Scanner } from './scanner.ts';

/** Columns named in one message. */
const MOST_NAMED = 5;

/** A chunk that has been scanned to its end. */
export interface ScannedChunk {
  source: ChunkSource;
  index: number;
  scanner: Scanner;
  /** Its UTF-8 text. */
  file: string;
}

/**
 * Throws CutInsideQuotes when the cut may be to blame, TypeContradicted with the types that hold all values of the
 * chunk, MalformedData with the line.
 */
export async function judge(chunk: ScannedChunk): Promise<void> {
  const reading = parseReading(chunk.source.reading);
  judgeStructure(chunk, reading);
  await judgeTypes(chunk, reading);
}

/** Newlines of the object before the chunk; -1 when that is not known. */
const linesBefore = ({ index }: ScannedChunk, { lines }: Reading): number => (lines[index] ?? 0) - 1;

function judgeStructure(chunk: ScannedChunk, reading: Reading): void {
  const { source, index, scanner } = chunk;
  const { location, columns, cuts } = source;
  const { flaw, longestRecord } = scanner;
  const last = index === cuts.length - 2;
  // the chunk is known to begin and end between records
  const sure = reading.exact || (index === 0 && (last || flaw?.what !== 'unterminated'));
  if (flaw !== undefined && !sure) throw cutInsideQuotes(location, index);
  if (flaw !== undefined) {
    const before = linesBefore(chunk, reading);
    const text = flawText(location, columns.length, flaw, before, reading.dialect);
    throw new TransferError('MalformedData', text);
  }
  if (longestRecord > LONGEST_RECORD) {
    throw new TransferError(
      'MalformedData',
      `${location}: a record is ${longestRecord} bytes long; at most ${LONGEST_RECORD} are supported`,
    );
  }
}

async function judgeTypes(chunk: ScannedChunk, reading: Reading): Promise<void> {
  const { source, index, scanner, file } = chunk;
  const before = linesBefore(chunk, reading);
  const place = (line: number): string =>
    before < 0 ? `line ${line} of chunk ${index}` : `line ${before + line}`;
  const wider: Record<string, string> = {};
  const texts: string[] = [];
  source.columns.forEach(({ name, type }, column) => {
    const seen = scanner.kinds(column).filter(({ kind }) => kind !== KIND.empty);
    const kinds = seen.map(({ kind }) => kind);
    const unseen = reading.unseen.includes(column);
    const fits = unseen ? typeOfKinds(kinds) === type : kinds.every((kind) => holds(type, kind));
    if (fits) return;
    wider[name] = unseen ? typeOfKinds(kinds) : widen(type, kinds);
    const wrong = seen
      .filter(({ kind }) => unseen || !holds(type, kind))
      .toSorted((a, b) => a.line - b.line)[0]!;
    const found = wrong.kind === KIND.text ? 'text' : typeOfKinds([wrong.kind]);
    texts.push(
      `column ${JSON.stringify(name)} ${unseen ? 'seemed to be empty' : `was taken for ${type}`}, but ${place(wrong.line)} holds ${found}; it is read as ${wider[name]}`,
    );
  });
  if (texts.length === 0) return;
  const sure = reading.exact || index === 0 || (await beginsOutsideQuotes(file, source, reading));
  if (!sure) throw cutInsideQuotes(source.location, index);
  const more = texts.length > MOST_NAMED ? `; and ${texts.length - MOST_NAMED} more columns` : '';
  throw new TransferError(
    'TypeContradicted',
    `${source.location}: ${texts.slice(0, MOST_NAMED).join('; ')}${more}`,
    // after a second time guessing is over: all values are looked at before anything is copied
    { hints: { widen: wider, ...(reading.contradicted ? { exactCuts: true } : {}) } },
  );
}

/**
 * True when the chunk makes no sense if it is taken to begin inside a quoted value: a quote in the wrong
 * place, a wrong number of fields, or no end of the value for longer than a record may be.
 */
async function beginsOutsideQuotes(
  file: string,
  { columns }: ChunkSource,
  { dialect }: Reading,
): Promise<boolean> {
  if (dialect.quote === '') return true;
  const scanner = new Scanner(columns.length, { dialect, inQuotes: true });
  for await (const piece of createReadStream(file)) scanner.push(piece as Buffer);
  return scanner.flaw !== undefined || (scanner.records === 0 && (await stat(file)).size > LONGEST_RECORD);
}

function cutInsideQuotes(location: string, index: number): TransferError {
  return new TransferError(
    'CutInsideQuotes',
    `${location}: chunk ${index} may begin or end inside a quoted value; cutting again by reading all of it`,
    { hints: { exactCuts: true } },
  );
}
