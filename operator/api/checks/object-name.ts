/** Objects under these prefixes are ours, and are removed without a look at whose they are. */
const OWN_PREFIXES: Record<string, string> = {
  '.ddc': 'runs in progress',
  '.ddc-generations': 'earlier data (keepGenerations)',
};
const MAX_KEY_BYTES = 1024;

/** What is wrong with the name of a bucket. Stores differ in their rules, so only what none allows is refused. */
export function bucketProblems(bucket: string): string[] {
  const problems: string[] = [];
  if (bucket.length < 3) problems.push('must have 3 to 255 characters');
  if (bucket.includes('/')) problems.push('must not contain a slash; the path belongs into objectKey');
  if (hasControlCharacters(bucket)) problems.push('must not contain control characters');
  if (bucket === '...' || /^\s|\s$/.test(bucket)) problems.push('must be the name of a bucket');
  return problems;
}

/** What is wrong with the key of an object. */
export function objectKeyProblems(key: string): string[] {
  const problems: string[] = [];
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    problems.push(`must have at most ${MAX_KEY_BYTES} bytes in UTF-8`);
  if (key.includes('\0')) problems.push('must not contain the character NUL');
  if (key.split('/').some((segment) => segment === '.' || segment === '..'))
    problems.push('must not have . or .. between slashes, which some stores resolve to other keys');
  // Some stores take repeated and leading slashes for one.
  const first = key.split('/').find((segment) => segment !== '') ?? '';
  if (Object.hasOwn(OWN_PREFIXES, first))
    problems.push(`must not be under ${first}/, which is kept for ${OWN_PREFIXES[first]}`);
  return problems;
}

function hasControlCharacters(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text);
}
