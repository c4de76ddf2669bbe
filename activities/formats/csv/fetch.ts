import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TransferError } from '../../failures.ts';
import type { ChunkSource, FetchedChunk, RangeReader } from '../format.ts';
import { flawText } from './flaws.ts';
import { holds, KIND, typeOfKinds, widen } from './kinds.ts';
import { parseReading } from './reading.ts';
import { LONGEST_RECORD, readCsv } from './relation.ts';
import { Scanner } from './scanner.ts';
import { sliceTo } from './slice.ts';

/** Name of a fetched chunk in its directory. */
export const CHUNK_FILE = 'chunk.csv';

/**
 * Brings chunk `index` into a local file and judges it on the way. Throws CutInsideQuotes when the cut may be
 * to blame, TypeContradicted with the types that hold all values of the chunk, MalformedData with the line.
 */
export async function fetch(
  reader: RangeReader,
  source: ChunkSource,
  index: number,
  directory: string,
): Promise<FetchedChunk> {
  const { exact, lines } = parseReading(source.reading);
  const [start, end] = [source.cuts[index], source.cuts[index + 1]];
  if (start === undefined || end === undefined) throw new RangeError(`no chunk ${index} in the plan`);
  const last = index === source.cuts.length - 2;
  const file = join(directory, CHUNK_FILE);
  const scanner = new Scanner(source.columns.length);
  const bounds = { start, end, startExact: exact || index === 0, endExact: exact || last };
  const bytesRead = await sliceTo(file, reader, bounds, (bytes) => scanner.push(bytes));
  scanner.finish();

  const linesBefore = (lines[index] ?? 0) - 1;
  judgeStructure(
    scanner,
    source,
    index,
    linesBefore,
    exact || (index === 0 && (last || scanner.flaw?.what !== 'unterminated')),
  );
  await judgeTypes(scanner, source, index, linesBefore, exact || index === 0, file);
  return {
    relation: readCsv(file, source.columns, scanner),
    textRelation: readCsv(
      file,
      source.columns.map(({ name }) => ({ name, type: 'VARCHAR' })),
      scanner,
    ),
    rows: scanner.records,
    bytesRead,
  };
}

/** `sure`: the chunk is known to begin and end between records. */
function judgeStructure(
  { flaw, longestRecord }: Scanner,
  { location, columns }: ChunkSource,
  index: number,
  linesBefore: number,
  sure: boolean,
): void {
  if (flaw !== undefined && !sure) throw cutInsideQuotes(location, index);
  if (flaw !== undefined) {
    throw new TransferError('MalformedData', flawText(location, columns.length, flaw, linesBefore));
  }
  if (longestRecord > LONGEST_RECORD) {
    throw new TransferError(
      'MalformedData',
      `${location}: a record is ${longestRecord} bytes long; at most ${LONGEST_RECORD} are supported`,
    );
  }
}

async function judgeTypes(
  scanner: Scanner,
  { location, columns }: ChunkSource,
  index: number,
  linesBefore: number,
  sure: boolean,
  file: string,
): Promise<void> {
  const wider: Record<string, string> = {};
  const texts: string[] = [];
  columns.forEach(({ name, type }, column) => {
    const kinds = scanner.kinds(column);
    const wrong = kinds.filter(({ kind }) => !holds(type, kind)).toSorted((a, b) => a.line - b.line)[0];
    if (wrong === undefined) return;
    wider[name] = widen(
      type,
      kinds.map(({ kind }) => kind),
    );
    const place =
      linesBefore < 0 ? `line ${wrong.line} of chunk ${index}` : `line ${linesBefore + wrong.line}`;
    const found = wrong.kind === KIND.text ? 'text' : typeOfKinds([wrong.kind]);
    texts.push(
      `column ${JSON.stringify(name)} was taken for ${type}, but ${place} holds ${found}; it is read as ${wider[name]}`,
    );
  });
  if (texts.length === 0) return;
  if (!sure && !(await beginsOutsideQuotes(file, columns.length))) throw cutInsideQuotes(location, index);
  throw new TransferError('TypeContradicted', `${location}: ${texts.join('; ')}`, {
    hints: { widen: wider },
  });
}

/**
 * True when the chunk makes no sense if it is taken to begin inside a quoted value: a quote in the wrong
 * place, a wrong number of fields, or no end of the value for longer than a record may be.
 */
async function beginsOutsideQuotes(file: string, fields: number): Promise<boolean> {
  const scanner = new Scanner(fields, { inQuotes: true });
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
