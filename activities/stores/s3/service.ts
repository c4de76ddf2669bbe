/** What an endpoint's host name tells about the service there. */
export interface Service {
  region?: string;
  addressing: 'path' | 'virtual';
}

/** e.g. `s3.eu-west-1.amazonaws.com`, also the dual-stack, FIPS, private and older ones. */
const AWS =
  /(?:^|\.)s3(?:-fips)?(?:\.dualstack)?(?:[.-](?<region>[a-z]+(?:-[a-z]+)+-\d+))?(?:\.vpce)?\.amazonaws\.com(?:\.cn)?$/;

/** AWS wants the bucket before the host and its region in the signature; with others the path always works. */
export function serviceAt(endpoint: string): Service {
  const aws = AWS.exec(new URL(endpoint).hostname);
  if (aws === null) return { addressing: 'path' };
  const region = aws.groups?.['region'];
  return { addressing: 'virtual', ...(region === undefined ? {} : { region }) };
}
