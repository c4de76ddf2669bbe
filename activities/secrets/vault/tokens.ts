import type { VaultSource } from '../../../workflows/contract/secret.ts';
import type { VaultToken } from './login.ts';

/** A token is not used any more so long before its end, of a short lease a tenth of it; milliseconds. */
const MARGIN = 30_000;
const MAX_TOKENS = 1000;

interface Kept {
  token: Promise<string>;
  /** Of the clock; Infinity while it is being logged in, too. */
  until: number;
}

/** Tokens by what they were logged in with, in memory only, until shortly before their leases end. */
export class VaultTokens {
  readonly #kept = new Map<string, Kept>();
  readonly #now: () => number;

  /** @param now milliseconds */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A token that is kept, or a new one. Who asks at the same time shares a login, but not its failure. */
  async take(
    source: VaultSource,
    login: () => Promise<VaultToken>,
  ): Promise<{ token: string; kept: boolean }> {
    const kept = this.#kept.get(keyOf(source));
    const token = kept && kept.until > this.#now() ? await kept.token.catch(() => undefined) : undefined;
    if (token !== undefined) return { token, kept: true };
    return { token: await this.renew(source, login), kept: false };
  }

  /** A new one, whatever is kept. */
  renew(source: VaultSource, login: () => Promise<VaultToken>): Promise<string> {
    const key = keyOf(source);
    const began = this.#now();
    const made: Kept = {
      until: Infinity,
      token: login().then(({ token, lease }) => {
        const ms = lease * 1000;
        if (lease > 0) made.until = began + ms - Math.min(MARGIN, ms / 10);
        return token;
      }),
    };
    made.token.catch(() => {
      if (this.#kept.get(key) === made) this.#kept.delete(key);
    });
    // The newest are last.
    this.#kept.delete(key);
    this.#kept.set(key, made);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_TOKENS && oldest !== undefined) this.#kept.delete(oldest);
    return made.token;
  }
}

function keyOf({ address, authPath, role, namespace, caCertificate }: VaultSource): string {
  return JSON.stringify([address, authPath, role, namespace, caCertificate]);
}
