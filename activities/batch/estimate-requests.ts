import type { RequestEstimate } from '../../workflows/contract/plan-report.ts';
import { assemble, carriedBytes } from './assembly.ts';
import type { TabularPlan } from './plan.ts';
import { chunksPerSlice } from './slices.ts';
import type { VerbatimPlan } from './verbatim/work.ts';

/** A look at an object that is not there is followed by a listing that says why; at the target, before and at the end. */
const ABSENT = 2;
/** Objects on one page of a listing. */
const PAGE = 1000;
/** Of one object, for its schema: its begin and, where it is large, its end or some samples. */
export const DESCRIBING = 2;

/** docs/cli.md has the same in words. */
export function estimateTabular(plan: TabularPlan, ordered: boolean, whole: boolean): RequestEstimate {
  const { objects, chunks } = plan.source;
  const pieces = chunks.reduce((sum, list) => sum + list.length, 0);
  const reading = {
    head: 2,
    list: objects.length > 1 ? listing(objects.length) : 0,
    get: DESCRIBING * objects.length + pieces,
  };
  if (whole)
    return { get: reading.get + reading.head + 1, put: reading.list + ABSENT + 1, part: 0, delete: 0 };

  // a result as large as its source is assumed
  const bytes = objects.reduce((sum, { size }) => sum + size, 0) / chunks.length;
  const joined = plan.destination.objects !== undefined;
  const carried = joined ? bytes : carriedBytes(bytes, ordered);
  const { parts } = assemble(
    chunks.map(() => ({ bodyBytes: bytes, carriedBytes: carried })),
    ordered,
  );
  const kept = carried > 0 ? chunks.length : 0;
  const slices = sliceCount(chunks.length);
  const staged = 1 + chunks.length + kept;
  return {
    // every slice and publish read the plan, publish also the records and what was carried; HEAD before completing
    get: reading.get + reading.head + slices + 1 + chunks.length + kept + 1,
    // what is staged, the upload's begin and end; a listing of the ledger by every slice, and two by cleaning up
    put: reading.list + ABSENT + staged + 2 + slices + listing(staged) + 1,
    part: parts.length,
    // and the end of the upload, in case it was not complete
    delete: staged + 1,
  };
}

/** docs/cli.md has the same in words. */
export function estimateVerbatim(plan: VerbatimPlan, whole: boolean): RequestEstimate {
  const { objects, chunks, serverSide } = plan;
  const parts = chunks.flat().filter(({ object }) => objects[object]!.partBytes !== undefined).length;
  const large = objects.filter(({ partBytes }) => partBytes !== undefined).length;
  const small = objects.length - large;
  const list = plan.prefix === undefined ? 0 : listing(objects.length);
  if (whole) return { get: 2 + 1 + 2, put: ABSENT + 1, part: 0, delete: 0 };
  const slices = sliceCount(chunks.length);
  const kept = serverSide ? 0 : small;
  const staged = 1 + chunks.length + kept;
  return {
    // headers of every source object are asked for, and what is at its target; where the store copies, once more just before;
    // bytes only where they pass through
    get: 2 + 2 * objects.length + (serverSide ? small : parts + small) + slices + 1 + chunks.length,
    put: list + ABSENT * objects.length + staged + 2 * large + small + slices + listing(staged) + 1,
    part: parts,
    delete: staged + large,
  };
}

const listing = (objects: number): number => Math.ceil(objects / PAGE);

export const sliceCount = (chunks: number): number => Math.ceil(chunks / chunksPerSlice(chunks));
