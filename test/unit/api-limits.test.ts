import { describe, expect, test } from '@jest/globals';
import { accepted, batchTransfer, configurationErrors } from './api-resources.ts';

describe('limits of a transfer', () => {
  test('are bytes and requests a second', () => {
    const { transfer } = accepted(batchTransfer({ limits: { bandwidth: '10Mi', requestsPerSecond: 20 } }));
    expect(transfer.limits).toEqual({ bytesPerSecond: 10 * 2 ** 20, requestsPerSecond: 20 });
    expect(accepted(batchTransfer({ limits: { bandwidth: '1G' } })).transfer.limits).toEqual({
      bytesPerSecond: 1e9,
    });
    expect(accepted(batchTransfer({})).transfer.limits).toBeUndefined();
  });

  test.each([
    [{ bandwidth: '1Ki' }, 'spec.limits.bandwidth: must be a size of at least 256Ki'],
    [{ bandwidth: 'fast' }, 'spec.limits.bandwidth: must be a size of at least 256Ki'],
    [{ requestsPerSecond: 0 }, 'spec.limits.requestsPerSecond: '],
    [{ requestsPerSecond: 1.5 }, 'spec.limits.requestsPerSecond: '],
    [{}, 'spec.limits: set bandwidth or requestsPerSecond'],
    [{ bytes: 1 }, 'spec.limits.bytes: unknown field; known here are bandwidth, requestsPerSecond'],
  ])('%j is refused', (limits, message) => {
    const found = configurationErrors(batchTransfer({ limits }));
    expect(found).toContainEqual(expect.stringContaining(message));
  });
});
