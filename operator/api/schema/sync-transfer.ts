import { z } from 'zod';
import type { TransferKind } from '../../../workflows/contract/identity.ts';
import { defaults } from '../default-values.ts';
import { holdsOneOf, not, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { commonFields } from './common.ts';

/** The same under two names, one in each group. */
function continuousSpec(kind: Exclude<TransferKind, 'BatchTransfer'>) {
  const { triggerInterval } = defaults[kind];
  return ruled(
    block({
      ...commonFields(kind),
      triggerInterval: text(255)
        .default(triggerInterval)
        .describe(`How often what has arrived is written, e.g. "10 seconds". Default: ${triggerInterval}.`),
    }),
    [
      {
        condition: not(holdsOneOf('flowType', ['Batch'])),
        message: `'dataFlowType' must be 'Stream' for a ${kind}!`,
        field: 'flowType',
      },
    ],
  ).describe('What to keep in step, from where to where, and how.');
}

export const syncTransferSpec = continuousSpec('SyncTransfer');
export const streamTransferSpec = continuousSpec('StreamTransfer');

export type SyncTransferSpec = z.output<typeof syncTransferSpec>;
