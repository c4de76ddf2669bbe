import type { ServiceError } from './codes.ts';

const REDIRECTS: ReadonlySet<number | undefined> = new Set([301, 302, 307, 308]);

/**
 * What an answer says about a bucket that is elsewhere, or a signature for another region; undefined when it is
 * neither. The store's own words are repeated only if they have the form of a region or a host.
 */
export function wrongPlace(error: ServiceError): string | undefined {
  const region = matching(/^[a-z0-9-]{1,64}$/, error.Region, header(error, 'x-amz-bucket-region'));
  if (error.name === 'AuthorizationHeaderMalformed' && region !== undefined)
    return `the region is not right; the store expects region "${region}"`;
  if (!REDIRECTS.has(error.$metadata?.httpStatusCode)) return undefined;
  const host = matching(/^[A-Za-z0-9.:-]{1,253}$/, error.Endpoint, hostOf(header(error, 'location')));
  const found = [
    ...(region === undefined ? [] : [`its region is "${region}"`]),
    ...(host === undefined ? [] : [`it is at ${host}`]),
  ];
  return found.length > 0
    ? `the bucket is not at this endpoint: ${found.join(', ')}`
    : 'the bucket is not at this endpoint, or the region is not right';
}

function header(error: ServiceError, name: string): string | undefined {
  return error.$response?.headers?.[name];
}

function hostOf(location: string | undefined): string | undefined {
  return location !== undefined && URL.canParse(location) ? new URL(location).host : undefined;
}

function matching(form: RegExp, ...values: unknown[]): string | undefined {
  return values.find((value): value is string => typeof value === 'string' && form.test(value));
}
