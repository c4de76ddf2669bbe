import type { WatchEvent, WatchOptions, ListResult } from '../kubernetes.ts';
import { KubernetesError, pause } from '../kubernetes.ts';
import { fullJitter } from './backoff.ts';
import type { Outage } from './outage.ts';

/** The part of KubernetesClient that a watcher uses. */
export interface WatchSource {
  list<T>(path: string, signal: AbortSignal): Promise<ListResult<T>>;
  watch<T>(path: string, options: WatchOptions): AsyncGenerator<WatchEvent<T>>;
}

export interface WatcherOptions<T> {
  path: string;
  /** Called with every complete list: first, after the server forgot where we were, and periodically. */
  onList(items: T[]): void;
  /** Called whenever the server does not know what to list; it is asked again. */
  onMissing?(): void;
  onEvent(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
  /** Called when the watch goes on after a failure: whatever else failed meanwhile can be tried again. */
  onReconnect(): void;
  outage: Pick<Outage, 'failed' | 'recovered'>;
  timings?: Partial<WatchTimings>;
}

/** Milliseconds. */
export interface WatchTimings {
  /** How long one watch request lives, without jitter. */
  watch: number;
  /**
   * How much longer than a watch may live nothing may be heard: then the connection is dead. The server says something
   * before it ends a watch; for an idle kind it says nothing before that.
   */
  grace: number;
  relist: number;
  /** A watch that ends sooner, without an event, is a failure: else a broken proxy would be asked in a loop. */
  shortest: number;
  backoffBase: number;
  backoffMax: number;
}

const TIMINGS: WatchTimings = {
  watch: 240_000,
  grace: 15_000,
  relist: 600_000,
  shortest: 1_000,
  backoffBase: 200,
  backoffMax: 30_000,
};

interface Versioned {
  metadata: { resourceVersion: string };
  /** Of the Status object that an ERROR event carries. */
  code?: number;
  message?: string;
}

/**
 * Lists, then watches from there, until the signal is aborted. Broken connections resume at the last seen resource
 * version with full-jitter back-off; a version that the server forgot (410) means a new list. Callbacks must not
 * throw: they note keys, nothing else.
 */
export async function watchCollection<T extends Versioned>(
  source: WatchSource,
  options: WatcherOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const timings = { ...TIMINGS, ...options.timings };
  let version: string | undefined;
  let listedAt = 0;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (version === undefined || performance.now() - listedAt >= timings.relist) {
        const list = await source.list<T>(options.path, signal);
        options.onList(list.items);
        version = list.resourceVersion;
        listedAt = performance.now();
      }
      const length = Math.min(timings.watch * (1 + Math.random() * 0.25), timings.relist);
      const events = source.watch<T>(options.path, {
        resourceVersion: version,
        timeoutSeconds: Math.ceil(length / 1000),
        idleTimeout: length + timings.grace,
        signal,
        onOpen: () => {
          options.outage.recovered();
          if (failures > 0) options.onReconnect();
        },
      });
      const begun = performance.now();
      let silent = true;
      for await (const event of events) {
        silent = false;
        if (event.type === 'ERROR')
          throw new KubernetesError(event.object.code ?? 500, event.object.message ?? 'watch failed');
        version = event.object.metadata.resourceVersion;
        failures = 0;
        if (event.type !== 'BOOKMARK') options.onEvent(event.type, event.object);
      }
      if (silent && performance.now() - begun < timings.shortest)
        throw new KubernetesError(0, 'the watch ended at once');
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof KubernetesError && error.status === 410) version = undefined;
      else options.outage.failed(explain(error));
      if (isMissing(error)) options.onMissing?.();
      failures += 1;
      await pause(fullJitter(failures, timings.backoffBase, timings.backoffMax, Math.random), signal);
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof KubernetesError && error.status === 404;
}

function explain(error: unknown): unknown {
  return isMissing(error)
    ? new Error('the custom resource definition is not installed: kubectl apply -f deploy/crds', {
        cause: error,
      })
    : error;
}
