/**
 * Frees a buffer's memory at once; it is empty afterwards. V8 counts bytes that have arrived as garbage and marks
 * everything again after each 64 MiB of them, which cost as much CPU time as copying them. Only for bytes that nothing
 * else sees, native code included: never for what is being sent or written. Memory shared with other buffers is left.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (byteLength > 0 && byteLength === buffer.byteLength && buffer instanceof ArrayBuffer) buffer.transfer(0);
}
