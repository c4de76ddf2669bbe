import { expect } from '@jest/globals';
import type { KindCopies } from './kind-copies.ts';

/** What undisturbed copies have made of the same sources. */
export interface KindReferences {
  /** So many requests the copy of this kind has made. */
  requests(kind: string): number;
  /**
   * Waits for copies, name -> kind: they have succeeded, their results are the same, and nothing else is in the bucket.
   */
  expectSame(copied: ReadonlyMap<string, string>): Promise<void>;
}

/** Makes a copy of every kind, undisturbed. */
export async function kindReferences(copies: KindCopies): Promise<KindReferences> {
  const results: Record<string, Record<string, string>> = {};
  const requests: Record<string, number> = {};
  for (const kind of copies.kinds) {
    const before = copies.proxy.seen.length;
    await copies.start(kind, kind);
    expect(await copies.end(kind)).toMatchObject({ status: 'Succeeded' });
    requests[kind] = copies.proxy.seen.length - before;
    results[kind] = await copies.result(kind, kind);
  }
  return {
    requests: (kind) => requests[kind]!,
    async expectSame(copied) {
      const keys: string[] = [];
      for (const [name, kind] of [...copies.kinds.map((each) => [each, each] as const), ...copied]) {
        const { status, error } = await copies.end(name);
        expect({ name, status, error }).toEqual({ name, status: 'Succeeded' });
        const result = await copies.result(kind, name);
        expect({ name, result }).toEqual({ name, result: results[kind] });
        keys.push(...Object.keys(result).map((part) => copies.keyOf(kind, name) + part));
      }
      expect(await copies.holds()).toEqual({ keys: keys.sort(), uploads: [] });
    },
  };
}
