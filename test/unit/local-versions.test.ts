import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { describeRange, findVersion, isWithin } from '../../deploy/local/versions.ts';

describe('findVersion', () => {
  test.each([
    ['temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)', '1.5.1'],
    ['etcd Version: 3.6.16\nGit SHA: Not provided\nGo Version: go1.26.8', '3.6.16'],
    ['Kubernetes v1.36.3', '1.36.3'],
    ['Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0', '1.32.4'],
    ['Version  : v1.8.0\nBuild    : norev', '1.8.0'],
    ['minio version RELEASE.2026-02-12T20-18-48Z (commit-id=x)\nRuntime: go1.26.8', '2026.2.12'],
  ])('%j', (output, version) => {
    expect(findVersion(output)).toBe(version);
  });

  test.each(['Version  : git\nBuild    : norev', '', 'error: unknown flag: --version', '1.2'])(
    'none in %j',
    (output) => {
      expect(findVersion(output)).toBeUndefined();
    },
  );
});

describe('isWithin', () => {
  const range = { from: '1.35.0', below: '1.38.0' };

  test.each([
    ['1.34.99', false],
    ['1.35.0', true],
    ['1.37.12', true],
    ['1.38.0', false],
    ['2.0.0', false],
    ['1.4.0', false],
  ])('%s: %s', (version, expected) => {
    expect(isWithin(version, range)).toBe(expected);
  });

  test('compares numbers, not text', () => {
    const part = fc.nat({ max: 200 });
    const version = fc.tuple(part, part, part);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
        expect(isWithin(a.join('.'), { from: b.join('.'), below: '999.0.0' })).toBe(order >= 0);
      }),
    );
  });

  test('is described', () => {
    expect(describeRange(range)).toBe('1.35.0 or newer, below 1.38.0');
  });
});
