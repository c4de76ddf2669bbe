import { qualifiedName } from '../api/index.ts';
import type { ResourceType } from '../api/index.ts';

/**
 * Calls back once: when all types have been looked for, and some are there. What is not installed is looked for again and
 * again, and must not hold up the rest.
 * @returns to be told of every look
 */
export function readiness(
  types: readonly ResourceType[],
  ready: () => void,
): (type: ResourceType, isThere: boolean) => void {
  const looked = new Map<string, boolean>();
  let told = false;
  return (type, isThere) => {
    looked.set(qualifiedName(type), isThere);
    if (told || looked.size < types.length || ![...looked.values()].includes(true)) return;
    told = true;
    ready();
  };
}
