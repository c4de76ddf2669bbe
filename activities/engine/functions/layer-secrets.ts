import type { TransformSecrets } from '../../transforms/secrets.ts';

/**
 * One secret option per transformation, made into what a function needs when it is first used. SQL names the
 * transformation by its number and never the secret.
 */
export function perTransformation<T>(
  secrets: TransformSecrets,
  option: string,
  make: (secret: string) => T,
): (index: unknown) => T {
  const made = new Map<number, T>();
  return (index) => {
    const number = Number(index);
    const present = made.get(number);
    if (present !== undefined) return present;
    const secret = secrets.options[number]?.[option];
    if (secret === undefined) throw new Error(`transformation ${number} has no option ${option}`);
    const value = make(secret);
    made.set(number, value);
    return value;
  };
}
