import type { Json } from '../../exports/envelope.ts';
import { money, serviceName, systemName } from '../../exports/phrases.ts';
import type { Push } from '../../exports/state.ts';
import { webAddress } from '../text.ts';
import type { Word, Words } from '../words.ts';

const SHORT = 40;
const TRACKING = 60;

function textOf(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/** A cost is `{ amount, currency }`, or a text of both. */
function costOf(value: Json | undefined): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return textOf(value);
  const amount = textOf(value['amount']);
  const currency = textOf(value['currency']);
  return amount === null || currency === null ? null : money(amount, currency);
}

function linkOf(value: Json | undefined, text: string): Words[] {
  const url = typeof value === 'string' ? webAddress(value) : null;
  return url === null ? [] : [[{ link: url, text }]];
}

/** A shipment of several parcels has a tracking number for each. */
function others({ tracking_numbers: all }: Push['facts']): Word[] {
  return Array.isArray(all) && all.length > 1 ? [` and ${all.length - 1} more`] : [];
}

/** What the far side told of its effect, most telling first: "FedEx Ground, 9.40 USD, tracking 9400…, label". */
export function factWords({ facts, sink }: Pick<Push, 'facts' | 'sink'>): readonly Words[] {
  const carrier = textOf(facts['carrier']);
  const service = textOf(facts['service']);
  const other = carrier !== null && carrier.toLowerCase() !== sink.toLowerCase() ? systemName(carrier) : null;
  const what = [other, service === null ? null : serviceName(service, carrier ?? sink)].filter(
    (each) => each !== null,
  );
  const cost = costOf(facts['cost']);
  const tracking = textOf(facts['tracking_number']);
  const said = (text: string, max: number): Word => ({ said: text, max });
  return [
    ...(what.length === 0 ? [] : [[said(what.join(' '), SHORT)]]),
    ...(cost === null ? [] : [[said(cost, SHORT)]]),
    ...(tracking === null ? [] : [['tracking ', said(tracking, TRACKING), ...others(facts)]]),
    ...[...linkOf(facts['label_url'], 'label'), ...linkOf(facts['preview_url'], 'preview')].slice(0, 1),
  ];
}

/** The same in one line, each part after a comma. */
export function factLine(push: Pick<Push, 'facts' | 'sink'>): Word[] {
  return factWords(push).flatMap((words) => [', ', ...words]);
}
