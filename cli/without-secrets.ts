import { isPlainOption } from '../operator/api/plain-options.ts';
import { withoutUserInfo } from '../operator/api/redact.ts';

const HIDDEN = '***';
/** Rather too many: a credential under a name that is none is a credential all the same. */
const SECRET_NAME =
  /pass|token|credential|salt|secret(?!Path|ProviderURL|ProviderRole|Import|$)|(access|api|private|footer)_?key$|^keys?$/i;
/** Within URLs and connection strings. */
const SECRET_PARAMETER = /\b(password|pwd|secret|token|access_?key)=[^;&\s]*/gi;
/** Holds the manifest with all that is in it. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Which members of a block hold credentials. */
type Hides = (name: string) => boolean;
const NAMED_SO: Hides = (name) => SECRET_NAME.test(name);
/** Of the options of a transformation only the known ones tell nothing secret. */
const UNKNOWN_OPTION: Hides = (name) => !isPlainOption(name);
const ALL: Hides = () => true;
const NONE: Hides = () => false;

/** A resource for the terminal and for logs of CI: as the API server has it, with `***` for inline credentials. */
export function withoutSecrets<T extends { metadata: object; spec?: unknown }>(resource: T): T {
  return { ...resource, metadata: shownMetadata(resource.metadata), spec: shown(resource.spec, NAMED_SO) };
}

function shownMetadata(metadata: object): object {
  const { managedFields: _, annotations, ...rest } = { ...metadata } as Record<string, unknown>;
  const { [LAST_APPLIED]: _applied, ...others } = { ...(annotations as object) } as Record<string, unknown>;
  return Object.keys(others).length > 0 ? { ...rest, annotations: others } : rest;
}

function shown(value: unknown, hides: Hides): unknown {
  if (Array.isArray(value)) return value.map((item) => shown(item, hides));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, shown(member, within(name, hides))]),
    );
  if (hides === ALL && value !== null && value !== undefined) return HIDDEN;
  return typeof value === 'string' ? withoutCredentials(value) : value;
}

/** What is hidden of a member. */
function within(name: string, hides: Hides): Hides {
  if (hides === ALL) return ALL;
  // where a secret is, not what it is
  if (name === 'vault' || name === 'vaultPath') return NONE;
  if (hides(name)) return ALL;
  return name === 'options' ? UNKNOWN_OPTION : hides;
}

function withoutCredentials(text: string): string {
  const hidden = text.replace(SECRET_PARAMETER, (_, name: string) => `${name}=${HIDDEN}`);
  return /^[a-z][\w+.:-]*:\/\/[^/]*@/i.test(hidden) ? withoutUserInfo(hidden) : hidden;
}
