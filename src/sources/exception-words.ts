/** Words of carriers and fulfilment services, and the exception each stands for; the first that fits counts. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/customs|duty|duties|tariff|import clearance/i, 'customs_data_invalid'],
  [/insufficient (?:funds|balance)|add funds|credit limit/i, 'carrier_insufficient_funds'],
  [/phone|recipient name|contact name/i, 'contact_invalid'],
  [/address|postal|zip code|undeliverable|addressee unknown/i, 'address_invalid'],
  [/too heavy|over ?weight|over ?size|exceeds the (?:maximum|limit)/i, 'package_over_limit'],
  [/weight|dimension/i, 'package_spec_invalid'],
  [/service (?:is )?(?:not|un)available|not serviced|no rates/i, 'carrier_service_unavailable'],
  [/carrier (?:is )?(?:not|un)available|timed? ?out/i, 'carrier_unavailable'],
  [/unauthorized|credential|authenticat/i, 'carrier_auth_expired'],
];

/** The exception code that a carrier's words stand for, or `otherwise`. */
export function plainException(words: string, otherwise: string): string {
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? otherwise;
}
