import { EnginePool } from './pool.ts';

/** Milliseconds; a clause that takes longer is the engine's fault. */
const PATIENCE = 10_000;
/** Clauses; what they leave in the engine's memory goes with its process. */
const CLAUSES_PER_LIFE = 5_000;

/** Tells what is wrong with filter clauses, in a process of its own: what a clause costs there, its memory and crashes, stays there. */
export interface ClauseJudge {
  /** What is wrong with a clause, as far as it shows without the columns. @throws Error when it cannot be told */
  judge(clause: string): Promise<string | undefined>;
  /** Ends the process. */
  close(): void;
}

export function openClauseJudge(): ClauseJudge {
  const pool = new EnginePool<string>({
    entry: new URL('./clause-process.ts', import.meta.url),
    processes: 1,
    jobsPerProcess: 1,
    jobsPerLife: CLAUSES_PER_LIFE,
    scratch: { limit: 0, expected: () => 0 },
    environment: {},
  });
  return {
    judge: (clause) => pool.run(clause, 'clauses', AbortSignal.timeout(PATIENCE)),
    close: () => pool.close(),
  };
}
