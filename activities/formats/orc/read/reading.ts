import { z } from 'zod';

const schema = z.object({
  tailStart: z.int().min(0),
  tailBytes: z.int().min(1),
  /** SHA-256 of the tail: names it in the cache, and proves that the object is still the planned one. */
  digest: z.string(),
});

/** What reading a chunk needs to know of the plan besides columns and cuts. */
export type Reading = z.infer<typeof schema>;

export function parseReading(reading: unknown): Reading {
  return schema.parse(reading);
}
