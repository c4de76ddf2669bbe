import { clauseProblem } from '../transforms/filter/check.ts';
import { openClauseEngine } from './clause-engine.ts';
import { serveJobs } from './serve-jobs.ts';

// Program of the process that looks at filter clauses: a job is a clause, its result what is wrong with it.
const engine = openClauseEngine();
serveJobs<string>(async (clause) => clauseProblem(clause, await engine));
