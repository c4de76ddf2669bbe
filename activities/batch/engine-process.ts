import { leaveMemoryOutOfCoreDumps } from '../engine/core-dumps.ts';
import { serveJobs } from '../engine/serve-jobs.ts';
import { copyChunk, copyWhole } from './copy-chunk.ts';
import { fromEnvironment } from './engine-settings.ts';
import type { EngineJob } from './jobs.ts';
import { copyVerbatim, copyWholeVerbatim } from './verbatim/copy.ts';
import { verifyBytes } from './full/bytes.ts';
import { describePublished, verifyChunk } from './full/rows.ts';
import { makePlan } from './make-plan.ts';
import { planJob } from './plan-job.ts';
import { preview } from './preview.ts';

leaveMemoryOutOfCoreDumps();

/** Program of an engine process: everything that parses or converts users' data happens here. */
const settings = fromEnvironment(process.env);

serveJobs<EngineJob>(async (job, context) => {
  switch (job.type) {
    case 'plan':
      return makePlan(job, settings);
    case 'planRun':
      return planJob(job, settings, context);
    case 'preview':
      return preview(job, settings);
    case 'copyChunk':
      return copyChunk(job, settings);
    case 'copyVerbatim':
      return copyVerbatim(job);
    case 'copyWholeVerbatim':
      return copyWholeVerbatim(job, context);
    case 'copyWhole':
      return copyWhole(job, settings, context);
    case 'describePublished':
      return describePublished(job, settings);
    case 'verifyChunk':
      return verifyChunk(job, settings);
    case 'verifyBytes':
      return verifyBytes(job);
  }
});
