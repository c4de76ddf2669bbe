import { TransferError } from '../../activities/failures.ts';
import type { Format } from '../../activities/formats/format.ts';
import type { FormatOptions, PlanHints } from '../../workflows/contract.ts';
import { MemoryReader, readAll } from './files.ts';
import type { ReadBack, Workbench } from './files.ts';

/** Reads as a run does: an error that carries hints is a new plan with them. `plans`: the codes of these errors. */
export async function readReplanning(
  format: Format,
  bytes: Buffer | string,
  bench: Workbench,
  options: { chunkBytes: number; options?: FormatOptions; as?: 'values' | 'text'; rowNumbers?: boolean },
): Promise<ReadBack & { plans: string[] }> {
  const hints: PlanHints = {};
  const plans: string[] = [];
  for (;;) {
    try {
      const reader = new MemoryReader(bytes, { piece: 7 });
      return { ...(await readAll(format, reader, bench, { ...options, hints })), plans };
    } catch (error) {
      if (!(error instanceof TransferError) || error.hints === undefined || plans.length > 5) throw error;
      plans.push(error.code);
      Object.assign(hints, error.hints, { widen: { ...hints.widen, ...error.hints.widen } });
    }
  }
}
