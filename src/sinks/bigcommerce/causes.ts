import { z } from 'zod';
import { oneLine } from '../outcome.ts';

/** What the shop refused: our code for it, its own words, and the answer to look for lines in. */
export type Refusal = { status: number; code: string; message: string; answer: unknown };

/**
 * Refusals of BigCommerce and the exception each becomes. The cause of a 422 stands in its title
 * alone, so words decide there; the first row that fits wins, and an unknown refusal goes to a person.
 * https://docs.bigcommerce.com/developer/api-reference/rest/overview
 */
export const CAUSES: readonly { status: number; words: RegExp | null; code: string }[] = [
  { status: 400, words: /currency/iu, code: 'currency_invalid' },
  { status: 400, words: null, code: 'contract_mapping_error' },
  { status: 401, words: null, code: 'sink_unauthorized' },
  { status: 403, words: null, code: 'sink_unauthorized' },
  { status: 405, words: null, code: 'contract_mapping_error' },
  { status: 406, words: null, code: 'contract_mapping_error' },
  { status: 409, words: /limit|maximum number/iu, code: 'store_limit_reached' },
  { status: 409, words: null, code: 'conflicting_write' },
  { status: 410, words: null, code: 'sink_gone' },
  { status: 413, words: null, code: 'payload_too_large' },
  { status: 415, words: null, code: 'contract_mapping_error' },
  { status: 422, words: /requires absolute adjustment/iu, code: 'inventory_mismatch' },
  { status: 422, words: /tracked by (?:product|variant)|not tracked/iu, code: 'sku_mapping_failed' },
  { status: 422, words: /negative|out of stock|insufficient|not enough/iu, code: 'insufficient_inventory' },
  { status: 422, words: /location/iu, code: 'location_mapping_failed' },
  { status: 422, words: /currency/iu, code: 'currency_invalid' },
  {
    status: 422,
    words: /(?:maximum|limit).{0,300}?(?:reached|exceeded|variants|products|promotions)/iu,
    code: 'store_limit_reached',
  },
  { status: 422, words: /price/iu, code: 'price_rule_violation' },
  {
    status: 422,
    words: /(?:sku|variant|product|item).{0,300}?(?:not found|not exist|invalid)/iu,
    code: 'sku_mapping_failed',
  },
  { status: 422, words: /weight|width|height|depth/iu, code: 'package_spec_invalid' },
  { status: 422, words: null, code: 'contract_mapping_error' },
  { status: 423, words: null, code: 'resource_locked' },
];

const SENTENCES: Readonly<Record<number, string>> = {
  401: 'BigCommerce does not accept the token; make a new one and put it into the environment.',
  403: 'The token of BigCommerce lacks a scope for this; give its API account the missing one.',
  413: 'BigCommerce says that the batch is too large.',
  423: 'BigCommerce has locked this for a while.',
};

const LONGEST_WORDS = 500;

const Details = z.record(z.string(), z.json()).optional().catch(undefined);
const Said = z.looseObject({
  title: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  errors: Details,
  field_errors: Details,
});

function wordsOfOne(entry: unknown): string[] {
  const read = Said.safeParse(entry);
  if (!read.success) return [];
  const { title, detail, message, error, errors, field_errors } = read.data;
  const details = Object.entries({ ...errors, ...field_errors }).map(
    ([field, said]) => `${field}: ${typeof said === 'string' ? said : JSON.stringify(said)}`,
  );
  return [title ?? detail ?? message ?? error, ...details].flatMap((words) =>
    words === undefined || words === '' ? [] : [words],
  );
}

const Many = z.looseObject({
  batch_errors: z.array(z.unknown()).optional().catch(undefined),
  errors: z.array(z.unknown()).optional().catch(undefined),
});

/** BigCommerce's own words: an object with a title (V3), a list of messages (V2), or a list of errors. */
export function wordsOf(answer: unknown): string {
  const many = Many.safeParse(answer);
  const entries = Array.isArray(answer)
    ? answer
    : [answer, ...(many.data?.batch_errors ?? []), ...(many.data?.errors ?? [])];
  return oneLine([...new Set(entries.flatMap(wordsOfOne))].join('; '), LONGEST_WORDS);
}

/** `redact` takes the token out of what the shop says. */
export function refusalOf(status: number, answer: unknown, redact: (text: string) => string): Refusal {
  const said = redact(wordsOf(answer));
  const row = CAUSES.find(
    (cause) => cause.status === status && (cause.words === null || cause.words.test(said)),
  );
  const sentence = SENTENCES[status] ?? `BigCommerce answered ${String(status)}.`;
  const message = said === '' ? sentence : status in SENTENCES ? `${sentence} It says: ${said}` : said;
  return { status, code: row?.code ?? 'sink_rejected', message, answer };
}
