import type { Run } from '../../workflows/contract.ts';
import type { PlanReport } from '../../workflows/contract/plan-report.ts';
import { connectionTo, withStore, type BatchContext } from './context.ts';
import { describePlan } from './describe-plan.ts';
import type { PlanJobResult } from './jobs.ts';
import { receiptKey } from './receipt-key.ts';
import { probeDestination, probeSource } from './probe-permissions.ts';
import { replanning } from './replanning.ts';
import { runSecrets } from './run-secrets.ts';

/** In names that would hold the run's id. */
const ANY_RUN = '<run>';

/**
 * Plans a run and asks for the permissions that it needs, without writing anything anywhere. Throws TransferErrors
 * where a run could not be planned; what is not allowed at the destination is told in the report.
 * @param processes engine processes of the worker that the time is estimated for
 */
export async function reportPlan(
  context: BatchContext,
  run: Run,
  processes: number,
  signal: AbortSignal,
): Promise<PlanReport> {
  const { transfer } = run;
  const stores = {
    source: await connectionTo(context, transfer, 'source'),
    destination: await connectionTo(context, transfer, 'destination'),
  };
  const reported = { ...run, runId: ANY_RUN };
  const secrets = await runSecrets(context.secrets, reported, stores.destination);
  return replanning(async (hints) => {
    const job = { type: 'plan' as const, run: reported, hints, ...stores, secrets };
    const { plan, ...found } = await context.pool.run<PlanJobResult>(job, run.runId, signal);
    const receipt = receiptKey(transfer, ANY_RUN, context.receipts.prefix);
    const [source, destination] = await Promise.all([
      withStore(context, transfer, 'source', (store) => probeSource(store, run, plan)),
      withStore(context, transfer, 'destination', (store) => probeDestination(store, run, plan, receipt)),
    ]);
    return describePlan(plan, {
      ...found,
      transfer,
      present: destination.present,
      permissions: [...source, ...destination.permissions],
      processes,
      receipt: receipt !== undefined,
    });
  });
}
