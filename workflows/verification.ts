import { CancellationScope } from '@temporalio/workflow';
import type { PublishedRun, Run } from './contract.ts';
import type { VerifiedSlice } from './contract/receipt.ts';
import { activities } from './proxies.ts';
import { StepEnded, withRetries } from './retries.ts';
import type { RunState } from './run-state.ts';
import { inSlices } from './slices.ts';

type Retried = <T>(step: () => Promise<T>) => Promise<T>;

/** About half an hour of trying. */
const RESTORE_RETRIES = 10;
/** Columns that a message names. */
const NAMED_COLUMNS = 10;

/** The published objects are wrong, and what was there before could not be brought back: it must be kept. */
export class NotRestored extends StepEnded {}

/**
 * Publishes, and for `verify: full` reads back what was published. Whatever goes wrong then, what was there before is
 * brought back first.
 */
export async function publishVerified(
  run: Run,
  plan: unknown,
  state: RunState,
  retried: Retried,
  publish: () => Promise<PublishedRun>,
): Promise<PublishedRun> {
  if (run.transfer.verify !== 'full') return publish();
  let published: PublishedRun | undefined;
  try {
    published = await publish();
    state.enter('verify');
    await verify(run, plan, published, retried);
    return published;
  } catch (error) {
    await CancellationScope.nonCancellable(() => bringBack(run, error));
    if (published === undefined || !(error instanceof StepEnded)) throw error;
    const { failure } = error;
    throw new StepEnded({ ...failure, message: `${failure.message}; what was there before is back` });
  }
}

async function verify(run: Run, plan: unknown, published: PublishedRun, retried: Retried): Promise<void> {
  const planned = await retried(() => activities.planVerification({ run, plan, published }));
  const found: VerifiedSlice[] = [];
  await inSlices(planned, async ({ from, to, summary }) => {
    const input = { run, plan: planned.plan, from, to };
    found.push(await retried(() => activities.verifySlice.executeWithOptions({ summary }, [input])));
  });
  const difference = differenceBetween(published, found);
  if (difference === undefined) return;
  const what = published.objects.map(({ bucket, key }) => `s3://${bucket}/${key}`).join(', ');
  throw new StepEnded({
    class: 'fatal',
    code: 'VerificationFailed',
    message: `${what}: ${difference}`,
  });
}

/** What was found is not what was published; undefined when it is. */
export function differenceBetween(
  { statistics, checksums }: Pick<PublishedRun, 'statistics' | 'checksums'>,
  found: readonly VerifiedSlice[],
): string | undefined {
  const rows = found.reduce((sum, slice) => sum + slice.rows, 0);
  if (rows !== statistics.rowsWritten)
    return `${rows} rows were read back, and ${statistics.rowsWritten} were written`;
  const wrong = (checksums?.columns ?? []).filter(
    ({ sum }, column) =>
      found.reduce((total, { sums }) => total + BigInt(sums[column] ?? 0), 0n) !== BigInt(sum),
  );
  if (wrong.length === 0) return undefined;
  const names = wrong.slice(0, NAMED_COLUMNS).map(({ column }) => column);
  const more = wrong.length > names.length ? ` and ${wrong.length - names.length} more` : '';
  return `what was read back differs in ${names.join(', ')}${more}`;
}

async function bringBack(run: Run, reason: unknown): Promise<void> {
  try {
    await withRetries(() => activities.restore({ run }), { maxRetries: RESTORE_RETRIES });
  } catch (error) {
    if (!(error instanceof StepEnded)) throw error;
    const why = reason instanceof Error ? reason.message : 'the run was ended';
    throw new NotRestored({
      ...error.failure,
      class: 'fatal',
      message: `${why}; and what was there before could not be brought back from .ddc/${run.transfer.uid}/${run.runId}/: ${error.message}`,
    });
  }
}
