import { OrcError } from '../proto.ts';

/** Seconds; two changes of the clock are never nearer to each other in any zone with such changes. */
const STEP = 2 ** 21;
/** The zone's rules are asked for within the years 1 to 9999 and hold beyond. */
const FIRST = -62_135_596_800;
const LAST = 253_402_300_799;

/** Offsets from UTC within one step of time: `before` until `change`, then `after`. */
interface Span {
  before: number;
  change: number;
  after: number;
}

/** A time zone of the tz database. Throws OrcError for a name that is none. */
export class Zone {
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #spans = new Map<number, Span>();

  constructor(name: string) {
    if (/^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu)$/i.test(name)) return;
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        era: 'short',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch (error) {
      throw new OrcError(`its writer's time zone ${JSON.stringify(name)} is unknown`, { cause: error });
    }
  }

  /** Whether the zone is UTC itself. */
  get utc(): boolean {
    return this.#format === undefined;
  }

  /** Seconds that clocks are ahead of UTC at `instant` (seconds since 1970-01-01 UTC). */
  offsetAt(instant: number): number {
    if (this.#format === undefined) return 0;
    const step = Math.floor(Math.min(Math.max(instant, FIRST), LAST) / STEP);
    let span = this.#spans.get(step);
    if (span === undefined) {
      span = this.#find(step * STEP, (step + 1) * STEP);
      this.#spans.set(step, span);
    }
    return instant < span.change ? span.before : span.after;
  }

  /** Seconds since 1970-01-01 UTC at which clocks show `wall` (seconds since 1970-01-01 00:00 on them). */
  instantOf(wall: number): number {
    return wall - this.offsetAt(wall - this.offsetAt(wall));
  }

  #find(start: number, end: number): Span {
    const before = this.#ask(start);
    const after = this.#ask(end);
    if (before === after) return { before, change: end, after };
    let [low, high] = [start, end];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#ask(middle) === before) low = middle;
      else high = middle;
    }
    return { before, change: high, after };
  }

  #ask(instant: number): number {
    const parts = new Map<string, string>();
    for (const { type, value } of this.#format!.formatToParts(instant * 1000)) parts.set(type, value);
    const part = (name: string): number => Number(parts.get(name));
    const year = parts.get('era')?.startsWith('B') === true ? 1 - part('year') : part('year');
    // Date.UTC takes the years 0 to 99 for 1900 to 1999
    const date = new Date(0);
    date.setUTCFullYear(year, part('month') - 1, part('day'));
    date.setUTCHours(part('hour'), part('minute'), part('second'));
    return date.getTime() / 1000 - instant;
  }
}
