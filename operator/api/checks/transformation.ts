import { TRANSFORMS } from '../../../activities/transforms/all.ts';
import { optionProblems } from '../../../activities/transforms/options.ts';
import type { OptionProblem } from '../../../activities/transforms/options.ts';
import type { Transform } from '../../../activities/transforms/transform.ts';
import { canonicalAction } from '../actions.ts';
import { isObject } from '../json.ts';
import { isPlainOption } from '../plain-options.ts';
import { secretFields } from '../schema/secrets.ts';

/** They bring options that are not there yet. */
const REFERENCES: readonly string[] = Object.keys(secretFields);
/** No option is nested at all; deeper ones must not exhaust the stack. */
const MAX_DEPTH = 8;
/** Messages repeat values, which may be long. */
const MAX_MESSAGE = 500;

interface Given {
  action: string;
  columns?: string[] | undefined;
  options?: Record<string, unknown> | undefined;
}

/** What is wrong with a transformation, as far as it shows without the columns and the secrets. */
export function transformationProblems({ action, columns = [], options = {} }: Given): OptionProblem[] {
  const name = canonicalAction(action);
  const transform = TRANSFORMS.find((known): boolean => known.action === name);
  // The action has been reported.
  if (transform === undefined) return [];
  const problems = problemsOfOptions(transform, options).map(({ place, message }) => ({
    place: ['options', ...place],
    message: message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message,
  }));
  if (transform.needsColumns && columns.length === 0)
    problems.unshift({ place: ['columns'], message: `${transform.action} needs at least one column` });
  return problems;
}

function problemsOfOptions(transform: Transform, options: Record<string, unknown>): OptionProblem[] {
  if (isDeep(options, MAX_DEPTH)) return [{ place: [], message: 'must not be nested so deeply' }];
  const entries = Object.entries(options);
  const there = entries.filter(([name, value]) => !REFERENCES.includes(name) && !isReference(value));
  const given = Object.fromEntries(there);
  const problems = optionProblems(transform, given);
  if (there.length === entries.length) return problems;
  // What a reference may bring is known to the worker only.
  return problems.filter(({ place: [name = ''] }) => Object.hasOwn(given, name) || isPlainOption(name));
}

function isReference(value: unknown): boolean {
  return isObject(value) && REFERENCES.some((name) => Object.hasOwn(value, name));
}

function isDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return left === 0 || Object.values(value).some((inner) => isDeep(inner, left - 1));
}
