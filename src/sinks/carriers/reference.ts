import { hashOf } from '../../exports/hash.ts';

/**
 * Our own name of a push at the carrier, made from its key: the same in every attempt, unlike that of
 * any other push, and short enough for every carrier (26 characters).
 */
export function labelReference(key: string): string {
  return `ML${hashOf(key).slice(0, 24).toUpperCase()}`;
}
