import { type CodeTable, codes } from '../carriers/errors.ts';

/**
 * FedEx's codes, in `errors[].code` or, beside no label, in `output.alerts[].code`. `outcome_unknown`
 * marks those after which a label may exist: a read is made again, a purchase is looked for.
 */
export const FEDEX_CODES: CodeTable = {
  ...codes(
    'carrier_auth_expired',
    'NOT.AUTHORIZED.ERROR',
    'AUTHENTICATION.TOKEN.INVALID',
    'LOGIN.REAUTHENTICATE.ERROR',
  ),
  ...codes('carrier_auth_forbidden', 'FORBIDDEN.ERROR'),
  ...codes('carrier_account_not_enabled', 'SHIPMENT.USER.UNAUTHORIZED', 'UNAUTHORIZED.USAGE'),
  ...codes(
    'carrier_account_invalid',
    'ACCOUNTNUMBER.REGISTRATION.REQUIRED',
    'ACCOUNT.NUMBER.MISMATCH',
    'ACCOUNT.NUMBER.INVALID',
    'ACCOUNT.NUMBERORKEY.INVALID',
    'RATING.QUOTE.NOTAVAILABLE',
  ),
  ...codes(
    'address_invalid',
    'POSTALCODE.ZIPCODE.REQUIRED',
    'COUNTRY.POSTALCODEORZIP.INVALID',
    'COUNTRY.POSTALCODE.INVALID',
    'DESTINATION.POSTALCODE.MISSING.ORINVALID',
    'ENTERED.ZIPCODE.NOTFOUND',
    'CITY.REQUIRED',
  ),
  ...codes(
    'contact_invalid',
    'RECIPIENTCONTACT.PHONENUMBER.INVALID',
    'RECIPIENTCONTACT.PHONENUMBER.NOTSUPPORTED',
  ),
  ...codes(
    'carrier_service_unavailable',
    'ORIGINZIPCODE.SERVICE.ERROR',
    'FEDEXSERVICE.NOT.AVAILABLE',
    'SERVICE.LOCATION.UNAVAILABLE',
    'SERVICETYPE.NOT.ALLOWED',
    'SERVICE.TYPE.NOTAVAILABLE',
    'PICKUPTYPE.NOT.AVAILABLE',
  ),
  ...codes(
    'package_service_mismatch',
    'SERVICE.PACKAGECOMBINATION.INVALID',
    'PACKAGINGTYPE.MISSING.OR.INVALID',
  ),
  ...codes('package_spec_invalid', 'PACKAGE.WEIGHT.INVALID', 'PACKAGEDIMENSION.TYPE.ERROR'),
  ...codes(
    'package_over_limit',
    'MAXIMUMWEIGHT.TYPE.ERROR',
    'MAXIMUM.WEIGHT.EXCEEDED',
    'DIMENSIONS.EXCEEDS.LIMITS',
  ),
  ...codes(
    'customs_data_invalid',
    'COMMODITIES.CUSTOMSVALUE.LESSTHANREQUIRED',
    'COMMODITY.NOT.FOUND',
    'EDT.DETAILS.MISSING',
    'CUSTOMVALUE.GREATER.THAN.DECLAREDVALUE',
    'CUSTOMVALUE.GREATER.THAN.COMMODITYVALUE',
  ),
  ...codes('currency_invalid', 'CURRENCY.TYPE.INVALID', 'SHIPMENT.CURRENCYCODE.INVALID'),
  ...codes('carrier_endpoint_not_found', 'NOT.FOUND.ERROR'),
  ...codes('outcome_unknown', 'INTERNAL.SERVER.ERROR', 'SYSTEM.UNEXPECTED.ERROR'),
  ...codes('carrier_unavailable', 'SERVICE.UNAVAILABLE.ERROR', 'SERVICE.UNAVAILABLE', 'SYSTEM.UNAVAILABLE'),
  ...codes('rate_limited', 'RATE.LIMIT.EXCEEDED'),
  ...codes('label_already_voided', 'CANCELSHIPMENT.TRACKINGNUMBER.DELETED'),
  ...codes('label_void_rejected', 'TRACKINGIDS.TRACKINGNUMBER.CLOSED'),
  ...codes(
    'tracking_not_yet_available',
    'TRACKING.TRACKINGNUMBER.NOTFOUND',
    'TRACKING.REFERENCENUMBER.NOTFOUND',
  ),
  ...codes('sandbox_virtual_response', 'VIRTUAL.RESPONSE'),
};
