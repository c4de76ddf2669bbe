import { z } from 'zod';
import { DEFAULT_HISTORY_LIMIT } from '../default-values.ts';
import { ruled } from '../rules.ts';

const MAX_HISTORY_LIMIT = 20;

/** How many ended runs to remember, 0 to 20. */
export function historyLimit(name: string, what: string) {
  return ruled(z.int(), [
    {
      condition: {
        cel: `self >= 0 && self <= ${MAX_HISTORY_LIMIT}`,
        holds: (self) => typeof self === 'number' && self >= 0 && self <= MAX_HISTORY_LIMIT,
      },
      message: `'${name}' has to be between 0 and ${MAX_HISTORY_LIMIT}`,
    },
  ])
    .optional()
    .describe(`${what}, 0 to ${MAX_HISTORY_LIMIT}. Default: ${DEFAULT_HISTORY_LIMIT}.`);
}
