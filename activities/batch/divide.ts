import { MIN_PART_BYTES } from './assembly.ts';
import type { ChunkBody, ChunkRecord } from './ledger.ts';
import type { PlannedObjects } from './plan.ts';

/** Bodies in one object: each may need two of the 10,000 parts that S3 allows. */
const MOST_BODIES = 4_900;

/** A chunk's body beside the ledger. */
export interface StagedBody {
  chunk: number;
  /** Its number in the chunk's record. */
  index: number;
  body: ChunkBody;
}

export interface DividedObject {
  key: string;
  /** In row order. */
  bodies: StagedBody[];
}

/** Which bodies become which object: by partition, and a new one where an object would exceed maxObjectSize. */
export function divide(records: readonly ChunkRecord[], objects: PlannedObjects): DividedObject[] {
  const most = objects.maxObjectSize ?? Infinity;
  const partitions = new Map<string, StagedBody[]>();
  for (const { chunk, bodies } of records)
    for (const [index, body] of bodies.entries()) {
      const own = partitions.get(body.partition) ?? [];
      own.push({ chunk, index, body });
      partitions.set(body.partition, own);
    }
  const divided: DividedObject[] = [];
  for (const [partition, bodies] of [...partitions].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const [number, group] of groups(bodies, most).entries())
      divided.push({ key: nameOf(objects, partition, number), bodies: group });
  return divided;
}

function groups(bodies: readonly StagedBody[], most: number): StagedBody[][] {
  const done: StagedBody[][] = [];
  let bytes = 0;
  for (const staged of bodies) {
    const open = done.at(-1);
    const { bodyBytes } = staged.body;
    if (open === undefined || bytes + bodyBytes > most || open.length >= MOST_BODIES) {
      done.push([staged]);
      bytes = bodyBytes;
    } else {
      open.push(staged);
      bytes += bodyBytes;
    }
  }
  return done;
}

function nameOf({ prefix, name, extension }: PlannedObjects, partition: string, number: number): string {
  const directory = partition === '' ? prefix : `${prefix}${partition}/`;
  return `${directory}${name}${String(number).padStart(5, '0')}${extension}`;
}

/** Bytes [start, end) of segment `of`, counted over what is joined. */
interface Segment {
  of: number;
  start: number;
  end: number;
}

/** What one part of an upload is made of. A part of one segment can be copied inside the store. */
export type JoinedPart = Segment[];

/**
 * Parts for pieces that lie one after the other, none but the last smaller than S3 allows. The last one may be small or
 * of no segment: what ends the object goes behind it. A part of several segments has less than 15 MiB.
 */
export function joinParts(sizes: readonly number[]): JoinedPart[] {
  const parts: JoinedPart[] = [];
  let open: JoinedPart = [];
  let bytes = 0;
  const flush = (): void => {
    parts.push(open);
    open = [];
    bytes = 0;
  };
  for (const [of, size] of sizes.entries()) {
    let start = 0;
    if (bytes > 0 && size >= 2 * MIN_PART_BYTES - bytes) {
      start = MIN_PART_BYTES - bytes;
      open.push({ of, start: 0, end: start });
      flush();
    }
    if (size === start) continue;
    open.push({ of, start, end: size });
    bytes += size - start;
    if (bytes >= MIN_PART_BYTES) flush();
  }
  parts.push(open);
  return parts;
}
