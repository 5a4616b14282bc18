import type { Calls } from './calls.ts';
import type { Changes } from './changes.ts';
import type { SandboxClock } from './clock.ts';
import type { Delivery } from './delivery/index.ts';
import type { Faults } from './faults.ts';
import type { Manifest } from './manifest.ts';
import type { RateLimits } from './rate-limits.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { SampleSinks } from './sinks/index.ts';
import type { State } from './state/index.ts';
import type { Triggers } from './triggers.ts';
import type { Boot } from './ui-contract.ts';

export type Tokens = {
  bot: string;
  app: string;
  signingSecret: string;
  /** `token` of every payload: the old verification token. */
  verification: string;
  revoked: boolean;
};

/** The parts one running sandbox is made of, handed to every room. */
export type World = {
  clock: SandboxClock;
  state: State;
  changes: Changes;
  manifest: Manifest;
  delivery: Delivery;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  limits: RateLimits;
  faults: Faults;
  calls: Calls;
  tokens: Tokens;
  tour: Boot['tour'];
  sinks: SampleSinks | null;
  /** `http://127.0.0.1:3400`, without a slash at the end. */
  origin: () => string;
};
