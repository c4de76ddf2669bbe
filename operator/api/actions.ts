/** Canonical names of the transformations' actions. */
export const ACTIONS = [
  'RemoveColumns',
  'RedactColumns',
  'DigestColumns',
  'FilterRows',
  'SampleRows',
  'EncryptColumns',
] as const;

export type Action = (typeof ACTIONS)[number];

const SHORT_SPELLINGS: Record<Action, string> = {
  RemoveColumns: 'RemoveColumn',
  RedactColumns: 'Redact',
  DigestColumns: 'Digest',
  FilterRows: 'Filter',
  SampleRows: 'Sample',
  EncryptColumns: 'Encrypt',
};

const byName = new Map(
  ACTIONS.flatMap((action) =>
    [action, SHORT_SPELLINGS[action]].map((spelling) => [spelling.toLowerCase(), action] as const),
  ),
);

/** The canonical name for a spelling in any case; undefined when there is no such action. */
export function canonicalAction(spelling: string): Action | undefined {
  return byName.get(spelling.toLowerCase());
}

export function actionProblems(spelling: string): string[] {
  return canonicalAction(spelling) === undefined ? [`unknown action; known are ${ACTIONS.join(', ')}`] : [];
}
