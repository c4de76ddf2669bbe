import type { BatchContext } from '../activities/batch/context.ts';
import { readPrivateKey } from '../activities/receipts/keys.ts';
import type { WorkerConfig } from './config.ts';

/** Where receipts go, and the key that signs them, which stays in this process. Throws when there is no such key. */
export async function receiptSettings({
  receiptPrefix,
  receiptKeyFile,
}: Pick<WorkerConfig, 'receiptPrefix' | 'receiptKeyFile'>): Promise<BatchContext['receipts']> {
  return {
    ...(receiptPrefix ? { prefix: receiptPrefix } : {}),
    ...(receiptKeyFile ? { privateKey: await readPrivateKey(receiptKeyFile) } : {}),
  };
}
