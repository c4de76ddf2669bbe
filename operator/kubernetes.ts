import http from 'node:http';
import https from 'node:https';
import { delimiter } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';

/** Milliseconds for a request and its whole reply, unless the call says otherwise. */
const REQUEST_TIMEOUT = 10_000;
/** Pages of a list are parsed as a whole: larger ones cost memory that is never given back. */
const PAGE_SIZE = 100;

export type PatchType = 'application/merge-patch+json' | 'application/apply-patch+yaml';

/** An API server's refusal, or no reply at all (`status` 0). The message is fit for people. */
export class KubernetesError extends Error {
  /** HTTP status; 0 when there was no reply. */
  readonly status: number;

  constructor(status: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'KubernetesError';
    this.status = status;
  }

  /** The server cannot answer now: the same request may succeed later. */
  get unavailable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export interface ListResult<T> {
  items: T[];
  resourceVersion: string;
}

export interface WatchEvent<T> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: T;
}

export interface WatchOptions {
  resourceVersion: string;
  /** The server ends the watch after so many seconds. */
  timeoutSeconds: number;
  /** Milliseconds without a byte (bookmarks count) after which the connection is given up. */
  idleTimeout: number;
  signal: AbortSignal;
  /** Called when the server has accepted the watch. */
  onOpen(): void;
}

interface RequestOptions {
  body?: unknown;
  contentType?: PatchType | 'application/json';
  timeout?: number;
  signal?: AbortSignal | undefined;
}

/**
 * KUBECONFIG's files, else the cluster this process runs in. Never a configuration that merely happens to be on
 * the machine (`~/.kube/config`).
 * @param context absent: the configuration's current one
 * @throws Error that says what to set.
 */
export function loadKubeConfig(kubeconfig: string | undefined, context?: string): KubeConfig {
  const config = new KubeConfig();
  const files = (kubeconfig ?? '').split(delimiter).filter((file) => file !== '');
  if (files.length > 0) {
    for (const [index, file] of files.entries()) {
      const part = index === 0 ? config : new KubeConfig();
      try {
        part.loadFromFile(file);
      } catch (error) {
        throw new Error(`KUBECONFIG: cannot read ${file}: ${messageOf(error)}`, { cause: error });
      }
      if (part !== config) config.mergeConfig(part, true);
    }
    if (context !== undefined) config.setCurrentContext(context);
    if (!config.getCurrentCluster()) {
      const wanted = context === undefined ? 'current context' : `context "${context}"`;
      throw new Error(`KUBECONFIG: ${files.join(delimiter)} has no ${wanted} with a cluster`);
    }
  } else if (process.env['KUBERNETES_SERVICE_HOST']) {
    config.loadFromCluster();
  } else {
    throw new Error(
      'No Kubernetes API server is configured: set KUBECONFIG to a file, or run inside a cluster',
    );
  }
  return config;
}

/**
 * What the operator needs of the Kubernetes API: JSON requests, paged lists, watch streams. client-node supplies
 * configuration and authentication only; its own watch and patch lose events and use patch types that custom
 * resources refuse.
 */
export class KubernetesClient {
  readonly #config: KubeConfig;
  readonly #server: URL;
  readonly #agent: http.Agent;
  readonly #userAgent: string;

  /** @param userAgent for the API server's logs */
  constructor(config: KubeConfig, userAgent = 'ddc-operator') {
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error('The Kubernetes configuration has no current cluster');
    this.#config = config;
    this.#userAgent = userAgent;
    this.#server = new URL(cluster.server);
    const agent = this.#server.protocol === 'https:' ? https.Agent : http.Agent;
    this.#agent = new agent({ keepAlive: true });
  }

  /** For messages. */
  get address(): string {
    return this.#server.host;
  }

  /** @throws KubernetesError */
  async get<T>(path: string, options: Pick<RequestOptions, 'timeout' | 'signal'> = {}): Promise<T> {
    return this.#json('GET', path, options);
  }

  /** @throws KubernetesError; 409 when it exists. */
  async create<T>(path: string, body: unknown, options: Pick<RequestOptions, 'timeout'> = {}): Promise<T> {
    return this.#json('POST', path, { ...options, body, contentType: 'application/json' });
  }

  /** @throws KubernetesError; 409 when the body's resourceVersion is not the present one. */
  async replace<T>(path: string, body: unknown, options: Pick<RequestOptions, 'timeout'> = {}): Promise<T> {
    return this.#json('PUT', path, { ...options, body, contentType: 'application/json' });
  }

  /** @throws KubernetesError; 409 when the body's resourceVersion or uid is not the present one. */
  async patch<T>(path: string, contentType: PatchType, body: unknown): Promise<T> {
    return this.#json('PATCH', path, { body, contentType });
  }

