import type { PlannedRun, PublishedRun, Run } from './contract.ts';
import type { WrittenReceipt } from './contract/receipt.ts';
import { activities } from './proxies.ts';
import { StepEnded, withRetries } from './retries.ts';

/** About a minute of trying. */
const RETRIES = 3;

/** The copy is visible: that its receipt could not be written, or is not signed, is a warning. */
export async function writeReceipt(
  run: Run,
  { receiptKey, plan, source, destination }: PlannedRun,
  published: PublishedRun,
): Promise<{ written?: WrittenReceipt; warnings: string[] }> {
  if (receiptKey === undefined) return { warnings: [] };
  const publishedAt = new Date().toISOString();
  const input = { run, plan, key: receiptKey, source, destination, published, publishedAt };
  try {
    const written = await withRetries(() => activities.writeReceipt(input), { maxRetries: RETRIES });
    const unsigned = `the receipt ${receiptKey} is not signed: the worker has no key (DDC_RECEIPT_KEY_FILE)`;
    return { written, warnings: written.signature === undefined ? [unsigned] : [] };
  } catch (error) {
    if (!(error instanceof StepEnded)) throw error;
    return { warnings: [`the receipt ${receiptKey} could not be written: ${error.message}`] };
  }
}
