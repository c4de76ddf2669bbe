import { z } from 'zod';
import type { Transformation } from '../../workflows/contract.ts';
import { TransferError } from '../failures.ts';
import { SECRET_OPTIONS } from './secrets.ts';
import type { Transform } from './transform.ts';

/** Whether a text can stand in SQL and in every format: valid Unicode without NUL. */
export function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * A transformation's options with defaults filled in; `secrets` are the values behind its `secret`.
 * InvalidOption names the path, the option, its value (of a secret: never) and what would be right; an option nobody
 * knows is refused, never ignored.
 */
export function parseOptions<Options>(
  transform: Transform<Options>,
  transformation: Transformation,
  path: string,
  secrets: Readonly<Record<string, string>> = {},
): Options {
  // Only texts can be secrets: null makes the schema refuse whatever else was given.
  const hidden = (transformation.secretOptions ?? []).map((name) => [name, secrets[name] ?? null]);
  const found = foundOptions(transform, transformation, path, secrets);
  const given = { ...transformation.options, ...Object.fromEntries(hidden), ...found };
  const parsed = transform.options.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new TransferError(
    'InvalidOption',
    problemsOf(parsed.error, transform)
      .map(({ place, message }) => `${[`${path}.options`, ...place].join('.')}: ${message}`)
      .join('; '),
  );
}

/** One thing wrong with the options of a transformation. */
export interface OptionProblem {
  /** Below `options`, e.g. `['algo']`; empty = the options as such. */
  place: string[];
  message: string;
}

/** All that is wrong with a transformation's options, as far as it shows without the columns. */
export function optionProblems(transform: Transform, options: unknown): OptionProblem[] {
  const { error } = transform.options.safeParse(options);
  return error === undefined ? [] : problemsOf(error, transform);
}

/** Values of options that the transformation refers to; that there are none is an error, else a mistyped key had no effect. */
function foundOptions(
  transform: Transform,
  { secret }: Transformation,
  path: string,
  secrets: Readonly<Record<string, string>>,
): Record<string, unknown> {
  if (secret?.sources === undefined) return {};
  const refers = `${path}.options.${secret.sources.map(({ kind }) => kind).join(', ')}`;
  const wanted = optionNames(transform).filter((name) => SECRET_OPTIONS.includes(name));
  if (wanted.length === 0)
    throw new TransferError(
      'InvalidOption',
      `${refers}: no option of ${transform.action} is secret; remove it`,
    );
  const found = wanted.filter((name) => Object.hasOwn(secrets, name));
  if (found.length === 0)
    throw new TransferError(
      'InvalidOption',
      `${refers}: the secret must hold ${wanted.join(' or ')} for ${transform.action}; other keys mean nothing to it`,
    );
  return Object.fromEntries(found.map((name) => [name, secrets[name]]));
}

/** One of a few words in any case. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  refusal: (value: string) => string = (value) =>
    `must be one of ${words.join(', ')}, not ${JSON.stringify(value)}`,
) {
  return z.string(mustBe(`one of ${words.join(', ')}`)).transform((value, context): Word => {
    const found = words.find((word) => word.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    context.addIssue(refusal(value));
    return z.NEVER;
  });
}

/** A number, also as a text: some resources hold all options as texts. */
export function numeric(expected: string, fits: (value: number) => boolean) {
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^-?\d+(\.\d+)?$/)
          .transform(Number),
      ],
      mustBe(expected),
    )
    .refine(fits, mustBe(expected));
}

/** true or false, also as a text. */
export function truth() {
  const words = oneOf(['true', 'false']).transform((word) => word === 'true');
  return z.union([z.boolean(), words], mustBe('true or false'));
}

/** Message of an option that is not secret. */
export function mustBe(expected: string): { error: z.core.$ZodErrorMap } {
  return { error: (issue) => `must be ${expected}, not ${JSON.stringify(issue.input)}` };
}

function problemsOf(error: z.ZodError, transform: Transform): OptionProblem[] {
  return error.issues.flatMap((issue) => {
    const place = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ place, message: issue.message }];
    const known = optionNames(transform);
    const message = `unknown option; ${transform.action} ${known.length === 0 ? 'has no options' : `knows: ${known.join(', ')}`}`;
    return issue.keys.map((key) => ({ place: [...place, key], message }));
  });
}

function optionNames(transform: Transform): string[] {
  return transform.options instanceof z.ZodObject ? Object.keys(transform.options.shape) : [];
}
