import { canonicalOf } from '../spellings.ts';
import type { Spellings } from '../spellings.ts';
import { text } from './block.ts';

const LONGEST = 32;

/** A text in one of the spellings, in any case; normalise() makes it what it means. */
export function spelled(spellings: Spellings, description: string) {
  const names = [...new Set(Object.values(spellings))];
  const message = `must be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  const known = Object.keys(spellings).map((spelling) => JSON.stringify(spelling));
  return text(LONGEST, (value) => (canonicalOf(spellings, value) === undefined ? [message] : []))
    .meta({
      'x-kubernetes-validations': [{ rule: `self.lowerAscii() in [${known.join(', ')}]`, message }],
    })
    .optional()
    .describe(description);
}
