import type { ExceptionRule } from './policy.ts';
import type { Role, Severity } from './words.ts';

/** Somebody changes the values or the world; then people accept again. */
export function pause(role: Role, severity: Severity, remedy: string): ExceptionRule {
  return { role, severity, then: 'pause', remedy };
}

/** To the dead letter; the same values go out again once the cause is gone. */
export function fail(role: Role, severity: Severity, remedy: string): ExceptionRule {
  return { role, severity, then: 'fail', remedy };
}

/** Another system may well take what this one refused (R32). */
export function curable(rule: ExceptionRule): ExceptionRule {
  return { ...rule, alternate: true };
}

/**
 * Who owns each kind of failure and what they can do (R34). `pause` where the answer changes the
 * values or the world, so that people must accept again; `fail` where the same values are sent again.
 */
export const EXCEPTIONS: Readonly<Record<string, ExceptionRule>> = {
  no_owner: pause('remediation', 'high', 'Assign an owner; the export then continues by itself.'),

  insufficient_inventory: pause(
    'supply_chain',
    'critical',
    'Restock, move stock, or take the SKUs out, then resume; the owners accept again.',
  ),
  inventory_mismatch: pause(
    'supply_chain',
    'high',
    'The stock has changed since it was read. Count again, then resume with the present figure.',
  ),
  location_mapping_failed: pause(
    'logistics',
    'high',
    'Map the location to the one this system knows, then resume.',
  ),

  sku_mapping_failed: pause(
    'merchandising',
    'high',
    'Say what this system calls each of the SKUs; it then goes on by itself.',
  ),
  price_conflict: pause(
    'merchandising',
    'high',
    'The price has changed since it was read. Check which one is right, then resume.',
  ),
  price_rule_violation: pause('merchandising', 'high', 'Change the price so that it keeps the shop’s rules.'),
  conflicting_write: pause(
    'merchandising',
    'high',
    'Somebody changed the same item at the shop. Look at its present values, then resume.',
  ),
  product_suspended: pause('merchandising', 'high', 'Lift the suspension at the shop, then resume.'),
  promo_conflict: pause('marketing_ops', 'high', 'End or move the other promo on these SKUs, then resume.'),
  rollback_drifted: pause(
    'marketing_ops',
    'high',
    'The values have changed since the promo began. Choose the price of each SKU and send a price update.',
  ),
  currency_invalid: curable(pause('operations', 'high', 'Use a currency that this system is set up for.')),
  store_limit_reached: pause(
    'operations',
    'high',
    'Free a place at the shop (old promos, products), then resume.',
  ),

  label_pending: curable(
    pause('logistics', 'high', 'Try another carrier or service, or make the label by hand.'),
  ),
  carrier_mismatch: curable(
    pause('logistics', 'high', 'Choose a carrier that serves this parcel and address, then resume.'),
  ),
  delivery_exception: {
    ...pause(
      'logistics',
      'high',
      'Ask the carrier what holds the parcel up, tell the customer, then resume.',
    ),
    stands: true,
  },
  address_invalid: pause(
    'logistics',
    'high',
    'Ask the customer for the right address and put it in, or resume once the carrier takes it.',
  ),
  address_unverifiable: pause('logistics', 'normal', 'Check the address with the customer, then resume.'),
  contact_invalid: pause('logistics', 'normal', 'Correct the name or phone number, then resume.'),
  package_over_limit: curable(
    pause('logistics', 'high', 'Split the parcel or choose a freight service, then resume.'),
  ),
  package_service_mismatch: curable(
    pause('logistics', 'high', 'Choose a service that takes this parcel, then resume.'),
  ),
  package_spec_invalid: pause(
    'merchandising',
    'high',
    'Correct weight and dimensions of the item, then resume.',
  ),
  customs_data_invalid: pause(
    'merchandising',
    'high',
    'Complete customs value, tariff code and origin of the item.',
  ),
  carrier_cutoff_missed: curable(
    pause('logistics', 'high', 'Ship on the next working day or choose another carrier.'),
  ),
  carrier_service_unavailable: curable(
    pause('logistics', 'high', 'Choose another service or carrier, then resume.'),
  ),
  carrier_unavailable: curable(
    fail('operations', 'high', 'Wait until the carrier is up, then send it again.'),
  ),
  carrier_account_invalid: curable(
    fail('operations', 'high', 'Correct the carrier account, then send it again.'),
  ),
  carrier_account_not_enabled: curable(
    fail('operations', 'high', 'Have the carrier enable the account, then send it again.'),
  ),
  carrier_insufficient_funds: curable(
    fail('operations', 'critical', 'Top up the carrier account, then send it again.'),
  ),
  carrier_auth_expired: fail('engineering', 'high', 'Renew the carrier credentials, then send it again.'),
  carrier_auth_forbidden: fail(
    'engineering',
    'high',
    'Give the carrier credentials their rights, then send it again.',
  ),
  carrier_endpoint_not_found: fail('engineering', 'high', 'Correct the carrier’s address in meshline.yml.'),
  sandbox_virtual_response: fail(
    'engineering',
    'critical',
    'The carrier answered from its sandbox. Use live keys.',
  ),
  tracking_not_yet_available: fail('logistics', 'low', 'Wait for the first scan, then ask again.'),
  label_void_rejected: fail('logistics', 'normal', 'Ask the carrier to void the label, or claim the refund.'),
  label_already_voided: fail('logistics', 'low', 'The label was void already. Nothing is left to do.'),
  duplicate_shipment: pause(
    'logistics',
    'high',
    'The shipment exists already. Use its label, or cancel it first.',
  ),
  resource_state_conflict: pause('logistics', 'high', 'Look at the shipment’s present state, then resume.'),

  return_not_allowed: pause(
    'operations',
    'normal',
    'Check the return period and what was shipped, then decide.',
  ),
  order_not_found: pause('operations', 'high', 'Check the order number with its shop, then resume.'),
  partial_failure: pause(
    'operations',
    'high',
    'Some items went out and some did not. Check which, then resume.',
  ),

  sink_rejected: fail('engineering', 'high', 'Read its answer, correct what it names, then send it again.'),
  sink_unauthorized: fail(
    'engineering',
    'critical',
    'Renew the credentials of this system, then send it again.',
  ),
  sink_gone: fail('engineering', 'high', 'This address is closed. Ask the partner for the new one.'),
  stale_data: fail(
    'operations',
    'high',
    'Ask the source to send it again: fresh values come in as a new revision.',
  ),
  sink_unreachable: fail(
    'engineering',
    'critical',
    'All tries failed. Check that the system is up, then send it again.',
  ),
  outcome_unknown: fail(
    'operations',
    'critical',
    'The answer was lost. Look in the system whether it happened before you send it again.',
  ),
  unsupported_capability: fail(
    'engineering',
    'normal',
    'This system cannot do that. Route it elsewhere in meshline.yml.',
  ),
  payload_too_large: fail('engineering', 'normal', 'Send it in smaller parts, or as a batch.'),
  invalid_answer: fail(
    'engineering',
    'high',
    'The system’s answer made no sense. Ask its owner what happened.',
  ),
  idempotency_conflict: fail(
    'engineering',
    'critical',
    'The same key came with other values. Compare both exports.',
  ),
  contract_mapping_error: fail(
    'engineering',
    'high',
    'The system refused the form of the data. Correct the mapping.',
  ),
  resource_locked: fail(
    'operations',
    'normal',
    'Wait until the system has released the item, then send it again.',
  ),
  rate_limited: fail('operations', 'normal', 'The system is still refusing more calls. Send it again later.'),
  egress_blocked: fail(
    'engineering',
    'high',
    'The address is private or forbidden. Correct it in meshline.yml.',
  ),
};

/** For a code nobody has declared: to engineering, and never tried again by itself. */
export const UNKNOWN: ExceptionRule = fail(
  'engineering',
  'high',
  'Meshline does not know this code. Find out what it means and add it to the export type’s exceptions.',
);

/** The type's own rule, else the catalogue's, else engineering's. */
export function exceptionRule(
  type: { exceptions: Readonly<Record<string, ExceptionRule>> } | undefined,
  code: string,
): ExceptionRule {
  const own = type?.exceptions ?? {};
  if (Object.hasOwn(own, code)) return own[code] ?? UNKNOWN;
  return Object.hasOwn(EXCEPTIONS, code) ? (EXCEPTIONS[code] ?? UNKNOWN) : UNKNOWN;
}
