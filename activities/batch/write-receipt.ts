import type { BatchActivities } from '../../workflows/contract.ts';
import type { WrittenReceipt } from '../../workflows/contract/receipt.ts';
import { seal } from '../receipts/seal.ts';
import { withStore, type BatchContext } from './context.ts';
import { loadPlan, loadPublished } from './ledger.ts';
import type { PlanReference } from './plan.ts';
import { receiptOf } from './receipt.ts';

/** Writes what the run proves beside, not into, the data; again and again the same. */
export async function writeReceipt(
  context: BatchContext,
  input: Parameters<BatchActivities['writeReceipt']>[0],
): Promise<WrittenReceipt> {
  const { run, key, published } = input;
  return withStore(context, run.transfer, 'destination', async (store) => {
    const plan = await loadPlan(store, input.plan as PlanReference);
    const receipt = receiptOf(input, plan, await loadPublished(store, run, published));
    const sealed = seal(receipt, context.receipts.privateKey);
    const body = Buffer.from(`${JSON.stringify(sealed, undefined, 2)}\n`);
    await store.put(key, body, { contentType: 'application/json' });
    const { sha256, signature } = sealed;
    if (signature === null) return { key, sha256 };
    return { key, sha256, signature: signature.value, signedBy: signature.signedBy };
  });
}
