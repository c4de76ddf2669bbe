const EXPECTED = 'must be a URL like http://vault.example.com:8200';

/** Whether a vaultPath is a URL rather than the name of a secret. */
const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** What is wrong with the URL of a Vault server. */
export function vaultAddressProblems(address: string): string[] {
  const problems = urlProblems(address);
  if (problems.length > 0) return problems;
  return /[?#]/.test(address) ? [`${EXPECTED}, without a query`] : [];
}

/** What is wrong with the URL of a secret provider; without a scheme it is http. */
export const providerUrlProblems = (url: string): string[] => urlProblems(withScheme(url));

/** What is wrong with a vaultPath: a URL, or any name. */
export const vaultPathProblems = (path: string): string[] => (isUrl(path) ? urlProblems(path) : []);

/** What is wrong with a path at a Vault server. */
export const pathProblems = (path: string): string[] =>
  isUrl(path) || hasGaps(path) || path.includes('#')
    ? ['must be a path like /v1/secret/data/my-secret; the server is named in address']
    : [];

/** What is wrong with what transit has wrapped. Never repeats it: it may be a key by mistake. */
export const ciphertextProblems = (text: string): string[] =>
  /^vault:v\d+:[A-Za-z0-9+/=]+$/.test(text)
    ? []
    : [
        'must be a data key as transit wraps it: vault:v1:..., the ciphertext in the answer of /v1/transit/datakey/wrapped/<key>',
      ];

export const withScheme = (url: string): string => (isUrl(url) ? url : `http://${url}`);

export const withSlash = (path: string): string => (path.startsWith('/') ? path : `/${path}`);

/** Never repeats the URL: it may hold credentials by mistake. */
function urlProblems(text: string): string[] {
  if (hasGaps(text) || !URL.canParse(text)) return [EXPECTED];
  const { protocol, username, password } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return [`${EXPECTED}; use http:// or https://`];
  return username === '' && password === ''
    ? []
    : [`${EXPECTED}, without credentials: everyone who may read this resource would see them`];
}

/** What URL parsers drop or read differently. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const hasGaps = (text: string): boolean => /[\s\u0000-\u001f\u007f\\]/.test(text);
