import { createPublicKey, randomBytes, type JsonWebKey } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { clusterOf } from './cluster.ts';
import type { ServerEnvironment } from './server-environment.ts';

/** Audience of the tokens that workers log in with, which the API server knows. */
const AUDIENCE = 'vault';

/** What tests do as the administrator of the Vault server of this environment. */
export function vaultOf(environment: ServerEnvironment) {
  const address = environment['DDC_VAULT_ADDR']!;
  const unique = randomBytes(4).toString('hex');
  const { core } = clusterOf(environment);

  /** The answer's body; errors with its text. */
  async function admin(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': environment['DDC_VAULT_ROOT_TOKEN']! },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  }

  /** A secrets engine of its own; resolves with its name. */
  async function mount(type: string, options: Record<string, string> = {}): Promise<string> {
    const name = `${type}${Object.values(options).join('')}-${unique}`;
    await admin('POST', `sys/mounts/${name}`, { type, options });
    return name;
  }

  /** Lets tokens that are bound to it read what lies at the paths. */
  async function policy(name: string, ...paths: string[]): Promise<string> {
    const rules = paths
      .map((path) => `path "${path}" { capabilities = ["read", "list", "update"] }`)
      .join('\n');
    await admin('PUT', `sys/policies/acl/${name}-${unique}`, { policy: rules });
    return `${name}-${unique}`;
  }

  /** A service account, and a token of it as a pod would have it mounted. */
  async function serviceAccount(namespace: string, name: string, audience?: string): Promise<string> {
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
    const { status } = await core.createNamespacedServiceAccountToken({
      name,
      namespace,
      body: { spec: { audiences: audience === undefined ? [] : [audience], expirationSeconds: 3600 } },
    });
    return status!.token!;
  }

  /** Kubernetes auth against the API server of this environment; resolves with its path below /v1/. */
  async function kubernetesAuth(namespace: string): Promise<string> {
    const path = `auth/kubernetes-${unique}`;
    const config = new KubeConfig();
    config.loadFromFile(environment['KUBECONFIG']!);
    const cluster = config.getCurrentCluster()!;
    const reviewer = await serviceAccount(namespace, 'reviewer');
    const { kubectl } = clusterOf(environment);
    const bound = await kubectl([
      ...['create', 'clusterrolebinding', `reviewer-${unique}`, '--clusterrole=system:auth-delegator'],
      `--serviceaccount=${namespace}:reviewer`,
    ]);
    if (bound.code !== 0) throw new Error(bound.stderr);
    await admin('POST', `sys/${path}`, { type: 'kubernetes' });
    await admin('POST', `${path}/config`, {
      kubernetes_host: cluster.server,
      kubernetes_ca_cert: Buffer.from(cluster.caData!, 'base64').toString(),
      token_reviewer_jwt: reviewer,
      disable_local_ca_jwt: true,
    });
    return path;
  }

  /** JWT auth by the public key of the API server; resolves with its path below /v1/. */
  async function jwtAuth(): Promise<string> {
    const path = `auth/jwt-${unique}`;
    const { kubectl } = clusterOf(environment);
    const { stdout } = await kubectl(['get', '--raw', '/openid/v1/jwks']);
    const { keys } = JSON.parse(stdout) as { keys: JsonWebKey[] };
    const pem = createPublicKey({ key: keys[0]!, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    await admin('POST', `sys/${path}`, { type: 'jwt' });
    await admin('POST', `${path}/config`, { jwt_validation_pubkeys: [pem] });
    return path;
  }

  return { address, AUDIENCE, admin, mount, policy, serviceAccount, kubernetesAuth, jwtAuth };
}
