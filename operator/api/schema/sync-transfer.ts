import { z } from 'zod';
import { defaults } from '../default-values.ts';
import { holdsOneOf, not, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { commonFields } from './common.ts';

const { triggerInterval } = defaults.SyncTransfer;

export const syncTransferSpec = ruled(
  block({
    ...commonFields('SyncTransfer'),
    triggerInterval: text(255)
      .default(triggerInterval)
      .describe(`How often what has arrived is written, e.g. "10 seconds". Default: ${triggerInterval}.`),
  }),
  [
    {
      condition: not(holdsOneOf('flowType', ['Batch'])),
      message: "'dataFlowType' must be 'Stream' for a SyncTransfer!",
      field: 'flowType',
    },
  ],
).describe('What to keep in step, from where to where, and how.');

export type SyncTransferSpec = z.output<typeof syncTransferSpec>;
