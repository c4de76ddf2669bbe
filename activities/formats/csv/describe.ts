import { setImmediate } from 'node:timers/promises';
import { TransferError } from '../../failures.ts';
import { evenCuts, readRange } from '../bytes.ts';
import type { Column, DescribeOptions, RangeReader, SourceDescription } from '../format.ts';
import { flawText } from './flaws.ts';
import { readHeader } from './header.ts';
import type { Header } from './header.ts';
import { typeOfKinds, widen } from './kinds.ts';
import type { Reading } from './reading.ts';
import { Scanner } from './scanner.ts';

/** Bytes looked at from the begin of the object, and at each of some places further on. */
const HEAD = 1024 * 1024;
const SAMPLE = 256 * 1024;
const SAMPLES = 3;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
/** Bytes per request, and requests under way, when the whole object is scanned. */
const SCAN_RANGE = 4 * 1024 * 1024;
const SCAN_AHEAD = 4;

/**
 * Columns, types and cuts of a CSV object: a header line, commas, double quotes doubled within quotes,
 * UTF-8, \n or \r\n. Types come from the first MiB and three samples further on, or from every value with
 * `hints.exactCuts`; what contradicts them later asks for a re-plan, it is never bent to fit.
 */
export async function describe(reader: RangeReader, options: DescribeOptions): Promise<SourceDescription> {
  const { location, size } = reader;
  if (size === 0) {
    throw new TransferError(
      'MalformedData',
      `${location} is empty (0 bytes): a CSV object needs at least a header line`,
    );
  }
  const head = await readRange(reader, 0, Math.min(size, HEAD));
  const header = readHeader(head, head.length === size, location);
  const nominal = evenCuts(header.end, size, options.chunkBytes, options.maxChunks);
  const details = { delimiter: ',', quote: '"', header: 'true', encoding: 'UTF-8' };

  if (options.hints.exactCuts === true) {
    const { scanners, cuts, lines } = await scanAll(reader, header, nominal);
    const reading: Reading = { exact: true, lines };
    return {
      columns: columnsOf(header, scanners, options),
      cuts,
      rows: scanners[0]?.records,
      reading,
      details,
    };
  }
  const scanners = await sample(reader, head, header);
  const reading: Reading = { exact: false, lines: [header.lines + 1] };
  return {
    columns: columnsOf(header, scanners, options),
    cuts: nominal,
    ...(head.length === size ? { rows: scanners[0]?.records } : {}),
    reading,
    details,
  };
}

function columnsOf(header: Header, scanners: readonly Scanner[], options: DescribeOptions): Column[] {
  const wider = options.hints.widen ?? {};
  return header.names.map((name, index) => {
    const kinds = scanners.flatMap((scanner) => scanner.kinds(index).map(({ kind }) => kind));
    const hint = Object.hasOwn(wider, name) ? wider[name] : undefined;
    const type = hint === undefined ? typeOfKinds(kinds) : widen(hint, kinds);
    return { name, type, nullable: true };
  });
}

/** The head and, of large objects, some places further on. */
async function sample(reader: RangeReader, head: Buffer, header: Header): Promise<Scanner[]> {
  const first = new Scanner(header.names.length);
  first.push(head.subarray(header.end));
  if (head.length === reader.size) first.finish();
  // an unterminated quote is no flaw yet while there is more to read
  if (first.flaw !== undefined) throw malformed(reader, header, first);
  if (reader.size < 2 * HEAD + SAMPLES * SAMPLE) return [first];
  const step = (reader.size - HEAD - SAMPLE) / SAMPLES;
  const others = Array.from({ length: SAMPLES }, async (_, index) => {
    const start = Math.round(HEAD + (index + 1) * step);
    const bytes = await readRange(reader, start, start + SAMPLE);
    return scanSample(bytes.subarray(bytes.indexOf(NEWLINE) + 1), header.names.length);
  });
  return [first, ...(await Promise.all(others)).filter((scanner) => scanner !== undefined)];
}

/** A sample that could as well begin inside a quoted value says nothing. */
function scanSample(bytes: Buffer, fields: number): Scanner | undefined {
  const scanner = new Scanner(fields);
  scanner.push(bytes);
  if (scanner.flaw !== undefined) return undefined;
  if (!bytes.includes(QUOTE)) return scanner;
  const other = new Scanner(fields, { inQuotes: true });
  other.push(bytes);
  return other.flaw === undefined ? undefined : scanner;
}

/** Reads everything once, some ranges ahead, in order: where a record begins depends on all before it. */
async function scanAll(
  reader: RangeReader,
  header: Header,
  nominal: readonly number[],
): Promise<{ scanners: Scanner[]; cuts: number[]; lines: number[] }> {
  const cuts = [header.end];
  const lines = [header.lines + 1];
  const scanner = new Scanner(header.names.length);
  const nextTarget = () => (cuts.length < nominal.length - 1 ? (nominal[cuts.length] as number) : Infinity);
  scanner.target = nextTarget() - header.end;
  scanner.onRecord = (end) => {
    // one long record may pass several cuts: the chunks between are empty
    while (header.end + end >= nextTarget()) {
      cuts.push(header.end + end);
      lines.push(header.lines + scanner.lines + 1);
    }
    scanner.target = nextTarget() - header.end;
  };
  const starts = Array.from(
    { length: Math.ceil((reader.size - header.end) / SCAN_RANGE) },
    (_, index) => header.end + index * SCAN_RANGE,
  );
  const ahead: Promise<Buffer>[] = [];
  const fetchNext = () => {
    const start = starts.shift();
    if (start === undefined) return;
    const range = readRange(reader, start, Math.min(start + SCAN_RANGE, reader.size));
    // a failure is reported when its turn comes; until then it must not count as unhandled
    range.catch(() => undefined);
    ahead.push(range);
  };
  for (let i = 0; i < SCAN_AHEAD; i++) fetchNext();
  for (let range = ahead.shift(); range !== undefined; range = ahead.shift()) {
    scanner.push(await range);
    fetchNext();
    await setImmediate();
  }
  scanner.finish();
  if (scanner.flaw !== undefined) throw malformed(reader, header, scanner);
  while (cuts.length < nominal.length) {
    cuts.push(reader.size);
    lines.push(header.lines + scanner.lines + 1);
  }
  return { scanners: [scanner], cuts, lines };
}

function malformed(reader: RangeReader, header: Header, { flaw }: Scanner): TransferError {
  return new TransferError(
    'MalformedData',
    flawText(reader.location, header.names.length, flaw, header.lines),
  );
}
