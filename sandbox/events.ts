import type { Answer } from './delivery/kinds.ts';
import type { World } from './world.ts';

/** The name under which the manifest subscribes to an event. */
function subscription(event: Record<string, unknown>): string {
  if (event.type !== 'message') return String(event.type);
  const kinds: Record<string, string> = {
    channel: 'message.channels',
    group: 'message.groups',
    im: 'message.im',
  };
  return kinds[String(event.channel_type)] ?? 'message';
}

/** Sends an Events API event; null when the manifest does not subscribe to it. Retries go on by themselves. */
export async function emitEvent(world: World, event: Record<string, unknown>): Promise<Answer | null> {
  const { manifest, state, tokens } = world;
  if (manifest.events && !manifest.events.has(subscription(event))) return null;
  const now = world.clock.now();
  return world.delivery.event({
    token: tokens.verification,
    team_id: state.team.id,
    context_team_id: state.team.id,
    context_enterprise_id: null,
    api_app_id: state.app.id,
    event,
    type: 'event_callback',
    event_id: state.ids.next('Ev'),
    event_time: Math.floor(now / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: state.team.id,
        user_id: state.app.bot_user_id,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: `4-${state.ids.secret(8)}`,
  });
}

/** An `event_ts` for an event that is no message. */
export function eventTs(world: World): string {
  return world.state.nextTs(world.clock.now());
}
