import type { Logger } from 'pino';
import { clauseProblem } from '../activities/transforms/filter/check.ts';
import type { ClauseEngine } from '../activities/transforms/filter/check.ts';
import { MAX_CHARACTERS } from '../activities/transforms/filter/limits.ts';
import type { ClauseCheck } from './api/index.ts';
import { messageOf } from './kubernetes.ts';

/** Verdicts that are kept: a resource is looked at again and again. */
const MAX_KEPT = 1000;

/**
 * Checks clauses by the engine's parser, which is loaded when the first one comes. Where it cannot be loaded, clauses count
 * as right: the worker checks them anyway, when it plans.
 * @param open opens the engine
 */
export function clauseCheck(log: Logger, open: () => Promise<ClauseEngine> = openEngine): ClauseCheck {
  const kept = new Map<string, Promise<string | undefined>>();
  let engine: Promise<ClauseEngine> | undefined;
  const verdict = async (clause: string): Promise<string | undefined> => {
    try {
      engine ??= open();
      return await clauseProblem(clause, await engine);
    } catch (error) {
      log.error(
        { reason: messageOf(error) },
        'a filter clause could not be checked; the worker will check it',
      );
      return undefined;
    }
  };
  return (clause) => {
    // Refused at once, and as long as it likes.
    if (clause.length > MAX_CHARACTERS) return verdict(clause);
    const known = kept.get(clause) ?? verdict(clause);
    kept.delete(clause);
    kept.set(clause, known);
    for (const [oldest] of kept) {
      if (kept.size <= MAX_KEPT) break;
      kept.delete(oldest);
    }
    return known;
  };
}

async function openEngine(): Promise<ClauseEngine> {
  const { openClauseEngine } = await import('../activities/engine/clause-engine.ts');
  return openClauseEngine();
}
