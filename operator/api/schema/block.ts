import { z } from 'zod';

/** An object that knows all its fields; others are refused by name. */
export function block<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown field; known here are ${Object.keys(shape).join(', ')}`
        : undefined,
  });
}

/** Text of 1 to `max` characters, with a check that says what is wrong with it (nothing = fine). */
export function text(max: number, problems?: (value: string) => string[]) {
  const schema = z.string().min(1).max(max);
  if (problems === undefined) return schema;
  return schema.superRefine((value, context) => {
    // An empty text has been reported as such.
    if (value !== '') for (const message of problems(value)) context.addIssue({ code: 'custom', message });
  });
}
