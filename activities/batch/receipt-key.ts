import type { Transfer } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { targetPrefix } from './target.ts';

/**
 * Where a run's receipt goes, in the destination's bucket: below the prefix that the resource names, else below the worker's;
 * undefined when neither names one. InvalidOption when it would lie among the data of either side.
 */
export function receiptKey(
  transfer: Pick<Transfer, 'namespace' | 'name' | 'source' | 'destination' | 'receiptPrefix'>,
  runId: string,
  workersPrefix: string | undefined,
): string | undefined {
  const { namespace, name, source, destination, receiptPrefix } = transfer;
  const prefix = receiptPrefix ?? workersPrefix;
  if (prefix === undefined || prefix === '') return undefined;
  const field = receiptPrefix === undefined ? 'DDC_RECEIPT_PREFIX of the worker' : 'spec.receipt.prefix';
  const key = `${prefix.replace(/\/+$/, '')}/${namespace}/${name}/${runId}.json`;
  const refuse = (data: string): never => {
    throw new TransferError(
      'InvalidOption',
      `${field}: ${JSON.stringify(prefix)} lies in the data ${JSON.stringify(data)}; choose a prefix outside`,
    );
  };
  const target = targetPrefix(destination) ?? `${destination.objectKey}/`;
  if (key.startsWith(target)) refuse(target);
  const together = source.endpoint === destination.endpoint && source.bucket === destination.bucket;
  const read = source.objectKey.endsWith('/') ? source.objectKey : `${source.objectKey}/`;
  if (together && key.startsWith(read)) refuse(read);
  return key;
}
