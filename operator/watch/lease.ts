import { KubernetesError } from '../kubernetes.ts';
import type { KubernetesClient } from '../kubernetes.ts';

/** What a Lease says, and the version that a change must be based on. */
export interface LeaseRecord {
  holder: string;
  /** Changes with every renewal. */
  renewTime: string;
  durationSeconds: number;
  transitions: number;
  acquireTime: string;
  resourceVersion: string;
}

export type LeaseContent = Omit<LeaseRecord, 'resourceVersion'>;

export interface LeaseStore {
  /** undefined when there is no lease yet. */
  read(): Promise<LeaseRecord | undefined>;
  /**
   * Creates the lease, or replaces exactly the given version.
   * @throws KubernetesError 409 when somebody else was faster.
   */
  write(content: LeaseContent, basedOn: LeaseRecord | undefined): Promise<LeaseRecord>;
}

interface LeaseObject {
  metadata: { resourceVersion: string };
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

/** Milliseconds: well inside the renew deadline, so that a hanging server leaves time for another try. */
const REQUEST_TIMEOUT = 4_000;

/** A Lease of coordination.k8s.io/v1. */
export class KubernetesLease implements LeaseStore {
  readonly #client: KubernetesClient;
  readonly #namespace: string;
  readonly #name: string;

  constructor(client: KubernetesClient, namespace: string, name: string) {
    this.#client = client;
    this.#namespace = namespace;
    this.#name = name;
  }

  get #collection(): string {
    return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(this.#namespace)}/leases`;
  }

  async read(): Promise<LeaseRecord | undefined> {
    try {
      const path = `${this.#collection}/${this.#name}`;
      return record(await this.#client.get<LeaseObject>(path, { timeout: REQUEST_TIMEOUT }));
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined;
      throw error;
    }
  }

  async write(content: LeaseContent, basedOn: LeaseRecord | undefined): Promise<LeaseRecord> {
    const body = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: {
        name: this.#name,
        namespace: this.#namespace,
        ...(basedOn && { resourceVersion: basedOn.resourceVersion }),
      },
      spec: {
        holderIdentity: content.holder,
        leaseDurationSeconds: content.durationSeconds,
        acquireTime: microTime(content.acquireTime),
        renewTime: microTime(content.renewTime),
        leaseTransitions: content.transitions,
      },
    };
    const options = { timeout: REQUEST_TIMEOUT };
    return record(
      basedOn
        ? await this.#client.replace<LeaseObject>(`${this.#collection}/${this.#name}`, body, options)
        : await this.#client.create<LeaseObject>(this.#collection, body, options),
    );
  }
}

function record({ metadata, spec = {} }: LeaseObject): LeaseRecord {
  return {
    holder: spec.holderIdentity ?? '',
    renewTime: spec.renewTime ?? '',
    durationSeconds: spec.leaseDurationSeconds ?? 0,
    transitions: spec.leaseTransitions ?? 0,
    acquireTime: spec.acquireTime ?? '',
    resourceVersion: metadata.resourceVersion,
  };
}

/** Kubernetes' MicroTime wants six decimals. */
function microTime(time: string): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}
