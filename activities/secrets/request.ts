import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import { targetOf, hostProblem } from '../../egress/hosts.ts';
import { guardedLookup } from '../../egress/lookup.ts';
import { EgressDenied, type EgressRules } from '../../egress/rules.ts';
import { TransferError } from '../failures.ts';

/** Milliseconds for a request and its whole answer. */
const TIMEOUT = 10_000;
/** Bytes: a secret is small. */
const MAX_ANSWER = 2 ** 20;
const MAX_WAIT_SECONDS = 300;
/** Of node:tls and OpenSSL; they do not pass by waiting. */
const TLS = /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;

export interface SecretRequest {
  egress: EgressRules;
  headers?: Record<string, string>;
  /** Present: POST, as JSON. */
  body?: unknown;
  /** PEM; trusted besides the generally known authorities. */
  caCertificate?: string | undefined;
}

export interface SecretAnswer {
  status: number;
  /** Undefined when it is not JSON. May hold secrets: never to be shown. */
  body: unknown;
  retryAfterMs?: number;
}

/**
 * One request for a secret; redirects are not followed. Throws SecretUnavailable without an answer, InvalidEndpoint for what
 * TLS refuses, EgressDenied; messages begin with `doing` and repeat nothing of request or answer.
 */
export async function askForSecret(
  url: string,
  { egress, headers = {}, body, caCertificate }: SecretRequest,
  doing: string,
): Promise<SecretAnswer> {
  const target = targetOf(url);
  const problem = hostProblem(egress, target, false);
  if (problem !== undefined) throw new TransferError('EgressDenied', `${doing}: ${problem}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const options = {
    method: text === undefined ? 'GET' : 'POST',
    headers: {
      ...headers,
      accept: 'application/json',
      ...(text === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(TIMEOUT),
    // A connection that was kept could be closed by the server at the very moment.
    agent: false,
    lookup: guardedLookup(egress, target, false),
    ...(caCertificate === undefined ? {} : { ca: [...getCACertificates('default'), caCertificate] }),
  };
  try {
    const response = await send(url, options, text);
    const content = await readAll(response);
    const seconds = Number(response.headers['retry-after']);
    return {
      status: response.statusCode ?? 0,
      body: parsed(content),
      ...(seconds > 0 ? { retryAfterMs: Math.min(seconds, MAX_WAIT_SECONDS) * 1000 } : {}),
    };
  } catch (error) {
    throw unanswered(error, doing);
  }
}

function send(
  url: string,
  options: Parameters<typeof httpsRequest>[1],
  body: string | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, options, resolve);
    request.on('error', reject);
    request.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER)
      throw Object.assign(new Error('too long'), { code: `an answer of more than ${MAX_ANSWER} bytes` });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function unanswered(error: unknown, doing: string): TransferError {
  if (error instanceof EgressDenied) return new TransferError('EgressDenied', `${doing}: ${error.message}`);
  const { name, code } = error as { name?: string; code?: string };
  const reason = name === 'AbortError' || name === 'TimeoutError' ? 'timed out' : (code ?? 'no answer');
  if (TLS.test(reason))
    return new TransferError(
      'InvalidEndpoint',
      `${doing}: no TLS connection: ${reason}; an authority that is not generally known must be given in caCertificate, or to the worker in NODE_EXTRA_CA_CERTS`,
    );
  return new TransferError('SecretUnavailable', `${doing}: cannot be reached: ${reason}`);
}
