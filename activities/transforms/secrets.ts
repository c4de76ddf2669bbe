/**
 * What transformations must keep to themselves. It travels from the activity to its engine process and into the
 * engine's functions, in memory only: never in a plan, SQL text, a setting or a log.
 */
export interface TransformSecrets {
  /** By transformation: values of its secret options, by name. */
  options: readonly Readonly<Record<string, string>>[];
  /** Random values derive from it. The same for all attempts of a run, so that they write the same bytes. */
  seed: string;
}

export const NO_SECRETS: TransformSecrets = { options: [], seed: '' };

/** Options whose values may be found where a transformation refers to; other keys that are found there mean nothing to it. */
export const SECRET_OPTIONS: readonly string[] = ['key', 'salt'];
