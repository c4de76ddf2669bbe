import { renderErrors } from '../api/index.ts';
import type { ParsedTransfer, ResourceStatus } from '../api/index.ts';
import type { Action, Observation } from './actions.ts';
import type { TransferResource } from './resource.ts';
import { MAX_ERROR_LENGTH, warnings, withConditions, without } from './run-status.ts';

type Refused = Extract<ParsedTransfer, { ok: false }>;

/** A spec that cannot run: the status says all that is wrong with it. */
export function refuse({ resource, now }: Observation, parsed: Refused, present: ResourceStatus): Action[] {
  const kept = without(present, 'active', 'hint', 'parked', 'progress', 'retry', 'nextScheduleTime');
  const generation = resource.metadata.generation;
  const error = renderErrors(parsed.errors).slice(0, MAX_ERROR_LENGTH);
  const reason = parsed.state === 'Fatal' ? 'Unsupported' : 'ConfigurationError';
  const status = withConditions(
    { present, generation, now },
    { ...kept, status: parsed.state, error, warnings: warnings(parsed.warnings) },
    {
      Ready: ['False', reason, error],
      Progressing: ['False', reason, 'Nothing is being done; change the resource to run it.'],
      Stalled: ['True', reason, error],
    },
  );
  return [...refusedEvent(resource, parsed, present), { type: 'status', status }];
}

/** Once per generation and error. */
export function refusedEvent(resource: TransferResource, parsed: Refused, present: ResourceStatus): Action[] {
  const { generation } = resource.metadata;
  const message = renderErrors(parsed.errors).slice(0, MAX_ERROR_LENGTH);
  const { status, error, observedGeneration } = present;
  if (status === parsed.state && error === message && observedGeneration === generation) return [];
  return [{ type: 'event', eventType: 'Warning', reason: parsed.state, message, discriminator: message }];
}
