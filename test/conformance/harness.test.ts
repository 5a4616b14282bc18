import { describe, expect, it } from 'vitest';
import { loadSpec, SPECS_HERE } from './support/openapi.ts';

const KEY = { 'api-key': 'key', 'content-type': 'application/json' };

describe.skipIf(!SPECS_HERE)('the conformance harness', () => {
  const spec = () => loadSpec('shipstation/openapi-v2.yaml');

  it('knows a request as specified', () => {
    const request = { method: 'PUT', path: '/v2/labels/se-1/void', headers: KEY, body: '' };
    expect(spec().check(request)).toEqual({ operation: 'PUT /v2/labels/{label_id}/void', problems: [] });
  });

  it('catches a wrong body', () => {
    const body = JSON.stringify({ validate_address: 'perhaps', lable_format: 'pdf' });
    const request = { method: 'POST', path: '/v2/labels/shipment/se-1', headers: KEY, body };
    const { problems } = spec().check(request);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringContaining('body/validate_address must be equal to one of the allowed values'),
        'body/lable_format is not declared by the specification',
      ]),
    );
  });

  it('catches an unknown path, query and method, and a credential left out', () => {
    const get = { method: 'GET', path: '/v2/labels', headers: KEY, body: '' };
    expect(spec().check({ ...get, path: '/v2/lables' }).operation).toBeNull();
    expect(spec().check({ ...get, method: 'PATCH' }).operation).toBeNull();
    expect(spec().check({ ...get, path: '/v2/labels?sku=1' }).problems).toEqual([
      'query sku is not declared by the specification',
    ]);
    expect(spec().check({ ...get, headers: {} }).problems).toEqual([
      'no credential of a declared kind is sent',
    ]);
  });

  it('splits a list in a query, and holds its parts against their schema', () => {
    const catalog = loadSpec('bigcommerce/openapi/products_catalog.v3.yml');
    const headers = { 'x-auth-token': 'token', accept: 'application/json' };
    const get = (query: string) =>
      catalog.check({ method: 'GET', path: `/catalog/products?${query}`, headers, body: '' });
    expect(get('id:in=1,2').problems).toEqual([]);
    expect(get('id:in=1,two').problems).toEqual([expect.stringContaining('query id:in/1 must be integer')]);
  });

  it('shows an answer shaped as specified, and catches one that is not', () => {
    const operation = 'PUT /v2/labels/{label_id}/void';
    const shown = spec().example(operation, 200);
    expect(spec().answerProblems(operation, 200, shown)).toEqual([]);
    expect(spec().answerProblems(operation, 200, { approved: 'yes' })).not.toEqual([]);
    expect(() => spec().example(operation, 418)).toThrow('shows no answer 418');
  });

  it.for([
    'shipstation/openapi-v2.yaml',
    'fedex/ship-api.json',
    'fedex/rate-api.json',
    'usps/usps-domestic-labels.yaml',
    'usps/usps-domestic-prices.yaml',
    'bigcommerce/openapi/products_catalog.v3.yml',
    'bigcommerce/openapi/promotions.v3.yml',
  ])('opens %s and compiles every operation', (file) => {
    const opened = loadSpec(file);
    expect(opened.operations.length).toBeGreaterThan(0);
    for (const operation of opened.operations) {
      const [method = '', path = ''] = operation.split(' ');
      const headers = { 'content-type': 'application/json' };
      const request = { method, path: path.replaceAll(/\{[^}]+\}/gu, '1'), headers, body: '{}' };
      expect(opened.check(request).operation).not.toBeNull();
    }
  });
});
