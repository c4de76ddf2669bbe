export type Log = (line: string) => void;

const FIRST_AND_EVERY_MS = 5_000;

/**
 * Does the work; while it takes longer than 5 seconds, says so every 5 seconds.
 * @param label e.g. `etcd: building`
 * @param detail what is happening just now; empty when unknown
 */
export async function withProgress<T>(
  log: Log,
  label: string,
  detail: () => string,
  work: Promise<T>,
  everyMs = FIRST_AND_EVERY_MS,
): Promise<T> {
  const began = Date.now();
  const timer = setInterval(() => {
    const now = detail();
    log(`${label}, ${seconds(Date.now() - began)} so far${now ? ` (${now})` : ''}`);
  }, everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
