import { TransferError } from '../../failures.ts';
import type { TransformContext } from '../transform.ts';
import { allowedFilter } from './compile.ts';
import { engineMessage } from './refusal.ts';
import * as tree from './tree.ts';
import type { Node } from './tree.ts';

/** What the engine does for a clause whose columns are not known. */
export type ClauseEngine = Pick<TransformContext, 'parseExpression' | 'printExpression' | 'typeOf'>;

/** In front of the compiler's messages. */
const PLACE = 'clause';
const SUBJECT = { name: 'subject', type: 'VARCHAR' };

/**
 * What is wrong with a clause, as far as it shows without the columns: grammar, allowed constructs and functions,
 * limits, regular expressions. Undefined = nothing; that the columns exist and the types fit shows when a run is planned.
 */
export async function clauseProblem(clause: string, engine: ClauseEngine): Promise<string | undefined> {
  try {
    const allowed = await allowedFilter(clause, undefined, engine, PLACE);
    for (const pattern of patternsOf(allowed.tree)) {
      const problem = await patternProblem(pattern, engine);
      if (problem !== undefined) return problem;
    }
    return undefined;
  } catch (error) {
    if (error instanceof TransferError && error.code === 'InvalidFilter')
      return error.message.slice(`${PLACE}: `.length);
    throw error;
  }
}

/** Patterns of RLIKE; those that LIKE becomes are the compiler's own. */
function patternsOf(root: Node): Set<string> {
  const patterns = new Set<string>();
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null) continue;
    const { function_name: name, children }: Partial<Node> = value;
    if (name === 'regexp_matches' && Array.isArray(children)) {
      const [, pattern]: Node[] = children;
      const text = tree.constantText(pattern);
      if (text !== undefined) patterns.add(text);
    }
    pending.push(...Object.values(value));
  }
  return patterns;
}

/** The engine reads constant patterns when it looks for the types. */
async function patternProblem(pattern: string, engine: ClauseEngine): Promise<string | undefined> {
  const match = tree.call('regexp_matches', [tree.columnReference(SUBJECT.name), tree.text(pattern)]);
  const printed = await engine.printExpression(match);
  return engine.typeOf([SUBJECT], printed).then(
    () => undefined,
    (error: unknown) => engineMessage(error),
  );
}
