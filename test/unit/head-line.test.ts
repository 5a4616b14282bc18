import { describe, expect, it } from 'vitest';
import { headLine, readHeadLines, readNotedLines, recordWords } from '../../src/head-line.ts';

const hash = Buffer.alloc(32, 0xab);
const hex = hash.toString('hex');

describe('an event that is noted outside the ledger', () => {
  it('is a line of the head file, which reads it whole', () => {
    const text = `${headLine(0, { seq: 7, hash })}a piece of a li\n${headLine(1, { seq: 1_234, hash })}`;
    const heads = [7, 1_234].map((seq) => ({ seq, hash }));
    expect(readHeadLines(text)).toEqual({ heads, unread: [2] });
    expect(readNotedLines(text)).toEqual({
      noted: heads.map(({ seq }) => ({ seq, hash: hex })),
      unread: [2],
    });
  });

  it('is a record on a card, which is read with whatever was copied around it', () => {
    const record = recordWords({ seq: 1_234_567, hash: hex });
    expect(record).toBe('Record 1,234,567 · abababababab');
    const text = `Delivered, Today at 10:00 AM\nexport 7d56eb1b · ${record} · Review\r\nRecord 12 · ${hex}\n`;
    expect(readNotedLines(text)).toEqual({
      noted: [
        { seq: 1_234_567, hash: 'abababababab' },
        { seq: 12, hash: hex },
      ],
      unread: [1],
    });
    expect(readHeadLines(text).heads).toEqual([]);
  });

  it.each(['Record 12 · ab', 'Record twelve · abababababab', 'Record 12 · ABABABABABAB', ''])(
    'is nothing that only looks like it: %s',
    (line) => expect(readNotedLines(line).noted).toEqual([]),
  );
});
