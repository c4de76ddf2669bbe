import { SearchAttributeType } from '@temporalio/common';
import type { SearchAttributePair } from '@temporalio/common';
import { MOTION_GROUP } from '../api/index.ts';
import type { Asset, SEARCH_ATTRIBUTES, Transfer } from '../../workflows/contract.ts';

/** Temporal's limits in bytes. */
const SUMMARY_LIMIT = 400;
const DETAILS_LIMIT = 20_000;
/** Keyword search attributes are indexed: longer values are refused by some stores. */
const KEYWORD_LIMIT = 255;

type SearchAttributeName = (typeof SEARCH_ATTRIBUTES)[number];

/** One line for the Web UI's list, e.g. `payments.csv -> payments.parquet`. */
export function summary({ source, destination }: Transfer): string {
  const line = `${shortName(source)} -> ${shortName(destination)}`;
  return cut(plain(line), SUMMARY_LIMIT);
}

/** Markdown for the Web UI's page of a workflow: what is copied from where to where, and how to look at it. */
export function details(transfer: Transfer): string {
  const { apiVersion, kind, namespace, name, source, destination, transformations } = transfer;
  // kubectl takes the other group where none is told
  const group = apiVersion.startsWith(`${MOTION_GROUP}/`) ? `.${MOTION_GROUP}` : '';
  const resource = `${kind.toLowerCase()}${group} ${plain(name)} -n ${plain(namespace)}`;
  const actions = transformations.map(({ action, columns, name: given }) => {
    const of = columns.length > 0 ? `: ${columns.map(code).join(', ')}` : '';
    return `- ${given ? `${plain(given)} (${action})` : action}${of}`;
  });
  const lines = [
    `**${kind}** ${code(`${namespace}/${name}`)}, generation ${transfer.generation}`,
    '',
    `- from ${code(source.description)} at ${code(source.endpoint)}`,
    `- to ${code(destination.description)} at ${code(destination.endpoint)} (${transfer.writeOperation})`,
    '',
    ...(actions.length > 0 ? ['Transformations, in order:', '', ...actions] : ['No transformations.']),
    '',
    `Look: ${code(`kubectl describe ${resource}`)}`,
  ];
  return cut(lines.join('\n'), DETAILS_LIMIT);
}

export function searchAttributes(transfer: Transfer): SearchAttributePair[] {
  const values: Record<SearchAttributeName, string> = {
    DdcTransfer: `${transfer.namespace}/${transfer.name}`,
    DdcNamespace: transfer.namespace,
    DdcState: 'Running',
    DdcSource: transfer.source.description,
    DdcDestination: transfer.destination.description,
  };
  return Object.entries(values).map(([name, value]) => ({
    key: { name, type: SearchAttributeType.KEYWORD },
    value: cut(value, KEYWORD_LIMIT),
  }));
}

function shortName({ objectKey, bucket }: Asset): string {
  return objectKey.split('/').findLast((part) => part !== '') ?? bucket;
}

/** No control characters and no line breaks: names come from users. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}

function code(text: string): string {
  return `\`${plain(text).replaceAll('`', "'")}\``;
}

/** At most so many bytes of UTF-8, without half characters. */
function cut(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  return encoded
    .subarray(0, bytes - 3)
    .toString('utf8')
    .replace(/\uFFFD+$/u, '')
    .concat('...');
}
