import type { PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';

const { Payload, Payloads } = proto.temporal.api.common.v1;

/** A body that is not what the protocol asks for. */
export class BadBody extends Error {}

/** What Temporal's remote codec protocol asks for, by the end of a request's path. */
export const OPERATIONS = ['encode', 'decode'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** @param body JSON of temporal.api.common.v1.Payloads, bytes in base64. @returns the same. @throws BadBody, CodecError */
export async function transformed(codec: PayloadCodec, operation: Operation, body: string): Promise<string> {
  const payloads = await codec[operation](parsed(body));
  // Without empty fields: clients of another version may not know them.
  return JSON.stringify({
    payloads: payloads.map((payload) => Payload.toObject(Payload.create(payload), { bytes: String })),
  });
}

function parsed(body: string): proto.temporal.api.common.v1.IPayload[] {
  try {
    const value = JSON.parse(body) as Record<string, unknown>;
    if (!Array.isArray(value['payloads'])) throw new BadBody();
    return Payloads.fromObject(value).payloads;
  } catch {
    throw new BadBody('expected JSON: {"payloads": [{"metadata": {...}, "data": "..."}]}, bytes in base64');
  }
}
