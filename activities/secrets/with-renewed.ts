import { TransferError } from '../failures.ts';
import type { SecretResolver } from './secrets.ts';

/**
 * Does the work of an activity; when it was denied and what its references lead to is another secret by now (a key that was
 * rotated, a lease that has ended), once more with that. What was done before is found by the work itself, as after the
 * death of a worker.
 */
export async function withRenewedSecrets<T>(
  resolver: () => SecretResolver,
  work: (secrets: SecretResolver) => Promise<T>,
): Promise<T> {
  const secrets = resolver();
  try {
    return await work(secrets);
  } catch (error) {
    if (!(error instanceof TransferError) || error.code !== 'AccessDenied') throw error;
    try {
      if (await secrets.changed()) return await work(resolver());
    } catch (again) {
      // What it had done may be visible all the same.
      if (error.committed && again instanceof TransferError) again.committed = true;
      throw again;
    }
    throw error;
  }
}
