import type { OutgoingHttpHeaders } from 'node:http';
import { sign } from '../../../sandbox/delivery/http.ts';
import type { Chance } from '../town/chance.ts';

/** Genuine headers of Slack for a body. */
export function slackHeaders(secret: string, now: number, body: string): OutgoingHttpHeaders {
  const seconds = Math.floor(now / 1000);
  return { 'x-slack-request-timestamp': String(seconds), 'x-slack-signature': sign(secret, seconds, body) };
}

/** Headers that claim to be Slack's and are not. */
export function forgedSlackHeaders(
  random: Chance,
  secret: string,
  now: number,
  body: string,
): readonly (readonly [string, OutgoingHttpHeaders])[] {
  const seconds = Math.floor(now / 1000);
  const right = sign(secret, seconds, body);
  const stamped = (stamp: string, signature: string) => ({
    'x-slack-request-timestamp': stamp,
    'x-slack-signature': signature,
  });
  const at = (s: number) => stamped(String(s), sign(secret, s, body));
  const far = random.between(301, 10 * 365 * 24 * 3600);
  const digit = random.between(3, right.length - 1);
  const bent = `${right.slice(0, digit)}${right[digit] === '0' ? '1' : '0'}${right.slice(digit + 1)}`;
  const now_ = String(seconds);
  return [
    ['no headers', {}],
    ['no signature', { 'x-slack-request-timestamp': now_ }],
    ['no timestamp', { 'x-slack-signature': right }],
    ['an empty signature', stamped(now_, '')],
    ['the name of the version alone', stamped(now_, 'v0=')],
    ['another secret', stamped(now_, sign('another-secret', seconds, body))],
    ['an empty secret', stamped(now_, sign('', seconds, body))],
    ['another body', stamped(now_, sign(secret, seconds, `${body} `))],
    ['another timestamp', stamped(now_, sign(secret, seconds - 1, body))],
    ['one digit changed', stamped(now_, bent)],
    ['old', at(seconds - far)],
    ['from the future', at(seconds + far)],
    ['milliseconds', at(now)],
    ['a negative timestamp', at(-seconds)],
    ['NaN', at(Number.NaN)],
    ['Infinity', at(Number.POSITIVE_INFINITY)],
    ['a fraction', at(seconds + 0.5)],
    ['upper case', stamped(now_, right.toUpperCase())],
    ['hex in upper case', stamped(now_, `v0=${right.slice(3).toUpperCase()}`)],
    ['another version', stamped(now_, right.replace('v0', 'v1'))],
    ['base64', stamped(now_, `v0=${Buffer.from(right.slice(3), 'hex').toString('base64')}`)],
    ['cut short', stamped(now_, right.slice(0, random.between(0, right.length - 1)))],
    ['too long', stamped(now_, `${right}0`)],
    ['a letter beyond ASCII', stamped(now_, `${right.slice(0, -1)}é`)],
    ['two signatures', { 'x-slack-request-timestamp': now_, 'x-slack-signature': [right, right] }],
    ['two timestamps', { 'x-slack-request-timestamp': [now_, now_], 'x-slack-signature': right }],
    ['a list of signatures', stamped(now_, `${right},${right}`)],
  ];
}
