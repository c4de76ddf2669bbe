import { fileURLToPath } from 'node:url';
import type { DataConverter, LoadedDataConverter, Payload, PayloadCodec } from '@temporalio/common';
import {
  decodeFromPayloadsAtIndex,
  decodeOptionalFailureToOptionalError,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import type proto from '@temporalio/proto';
import { readCodecKeys } from './key-files.ts';
import { KeyRing } from './key-ring.ts';
import { CODEC_WITHOUT_KEYS, encryptingCodec, encryptionKeyId } from './payload-codec.ts';
import type { CodecSettings } from './settings.ts';

type Failure = proto.temporal.api.failure.v1.IFailure;

/** How a process reads and writes what Temporal keeps: one for all its connections. */
export class TemporalData {
  /** Of clients. */
  readonly dataConverter: DataConverter;
  readonly codec: PayloadCodec;
  readonly #keys: KeyRing | undefined;
  readonly #loaded: LoadedDataConverter;

  /** @param keys absent: nothing is encrypted */
  constructor(keys?: KeyRing, directory = '') {
    this.#keys = keys;
    this.codec = keys === undefined ? CODEC_WITHOUT_KEYS : encryptingCodec(keys, directory);
    this.dataConverter = { payloadCodecs: [this.codec] };
    this.#loaded = loadDataConverter(this.dataConverter);
  }

  get encrypts(): boolean {
    return this.#keys !== undefined;
  }

  /** Of workers, which also write failures: their texts become payloads where those are encrypted. */
  get workerDataConverter(): DataConverter {
    return { ...this.dataConverter, ...(this.encrypts && { failureConverterPath: FAILURE_CONVERTER }) };
  }

  /** The first value of what a message of Temporal's API holds. @throws CodecError */
  async first<T>(payloads: Payload[] | null | undefined): Promise<T | undefined> {
    return payloads?.length ? decodeFromPayloadsAtIndex<T>(this.#loaded, 0, payloads) : undefined;
  }

  /** A failure of a message of Temporal's API. @throws CodecError */
  async failure(failure: Failure): Promise<Error> {
    return (
      (await decodeOptionalFailureToOptionalError(this.#loaded, failure)) ?? new Error('unknown failure')
    );
  }

  /** Whether the payload is written as it would be now: not with a key of before, nor without one. */
  async isCurrent(payload: Payload): Promise<boolean> {
    return encryptionKeyId(payload) === (await this.#keys?.current())?.id;
  }
}

/** Also bundled into workflow code: failures of workflows are written there. */
export const FAILURE_CONVERTER = fileURLToPath(new URL('../workflows/encoded-failures.ts', import.meta.url));

/** @param onProblem told when keys that were changed cannot be used @throws CodecError when there are none to use */
export async function openTemporalData(
  { codecKeysDir: directory, codecKeyId }: CodecSettings,
  onProblem: (reason: string) => void,
): Promise<TemporalData> {
  if (!directory) return new TemporalData();
  const read = () => readCodecKeys(directory, codecKeyId || undefined);
  return new TemporalData(await KeyRing.open({ read, onProblem }), directory);
}
