import { readRange } from '../formats/bytes.ts';
import type { ObjectStore } from '../stores/object-store.ts';

/**
 * The same store; but of objects that are read again and again (begin, end, everything) small ones are read once, and kept as
 * long as this is.
 * @param most bytes of all that are kept
 */
export function keepSmall(store: ObjectStore, most: number): ObjectStore {
  const kept = new Map<string, Promise<Buffer>>();
  let left = most;
  return {
    ...store,
    open(object) {
      const reader = store.open(object);
      const { size } = reader;
      const name = JSON.stringify([object.key, object.etag]);
      if (!kept.has(name) && size > left) return reader;
      const whole = (): Promise<Buffer> => {
        const known = kept.get(name);
        if (known !== undefined) return known;
        left -= size;
        const reading = readRange(reader, 0, size);
        kept.set(name, reading);
        reading.catch(() => {
          kept.delete(name);
          left += size;
        });
        return reading;
      };
      return { ...reader, read: async (start, end) => rangeOf(whole, start, end) };
    },
  };
}

async function* rangeOf(
  whole: () => Promise<Buffer>,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  yield (await whole()).subarray(start, end);
}
