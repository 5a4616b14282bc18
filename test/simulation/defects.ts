import type { Sink } from '../../src/sinks/port.ts';
import type { IntakeResult, Ledger } from '../../src/store/port.ts';
import type { Life } from './life.ts';
import type { World } from './world.ts';

/** What somebody could get wrong, put around the real parts, to see that the simulation notices. */
export type Defects = {
  ledger?: (ledger: Ledger, life: Life, world: World) => Ledger;
  sink?: (sink: Sink) => Sink;
};

class Rehearsed extends Error {
  readonly answer: IntakeResult;

  constructor(answer: IntakeResult) {
    super('It was only tried.');
    this.answer = answer;
  }
}

/** The sender hears of success before anything is committed. */
export const ACK_BEFORE_COMMIT: Defects = {
  ledger: (ledger, life, { scheduler }) =>
    new Proxy(ledger, {
      get(target, name) {
        if (name !== 'intake') return Reflect.get(target, name) as unknown;
        const intake: Ledger['intake'] = async (now, key, decide, delivery) => {
          const tried = await target
            .intake(now, key, (view) => {
              const decision = decide(view);
              if ('refused' in decision) return decision;
              throw new Rehearsed({ kind: 'repeat', answer: { export_id: decision.export_id } });
            })
            .catch((error: unknown) => {
              if (error instanceof Rehearsed) return error.answer;
              throw error;
            });
          if (tried.kind === 'refused') return tried;
          void scheduler
            .sleep(life, 50, 'the commit comes after its answer')
            .then(() => target.intake(now, key, decide, delivery));
          return tried;
        };
        return intake;
      },
    }),
};

/** One person may sign both steps, because a signature is kept under another name. */
export const ONE_HUMAN_SIGNS_TWICE: Defects = {
  ledger: (ledger) =>
    new Proxy(ledger, {
      get(target, name) {
        if (name !== 'update') return Reflect.get(target, name) as unknown;
        const update: Ledger['update'] = (id, now, decide, settle) =>
          target.update(
            id,
            now,
            (state) => {
              const first = decide(state);
              const asked = 'refused' in first && first.refused === 'second_human_needed' && state;
              if (!asked) return first;
              const other = state.acceptances.map((each) => ({ ...each, by: 'somebody-else' }));
              return decide({ ...state, acceptances: other });
            },
            settle,
          );
        return update;
      },
    }),
};

/** Each try is sent under a key of its own. */
export const A_NEW_KEY_FOR_EACH_TRY: Defects = {
  sink: (sink) => ({
    ...sink,
    push: (request) => sink.push({ ...request, key: `${request.key}~${request.attempt}` }),
  }),
};
