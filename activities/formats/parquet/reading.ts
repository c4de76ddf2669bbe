import { z } from 'zod';

const schema = z.object({
  footerStart: z.int().min(4),
  footerBytes: z.int().min(1),
  /** SHA-256 of the footer: names it in the cache, and proves that the object is still the planned one. */
  digest: z.string(),
  /** Whether the footer is encrypted. */
  sealed: z.boolean().default(false),
});

/** What reading a chunk needs to know of the plan besides columns and cuts. */
export type Reading = z.infer<typeof schema>;

export function parseReading(reading: unknown): Reading {
  return schema.parse(reading);
}
