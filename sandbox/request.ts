import type { IncomingMessage } from 'node:http';
import { UiError } from './slack-error.ts';

const LIMIT_BYTES = 32 * 1024 * 1024;

/** The whole body. @throws UiError above 32 MB. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > LIMIT_BYTES) throw new UiError('The request is too large.', 413);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A JSON body; undefined when it is empty. @throws UiError when it is no JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = (await readBody(request)).toString('utf8');
  if (text === '') return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    throw new UiError('The body is no JSON.');
  }
}

/** Arguments of a Web API call: the query, a form, multipart or JSON. A broken body gives none. */
export async function readArgs(
  request: IncomingMessage,
  query: URLSearchParams,
): Promise<Record<string, unknown>> {
  const type = request.headers['content-type'] ?? '';
  const body = await readBody(request);
  const fromQuery = Object.fromEntries(query);
  if (type.includes('json')) return { ...fromQuery, ...jsonObject(body.toString('utf8')) };
  if (type.includes('multipart')) return { ...fromQuery, ...Object.fromEntries(await formOf(body, type)) };
  return { ...fromQuery, ...Object.fromEntries(new URLSearchParams(body.toString('utf8'))) };
}

/** The uploaded bytes: the first file of a multipart body, or the body itself. */
export async function readUpload(request: IncomingMessage): Promise<Buffer> {
  const type = request.headers['content-type'] ?? '';
  const body = await readBody(request);
  if (!type.includes('multipart')) return body;
  for (const part of (await formOf(body, type)).values()) {
    return typeof part === 'string' ? Buffer.from(part) : Buffer.from(await part.arrayBuffer());
  }
  return Buffer.alloc(0);
}

function formOf(body: Buffer, type: string): Promise<FormData> {
  return new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
}

function jsonObject(text: string): Record<string, unknown> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? { ...body } : {};
  } catch {
    return {};
  }
}
