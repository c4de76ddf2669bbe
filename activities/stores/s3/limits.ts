import { Pace } from './pace.ts';

/** What requests to a store may use up, within one process. */
export interface StoreLimits {
  /** In both directions together. */
  bytesPerSecond?: number;
  requestsPerSecond?: number;
  /** Connections of the same scope share its limits, e.g. the UID of a transfer; default: the endpoint. */
  scope?: string;
}

/** Waits until the limits of a scope allow more. */
export interface Meter {
  /** Whether bytes are counted at all. */
  readonly metersBytes: boolean;
  request(): Promise<void>;
  bytes(count: number): Promise<void>;
}

interface Paces {
  requests: Pace | undefined;
  bytes: Pace | undefined;
}

const scopes = new Map<string, Paces>();

/** Of requests that every one of the limits has to allow. */
export function meterOf(endpoint: string, limits: readonly StoreLimits[] = []): Meter {
  const meters = limits.map((each) => meterOfScope(endpoint, each));
  return {
    metersBytes: meters.some(({ metersBytes }) => metersBytes),
    async request() {
      for (const meter of meters) await meter.request();
    },
    async bytes(count) {
      for (const meter of meters) await meter.bytes(count);
    },
  };
}

function meterOfScope(endpoint: string, limits: StoreLimits): Meter {
  const { bytesPerSecond, requestsPerSecond, scope = endpoint } = limits;
  const key = JSON.stringify([scope, bytesPerSecond, requestsPerSecond]);
  /** Looked up each time: one that has caught up is forgotten, which changes nothing. */
  const paces = (): Paces => {
    for (const [each, { requests, bytes }] of scopes)
      if (each !== key && requests?.idle !== false && bytes?.idle !== false) scopes.delete(each);
    const found = scopes.get(key) ?? { requests: pace(requestsPerSecond), bytes: pace(bytesPerSecond) };
    scopes.set(key, found);
    return found;
  };
  return {
    metersBytes: bytesPerSecond !== undefined,
    request: async () => (requestsPerSecond === undefined ? undefined : paces().requests?.take(1)),
    bytes: async (count) => (bytesPerSecond === undefined ? undefined : paces().bytes?.take(count)),
  };
}

const pace = (perSecond: number | undefined): Pace | undefined =>
  perSecond === undefined ? undefined : new Pace(perSecond);
