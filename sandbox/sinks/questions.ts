import { z } from 'zod';
import type { Shelf } from './shelf.ts';

/** Operations that ask or rehearse, and change nothing of what is sold. */
const QUESTIONS = [
  'ping',
  'values.read',
  'sample.write',
  'sample.read',
  'sample.clean',
  'order.test',
  'order.cancel',
] as const;
type Question = (typeof QUESTIONS)[number];

export function isQuestion(operation: string): operation is Question {
  return QUESTIONS.some((one) => one === operation);
}

export type Reply = { status: number; body: Record<string, unknown> };

const Asked = z.object({ skus: z.array(z.string()).default([]), sample_id: z.string().default('') });

const done = (detail: string): Reply => ({ status: 200, body: { ok: true, detail } });
const no = (message: string): Reply => ({ status: 422, body: { ok: false, message } });

/** Samples and test orders of a system that can be rehearsed on. */
export class Rehearsals {
  #samples = new Set<string>();
  #orders = new Set<string>();

  reset(): void {
    this.#samples.clear();
    this.#orders.clear();
  }

  /** `fails`: a sample cannot be read back, as on a shop whose pages lag behind. */
  answer(question: Question, body: unknown, shelf: Shelf, fails: boolean): Reply {
    const { skus, sample_id } = Asked.parse(body);
    switch (question) {
      case 'ping':
        return { status: 200, body: { ok: true } };
      case 'values.read':
        return { status: 200, body: { values: shelf.values(skus) } };
      case 'sample.write':
        this.#samples.add(sample_id);
        return done('The sample is on the test shop.');
      case 'sample.read':
        if (fails)
          return no('The sample does not show on the test shop: its pages still hold the old values.');
        if (!this.#samples.has(sample_id)) return no('There is no such sample.');
        return done('The sample shows as it was written.');
      case 'sample.clean':
        this.#samples.delete(sample_id);
        return done('The sample is gone.');
      case 'order.test':
        this.#orders.add(sample_id);
        return done('A test order was placed.');
      case 'order.cancel':
        if (!this.#orders.delete(sample_id)) return no('There is no such test order.');
        return done('The test order was cancelled.');
    }
  }
}
