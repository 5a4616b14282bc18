import { refuse } from '../exports/refusals.ts';
import { draftOfTopic } from './drafts.ts';
import type { Hooks } from './port.ts';
import type { OpenSource } from './registry.ts';
import { fitsTopic } from './rules.ts';
import { notGenuine } from './standard.ts';
import { draftingOf, type WorkDeps, workFor } from './work.ts';

/** The door for webhooks: checked, read, noted; the work comes after the answer. */
export function createHooks(deps: WorkDeps, soon: (open: OpenSource) => void): Hooks {
  const { sources, inbound, clock } = deps;
  return {
    has: (name) => sources.has(name),
    verify: async (name, headers, body) =>
      (await sources.get(name)?.source.verify(headers, body)) ?? notGenuine(),
    async take(name, claim, body, body_hash) {
      const open = sources.get(name);
      if (!open) return notGenuine();
      const opened = open.source.open(claim, body);
      if ('wrong' in opened) return refuse('bad_request', { detail: opened.wrong });
      const { topic, at } = opened;
      const understood = open.source.read({ topic, at, claim }, body);
      if (understood.kind === 'wrong') return refuse('bad_request', { detail: understood.reason });
      const event_key = claim.event === null ? `id ${claim.id}` : `event ${topic} ${claim.event}`;
      const drafting = draftingOf(open, deps);
      const id = claim.event ?? claim.id;
      const topicDrafts = open.rules
        .filter((rule) => rule.when === 'topic' && fitsTopic(rule.topic, topic))
        .map((rule) => draftOfTopic(rule, { id, at, body }, drafting));
      const work = workFor(open, understood, topicDrafts, deps);
      if (work === null) return { outcome: 'ignored' };
      const noted = await inbound.note(
        { source: name, id: claim.id, event_key, topic, body_hash, work },
        clock.now(),
      );
      switch (noted) {
        case 'new':
          soon(open);
          return { outcome: 'noted' };
        case 'same':
          return { outcome: 'repeat' };
        case 'other':
          return refuse('replayed');
      }
    },
    backlog: () => inbound.counts(),
  };
}
