import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answers, Opened, Order } from './load.ts';

export type FarSide = Opened & {
  ask<Do extends Order['do']>(order: Extract<Order, { do: Do }>): Promise<Answers[Do]>;
  close(): void;
};

/** Starts the process that sends, receives and plays Slack, so that it shares no event loop with what is measured. */
export async function openFarSide(): Promise<FarSide> {
  const child = fork(fileURLToPath(new URL('./load.ts', import.meta.url)));
  const ask = async <Do extends Order['do']>(order: Extract<Order, { do: Do }>): Promise<Answers[Do]> => {
    const answered = once(child, 'message');
    child.send(order);
    const [answer] = (await answered) as [Answers[Do]];
    return answer;
  };
  const opened = await ask<'open'>({ do: 'open' });
  return { ...opened, ask, close: () => child.kill('SIGKILL') };
}
