import type { StoredFile } from '../state/channel.ts';

export type Surface = 'message' | 'modal' | 'home';

/** Collects what is wrong with a set of blocks, and what must be unique or counted across them. */
export class Issues {
  readonly messages: string[] = [];
  readonly surface: Surface;
  readonly files: ReadonlyMap<string, StoredFile>;
  readonly blockIds = new Set<string>();
  /** Action ids of the block being checked. */
  actionIds = new Set<string>();
  textLength = 0;
  tables = 0;
  inputs = 0;
  focused = 0;

  constructor(surface: Surface, files: ReadonlyMap<string, StoredFile>) {
    this.surface = surface;
    this.files = files;
  }

  say(what: string, at: string): void {
    this.messages.push(`[ERROR] ${what} [json-pointer:${at}]`);
  }
}

export type Check = (value: unknown, at: string, issues: Issues) => void;
export type Fields = Record<string, Check>;

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with exactly these properties: the required ones, and any of the optional ones. */
export function object(required: Fields, optional: Fields = {}): Check {
  const known = new Map(Object.entries({ ...required, ...optional }));
  return (value, at, issues) => {
    if (!isRecord(value)) {
      issues.say('must be an object', at);
      return;
    }
    for (const name of Object.keys(required)) {
      if (value[name] === undefined) issues.say(`missing required field: ${name}`, at);
    }
    for (const [name, field] of Object.entries(value)) {
      if (field === undefined) continue;
      const check = known.get(name);
      if (check) check(field, `${at}/${name}`, issues);
      else issues.say(`invalid additional property: ${name}`, at);
    }
  };
}

/** Text of `min` to `max` characters (UTF-16 units: never fewer than Slack counts). */
export function string(max: number, min = 1): Check {
  return (value, at, issues) => {
    if (typeof value !== 'string') issues.say('must be a string', at);
    else if (value.length < min) issues.say(`must be more than ${min - 1} characters`, at);
    else if (value.length > max) issues.say(`must be less than ${max + 1} characters`, at);
  };
}

export function matching(pattern: RegExp, what: string): Check {
  return (value, at, issues) => {
    if (typeof value !== 'string' || !pattern.test(value)) issues.say(`must be ${what}`, at);
  };
}

export const boolean: Check = (value, at, issues) => {
  if (typeof value !== 'boolean') issues.say('must be a boolean', at);
};

export function integer(min: number, max: number): Check {
  return (value, at, issues) => {
    if (!Number.isInteger(value)) issues.say('must be an integer', at);
    else if (Number(value) < min) issues.say(`must be greater than or equal to ${min}`, at);
    else if (Number(value) > max) issues.say(`must be less than or equal to ${max}`, at);
  };
}

export const anyNumber: Check = (value, at, issues) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) issues.say('must be a number', at);
};

export function oneOf(...allowed: (string | number)[]): Check {
  return (value, at, issues) => {
    if (!allowed.some((a) => a === value)) issues.say(`must be one of: ${allowed.join(', ')}`, at);
  };
}

export function array(item: Check, min: number, max: number): Check {
  return (value, at, issues) => {
    if (!Array.isArray(value)) {
      issues.say('must be an array', at);
      return;
    }
    if (value.length < min) issues.say(`no fewer than ${min} items required`, at);
    if (value.length > max) issues.say(`no more than ${max} items allowed`, at);
    value.forEach((entry: unknown, i) => {
      item(entry, `${at}/${i}`, issues);
    });
  };
}

/** Chooses the check by the object's `type`. */
export function byType(types: Fields): Check {
  return (value, at, issues) => {
    if (!isRecord(value)) {
      issues.say('must be an object', at);
      return;
    }
    const type = value.type;
    if (typeof type !== 'string') {
      issues.say('missing required field: type', at);
      return;
    }
    const check = Object.hasOwn(types, type) ? types[type] : undefined;
    if (check) check(value, at, issues);
    else issues.say(`unsupported type: ${type}`, at);
  };
}

/** Both checks. */
export function all(...checks: Check[]): Check {
  return (value, at, issues) => {
    for (const check of checks) check(value, at, issues);
  };
}
