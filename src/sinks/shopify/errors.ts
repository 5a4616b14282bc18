import { oneLine } from '../outcome.ts';

/** An entry of `userErrors`; several types of it have no code. */
export type UserError = {
  code?: string | null | undefined;
  message: string;
  field?: readonly string[] | null | undefined;
};

/** Mutations whose codes are read alike. */
export type Family = 'price' | 'inventory' | 'discount' | 'product' | 'content' | 'metafield' | 'order';

/** What a code means that is no refusal of the values. */
export type Meaning = 'retry' | 'unknown' | 'new_key';

/** Our exception code by Shopify's, for each family. What is not listed is `sink_rejected`. */
export const USER_ERRORS: Readonly<Record<Family, Readonly<Record<string, string>>>> = {
  price: {
    PRODUCT_DOES_NOT_EXIST: 'sku_mapping_failed',
    PRODUCT_VARIANT_DOES_NOT_EXIST: 'sku_mapping_failed',
    MUST_BE_FOR_THIS_PRODUCT: 'sku_mapping_failed',
    PRODUCT_SUSPENDED: 'product_suspended',
    NEGATIVE_PRICE_VALUE: 'price_rule_violation',
    GREATER_THAN_OR_EQUAL_TO: 'price_rule_violation',
    INVALID_VALUE: 'price_rule_violation',
    LOCAL_CURRENCY_GIFT_CARD_PRICE_MUST_BE_ZERO: 'price_rule_violation',
    SUBSCRIPTION_VIOLATION: 'price_rule_violation',
    NOT_DEFINED_FOR_SHOP: 'currency_invalid',
    UNSUPPORTED_COMBINED_LISTING_PARENT_OPERATION: 'unsupported_capability',
    INVALID_INPUT: 'contract_mapping_error',
    PRODUCT_VARIANT_ID_MISSING: 'contract_mapping_error',
  },
  inventory: {
    CHANGE_FROM_QUANTITY_STALE: 'inventory_mismatch',
    COMPARE_QUANTITY_STALE: 'inventory_mismatch',
    INVALID_INVENTORY_ITEM: 'sku_mapping_failed',
    INVALID_LOCATION: 'location_mapping_failed',
    INVALID_QUANTITY_NEGATIVE: 'insufficient_inventory',
    INVALID_QUANTITY_TOO_LOW: 'insufficient_inventory',
    INVALID_QUANTITY_TOO_HIGH: 'inventory_mismatch',
    NON_MUTABLE_INVENTORY_ITEM: 'unsupported_capability',
    COMPARE_QUANTITY_REQUIRED: 'contract_mapping_error',
    INVALID_REASON: 'contract_mapping_error',
    INVALID_NAME: 'contract_mapping_error',
    INVALID_QUANTITY_NAME: 'contract_mapping_error',
    INVALID_REFERENCE_DOCUMENT: 'contract_mapping_error',
    NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR: 'contract_mapping_error',
    IDEMPOTENCY_KEY_PARAMETER_MISMATCH: 'idempotency_conflict',
  },
  discount: {
    ACTIVE_PERIOD_OVERLAP: 'promo_conflict',
    CONFLICT: 'promo_conflict',
    DUPLICATE: 'promo_conflict',
    IMPLICIT_DUPLICATE: 'promo_conflict',
    EXCEEDED_MAX: 'store_limit_reached',
    MAX_APP_DISCOUNTS: 'store_limit_reached',
    END_DATE_BEFORE_START_DATE: 'promo_conflict',
  },
  product: {
    HANDLE_NOT_UNIQUE: 'resource_state_conflict',
    PRODUCT_SUSPENDED: 'product_suspended',
    OPTIONS_OVER_LIMIT: 'store_limit_reached',
    OPTION_VALUES_OVER_LIMIT: 'store_limit_reached',
    VARIANTS_OVER_LIMIT: 'store_limit_reached',
    INVENTORY_QUANTITIES_LIMIT_EXCEEDED: 'store_limit_reached',
    PRODUCT_DOES_NOT_EXIST: 'preview_missing',
    NOT_FOUND: 'preview_missing',
    INVALID_INPUT: 'contract_mapping_error',
    INPUT_MISMATCH: 'contract_mapping_error',
    MISSING_FIELD_REQUIRED: 'contract_mapping_error',
    PRODUCT_OPTIONS_INPUT_MISSING: 'contract_mapping_error',
    VARIANTS_INPUT_MISSING: 'contract_mapping_error',
  },
  content: {
    PRODUCT_SUSPENDED: 'product_suspended',
    PRODUCT_MEDIA_LIMIT_EXCEEDED: 'store_limit_reached',
    FILE_LOCKED: 'resource_locked',
    NON_READY_STATE: 'resource_locked',
    FILE_DOES_NOT_EXIST: 'conflicting_write',
  },
  metafield: {
    STALE_OBJECT: 'conflicting_write',
    INVALID_COMPARE_DIGEST: 'conflicting_write',
    APP_NOT_AUTHORIZED: 'sink_unauthorized',
    INVALID_TYPE: 'contract_mapping_error',
    INVALID_VALUE: 'contract_mapping_error',
  },
  order: {
    NOT_FOUND: 'order_not_found',
    INVALID_STATE: 'return_not_allowed',
    NOT_EDITABLE: 'return_not_allowed',
    INVALID: 'return_not_allowed',
    GREATER_THAN: 'return_not_allowed',
    LESS_THAN_OR_EQUAL_TO: 'return_not_allowed',
    TOO_BIG: 'return_not_allowed',
    INCOMPATIBLE_WITH_STANDARD_POLICY: 'return_not_allowed',
    FEATURE_NOT_ENABLED: 'unsupported_capability',
    MISSING_PERMISSION: 'sink_unauthorized',
  },
};

