import type { Json } from '../../../src/exports/envelope.ts';
import { follow, isObject, resolved, textOf } from './schemas.ts';
import type { JsonObject } from './specs.ts';

/** `key` is `METHOD /path/{template}`; `names` are those of the groups of `pattern`. */
export type Operation = {
  key: string;
  pattern: RegExp;
  literal: number;
  names: string[];
  node: JsonObject;
  pointer: string;
};

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** A name as a step of a pointer. */
export const escaped = (name: string): string =>
  encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

/** The pointer under which a node stands once its references are followed. */
export function pointerOf(document: JsonObject, pointer: string): string {
  let at = pointer;
  for (let hops = 0; hops < 50; hops += 1) {
    const node = follow(document, at);
    if (!isObject(node) || typeof node['$ref'] !== 'string') return at;
    at = node['$ref'];
  }
  return at;
}

function basePaths(document: JsonObject): string[] {
  const servers = Array.isArray(document['servers']) ? document['servers'] : [];
  const paths = servers
    .filter(isObject)
    .map((server) => textOf(server['url']).replace(/^[a-z]+:\/\/[^/]+/u, ''));
  return [...new Set(['', ...paths.map((path) => path.replace(/\/$/u, ''))])];
}

/** Every operation, those with the longest fixed path first. */
export function operationsOf(document: JsonObject): Operation[] {
  const paths = isObject(document['paths']) ? document['paths'] : {};
  const bases = basePaths(document).map((base) => base.replaceAll(/\{[^}]+\}/gu, '[^/]+'));
  const all = Object.entries(paths).flatMap(([path, item]) => {
    const at = resolved(document, item);
    return METHODS.filter((method) => at[method] !== undefined).map((method): Operation => {
      const names = [...path.matchAll(/\{([^}]+)\}/gu)].map(([, name = '']) => name);
      const template = path
        .replaceAll(/[.*+?^$()|[\]\\]/gu, String.raw`\$&`)
        .replaceAll(/\{[^}]+\}/gu, '([^/]+)');
      return {
        key: `${method.toUpperCase()} ${path}`,
        pattern: new RegExp(`^(?:${bases.join('|')})${template}/?$`, 'u'),
        literal: path.replaceAll(/\{[^}]+\}/gu, '').length,
        names,
        node: resolved(document, at[method]),
        pointer: `#/paths/${escaped(path)}/${method}`,
      };
    });
  });
  return all.toSorted((one, other) => other.literal - one.literal);
}

/** The declared media type that a content type fits. */
export function mediaOf(content: Json | undefined, type: string): [name: string, media: JsonObject] | null {
  const kinds = isObject(content) ? Object.entries(content) : [];
  const plain = type.split(';')[0]?.trim().toLowerCase() ?? '';
  const found = kinds.find(([name]) => name.split(';')[0]?.toLowerCase() === plain || name === '*/*');
  return found && isObject(found[1]) ? [found[0], found[1]] : null;
}
