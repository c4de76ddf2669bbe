import { suggestion } from '../columns.ts';
import { isLike, rewriteLike } from './like.ts';
import { engineFunction, REWRITTEN, type Rewrite } from './rewrites.ts';
import { refusal } from './refusal.ts';
import type { Node } from './tree.ts';

/** Pure functions of bounded cost over scalars that the engine has under this name. */
const PLAIN = new Set(
  `+ - * || abs round floor ceil ceiling sqrt sign trunc greatest least isnan isinf isfinite
  upper lower length strlen trim ltrim rtrim substring substr left right starts_with ends_with prefix suffix
  contains strpos instr year quarter month week day dayofyear hour minute second
  to_years to_quarters to_months to_weeks to_days to_hours to_minutes to_seconds to_milliseconds
  md5 sha1 sha256`.split(/\s+/),
);

/** Spark's name (or the parser's) -> the engine's. */
const RENAMED: Record<string, string> = {
  char_length: 'length',
  character_length: 'length',
  len: 'length',
  ucase: 'upper',
  lcase: 'lower',
  startswith: 'starts_with',
  endswith: 'ends_with',
  dayofmonth: 'day',
  weekofyear: 'week',
  // What POSITION(x IN y) is parsed to.
  position: 'strpos',
};

/** Their value would differ between the chunks and retries of one run. */
const CHANGING = new Set(
  `now today current_date current_timestamp current_time localtime localtimestamp get_current_timestamp
  get_current_time transaction_timestamp random rand uuid gen_random_uuid`.split(/\s+/),
);

/** Names for messages: what a user may call, operators left out. */
const ALLOWED = [...PLAIN, ...Object.keys(RENAMED), ...Object.keys(REWRITTEN), 'coalesce', 'if', 'ifnull']
  .filter((name) => /^\w/.test(name) && name !== 'regexp_full_match')
  .sort();

/** A call of an allowed function over allowed operands. InvalidFilter for any other function. */
export function rewriteCall(name: string, operands: Node[], path: string): Node {
  if (isLike(name)) return rewriteLike(name, operands, path);
  if (Object.hasOwn(REWRITTEN, name)) return rewritten(name, REWRITTEN[name]!, operands, path);
  const known = Object.hasOwn(RENAMED, name) ? RENAMED[name]! : name;
  if (PLAIN.has(known)) return engineFunction(known, operands);
  throw refusedFunction(name, path);
}

export function refusedFunction(name: string, path: string): Error {
  if (CHANGING.has(name))
    return refusal(
      path,
      `${name} changes while a copy runs, so that no two chunks would agree; use a constant`,
    );
  if (!/^\w/.test(name)) return refusal(path, `operator ${name} is not allowed in a filter`);
  const similar = suggestion(name, ALLOWED);
  return refusal(
    path,
    `function ${name} is not allowed in a filter${similar === undefined ? '' : `; did you mean ${similar}?`}. Allowed: ${ALLOWED.join(', ')}`,
  );
}

function rewritten(name: string, rewrite: Rewrite, operands: Node[], path: string): Node {
  const { least, most } = rewrite;
  if (operands.length < least || operands.length > most)
    throw refusal(
      path,
      `function ${name} takes ${least === most ? least : `${least} to ${most}`} arguments, not ${operands.length}`,
    );
  return rewrite.apply(operands, path);
}
