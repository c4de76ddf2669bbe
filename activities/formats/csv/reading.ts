import { z } from 'zod';

const schema = z.object({
  /** Cuts are begins of records, not just places near them. */
  exact: z.boolean(),
  /** 1-based line at every cut that is known: the first one, or all when exact. */
  lines: z.array(z.int().min(1)).min(1),
});

/** What reading a chunk needs to know of the plan besides columns and cuts. */
export type Reading = z.infer<typeof schema>;

export function parseReading(reading: unknown): Reading {
  return schema.parse(reading);
}
