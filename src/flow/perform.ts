import { decide } from '../exports/decide.ts';
import { isOwn } from '../exports/own.ts';
import type { OutboxRow } from '../store/port.ts';
import { renew, tellCampaign } from './campaigns/follow.ts';
import { issueExport } from './campaigns/issue.ts';
import { quoteAlternate } from './failover.ts';
import { followDirectory } from './follow.ts';
import { DONE, type FarSides, later, type Performed, type Reach, settled } from './performed.ts';
import { push, requestFor } from './push.ts';
import { rehearse } from './rehearse.ts';
import { reverse } from './reverse.ts';
import { contextOf, type Flow } from './settings.ts';
import { lookAgain, stockArrived } from './stock.ts';
import { track } from './tasks.ts';

const ENDED = 'The export that was to undo it ended before it went out.';

/** Carries one claimed row out and writes its outcome back. */
export async function perform(flow: Flow, far: Reach, row: OutboxRow): Promise<Performed> {
  switch (row.effect.kind) {
    case 'card':
    case 'note':
    case 'dm':
    case 'page':
    case 'briefing':
    case 'digest':
    case 'campaign_card':
    case 'campaign_note':
    case 'campaign_dm':
      return message(flow, far, row);
    case 'campaign':
      await tellCampaign(flow, row);
      return DONE;
    case 'issue':
      await issueExport(flow, far.pusher, row);
      return DONE;
    case 'push':
      return push(flow, far, row);
    case 'quote':
      await quoteAlternate(flow, far.pusher, row, requestFor);
      return DONE;
    case 'rehearse':
      return { again_at: await rehearse(flow, { ...far, requestFor }, row), quiet_until: null };
    case 'refetch':
      return refetch(flow, far, row, row.effect.source);
    case 'stock_arrived':
      await stockArrived(flow, row.export_id, row.effect);
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'follow':
      await followDirectory(flow, row.effect.of);
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'track':
      return tracked(flow, far, row);
    case 'reverse':
      return { again_at: await reverse(flow, row, settled(row)), quiet_until: null };
    case 'relay': {
      const { to, say } = row.effect;
      const from = await flow.ledger.get(row.export_id);
      const own = from && isOwn(from.source.name) ? { own: true as const } : {};
      const command =
        say === 'roll_back'
          ? ({ do: 'roll_back', by_export: row.export_id, ...own } as const)
          : ({ do: 'end_rollback', why: ENDED } as const);
      await flow.ledger.update(
        to,
        flow.clock.now(),
        (state) => decide(state, command, contextOf(flow)),
        settled(row),
      );
      return DONE;
    }
  }
}

async function message(flow: Flow, far: FarSides, row: OutboxRow): Promise<Performed> {
  const outcome = await far.messenger.send(row);
  switch (outcome.kind) {
    case 'done':
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'gone':
      flow.log.warn(
        { key: row.key, cause: outcome.cause },
        'A Slack message cannot be delivered and is given up',
      );
      await flow.ledger.settle(settled(row));
      return DONE;
    case 'later': {
      const at = await later(flow, row, outcome.after_ms, outcome.cause);
      return { again_at: at, quiet_until: at, cause: outcome.cause };
    }
  }
}

async function refetch(flow: Flow, far: FarSides, row: OutboxRow, source: string): Promise<Performed> {
  const state = await flow.ledger.get(row.export_id);
  if (state && isOwn(source)) {
    await renew(flow, far.pusher, state);
    await lookAgain(flow, state);
  } else if (state?.revision && state.status === 'pending') {
    const outcome = await far.refetcher.refetch(source, {
      export_id: state.id,
      export_type: state.revision.export_type,
      reference: state.source.reference,
      groups: Object.keys(state.revision.policy.refresh),
    });
    if (outcome.kind !== 'delivered') {
      flow.log.warn(
        { export_id: state.id, source, outcome: outcome.kind },
        'A source could not be asked for fresh values',
      );
    }
  }
  await flow.ledger.settle(settled(row));
  return DONE;
}

const TRACK_AGAIN_MS = 30_000;
const TRACK_LONGEST_MS = 3_600_000;

/** A tracker that is down is asked again for as long as it takes; what it refuses is only logged. */
async function tracked(flow: Flow, far: FarSides, row: OutboxRow): Promise<Performed> {
  const outcome = await track(flow, far, row);
  if (outcome.kind === 'delivered' || outcome.kind === 'failed') {
    if (outcome.kind === 'failed')
      flow.log.warn({ key: row.key, code: outcome.exception_code }, 'A tracker refused a task');
    await flow.ledger.settle(settled(row));
    return DONE;
  }
  const doubled = TRACK_AGAIN_MS * 2 ** Math.min(10, row.attempts - 1);
  const wait = Math.max(
    outcome.kind === 'retry' ? (outcome.after_ms ?? 0) : 0,
    Math.min(doubled, TRACK_LONGEST_MS),
  );
  const cause = outcome.kind === 'partial' ? 'Some of it is left.' : outcome.cause;
  return { again_at: await later(flow, row, wait, cause), quiet_until: null };
}
