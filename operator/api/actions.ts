/** Canonical names of the transformations' actions, and their other accepted spellings. */
const SPELLINGS = {
  RemoveColumns: ['RemoveColumn'],
  RedactColumns: ['Redact'],
  DigestColumns: ['Digest'],
  FilterRows: ['Filter'],
  SampleRows: ['Sample'],
  EncryptColumns: ['Encrypt'],
} as const satisfies Record<string, readonly string[]>;

export type Action = keyof typeof SPELLINGS;

export const ACTIONS = Object.keys(SPELLINGS) as Action[];

const byName = new Map(
  ACTIONS.flatMap((action) =>
    [action, ...SPELLINGS[action]].map((spelling) => [spelling.toLowerCase(), action] as const),
  ),
);

/** The canonical name for a spelling in any case; undefined when there is no such action. */
export function canonicalAction(spelling: string): Action | undefined {
  return byName.get(spelling.toLowerCase());
}

export function actionProblems(spelling: string): string[] {
  return canonicalAction(spelling) === undefined ? [`unknown action; known are ${ACTIONS.join(', ')}`] : [];
}
