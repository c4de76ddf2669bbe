import type { Logger } from 'pino';
import { openClauseJudge } from '../activities/engine/clause-judge.ts';
import type { ClauseJudge } from '../activities/engine/clause-judge.ts';
import { MAX_CHARACTERS } from '../activities/transforms/filter/limits.ts';
import type { ClauseCheck } from './api/index.ts';
import { messageOf } from './kubernetes.ts';

/** Verdicts that are kept: a resource is looked at again and again. */
const MAX_KEPT = 1000;
/** Milliseconds without a clause. */
const IDLE = 30_000;

export interface ClauseChecker {
  check: ClauseCheck;
  /** Ends what checks. */
  close: () => void;
}

/**
 * Checks clauses by the engine's parser, in a process that is there while clauses come. Where it cannot tell, clauses count as
 * right: the worker checks them anyway, when it plans.
 * @param idle milliseconds without a clause after which the process ends
 */
export function clauseChecker(
  log: Logger,
  { open = openClauseJudge, idle = IDLE }: { open?: () => ClauseJudge; idle?: number } = {},
): ClauseChecker {
  const kept = new Map<string, Promise<string | undefined>>();
  let judge: ClauseJudge | undefined;
  let asked = 0;
  let rest: NodeJS.Timeout | undefined;
  const close = (): void => {
    clearTimeout(rest);
    judge?.close();
    judge = undefined;
  };
  const verdict = async (clause: string): Promise<string | undefined> => {
    clearTimeout(rest);
    asked += 1;
    try {
      judge ??= open();
      return await judge.judge(clause);
    } catch (error) {
      log.error(
        { reason: messageOf(error) },
        'a filter clause could not be checked; the worker will check it',
      );
      kept.delete(clause);
      return undefined;
    } finally {
      asked -= 1;
      if (asked === 0) rest = setTimeout(close, idle).unref();
    }
  };
  const check: ClauseCheck = (clause) => {
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
  return { check, close };
}
