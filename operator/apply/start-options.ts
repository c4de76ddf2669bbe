import type { WorkflowStartOptions } from '@temporalio/client';
import type { Transfer } from '../../workflows/contract.ts';
import { details, searchAttributes, summary } from './run-texts.ts';

/** Name of the memo that tells the resource's generation. */
export const GENERATION = 'generation';

type Texts = Pick<WorkflowStartOptions, 'memo' | 'staticSummary' | 'staticDetails' | 'typedSearchAttributes'>;

/**
 * What a workflow brings for the people who look at it, and for the operator.
 * @param searchable whether the namespace knows the search attributes
 * @param encrypted whether what else is told of it is
 */
export function startTexts(transfer: Transfer, searchable: boolean, encrypted: boolean): Texts {
  return {
    memo: { [GENERATION]: transfer.generation },
    staticSummary: summary(transfer),
    staticDetails: details(transfer),
    ...(searchable && { typedSearchAttributes: searchAttributes(transfer, encrypted) }),
  };
}
