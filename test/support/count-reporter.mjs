import { writeSync } from 'node:fs';

/** Closes a run with one line that people and CI can read: `N passed, N failed`. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    // A file that could not even be loaded has no failed test of its own.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `${results.numPassedTests} passed, ${failed} failed`;
    // Jest's own summary and the end of the servers come after this call.
    process.once('exit', () => writeSync(1, skipped === 0 ? `${line}\n` : `${line}, ${skipped} skipped\n`));
  }
}
