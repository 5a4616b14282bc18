import { narrowed } from '../../exports/campaigns/issue.ts';
import { renewedFrom } from '../../exports/campaigns/renew.ts';
import { OWN_SOURCE } from '../../exports/own.ts';
import { skusOf } from '../../exports/skus.ts';
import type { Export } from '../../exports/state.ts';
import type { Pusher } from '../../sinks/port.ts';
import type { OutboxRow } from '../../store/port.ts';
import { receive } from '../intake.ts';
import type { Flow } from '../settings.ts';
import { change } from './desk.ts';
import { freshActivation, freshPublish } from './issue.ts';

/** A campaign hears what has become of one of its exports; one that Meshline does not run hears nothing. */
export async function tellCampaign(flow: Flow, row: OutboxRow): Promise<void> {
  const { effect } = row;
  if (effect.kind !== 'campaign') return;
  const settle = { key: row.key, token: row.token, result: { done: true } as const };
  const state = await flow.ledger.get(row.export_id);
  if (!state?.revision || !(await flow.ledger.campaign(effect.campaign))) return flow.ledger.settle(settle);
  const { n, status, code, detail, person, out } = effect;
  const { export_type } = state.revision;
  const command = {
    do: 'note_move',
    export_id: state.id,
    export_type,
    n,
    status,
    code,
    detail,
    person,
    out,
  } as const;
  await change(flow, effect.campaign, command, settle);
}

/** Reads the systems again for an export of a campaign whose values have grown too old to be accepted. */
export async function renew(flow: Flow, pusher: Pick<Pusher, 'sink'>, state: Export): Promise<void> {
  const { id, revision, source } = state;
  const whole = await flow.ledger.campaign(revision?.campaign_id ?? '');
  if (!whole || !revision || state.status !== 'pending' || source.reverses !== null) return;
  // What was taken out of it since does not come back this way.
  const campaign = narrowed(whole, new Set(skusOf({ revision })));
  const key = `campaign:${campaign.id}:renew:${revision.export_type}:${campaign.round}:${flow.clock.now()}`;
  const make = revision.export_type === 'live_publish' ? freshPublish : freshActivation;
  const made = await make(flow, pusher, campaign, key);
  if ('raw' in made) await receive(flow, OWN_SOURCE, renewedFrom(revision, made.raw), key, undefined, id);
}

/** What time alone does to campaigns: they go live and, unless the clock was set just now, their windows end. */
export async function tickCampaigns(flow: Flow, held = false): Promise<void> {
  const due = await flow.ledger.campaignsDue(flow.clock.now(), 1_000);
  await Promise.all(
    due.map((id) =>
      change(flow, id, { do: 'tick', held }).catch((err: unknown) =>
        flow.log.error({ err, campaign: id }, 'A campaign could not follow the clock'),
      ),
    ),
  );
}
