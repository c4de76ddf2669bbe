import { z } from 'zod';
import { sizeProblems } from '../checks/size.ts';
import { any, has, ruled } from '../rules.ts';
import { block, text } from './block.ts';

/** Less would leave connections without a byte for so long that stores close them. */
const LEAST_BANDWIDTH = '256Ki';

export const limits = ruled(
  block({
    bandwidth: text(32, sizeProblems(LEAST_BANDWIDTH))
      .optional()
      .describe(
        `Bytes a second that are read and written together, e.g. 10Mi; at least ${LEAST_BANDWIDTH}. Default: no limit.`,
      ),
    requestsPerSecond: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('Requests a second to both stores together, 1 to 1000000. Default: no limit.'),
  }),
  [
    {
      condition: any(has('bandwidth'), has('requestsPerSecond')),
      message: 'set bandwidth or requestsPerSecond, or leave limits out',
    },
  ],
)
  .optional()
  .describe('What the transfer may use of its stores, on each worker.');
