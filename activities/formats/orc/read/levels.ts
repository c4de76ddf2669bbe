import type { Scratch } from '../../columnar/scratch.ts';
import { OrcError } from '../proto.ts';
import type { BitRuns } from './byte-runs.ts';
import { OrcLimit } from './errors.ts';
import type { IntegerRuns } from './runs.ts';

/** One level of nesting on the way to a column's values. */
export type Step =
  /** May be NULL; no stream when nothing is. `required`: must not be, and has no level in Parquet. */
  | { kind: 'optional'; present: BitRuns | undefined; required: boolean }
  /** A list or map: so many elements. */
  | { kind: 'repeated'; lengths: IntegerRuns };

/** Rows of a column as Parquet's definition and repetition levels. */
export interface Levels {
  /** Entries: values, and NULLs and empty lists on any level. */
  count: number;
  /** How much of the path is there. An entry has a value where this is `maxDefinition`. */
  definition: Uint8Array;
  /** 0 starts a row; n continues the list on level n. Absent in columns outside of lists. */
  repetition: Uint8Array | undefined;
  /** Entries with a value. */
  values: number;
}

/** More elements of lists in one go than memory is meant for. */
const MAX_ENTRIES = 1 << 24;

/**
 * Reads the levels of the next `rows` rows: the streams of every step are read just that far. They may lie in `scratch`.
 * Throws OrcLimit when lists have too many elements for memory: ask for fewer rows.
 */
export function readLevels(steps: readonly Step[], rows: number, scratch: Scratch): Levels {
  const none = scratch.bytes(rows).fill(0);
  let levels: Levels = { count: rows, definition: none, repetition: undefined, values: rows };
  let definition = 0;
  let repetition = 0;
  for (const step of steps) {
    if (step.kind === 'repeated') {
      levels = repeat(levels, step.lengths, definition, ++repetition);
      definition++;
    } else if (step.required) requirePresent(step.present, levels.values);
    else {
      markPresent(levels, step.present, definition);
      definition++;
    }
  }
  return levels;
}

export function maxDefinition(steps: readonly Step[]): number {
  return steps.filter((step) => step.kind === 'repeated' || !step.required).length;
}

export function maxRepetition(steps: readonly Step[]): number {
  return steps.filter((step) => step.kind === 'repeated').length;
}

function markPresent(levels: Levels, present: BitRuns | undefined, level: number): void {
  const { definition, count } = levels;
  if (present === undefined) {
    if (levels.values === count) definition.fill(level + 1);
    else for (let i = 0; i < count; i++) if (definition[i] === level) definition[i] = level + 1;
    return;
  }
  let values = 0;
  for (let i = 0; i < count; i++) {
    if (definition[i] === level && present.next() === 1) {
      definition[i] = level + 1;
      values++;
    }
  }
  levels.values = values;
}

function requirePresent(present: BitRuns | undefined, values: number): void {
  if (present === undefined) return;
  for (let i = 0; i < values; i++) if (present.next() === 0) throw new OrcError('a key of a map is NULL');
}

/** Every entry that is there becomes as many as the list has elements; one of a lower level when it is empty. */
function repeat(levels: Levels, lengths: IntegerRuns, level: number, depth: number): Levels {
  const pairs = new Int32Array(2 * levels.values);
  lengths.read(pairs, levels.values);
  const { total, values } = countElements(pairs);
  const count = levels.count - levels.values + total;
  if (count > MAX_ENTRIES) {
    throw new OrcLimit(`neighbouring lists have ${count} elements; at most ${MAX_ENTRIES} are supported`);
  }
  const definition = new Uint8Array(count);
  const repetition = new Uint8Array(count);
  let list = 0;
  let to = 0;
  for (let from = 0; from < levels.count; from++) {
    definition[to] = levels.definition[from]!;
    repetition[to] = levels.repetition?.[from] ?? 0;
    if (levels.definition[from] === level) {
      const length = pairs[2 * list++]!;
      if (length > 0) definition.fill(level + 1, to, to + length);
      if (length > 1) repetition.fill(depth, to + 1, to + length);
      to += Math.max(length, 1);
    } else to++;
  }
  return { count, definition, repetition, values };
}

/** `values`: elements; `total`: the same with one for every list that is empty. */
function countElements(lengths: Int32Array): { total: number; values: number } {
  let total = 0;
  let values = 0;
  for (let i = 0; i < lengths.length; i += 2) {
    const length = lengths[i]!;
    if (lengths[i + 1] !== 0 || length < 0) throw new OrcError('a length of a list is none');
    values += length;
    total += Math.max(length, 1);
  }
  return { total, values };
}
