import { stringify } from 'yaml';

/** A kubeconfig file with one cluster, one user who has a token, and one context `ddc`. */
export function kubeconfig(input: {
  server: string;
  authority: Buffer;
  user: string;
  token: string;
}): string {
  const { server, authority, user, token } = input;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'ddc', cluster: { server, 'certificate-authority-data': authority.toString('base64') } },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'ddc', context: { cluster: 'ddc', user, namespace: 'default' } }],
    'current-context': 'ddc',
  });
}
