import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flags } from './flags.ts';
import { get } from './http.ts';
import { kubeconfig } from './kubeconfig.ts';
import type { PlanInput, ProcessPlan, ServerPlan } from './plan.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** Only what DDC relies on: deleting namespaces and owned objects, service accounts, aggregated roles. */
const CONTROLLERS = [
  'namespace-controller',
  'garbage-collector-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'clusterrole-aggregation-controller',
];

interface Identities {
  /** Signing keys of service account tokens, PEM files. */
  signingKey: string;
  publicKey: string;
  /** Static tokens, CSV file. */
  tokens: string;
  adminToken: string;
  controllerToken: string;
}

/**
 * A Kubernetes API without nodes: etcd, API server, controller manager. The API server makes its own certificate in
 * `dir`/tls, anew at every start, and knows its users by tokens, so that no certificate authority is needed.
 */
export function planKubernetes(input: PlanInput): ServerPlan {
  const { dir, port, program } = input;
  const identities = makeIdentities(dir);
  const tls = join(dir, 'tls');
  rmSync(tls, { recursive: true, force: true });
  const adminConfig = join(dir, 'admin.kubeconfig');
  const controllerConfig = join(dir, 'controller-manager.kubeconfig');
  const server = `https://127.0.0.1:${port('api')}`;
  const certificate = join(tls, 'apiserver.crt');

  const asAdmin = (path: string, signal: AbortSignal): Promise<string> =>
    get(`${server}${path}`, { signal, ca: readFileSync(certificate), token: identities.adminToken });
  return {
    environment: { KUBECONFIG: adminConfig, DDC_KUBECTL: program('kubectl') },
    processes: [
      planEtcd(input),
      {
        name: 'kube-apiserver',
        readyWithinMs: 120_000,
        command: {
          program: program('kube-apiserver'),
          env: { HOME: dir },
          args: apiServerArgs(input, identities, tls),
        },
        async probe(signal) {
          await asAdmin('/readyz', signal);
          await asAdmin('/api/v1/namespaces/default', signal);
          const authority = readFileSync(certificate);
          for (const [file, user, token] of [
            [adminConfig, 'admin', identities.adminToken],
            [controllerConfig, 'controller-manager', identities.controllerToken],
          ] as const)
            writeFileSync(file, kubeconfig({ server, authority, user, token }), { mode: 0o600 });
        },
      },
      {
        name: 'kube-controller-manager',
        readyWithinMs: 60_000,
        command: {
          program: program('kube-controller-manager'),
          env: { HOME: dir },
          args: flags({
            kubeconfig: controllerConfig,
            'secure-port': 0,
            'leader-elect': 'false',
            'use-service-account-credentials': true,
            'service-account-private-key-file': identities.signingKey,
            'root-ca-file': certificate,
            controllers: CONTROLLERS.join(','),
          }),
        },
        // It listens on no port; it works when the things that it makes are there.
        async probe(signal) {
          await asAdmin('/api/v1/namespaces/default/serviceaccounts/default', signal);
          await asAdmin('/api/v1/namespaces/default/configmaps/kube-root-ca.crt', signal);
        },
      },
    ],
  };
}

function planEtcd({ dir, port, program }: PlanInput): ProcessPlan {
  const client = `http://127.0.0.1:${port('etcd')}`;
  const peer = `http://127.0.0.1:${port('etcdPeer')}`;
  return {
    name: 'etcd',
    readyWithinMs: 30_000,
    command: {
      program: program('etcd'),
      env: { HOME: dir },
      args: flags({
        'data-dir': join(dir, 'etcd'),
        // Survives a killed process, not a power cut: right for development, and several times faster.
        'unsafe-no-fsync': true,
        'listen-client-urls': client,
        'advertise-client-urls': client,
        'listen-peer-urls': peer,
        'initial-advertise-peer-urls': peer,
        'initial-cluster': `default=${peer}`,
        'log-level': 'warn',
      }),
    },
    async probe(signal) {
      await get(`${client}/health`, { signal });
    },
  };
}

function apiServerArgs({ port }: PlanInput, identities: Identities, tls: string): string[] {
  return flags({
    'etcd-servers': `http://127.0.0.1:${port('etcd')}`,
    'bind-address': '127.0.0.1',
    'secure-port': port('api'),
    'cert-dir': tls,
    'advertise-address': '127.0.0.1',
    'endpoint-reconciler-type': 'none',
    'token-auth-file': identities.tokens,
    'service-account-issuer': ISSUER,
    'api-audiences': `${ISSUER},vault`,
    'service-account-key-file': identities.publicKey,
    'service-account-signing-key-file': identities.signingKey,
    'service-cluster-ip-range': '10.0.0.0/24',
    'authorization-mode': 'RBAC',
    'allow-privileged': true,
    'enable-admission-plugins':
      'MutatingAdmissionWebhook,ValidatingAdmissionWebhook,ValidatingAdmissionPolicy',
    profiling: 'false',
  });
}

/** Made once per state directory and kept, so that a kubeconfig that somebody copied stays valid. */
function makeIdentities(dir: string): Identities {
  const pki = join(dir, 'identities');
  const file = (name: string): string => join(pki, name);
  mkdirSync(pki, { recursive: true, mode: 0o700 });
  if (!existsSync(file('tokens.csv'))) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    writeFileSync(file('service-accounts.key'), privateKey.export({ type: 'sec1', format: 'pem' }), {
      mode: 0o600,
    });
    writeFileSync(file('service-accounts.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
    const rows = [
      `${randomBytes(16).toString('hex')},admin,admin,"system:masters"`,
      `${randomBytes(16).toString('hex')},system:kube-controller-manager,controller-manager`,
    ];
    // Written last: its presence says that all of them are complete.
    writeFileSync(file('tokens.csv'), `${rows.join('\n')}\n`, { mode: 0o600 });
  }
  const [adminToken = '', controllerToken = ''] = readFileSync(file('tokens.csv'), 'utf8')
    .split('\n')
    .map((row) => row.slice(0, row.indexOf(',')));
  return {
    signingKey: file('service-accounts.key'),
    publicKey: file('service-accounts.pub'),
    tokens: file('tokens.csv'),
    adminToken,
    controllerToken,
  };
}
