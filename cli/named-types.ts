import { groupOf, PLURALS, type ResourceType } from '../operator/api/index.ts';
import { ExitError } from './exit-error.ts';

const SHORT_NAMES = { BatchTransfer: 'bt', SyncTransfer: 'st', StreamTransfer: undefined };

/**
 * What `payments`, `bt/payments` or `batchtransfer.motion.fybrik.io/payments` may name, as kubectl reads it.
 * @throws ExitError for a type that is none of these
 */
export function namedTypes(
  reference: string,
  types: readonly ResourceType[],
): { name: string; types: readonly ResourceType[] } {
  const slash = reference.indexOf('/');
  if (slash < 0) return { name: reference, types };
  const given = reference.slice(0, slash).toLowerCase();
  const meant = types.filter((type) => spellings(type).includes(given));
  if (meant.length === 0) {
    const known = types.map((type) => `${type.kind.toLowerCase()}.${groupOf(type)}`).join(', ');
    throw new ExitError(1, `no such type of resource: ${reference.slice(0, slash)}; known are ${known}`);
  }
  return { name: reference.slice(slash + 1), types: meant };
}

/** In lower case, with and without the group. */
function spellings(type: ResourceType): string[] {
  const short = SHORT_NAMES[type.kind];
  const names = [type.kind.toLowerCase(), PLURALS[type.kind], ...(short === undefined ? [] : [short])];
  return names.flatMap((name) => [name, `${name}.${groupOf(type)}`]);
}
