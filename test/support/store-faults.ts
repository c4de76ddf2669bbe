/** A request on its way to the store. */
export interface StoreRequest {
  method: string;
  /** With the query, e.g. `/bucket/key?uploadId=...`. */
  path: string;
}

/** What can go wrong with one exchange with a store. */
export interface Fault {
  /** `corrupt`: a bit changes on the way, of the answer when `done`, else of the request, which the store gets. */
  kind: 'error' | 'slowDown' | 'denied' | 'hang' | 'reset' | 'truncate' | 'corrupt';
  /** Whether the store has done what was asked, and only its answer is lost; always so for `truncate`. */
  done: boolean;
}

const FAULTS: readonly Fault[] = [
  { kind: 'error', done: false },
  { kind: 'error', done: true },
  { kind: 'slowDown', done: false },
  { kind: 'slowDown', done: true },
  { kind: 'hang', done: false },
  { kind: 'hang', done: true },
  { kind: 'reset', done: false },
  { kind: 'reset', done: true },
  { kind: 'truncate', done: true },
];

/** In a row, for the same method and path: the product must get through. */
const MOST_IN_A_ROW = 2;

/**
 * Faults for a share (0 to 1) of the requests, the same ones for the same seed and order of requests.
 * @param only default: all kinds
 */
export function faultsFor(
  share: number,
  seed: number,
  only: (fault: Fault) => boolean = () => true,
): (request: StoreRequest) => Fault | undefined {
  const random = randomNumbers(seed);
  const faults = FAULTS.filter(only);
  const inARow = new Map<string, number>();
  return ({ method, path }) => {
    const exchange = `${method} ${path}`;
    const before = inARow.get(exchange) ?? 0;
    if (before >= MOST_IN_A_ROW || random() >= share) {
      inARow.delete(exchange);
      return undefined;
    }
    inARow.set(exchange, before + 1);
    return faults[Math.floor(random() * faults.length)];
  };
}

/** mulberry32: numbers from 0 to 1. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
