import type { Transfer } from '../../workflows/contract.ts';
import type { PermissionProbe, PlanReport } from '../../workflows/contract/plan-report.ts';
import { formatNamed } from '../registry.ts';
import { estimateFullVerification, estimateReceipt, sumOfRequests } from './estimate-checks.ts';
import { estimateTabular, estimateVerbatim, sliceCount } from './estimate-requests.ts';
import type { PlanJobResult } from './jobs.ts';
import { chunkCount, isWhole, type Plan } from './plan.ts';
import { METADATA_TRANSFER } from './staging.ts';

/** Source bytes a second and core, CSV to Parquet with four columns hidden; measured, see docs/cli.md. */
const CONVERTED_PER_SECOND = 30e6;
/** Bytes a second and engine process that pass through a worker as they are; measured, see docs/cli.md. */
const COPIED_PER_SECOND = 90e6;
/** Seconds of a run that does next to nothing; measured, see docs/cli.md. */
const LEAST_SECONDS = 0.3;

/** What lies at the destination now; absent = nothing is known about it. */
export type Present =
  | { kind: 'object'; object: { size: number; metadata: Record<string, string> } | undefined }
  /** `more`: they were not counted to the end. */
  | { kind: 'prefix'; objects: number; more: boolean };

/** What is known besides the plan. */
export interface PlanFacts extends Omit<PlanJobResult, 'plan'> {
  transfer: Transfer;
  present: Present | undefined;
  permissions: PermissionProbe[];
  /** Engine processes of one worker. */
  processes: number;
  /** Whether a receipt is written. */
  receipt: boolean;
}

/** A plan in terms of people. Pure; nothing in it is secret. */
export function describePlan(plan: Plan, facts: PlanFacts): PlanReport {
  const { transfer, source, destination, warnings, permissions, processes } = facts;
  const sizes = (plan.kind === 'tabular' ? plan.source : plan).objects.map(({ size }) => size);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  const chunks = chunkCount(plan);
  const whole = isWhole(plan);
  const seconds = estimateSeconds(plan, bytes, Math.min(processes, chunks));
  return {
    source,
    destination,
    conversions: [...new Set([...(source.conversions ?? []), ...(destination.conversions ?? [])])],
    warnings,
    reads: { objects: sizes.length, bytes },
    writes: {
      location: `s3://${transfer.destination.bucket}/${targetOf(plan)}`,
      operation: transfer.writeOperation === 'Append' ? 'Append' : 'Overwrite',
      present: presentText(facts),
    },
    chunks,
    slices: sliceCount(chunks),
    requests: sumOfRequests([
      plan.kind === 'tabular'
        ? estimateTabular(plan, formatNamed(plan.destination.format).ordered, whole)
        : estimateVerbatim(plan, whole),
      ...(transfer.verify === 'full' ? [estimateFullVerification(plan, whole, replacedObjects(facts))] : []),
      ...(facts.receipt ? [estimateReceipt(plan, whole)] : []),
    ]),
    ...(seconds === undefined ? {} : { estimatedSeconds: seconds }),
    permissions,
  };
}

/** What lies at the keys that are written; below a prefix that is not known, and nothing is assumed. */
function replacedObjects({ present }: PlanFacts): number {
  return present?.kind === 'object' && present.object !== undefined ? 1 : 0;
}

/** The key, or the prefix with a `/` at the end. */
export function targetOf(plan: Plan): string {
  if (plan.kind === 'tabular') return plan.destination.objects?.prefix ?? plan.destination.key;
  return plan.prefix ?? plan.objects[0]!.target;
}

/** Undefined where a store copies its own bytes: how fast is its affair. */
function estimateSeconds(plan: Plan, bytes: number, processes: number): number | undefined {
  if (plan.kind === 'verbatim' && plan.serverSide) return undefined;
  const rate = plan.kind === 'tabular' ? CONVERTED_PER_SECOND : COPIED_PER_SECOND;
  return Math.round(10 * (LEAST_SECONDS + bytes / (rate * processes))) / 10;
}

function presentText({ transfer, present }: PlanFacts): string {
  const append = transfer.writeOperation === 'Append';
  if (present === undefined) return 'not known: the destination may not be looked at';
  if (present.kind === 'prefix') {
    if (present.objects === 0) return 'nothing';
    const count = `${present.objects}${present.more ? ' or more' : ''}`;
    const objects = present.objects === 1 ? '1 object' : `${count} objects`;
    return append
      ? `${objects}; all stay`
      : `${objects}; those of this transfer are replaced, others stay unless they have the name of a new one`;
  }
  if (present.object === undefined) return 'nothing';
  const { size, metadata } = present.object;
  const owner = metadata[METADATA_TRANSFER];
  const whose =
    owner === transfer.uid
      ? 'that this transfer wrote'
      : owner === undefined
        ? 'that was not written by DDC'
        : 'that a transfer wrote';
  return `an object of ${size} bytes ${whose}; it is replaced`;
}
