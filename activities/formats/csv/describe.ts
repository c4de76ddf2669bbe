import { TransferError } from '../../failures.ts';
import { evenCuts } from '../bytes.ts';
import type { Column, DescribeOptions, RangeReader, SourceDescription } from '../format.ts';
import { dialectOf } from './dialect.ts';
import type { Dialect } from './dialect.ts';
import { dialectDetails } from './details.ts';
import { bytesIn, unitOf } from './encoding.ts';
import { flawText } from './flaws.ts';
import { readHead } from './head.ts';
import type { Head } from './head.ts';
import { readHeader } from './header.ts';
import type { Header } from './header.ts';
import { KIND, typeOfKinds, widen } from './kinds.ts';
import type { Reading } from './reading.ts';
import { sample } from './sample.ts';
import { scanAll } from './scan-all.ts';
import { Scanner } from './scanner.ts';

/**
 * Schema and cuts of a CSV object in the dialect of `options.csv`. Types come from the first MiB and three samples
 * further on, or from every value with `hints.exactCuts`; what contradicts them later asks for a re-plan, it is
 * never bent to fit. A compressed object is one chunk.
 */
export async function describe(reader: RangeReader, options: DescribeOptions): Promise<SourceDescription> {
  const { location } = reader;
  const given = options.options.csv ?? {};
  const named = given.header ?? true;
  const dialect = dialectOf(given);
  if (reader.size === 0) throw empty(location, named);
  const head = await readHead(reader, given);
  const bare = !named && options.written !== undefined;
  // what has no header may be a byte order mark alone
  if (!bare && head.whole && head.text.length === 0) throw empty(location, named);
  const header = headerOf(head, location, dialect, named, options);
  const { compression, encoding } = head;
  const dataStart = head.bom + bytesIn(encoding, head.text.subarray(0, header.end));
  const nominal = nominalCuts(reader.size, dataStart, head, options);
  const cut = nominal.length > 2;
  const place = { dialect, encoding, compression, dataStart };
  const contradicted = Object.keys(options.hints.widen ?? {}).length > 0;
  const facts = {
    details: { ...dialectDetails(dialect, named), encoding, compression },
    ...(header.hint === undefined ? {} : { warnings: [`${location}: ${header.hint}`] }),
  };

  const exact = options.hints.exactCuts === true || options.written !== undefined;
  if (exact || (options.rowNumbers && cut)) {
    const scanner = new Scanner(header.names.length, { dialect });
    const { cuts, lines, records } = await scanAll(reader, place, scanner, nominal);
    if (scanner.flaw !== undefined) throw malformed(location, header, scanner.flaw, dialect);
    const { columns } = columnsOf(header, [scanner], options);
    const reading: Reading = {
      ...place,
      exact: true,
      lines: lines.map((before) => header.lines + before + 1),
      unseen: [],
      contradicted,
    };
    return { columns, cuts, rows: scanner.records, firstRows: records.slice(0, -1), reading, ...facts };
  }

  const first = new Scanner(header.names.length, { dialect });
  first.push(head.text.subarray(header.end));
  if (head.whole) first.finish();
  // an unterminated quote is no flaw yet while there is more to read
  if (first.flaw !== undefined) throw malformed(location, header, first.flaw, dialect);
  const others = compression === 'none' ? await sample(reader, encoding, dialect, header.names.length) : [];
  const { columns, unseen } = columnsOf(header, [first, ...others], options);
  const reading: Reading = {
    ...place,
    exact: false,
    lines: [header.lines + 1],
    unseen: head.whole ? [] : unseen,
    contradicted,
  };
  return {
    columns,
    cuts: nominal,
    ...(head.whole ? { rows: first.records } : {}),
    ...(cut ? {} : { firstRows: [0] }),
    reading,
    ...facts,
  };
}

function headerOf(
  { text, whole }: Head,
  location: string,
  dialect: Dialect,
  named: boolean,
  { written }: DescribeOptions,
): Header {
  if (!named && written !== undefined) return { names: written.map(({ name }) => name), end: 0, lines: 0 };
  return readHeader(text, whole, location, dialect, named);
}

/** In bytes of the object. What is compressed cannot be cut: its text has no places in the object. */
function nominalCuts(
  size: number,
  dataStart: number,
  { compression, encoding }: Head,
  { chunkBytes, maxChunks }: DescribeOptions,
): number[] {
  if (compression !== 'none') return [0, size];
  const unit = unitOf(encoding);
  const cuts = evenCuts(dataStart, size, chunkBytes, maxChunks);
  return cuts.map((cut, index) => (index < cuts.length - 1 ? cut - ((cut - dataStart) % unit) : cut));
}

/** Columns that no value was seen of are text, unless an earlier plan knows better. */
function columnsOf(
  header: Header,
  scanners: readonly Scanner[],
  { hints, written }: DescribeOptions,
): { columns: Column[]; unseen: number[] } {
  const wider = hints.widen ?? {};
  const unseen: number[] = [];
  const columns = header.names.map((name, index) => {
    const kinds = scanners.flatMap((scanner) => scanner.kinds(index).map(({ kind }) => kind));
    const hint = Object.hasOwn(wider, name) ? wider[name] : undefined;
    if (hint === undefined && kinds.every((kind) => kind === KIND.empty)) unseen.push(index);
    if (written !== undefined) return { name, type: 'VARCHAR', nullable: true };
    const type = hint === undefined ? typeOfKinds(kinds) : widen(hint, kinds);
    return { name, type, nullable: true };
  });
  return { columns, unseen };
}

function empty(location: string, named: boolean): TransferError {
  return new TransferError(
    'MalformedData',
    `${location} is empty (0 bytes): a CSV object needs at least a ${named ? 'header line' : 'record'}`,
  );
}

function malformed(
  location: string,
  header: Header,
  flaw: NonNullable<Scanner['flaw']>,
  dialect: Dialect,
): TransferError {
  const text = flawText(location, header.names.length, flaw, header.lines, dialect);
  return new TransferError('MalformedData', text);
}
