import { raiseException } from '../../src/flow/exceptions.ts';
import { type FarSide, SINK_WEATHER, SINKS, type SinkWeather } from './far-sides.ts';
import { FOREVER, HOUR_MS } from './scheduler.ts';
import { SLACK_WEATHER, type SlackWeather } from './slack.ts';
import type { World } from './world.ts';

/** Something goes down, or begins to lose answers, for minutes or hours. */
export function weather({ chance, slack, farSides, scheduler, note }: World): void {
  const ofSlack = chance.of(0.3);
  const far = ofSlack ? slack : farSides.get(chance.any(SINKS) ?? '');
  if (!far) return;
  const name = ofSlack ? 'Slack' : (far as FarSide).name;
  far.weather = chance.pick(ofSlack ? SLACK_WEATHER : SINK_WEATHER) as SinkWeather & SlackWeather;
  note(`${name} is ${far.weather}`);
  const long = chance.of(0.1) ? 8 * HOUR_MS : ofSlack ? HOUR_MS / 3 : HOUR_MS;
  scheduler.after(FOREVER, chance.wait(long), `${name} is well again`, () => {
    far.weather = 'up';
  });
}

/** A sink tells later that it could not carry something out. */
export function report(world: World): void {
  const { chance, oracle, life } = world;
  const state = oracle.states.get(chance.any([...oracle.states.keys()].slice(-80)) ?? '');
  const sink = chance.any(state?.pushes.map((push) => push.sink) ?? []);
  if (!state || sink === undefined) return;
  const exception_code = chance.pick(['insufficient_inventory', 'sink_rejected', 'delivery_exception']);
  world.spawn(`${sink} reports ${exception_code} of ${state.id}`, () =>
    raiseException(life.flow, state.id, sink, { exception_code, exception_metadata: {} }),
  );
}

/** Somebody sets the clock of the machine; Slack and the sinks keep theirs. */
export function jump(world: World): void {
  const { chance, scheduler } = world;
  world.jumps += 1;
  const wrong = scheduler.wallError;
  const by = wrong === 0 ? chance.pick([-HOUR_MS, HOUR_MS, 6 * HOUR_MS]) : -wrong;
  scheduler.wallError += by;
  world.note(`the clock is set by ${by / HOUR_MS} h`);
  world.sweepSoon();
}

export function deleteCard({ chance, slack, note }: World): void {
  const cards = slack.messages.filter((each) => each.post_id.startsWith('card:') && !each.deleted);
  const card = chance.any(cards.slice(-100));
  if (!card) return;
  card.deleted = true;
  note(`somebody deletes ${card.post_id}`);
}
