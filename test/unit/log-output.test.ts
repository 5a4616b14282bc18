import { expect, test } from 'vitest';
import { logOutputOver } from '../../src/log-output.ts';
import { ManualClock } from '../support/manual-clock.ts';

const MIB = 1024 * 1024;

/** A log that takes `room` bytes, and as many again whenever it is given more; then nothing. */
function openLog(room: number) {
  const log = {
    room,
    text: '',
    calls: 0,
    write(bytes: Buffer): number {
      log.calls += 1;
      if (log.room === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
      const taken = Math.min(log.room, bytes.length);
      log.text += bytes.toString('utf8', 0, taken);
      log.room -= taken;
      return taken;
    },
  };
  return log;
}

test('lines go out at once and whole', () => {
  const log = openLog(MIB);
  const output = logOutputOver(log.write, new ManualClock());
  output.write('{"n":1}\n');
  output.write('{"n":2}\n');
  expect(log.text).toBe('{"n":1}\n{"n":2}\n');
  expect(output.lost()).toBe(0);
});

test('what a full log did not take follows once it does, in order and without a cut line', () => {
  const log = openLog(11);
  const clock = new ManualClock();
  const output = logOutputOver(log.write, clock);
  for (let n = 0; n < 1_000; n += 1) output.write(`{"n":${n}}\n`);
  expect(log.text).toBe('{"n":0}\n{"n');
  log.room = MIB;
  clock.advance(250);
  const lines = log.text.trimEnd().split('\n');
  expect(lines).toEqual(Array.from({ length: 1_000 }, (_, n) => `{"n":${n}}`));
  expect(output.lost()).toBe(0);
});

test('a log that takes nothing costs a bounded memory, and tells what it lost when it heals', () => {
  const log = openLog(0);
  const clock = new ManualClock();
  const output = logOutputOver(log.write, clock);
  const line = `${'x'.repeat(1023)}\n`;
  for (let n = 0; n < 5_000; n += 1) output.write(line);
  expect(output.lost()).toBe(5_000 - 1_024);
  expect(log.calls).toBe(1);
  clock.advance(250);
  expect(log.text).toBe('');
  log.room = 10 * MIB;
  clock.advance(250);
  output.write('{"n":1}\n');
  const lines = log.text.trimEnd().split('\n');
  expect(lines).toHaveLength(1_024 + 2);
  expect(JSON.parse(lines[1_024] ?? '')).toMatchObject({ level: 'warn', lines: 3_976 });
  expect(lines.at(-1)).toBe('{"n":1}');
});

test('at the end what waits is tried once more', () => {
  const log = openLog(0);
  const output = logOutputOver(log.write, new ManualClock());
  output.write('{"n":1}\n');
  log.room = MIB;
  output.flush();
  expect(log.text).toBe('{"n":1}\n');
});
