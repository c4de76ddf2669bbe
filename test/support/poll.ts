import { setTimeout as delay } from 'node:timers/promises';

/** Asks until the answer is what is wanted; the deadline's error shows the last answer. */
export async function poll<T>(
  ask: () => Promise<T> | T,
  wanted: (answer: T) => boolean,
  what: string,
  deadlineMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${deadlineMs} ms; last: ${JSON.stringify(answer)}`);
    await delay(100);
  }
}
