import { OPEN_POLICY, type EgressPolicy } from '../../egress/policy.ts';
import { canonicalAction } from './actions.ts';
import type { ParseEnvironment } from './defaults.ts';
import { egressErrors } from './egress.ts';
import { fieldError } from './errors.ts';
import type { FieldError } from './errors.ts';
import { property } from './json.ts';
import { parseTransfer } from './parse.ts';
import type { ParsedTransfer } from './parse.ts';

/**
 * What is wrong with a filter's clause, as far as it shows without the columns; undefined = nothing. It takes the
 * engine's own parser. Never rejects.
 */
export type ClauseCheck = (clause: string) => Promise<string | undefined>;

/**
 * Everything that can be said about a resource before its source is known: parseTransfer, the clauses of its filters, and what
 * its namespace may reach. The operator and the admission webhook both ask this. Never rejects.
 */
export async function validateTransfer(
  resource: unknown,
  env: ParseEnvironment,
  check: ClauseCheck,
  egress: EgressPolicy = OPEN_POLICY,
): Promise<ParsedTransfer> {
  const parsed = parseTransfer(resource, env);
  const errors = [
    ...(await clauseErrors(resource, check)),
    ...(parsed.ok ? egressErrors(resource, parsed.transfer, egress) : []),
  ];
  if (errors.length === 0) return parsed;
  const { noFinalizer, warnings } = parsed;
  const others = parsed.ok || parsed.state === 'Fatal' ? [] : parsed.errors;
  return { ok: false, state: 'ConfigurationError', errors: [...others, ...errors], noFinalizer, warnings };
}

/** Longer lists are refused as such. */
const MAX_TRANSFORMATIONS = 1000;

async function clauseErrors(resource: unknown, check: ClauseCheck): Promise<FieldError[]> {
  const transformations = property(property(resource, 'spec'), 'transformation');
  if (!Array.isArray(transformations) || transformations.length > MAX_TRANSFORMATIONS) return [];
  const errors: FieldError[] = [];
  for (const [index, transformation] of transformations.entries()) {
    const action = property(transformation, 'action');
    const clause = property(property(transformation, 'options'), 'clause');
    if (typeof action !== 'string' || canonicalAction(action) !== 'FilterRows') continue;
    // An empty one has been reported.
    if (typeof clause !== 'string' || clause.trim() === '') continue;
    const problem = await check(clause);
    if (problem === undefined) continue;
    errors.push(fieldError(resource, ['spec', 'transformation', index, 'options', 'clause'], problem));
  }
  return errors;
}
