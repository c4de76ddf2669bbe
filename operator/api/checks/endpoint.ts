const INVALID = 'Invalid endpoint! Expecting a endpoint URL!';

type Endpoint = { url: string } | { problem: string };

/** What is wrong with the endpoint of an S3 service. */
export function endpointProblems(endpoint: string): string[] {
  const parsed = parseEndpoint(endpoint);
  return 'problem' in parsed ? [parsed.problem] : [];
}

/**
 * An endpoint as a URL of scheme, host and port. Without a scheme it is https, http where the host is this machine.
 * Users write endpoints, so nothing else is let through: no credentials, paths, queries, or characters that URL
 * parsers read differently.
 */
export function parseEndpoint(endpoint: string): Endpoint {
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\s\u0000-\u001f\u007f\\]/.test(endpoint)) return { problem: INVALID };
  const scheme = /^(?<scheme>[^/]*):\/\//.exec(endpoint)?.groups?.['scheme']?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    return { problem: /^[a-z]/.test(scheme) ? `${INVALID} Use http:// or https://` : INVALID };

  const address = scheme === undefined ? endpoint : endpoint.slice(scheme.length + '://'.length);
  if (address.includes('@'))
    return { problem: `${INVALID} It must not hold credentials; put them into accessKey and secretKey` };
  if (!/^[^/?#]+\/?$/.test(address))
    return {
      problem:
        address === '' || address.startsWith('/') ? INVALID : `${INVALID} It must end after host and port`,
    };

  const url = toUrl(`${scheme ?? 'https'}://${address}`);
  if (url === undefined) return { problem: INVALID };
  if (scheme === undefined && isThisMachine(url.hostname)) return { url: `http://${hostAndPort(address)}` };
  return { url: url.origin };
}

function toUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** As http would normalise it: https drops port 443 and keeps 80. */
function hostAndPort(address: string): string {
  return new URL(`http://${address}`).host;
}

function isThisMachine(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(host)
  );
}
