/** The workflow types that workers register. */
export { batchTransfer } from './batch-transfer.ts';
export { deleteTransfer } from './delete-transfer.ts';
export { planTransfer } from './plan-transfer.ts';
