import type { Directory } from '../exports/ownership.ts';

/** For sentences that spell every name out, so that no directory is needed to say them. */
export const NOBODY: Directory = {
  people: new Map(),
  roles: new Map(),
  on_call: { channel: '', people: [], user_group: null },
  away: new Map(),
  covers: new Map(),
};
