import type { ContentHeaders, UploadOptions } from '../object-store.ts';

interface Answered {
  ContentType?: string;
  ContentEncoding?: string;
  CacheControl?: string;
  ContentDisposition?: string;
  ContentLanguage?: string;
}

/** The headers of an object, from the answer to a HEAD. */
export function headersOf(answer: Answered): ContentHeaders {
  const headers: ContentHeaders = {};
  const contentEncoding = withoutChunking(answer.ContentEncoding);
  if (answer.ContentType !== undefined) headers.contentType = answer.ContentType;
  if (contentEncoding !== undefined) headers.contentEncoding = contentEncoding;
  if (answer.CacheControl !== undefined) headers.cacheControl = answer.CacheControl;
  if (answer.ContentDisposition !== undefined) headers.contentDisposition = answer.ContentDisposition;
  if (answer.ContentLanguage !== undefined) headers.contentLanguage = answer.ContentLanguage;
  return headers;
}

/** What is written with an object, for a request. */
export function described(options: UploadOptions): Answered & { Metadata: Record<string, string> } {
  return {
    Metadata: options.metadata ?? {},
    ContentType: options.contentType,
    ContentEncoding: options.contentEncoding,
    CacheControl: options.cacheControl,
    ContentDisposition: options.contentDisposition,
    ContentLanguage: options.contentLanguage,
  };
}

/** `aws-chunked` says how an upload was sent, not how the object is encoded; versitygw and others keep it. */
function withoutChunking(encoding: string | undefined): string | undefined {
  const rest = (encoding ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part.toLowerCase() !== 'aws-chunked');
  return rest.length === 0 ? undefined : rest.join(', ');
}
