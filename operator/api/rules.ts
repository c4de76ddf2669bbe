import type { z } from 'zod';
import { property } from './json.ts';

/**
 * A condition on an object of the API, told twice: in CEL for the API server, which then refuses the resource at
 * apply, and as a function for the parser, which cannot rely on that (resources may be older than a rule). Both
 * are built from the same parts so that they cannot drift apart.
 */
export interface Condition {
  readonly cel: string;
  holds(self: unknown): boolean;
}

export interface Rule {
  condition: Condition;
  /** What is wrong when the condition does not hold. */
  message: string;
  /** Field to report it at, relative to the object, e.g. `s3.objectKey`. */
  field?: string;
}

/** The schema with the rules attached for parser and API server. */
export function ruled<Schema extends z.ZodType>(schema: Schema, rules: readonly Rule[]): Schema {
  let result = schema;
  for (const { condition, message, field } of rules) {
    result = result.refine((value) => condition.holds(value), {
      error: message,
      path: field?.split('.') ?? [],
      // Also when a field of the object is wrong: the user wants all errors at once.
      when: ({ value }) => value !== undefined && value !== null,
    });
  }
  return result.meta({
    'x-kubernetes-validations': rules.map(({ condition, message, field }) => ({
      rule: condition.cel,
      message,
      ...(field === undefined ? {} : { fieldPath: `.${field}` }),
    })),
  });
}

/** The field is there. `path` is relative to the object, e.g. `s3.objectKey`. */
export function has(path: string): Condition {
  return {
    cel: ancestors(path)
      .map((ancestor) => `has(self.${ancestor})`)
      .join(' && '),
    holds: (self) => valueAt(self, path) !== undefined,
  };
}

/** The text field is there and not empty. */
export function given(path: string): Condition {
  return {
    cel: `${has(path).cel} && self.${path} != ""`,
    holds: (self) => {
      const value = valueAt(self, path);
      return value !== undefined && value !== null && value !== '';
    },
  };
}

/** The text field holds one of the values. */
export function holdsOneOf(path: string, values: readonly string[]): Condition {
  return {
    cel: `${has(path).cel} && self.${path} in [${values.map((value) => JSON.stringify(value)).join(', ')}]`,
    holds: (self) => values.some((value) => value === valueAt(self, path)),
  };
}

/** The text field matches; the pattern must mean the same in RE2. */
export function matches(path: string, pattern: RegExp): Condition {
  return {
    cel: `${has(path).cel} && self.${path}.matches(r'${pattern.source.replaceAll('\\/', '/')}')`,
    holds: (self) => {
      const value = valueAt(self, path);
      return typeof value === 'string' && pattern.test(value);
    },
  };
}

export function not(condition: Condition): Condition {
  return { cel: `!(${condition.cel})`, holds: (self) => !condition.holds(self) };
}

export function any(...conditions: readonly Condition[]): Condition {
  return {
    cel: conditions.map(({ cel }) => `(${cel})`).join(' || '),
    holds: (self) => conditions.some((condition) => condition.holds(self)),
  };
}

export function all(...conditions: readonly Condition[]): Condition {
  return {
    cel: conditions.map(({ cel }) => `(${cel})`).join(' && '),
    holds: (self) => conditions.every((condition) => condition.holds(self)),
  };
}

export function exactlyOne(...conditions: readonly Condition[]): Condition {
  return {
    cel: `[${conditions.map(({ cel }) => cel).join(', ')}].exists_one(it, it)`,
    holds: (self) => conditions.filter((condition) => condition.holds(self)).length === 1,
  };
}

export function atMostOne(...conditions: readonly Condition[]): Condition {
  return {
    cel: `[${conditions.map(({ cel }) => cel).join(', ')}].filter(it, it).size() <= 1`,
    holds: (self) => conditions.filter((condition) => condition.holds(self)).length <= 1,
  };
}

/** `a.b.c` -> `a`, `a.b`, `a.b.c`. */
function ancestors(path: string): string[] {
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}

function valueAt(self: unknown, path: string): unknown {
  let value = self;
  for (const name of path.split('.')) value = property(value, name);
  return value;
}
