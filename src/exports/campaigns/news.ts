import type { PersonId } from '../ownership.ts';
import type { Status } from '../words.ts';

/** What a campaign hears when one of its exports has come to another state. */
export type News = {
  /** Number of the export's event: older news changes nothing. */
  n: number;
  status: Status;
  /** The exception it is in. */
  code: string | null;
  detail: string | null;
  /** Who did it, or who must act on it now. */
  person: PersonId | null;
  /** Some of what it sets stands at a system, or may do so. */
  out: boolean;
};
