import { type CodeTable, codes } from '../carriers/errors.ts';

/** USPS's codes, in `error.errors[].code` or `error.code`. Its tables number them by API (160xxx: labels). */
export const USPS_CODES: CodeTable = {
  ...codes('address_invalid', '010001', '010002', '010003', '010004', '010005'),
  ...codes('address_invalid', '160119', '160307', '160308', '160309', '160310', '160320'),
  ...codes('address_unverifiable', '160311', '160312'),
  ...codes('carrier_service_unavailable', '030001', '160138', '160139', '160239', '160288'),
  ...codes('carrier_cutoff_missed', '160030', '160032'),
  ...codes('package_over_limit', '030004', '030008', '160003', '160042', '160098'),
  ...codes('package_over_limit', '160265', '160266', '160267', '160280'),
  ...codes('package_spec_invalid', '160021'),
  ...codes('customs_data_invalid', '160050', '160120', '160140'),
  ...codes('carrier_account_not_enabled', '160173', '160302', '160303', '160332', '160369'),
  ...codes('carrier_account_invalid', '160255'),
  ...codes('contract_mapping_error', '160001'),
  ...codes('label_already_voided', '160186'),
  ...codes('label_void_rejected', '160301', '160364'),
  ...codes('tracking_not_yet_available', '150001', '150002', '150003'),
  ...codes('rate_limited', 'TOO_MANY_REQUESTS'),
  ...codes('carrier_unavailable', 'SERVICE_UNAVAILABLE'),
};
