import { z } from 'zod';
import type { Finding } from '../port.ts';
import { troubled } from '../shared/problem.ts';
import type { ShipStation } from './client.ts';
import type { ShipStationSettings } from './settings.ts';

const Carriers = z.object({
  carriers: z.array(
    z.object({
      carrier_id: z.string(),
      friendly_name: z.string().nullish(),
      disabled_by_billing_plan: z.boolean().nullish(),
      balance: z.number().nullish(),
      requires_funded_amount: z.boolean().nullish(),
    }),
  ),
});
const Warehouses = z.object({ warehouses: z.array(z.object({ name: z.string().nullish() })) });

const OWN_KEY: Finding = { name: 'API key', problem: null, detail: null };
const TEST_KEY: Finding = {
  name: 'API key',
  problem: 'This is a test key: its labels ship nothing. Use a live one.',
  detail: null,
  level: 'notice',
};

/** Whether one configured account can buy labels. */
function accountFinding(name: string, id: string, { carriers }: z.infer<typeof Carriers>): Finding {
  const account = carriers.find((one) => one.carrier_id === id);
  const finding = (problem: string | null): Finding => ({
    name: `carrier ${name}`,
    problem,
    detail: account?.friendly_name ?? null,
  });
  if (!account) return finding(`The account ${id} is not there. Copy its id from the list of carriers.`);
  if (account.disabled_by_billing_plan === true)
    return finding('The billing plan does not allow this carrier. Change the plan in ShipStation.');
  if (account.requires_funded_amount === true && (account.balance ?? 0) <= 0)
    return finding('Its balance is used up. Top it up in ShipStation.');
  return finding(null);
}

/** The key, every configured account, and where parcels can leave from. */
export async function probe(
  api: ShipStation,
  settings: ShipStationSettings,
  keys: readonly string[],
): Promise<readonly Finding[]> {
  const carriers = await api.call({ method: 'GET', path: '/carriers', writes: false });
  if (!carriers.ok) return [troubled('API key', carriers.outcome)];
  const listed = Carriers.safeParse(carriers.body);
  const key: Finding = keys[0]?.startsWith('TEST_') === true ? TEST_KEY : OWN_KEY;
  if (!listed.success)
    return [key, { name: 'carriers', problem: 'The list of carriers cannot be read.', detail: null }];
  const accounts = Object.entries(settings.carriers).map(([name, { carrier_id }]) =>
    accountFinding(name, carrier_id, listed.data),
  );
  const answer = await api.call({ method: 'GET', path: '/warehouses', writes: false });
  const read = answer.ok ? Warehouses.safeParse(answer.body) : null;
  const count = read?.success === true ? read.data.warehouses.length : 0;
  const none = 'No warehouse is set up. Add the place your parcels leave from in ShipStation.';
  const warehouses: Finding = answer.ok
    ? { name: 'warehouses', problem: count === 0 ? none : null, detail: count === 0 ? null : String(count) }
    : troubled('warehouses', answer.outcome);
  return [key, ...accounts, warehouses];
}
