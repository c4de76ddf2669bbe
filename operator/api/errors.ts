import type { z } from 'zod';
import { property } from './json.ts';
import { withoutUserInfo } from './redact.ts';

/** One thing wrong with a resource: where, what, and what would be right. Never holds a credential. */
export interface FieldError {
  /** Path in the resource, e.g. `spec.source.s3.bucket` or `spec.transformation[1].action`. */
  path: string;
  message: string;
  /** The offending value as text, where showing it helps. */
  value?: string;
}

type Path = readonly PropertyKey[];

const MAX_VALUE = 200;
const MAX_ERRORS = 50;
/** `status.error` takes 32,768 characters. */
const MAX_RENDERED = 30_000;

/** Fields whose values are, or may contain, credentials; and what lies below them. */
const SECRET_FIELDS: ReadonlySet<PropertyKey> = new Set([
  'accessKey',
  'access_key',
  'secretKey',
  'secret_key',
  'user',
  'username',
  'password',
  'sslTruststore',
  'sslTruststorePassword',
  'db2URL',
  'vault',
  'vaultPath',
  'secretImport',
  'secretProviderURL',
  'options',
  'encryption',
  'spark',
]);

/** All errors of a resource as one text for `status.error`: one line each, `<path>: <message> (value "<value>")`. */
export function renderErrors(errors: readonly FieldError[]): string {
  const lines = errorLines(errors).map(({ field, message }) => `${field}: ${message}`);
  if (errors.length > MAX_ERRORS) lines.push(`and ${errors.length - MAX_ERRORS} more`);
  return shortened(lines.join('\n'), MAX_RENDERED);
}

/** The same, line by line, without what is beyond the limits of the status. */
export function errorLines(errors: readonly FieldError[]): { field: string; message: string }[] {
  return errors.slice(0, MAX_ERRORS).map(({ path, message, value }) => ({
    field: path,
    message: value === undefined ? message : `${message} (value ${value})`,
  }));
}

/** An error at a field of `resource`, with the field's value where that may be shown. */
export function fieldError(resource: unknown, path: Path, message: string): FieldError {
  const value = showable(resource, path);
  return { path: renderPath(path), message, ...(value === undefined ? {} : { value }) };
}

/** What the schema found, `prefix` being where in `resource` it looked. */
export function fieldErrors(
  resource: unknown,
  prefix: Path,
  issues: readonly z.core.$ZodIssue[],
): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...prefix, ...issue.path];
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: renderPath([...path, key]), message: issue.message }))
      : [fieldError(resource, path, issue.message)];
  });
}

/** zod's findings in words for the people who write resources; undefined = as the schema says. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? 'is required'
        : `must be ${article(issue.expected)}, not ${typeName(issue.input)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' ? 'must be non-empty' : `must be at least ${String(issue.minimum)}`;
    case 'too_big': {
      const unit = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' items' : '';
      return `must be at most ${String(issue.maximum)}${unit}`;
    }
    default:
      return undefined;
  }
}

function article(expected: string): string {
  const names: Record<string, string> = {
    string: 'a text',
    record: 'an object',
    object: 'an object',
    array: 'a list',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  };
  return names[expected] ?? expected;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  if (typeof value === 'boolean') return 'true or false';
  return Array.isArray(value) ? 'a list' : 'an object';
}

function renderPath(path: Path): string {
  if (path.length === 0) return 'resource';
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`;
    else text += `[${JSON.stringify(shortened(String(part), MAX_VALUE))}]`;
  }
  return shortened(text, 1000);
}

/** The value at the path, quoted and shortened; undefined for objects and for what may be secret. */
function showable(resource: unknown, path: Path): string | undefined {
  let value = resource;
  for (const part of path) {
    if (SECRET_FIELDS.has(part)) return undefined;
    value = Array.isArray(value) ? value[Number(part)] : property(value, String(part));
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? JSON.stringify(shortened(withoutUserInfo(value), MAX_VALUE)) : undefined;
}

function shortened(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
