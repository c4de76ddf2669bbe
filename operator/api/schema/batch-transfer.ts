import { z } from 'zod';
import { objectKeyProblems } from '../checks/object-name.ts';
import { defaults } from '../default-values.ts';
import { atMostOne, has, holdsOneOf, not, ruled } from '../rules.ts';
import { block, text } from './block.ts';
import { commonFields } from './common.ts';
import { historyLimit } from './history-limit.ts';
import { limits } from './limits.ts';
import { SCHEDULE_RULES, scheduleFields } from './schedule.ts';

const { maxFailedRetries } = defaults.BatchTransfer;

export const batchTransferSpec = ruled(
  block({
    ...commonFields('BatchTransfer'),
    ...scheduleFields,
    maxFailedRetries: z
      .int()
      .min(0)
      .max(10)
      .default(maxFailedRetries)
      .describe(
        `How often a failed run is tried again before it is Fatal, 0 to 10. Default: ${maxFailedRetries}.`,
      ),
    verify: z
      .enum(['chunks', 'full'])
      .optional()
      .describe(
        "How far a copy is verified: chunks (every chunk's result is read back before it is uploaded) or full (also the published objects, and on a mismatch what was there before is brought back). Default: chunks.",
      ),
    receipt: block({
      prefix: text(512, objectKeyProblems).describe(
        "Begin of the receipts' keys in the destination's bucket, e.g. receipts/: <prefix>/<namespace>/<name>/<run id>.json. Outside the data.",
      ),
    })
      .optional()
      .describe(
        'Where to write what a run proves. Default: as DDC_RECEIPT_PREFIX of the worker says, else nowhere.',
      ),
    keepGenerations: z
      .int()
      .min(1)
      .max(100)
      .optional()
      .describe(
        'How many generations of the data are kept, the latest included, 1 to 100: what a run replaces is first copied to .ddc-generations/<uid>/ in the same bucket. Default: 1.',
      ),
    limits,
    paused: z
      .boolean()
      .optional()
      .describe(
        'While true, a run begins no further chunk; those that are done are kept, and what publishes already is finished. Default: false.',
      ),
    successfulJobHistoryLimit: historyLimit('successfulJobHistoryLimit', 'Successful runs to remember'),
    successfulJobsHistoryLimit: historyLimit(
      'successfulJobsHistoryLimit',
      'Other spelling of successfulJobHistoryLimit',
    ),
    failedJobHistoryLimit: historyLimit('failedJobHistoryLimit', 'Failed and cancelled runs to remember'),
    failedJobsHistoryLimit: historyLimit('failedJobsHistoryLimit', 'Other spelling of failedJobHistoryLimit'),
    spark: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('Accepted for compatibility, without effect: Spark is not used.'),
  }),
  [
    {
      condition: not(holdsOneOf('flowType', ['Stream'])),
      message: "'dataFlowType' must be 'Batch' for a BatchTransfer!",
      field: 'flowType',
    },
    {
      condition: atMostOne(has('successfulJobHistoryLimit'), has('successfulJobsHistoryLimit')),
      message:
        'successfulJobHistoryLimit and successfulJobsHistoryLimit are two spellings of the same field: set one of them',
    },
    {
      condition: atMostOne(has('failedJobHistoryLimit'), has('failedJobsHistoryLimit')),
      message:
        'failedJobHistoryLimit and failedJobsHistoryLimit are two spellings of the same field: set one of them',
    },
    {
      condition: atMostOne(has('keepGenerations'), holdsOneOf('writeOperation', ['Append'])),
      message: 'keepGenerations is for writeOperation Overwrite: Append replaces nothing',
      field: 'keepGenerations',
    },
    ...SCHEDULE_RULES,
  ],
).describe('What to copy, from where to where, and how.');

export type BatchTransferSpec = z.output<typeof batchTransferSpec>;
