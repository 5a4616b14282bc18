import type { Chance } from '../town/chance.ts';

const deep = (open: string, close: string, levels: number) =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

const TOPS = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '7',
  '1e400',
  '-1e400',
  '"text"',
  '""',
  '[]',
  '[null]',
  '[{}]',
  '[[[]]]',
];

const KEYS = ['__proto__', 'constructor', 'prototype'];

/** JSON that no honest sender makes, whatever it is about: nothing of it may be read as an object of ours. */
export function brokenBodies(random: Chance, whole: object): readonly (readonly [string, Buffer | string])[] {
  const text = JSON.stringify(whole);
  const inner = text.slice(1, -1);
  const levels = random.between(33, 10_000);
  const cut = random.between(1, text.length - 1);
  const key = random.pick(['__proto__', 'constructor', 'prototype']);
  const name = Object.keys(whole)[0] ?? 'a';
  const flipped = Buffer.from(text);
  flipped[random.between(0, flipped.length - 1)] = random.pick([0x00, 0xff, 0xfe, 0xc0, 0x1f]);
  return [
    ...TOPS.map((top) => [`signed ${top}`, top] as const),
    ['signed and empty', ''],
    ['signed blanks', ' \n\t'],
    ['cut off', text.slice(0, cut)],
    ['twice', text + text],
    ['a tail', `${text}\u0000`],
    ['a byte-order mark too many', `\uFEFF\uFEFF${text}`],
    ['UTF-16', utf16(text)],
    ['UTF-16 with its mark', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(text)])],
    ['UTF-16, the other way', utf16(text).swap16()],
    ['bytes that are no UTF-8', flipped],
    [
      'a lone surrogate, raw',
      Buffer.concat([Buffer.from(`{"x":"`), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(`",${inner}}`)]),
    ],
    ['a lone surrogate, escaped', `{"x":"\\ud800",${inner}}`],
    ['a lone surrogate as a key', `{"\\udc00":1,${inner}}`],
    ['objects in objects', `{"x":${deep('{"a":', '}', levels)},${inner}}`],
    ['lists in lists', `{"x":${deep('[', ']', levels)},${inner}}`],
    ['nothing but depth', deep('[', ']', levels)],
    ['an endless depth', '['.repeat(levels)],
    ...KEYS.map((each) => [`the key ${each}`, `{"${each}":{"admin":true},${inner}}`] as const),
    ['a prototype further in', `{"x":{"y":[{"${key}":{"polluted":"yes"}}]},${inner}}`],
    ['an escaped prototype', `{"__pr\\u006fto__":{"polluted":"yes"},${inner}}`],
    ['a number beyond all', `{"x":1e${random.between(309, 99_999)},${inner}}`],
    ['a number below all', `{"x":-1${'0'.repeat(400)},${inner}}`],
    ['NaN', `{"x":NaN,${inner}}`],
    ['Infinity', `{"x":-Infinity,${inner}}`],
    ['a hexadecimal number', `{"x":0x10,${inner}}`],
    ['single quotes', `{'x':1,${inner}}`],
    ['a comment', `/* x */${text}`],
    ['a comma too many', `{${inner},}`],
    ['the same key twice', `{"${name}":"other",${inner}}`],
    [
      'the same key twice, escaped',
      `{"${name.replace(/^./, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}":"other",${inner}}`,
    ],
    ['the same key twice, further in', `{"x":{"a":1,"a":2},${inner}}`],
    ['a form', `payload=${encodeURIComponent(text)}`],
    ['XML', `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>`],
    ['YAML', `${name}: &a [*a, *a]`],
  ];
}
