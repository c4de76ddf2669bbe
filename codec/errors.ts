/** A payload that cannot be decrypted, or keys that cannot be read. The message is for the operator of the process. */
export class CodecError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CodecError';
  }
}