/** Codes that speak of the call rather than of its values, in every family. */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  IDEMPOTENCY_CONCURRENT_REQUEST: 'retry',
  SERVICE_UNAVAILABLE: 'retry',
  IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED: 'new_key',
  INTERNAL_ERROR: 'unknown',
  JOB_ERROR: 'unknown',
};

/** `extensions.code` of top-level errors. What is not listed and no defect of ours is `sink_rejected`. */
export const QUERY_ERRORS: Readonly<Record<string, string>> = {
  ACCESS_DENIED: 'sink_unauthorized',
  SHOP_INACTIVE: 'sink_unauthorized',
  MAX_COST_EXCEEDED: 'payload_too_large',
  BAD_REQUEST: 'contract_mapping_error',
  argumentLiteralsIncompatible: 'contract_mapping_error',
  argumentNotAccepted: 'contract_mapping_error',
  missingRequiredArguments: 'contract_mapping_error',
  undefinedField: 'contract_mapping_error',
  undefinedType: 'contract_mapping_error',
  variableMismatch: 'contract_mapping_error',
  INVALID_VARIABLE: 'contract_mapping_error',
};

/** After these a mutation may have run. */
export const BROKEN: ReadonlySet<string> = new Set(['INTERNAL_SERVER_ERROR', 'TIMEOUT']);

export const STATUSES: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  401: ['sink_unauthorized', 'Shopify does not take our token; renew it or install the app again.'],
  402: ['sink_unauthorized', 'Shopify says that the shop is frozen for an unpaid bill.'],
  403: ['sink_unauthorized', 'Shopify does not let the app do this; give it the scope and install it again.'],
  404: ['sink_gone', 'There is no such shop, or it no longer has this version of the API.'],
  413: ['payload_too_large', 'Shopify says that the request is too large.'],
  423: ['resource_locked', 'Shopify has locked the shop.'],
};

const LONGEST_WORDS = 500;

export function codeOf(family: Family, error: UserError): string {
  const { code } = error;
  if (code === undefined || code === null) return 'sink_rejected';
  const rows = USER_ERRORS[family];
  return Object.hasOwn(rows, code) ? (rows[code] ?? 'sink_rejected') : 'sink_rejected';
}

/** What the first entry with such a meaning means for the call, or null when all are about the values. */
export function meaningOf(errors: readonly UserError[]): Meaning | null {
  for (const { code } of errors) {
    const meaning = typeof code === 'string' && Object.hasOwn(MEANINGS, code) ? MEANINGS[code] : undefined;
    if (meaning) return meaning;
  }
  return null;
}

/** The words of Shopify as one line. */
export function wordsOf(errors: readonly UserError[], redact: (text: string) => string): string {
  const said = errors.map((error) => error.message).filter((message) => message.trim() !== '');
  const words = oneLine(redact([...new Set(said)].join(' ')), LONGEST_WORDS);
  return words === '' ? 'Shopify refused it without saying why.' : words;
}
