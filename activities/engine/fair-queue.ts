interface Queued {
  group: string;
}

/** Jobs of one group wait in order; groups take turns, so that a small one need not wait for a large. */
export class FairQueue<Job extends Queued> {
  readonly #jobs: Job[] = [];

  push(job: Job): void {
    this.#jobs.push(job);
  }

  /** For a job that was under way already. */
  putBack(job: Job): void {
    this.#jobs.unshift(job);
  }

  /** @returns whether it was there */
  remove(job: Job): boolean {
    const index = this.#jobs.indexOf(job);
    if (index >= 0) this.#jobs.splice(index, 1);
    return index >= 0;
  }

  clear(): Job[] {
    return this.#jobs.splice(0);
  }

  /** The first job of the group that has the fewest running; stays in the queue. */
  next(running: Iterable<Queued>): Job | undefined {
    const counts = new Map<string, number>();
    for (const { group } of running) counts.set(group, (counts.get(group) ?? 0) + 1);
    let chosen: Job | undefined;
    let fewest = Infinity;
    for (const job of this.#jobs) {
      const count = counts.get(job.group) ?? 0;
      if (count < fewest) [chosen, fewest] = [job, count];
      if (count === 0) break;
    }
    return chosen;
  }
}
