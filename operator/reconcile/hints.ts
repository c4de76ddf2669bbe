/** What to change, by the code of the failure (activities/failures.ts). */
const HINTS: Record<string, string> = {
  InvalidOption: 'Correct the option that the error names.',
  UnknownColumn: 'Name a column that the source has, or correct the source.',
  InvalidFilter: 'Correct the filter clause.',
  Unsupported: 'Change what the error names to something that is supported.',
  ObjectNotFound: 'Put the object where the source names it, or correct the source.',
  BucketNotFound: 'Create the bucket, or correct its name and the endpoint.',
  AccessDenied: 'Check the credentials, and what the policies of bucket, Vault or Kubernetes allow them.',
  EgressDenied: 'Name what the egress policy allows this namespace, or have the policy changed.',
  InvalidEndpoint: 'Correct the endpoint.',
  MalformedData: 'Correct the data at the source, or say in the spec how to read it.',
  SecretNotFound: 'Store the secret where the resource refers to, or correct the reference.',
  ResourceGone: 'Apply the resource again.',
  VerificationFailed: 'Look at the logs of the workers, and run it again; if it repeats itself, report it.',
  StoreUnavailable: 'Make the store reachable from the workers.',
  Throttled: 'Have the store allow more requests, or set spec.limits.',
  SecretUnavailable: 'Make Vault, the secret provider or the Kubernetes API answer.',
  EngineCrashed: 'Give the workers more memory (DDC_MEMORY_LIMIT), or look at their logs.',
  ScratchFull: 'Give the workers more scratch space (DDC_SCRATCH_LIMIT).',
  DestinationBusy: 'Have nobody else write to the destination.',
  WorkerDied: 'Look at the logs of the workers, or at the status of their pods.',
  Timeout: 'Look at the logs of the workers, and whether the stores answer.',
};

/** For people; undefined where nothing general can be said. */
export const hintFor = (code: string | undefined): string | undefined =>
  code === undefined ? undefined : HINTS[code];
