import { type CodeTable, codes } from '../carriers/errors.ts';

/** `errors[].error_code` of any answer. */
export const SHIPSTATION_CODES: CodeTable = {
  ...codes('carrier_auth_forbidden', 'unauthorized', 'forbidden', 'verification_failure'),
  ...codes(
    'carrier_account_not_enabled',
    'subscription_inactive',
    'trial_expired',
    'terms_not_accepted',
    'carrier_disconnected',
    'carrier_not_connected',
  ),
  ...codes(
    'carrier_insufficient_funds',
    'insufficient_funds',
    'funding_source_missing_configuration',
    'funding_source_error',
    'funding_source_registration_in_progress',
    'meter_failure',
  ),
  ...codes('address_invalid', 'invalid_address'),
  ...codes(
    'contract_mapping_error',
    'field_value_required',
    'invalid_field_value',
    'invalid_string_length',
    'field_conflict',
    'identifiers_must_match',
    'request_body_required',
    'invalid_object',
    'invalid_identifier',
  ),
  ...codes(
    'carrier_service_unavailable',
    'carrier_not_supported',
    'confirmation_not_supported',
    'return_label_not_supported',
    'service_not_determined',
    'no_rates_returned',
  ),
  ...codes('customs_data_invalid', 'customs_items_required'),
  ...codes('carrier_account_invalid', 'invalid_billing_plan', 'insurance_failure'),
  ...codes('duplicate_shipment', 'identifier_conflict', 'carrier_conflict', 'warehouse_conflict'),
  ...codes('resource_state_conflict', 'invalid_status', 'batch_cannot_be_modified'),
  ...codes('rate_limited', 'rate_limit_exceeded'),
  ...codes('outcome_unknown', 'unknown', 'unspecified'),
};

/** `reason_code` of a void that is answered with 200 and not approved. */
export const VOID_CODES: CodeTable = {
  ...codes('label_already_voided', 'label_already_voided'),
  ...codes(
    'label_void_rejected',
    'label_not_found_within_void_period',
    'label_already_used',
    'contact_carrier',
    'validation_failed',
  ),
};
