import type { SecretValues } from './secrets.ts';

type Fields = Record<string, unknown>;

/**
 * The keys of a secret in an answer of Vault or of a secret provider: `data`, where there is one, else the answer itself. Of KV
 * version 2 `data` is unwrapped once more; of an exported transit key the newest version is `key`. Only texts are keys'
 * values. Undefined: the answer is no such thing.
 */
export function secretValues(answer: unknown): SecretValues | undefined {
  if (!isFields(answer)) return undefined;
  const data = isFields(answer['data']) ? unwrapped(answer['data']) : answer;
  return Object.fromEntries(
    Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function unwrapped(data: Fields): Fields {
  const { data: inner, keys } = data;
  const others = Object.keys(data).filter((name) => name !== 'data');
  if (isFields(inner) && others.every((name) => name === 'metadata')) return inner;
  if (!isFields(keys) || typeof data['type'] !== 'string') return data;
  const newest = Math.max(...Object.keys(keys).map(Number));
  return { key: keys[newest] };
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
