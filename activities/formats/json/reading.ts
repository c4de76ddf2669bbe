import { z } from 'zod';
import { shapeSchema } from './shape.ts';

const schema = z.object({
  layout: z.enum(['lines', 'array']),
  compression: z.enum(['gzip', 'zstd']).optional(),
  /** What the planned types were derived from. */
  shape: shapeSchema,
  /** The plan had been corrected by values already: the next contradiction has the whole object read. */
  corrected: z.boolean(),
  /** DDC has written the object: values are taken as the JSON that they are. */
  written: z.boolean().optional(),
});

/** What reading a chunk needs to know of the plan besides columns and cuts. */
export type Reading = z.infer<typeof schema>;

export function parseReading(reading: unknown): Reading {
  return schema.parse(reading);
}
