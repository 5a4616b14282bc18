import { readFile } from 'node:fs/promises';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGE = join(dirname(fileURLToPath(import.meta.url)), 'page');
const resolver = createRequire(import.meta.url);

/** Browser modules under `/vendor/`; they name each other by package name, so the page needs an import map. */
const VENDOR: Record<string, string> = {
  'preact.mjs': 'preact',
  'preact-hooks.mjs': 'preact/hooks',
  'htm.mjs': 'htm',
};

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ts': 'text/javascript; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

export type Asset = { type: string; body: Buffer | string };

/** A file of the page; TypeScript is sent as JavaScript with its types blanked out. Null when there is none. */
export async function pageFile(path: string): Promise<Asset | null> {
  if (!/^[\w-]+(\/[\w-]+)*(\.[\w-]+)+$/.test(path)) return null;
  const type = TYPES[extname(path)];
  const body = type === undefined ? null : await readFile(join(PAGE, path)).catch(() => null);
  if (type === undefined || body === null) return null;
  if (extname(path) !== '.ts') return { type, body };
  return { type, body: stripTypeScriptTypes(body.toString('utf8'), { mode: 'strip' }) };
}

export async function vendorFile(name: string): Promise<Asset | null> {
  const wanted = Object.hasOwn(VENDOR, name) ? VENDOR[name] : undefined;
  if (wanted === undefined) return null;
  const path =
    wanted === 'htm' ? join(dirname(resolver.resolve('htm')), 'htm.mjs') : resolver.resolve(wanted);
  return { type: 'text/javascript; charset=utf-8', body: await readFile(path) };
}