  /** All pages of a list. @throws KubernetesError; 410 when it took so long that its start was forgotten. */
  async list<T>(path: string, signal: AbortSignal): Promise<ListResult<T>> {
    const items: T[] = [];
    let page = '';
    for (;;) {
      const query = new URLSearchParams({ limit: String(PAGE_SIZE) });
      if (page !== '') query.set('continue', page);
      const reply = await this.#json<{
        metadata: { resourceVersion: string; continue?: string };
        items: T[];
      }>('GET', `${path}?${query.toString()}`, { timeout: 30_000, signal });
      items.push(...reply.items);
      page = reply.metadata.continue ?? '';
      if (!page) return { items, resourceVersion: reply.metadata.resourceVersion };
    }
  }

  /** Ends when the server ends the watch. @throws KubernetesError when the connection breaks or falls silent. */
  async *watch<T>(path: string, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
    const query = new URLSearchParams({
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: options.resourceVersion,
      timeoutSeconds: String(options.timeoutSeconds),
    });
    const request = `${path}?${query.toString()}`;
    const silence = new AbortController();
    const timer = setTimeout(
      () => silence.abort(new Error(`nothing received for ${options.idleTimeout / 1000} s`)),
      options.idleTimeout,
    );
    const signal = AbortSignal.any([options.signal, silence.signal]);
    try {
      const response = await this.#send('GET', request, { signal });
      if (response.statusCode !== 200) throw await refusal('GET', path, response);
      options.onOpen();
      for await (const line of lines(response, () => timer.refresh())) {
        const event: WatchEvent<T> = JSON.parse(line);
        yield event;
      }
    } catch (error) {
      if (error instanceof KubernetesError) throw error;
      throw noReply('GET', path, silence.signal.aborted ? silence.signal.reason : error);
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  /** Closes idle connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #json<T>(method: string, path: string, options: RequestOptions): Promise<T> {
    const timeout = AbortSignal.timeout(options.timeout ?? REQUEST_TIMEOUT);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    try {
      const response = await this.#send(method, path, { ...options, signal });
      if ((response.statusCode ?? 0) >= 300) throw await refusal(method, path, response);
      const reply: T = JSON.parse(await text(response));
      return reply;
    } catch (error) {
      if (error instanceof KubernetesError) throw error;
      throw noReply(method, path, timeout.aborted ? new Error('timed out') : error);
    }
  }

  async #send(method: string, path: string, options: RequestOptions): Promise<http.IncomingMessage> {
    const authentication: https.RequestOptions = {};
    await this.#config.applyToHTTPSOptions(authentication);
    const proxied = this.#config.getCurrentCluster()?.proxyUrl !== undefined;
    const body = options.body === undefined ? undefined : Buffer.from(JSON.stringify(options.body));
    const base = this.#server.pathname.replace(/\/$/, '');
    return new Promise((resolve, reject) => {
      const send = this.#server.protocol === 'https:' ? https.request : http.request;
      const request = send(new URL(base + path, this.#server), {
        ...authentication,
        method,
        // client-node's agent opens a connection per request; only its proxies are needed
        agent: proxied ? authentication.agent : this.#agent,
        ...(options.signal && { signal: options.signal }),
      });
      request.setHeader('accept', 'application/json').setHeader('user-agent', this.#userAgent);
      if (options.contentType) request.setHeader('content-type', options.contentType);
      request.on('response', resolve).on('error', reject);
      request.on('socket', (socket) => socket.setKeepAlive(true, 30_000));
      request.end(body);
    });
  }
}

/** Resolves after so many milliseconds, or at once when the signal is aborted. Never rejects. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}

async function* lines(response: http.IncomingMessage, onBytes: () => void): AsyncGenerator<string> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const part of response) {
    onBytes();
    const complete = (rest + String(part)).split('\n');
    rest = complete.pop() ?? '';
    for (const line of complete) if (line !== '') yield line;
  }
}

async function text(response: http.IncomingMessage): Promise<string> {
  let all = '';
  response.setEncoding('utf8');
  for await (const part of response) all += String(part);
  return all;
}

async function refusal(
  method: string,
  path: string,
  response: http.IncomingMessage,
): Promise<KubernetesError> {
  const status = response.statusCode ?? 0;
  const body = await text(response);
  let message = body.slice(0, 500);
  try {
    const { message: said }: { message?: string } = JSON.parse(body);
    message = said ?? message;
  } catch {
    // not every proxy answers in JSON
  }
  return new KubernetesError(status, `${method} ${path}: ${status} ${message}`);
}

function noReply(method: string, path: string, error: unknown): KubernetesError {
  return new KubernetesError(0, `${method} ${path}: no reply: ${messageOf(error)}`, error);
}

/** An error's own words; for a refused connection, whose message Node leaves empty, its code. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message || code;
}
