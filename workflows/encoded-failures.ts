import { DefaultFailureConverter } from '@temporalio/common';

/**
 * What Temporal's SDK asks for by this name, in workers and in workflow code: texts of failures become payloads, which the
 * codec encrypts, in place of plain text.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
