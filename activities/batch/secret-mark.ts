import { createHmac } from 'node:crypto';
import type { Run } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { SECRET_OPTIONS } from '../transforms/secrets.ts';
import type { Plan } from './plan.ts';
import type { RunSecrets } from './run-secrets.ts';

/** Characters in hexadecimal: enough to tell a key from the next one, too few to tell anything of it. */
const LENGTH = 4;

/**
 * Notes in the plan which secrets the transformations had when it was made: half a copy under another key than the other
 * half would be worth nothing. Those in the resource cannot change, because references to them name its generation.
 */
export function markSecrets(plan: Plan, run: Run, secrets: RunSecrets): void {
  const mark = secretMark(run, secrets);
  if (plan.kind === 'tabular' && mark !== undefined) plan.secretMark = mark;
}

/** SecretChanged when the secrets are others than those that the plan was made with. */
export function holdSecrets(plan: Plan, run: Run, secrets: RunSecrets): void {
  if (plan.kind !== 'tabular' || plan.secretMark === undefined) return;
  if (plan.secretMark === secretMark(run, secrets)) return;
  throw new TransferError(
    'SecretChanged',
    'the secrets that spec.transformation refers to were changed during the run; it begins anew with those of now',
  );
}

function secretMark({ runId, transfer }: Run, { options }: RunSecrets): string | undefined {
  if (transfer.transformations.every(({ secret }) => secret?.sources === undefined)) return undefined;
  const values = options.map((each) => SECRET_OPTIONS.map((name) => each[name] ?? null));
  return createHmac('sha256', JSON.stringify(values))
    .update(`ddc mark of ${runId}`)
    .digest('hex')
    .slice(0, LENGTH);
}
