import { z } from 'zod';
import type { Transformation } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import type { Transform } from './transform.ts';

/** Whether a text can stand in SQL and in every format: valid Unicode without NUL. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * A transformation's options with defaults filled in. InvalidOption names the path, the option, its value and
 * what would be right; an option nobody knows is refused, never ignored.
 */
export function parseOptions<Options>(
  transform: Transform<Options>,
  transformation: Transformation,
  path: string,
): Options {
  const parsed = transform.options.safeParse(transformation.options);
  if (parsed.success) return parsed.data;
  throw new TransferError(
    'InvalidOption',
    parsed.error.issues.map((issue) => describeIssue(issue, transform, path)).join('; '),
  );
}

function describeIssue(issue: z.core.$ZodIssue, transform: Transform, path: string): string {
  const place = [`${path}.options`, ...issue.path.map(String)].join('.');
  if (issue.code !== 'unrecognized_keys') return `${place}: ${issue.message}`;
  const known = optionNames(transform);
  return issue.keys
    .map(
      (key) =>
        `${place}.${key}: unknown option; ${transform.action} ${known.length === 0 ? 'has no options' : `knows: ${known.join(', ')}`}`,
    )
    .join('; ');
}

function optionNames(transform: Transform): string[] {
  return transform.options instanceof z.ZodObject ? Object.keys(transform.options.shape) : [];
}
