import type { ResourceStatus } from '../api/index.ts';

type Condition = NonNullable<ResourceStatus['conditions']>[number];
type Verdict = [status: Condition['status'], reason: string, message: string];

export interface Verdicts {
  /** Whether the destination holds the data that the spec asks for. */
  Ready: Verdict;
  /** Whether DDC is working towards that. */
  Progressing: Verdict;
  /** Whether it needs a person. */
  Stalled: Verdict;
}

/** Kubernetes conditions; lastTransitionTime changes only when a condition's status does. */
export function conditions(
  present: readonly Condition[] | undefined,
  verdicts: Partial<Verdicts>,
  generation: number,
  now: Date,
): Condition[] {
  const all = new Map(present?.map((condition) => [condition.type, condition]));
  for (const [type, [status, reason, message]] of Object.entries(verdicts)) {
    const before = all.get(type);
    all.set(type, {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: before?.status === status ? before.lastTransitionTime : timestamp(now),
      reason,
      message: message.slice(0, 32_768),
    });
  }
  return [...all.values()];
}

/** Whole seconds, as Kubernetes writes times. */
export function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}
