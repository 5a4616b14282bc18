import type { TokenCache } from '../carriers/token.ts';
import type { Finding } from '../port.ts';
import { troubled } from '../shared/problem.ts';
import { isVirtual } from './answers.ts';
import type { FedexCalls, FedexResult } from './calls.ts';
import type { FedexSettings } from './settings.ts';

/** One pound within Memphis, no service named: what FedEx would charge this account. */
const SAMPLE = {
  shipper: { address: { postalCode: '38116', countryCode: 'US' } },
  recipient: { address: { postalCode: '38115', countryCode: 'US' } },
  pickupType: 'DROPOFF_AT_FEDEX_LOCATION',
  rateRequestType: ['ACCOUNT'],
  requestedPackageLineItems: [{ weight: { units: 'LB', value: 1 } }],
};

const TEST_SYSTEM: Finding = {
  name: 'token',
  problem: 'This is the test system of FedEx: its labels ship nothing. Take sandbox out to go live.',
  detail: null,
  level: 'notice',
};

function finding(name: string, result: FedexResult, detail: string): Finding {
  return result.ok ? { name, problem: null, detail } : troubled(name, result.outcome);
}

/** A token, a price and a look-up: nothing is bought. */
export async function probeFedex(
  calls: FedexCalls,
  tokens: TokenCache,
  { sandbox }: FedexSettings,
): Promise<readonly Finding[]> {
  const token = await tokens.get();
  if (!token.ok) return [troubled('token', token.outcome)];
  const rates = await calls.rate(SAMPLE, 'MESHLINE-PROBE');
  const tracking = await calls.find('MESHLINE-PROBE');
  const virtual = (rates.ok && isVirtual(rates.answer)) || (tracking.ok && isVirtual(tracking.answer));
  return [
    sandbox ? TEST_SYSTEM : { name: 'token', problem: null, detail: 'live' },
    finding('rates', rates, virtual ? 'from the test system' : 'answered'),
    finding('tracking by reference', tracking, 'answered'),
  ];
}
