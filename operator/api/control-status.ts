import { z } from 'zod';

/** `status.cancel` */
export const cancelSchema = z
  .object({ value: z.string().max(128).describe('The value, or its SHA-256 when it is long.') })
  .describe(
    'The last value of the annotation ddc.fybrik.io/cancel that has been seen to, or was there before the run.',
  );

/** `status.revised` */
export const revisedSchema = z
  .object({
    workflowId: z.string().describe('Temporal workflow id of the run.'),
    generation: z.int().describe('The generation of the spec that it carries out.'),
  })
  .describe(
    'A run that goes on, or has ended, as a later generation says: what the run copies was not changed by it.',
  );

/** `status.parked` */
export const parkedSchema = z
  .object({
    since: z.iso.datetime().describe('When the run became Fatal.'),
    until: z.iso.datetime().describe('When it is given up, and what it has done is removed.'),
    touch: z.string().describe('Hash of labels and annotations: when they change, the run goes on.'),
  })
  .describe('While Fatal, and what the run has done is kept: it can go on when the cause is repaired.');
