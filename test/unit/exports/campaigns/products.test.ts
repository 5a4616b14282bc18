import { describe, expect, it } from 'vitest';
import { type BriefProduct, checkBrief } from '../../../../src/exports/campaigns/brief.ts';
import { linesOf, readProducts, writeProducts } from '../../../../src/exports/campaigns/products.ts';
import { aBrief } from '../../../support/campaigns.ts';
import { T0 } from '../../../support/manual-clock.ts';

function taken(text: string): readonly BriefProduct[] {
  const read = readProducts(text);
  if ('problems' in read) throw new Error(read.problems.join(' '));
  return read.products;
}

function problems(text: string): readonly string[] {
  const read = readProducts(text);
  return 'problems' in read ? read.problems : [];
}

describe('a pasted list of products', () => {
  it.each([
    ['one a line', 'TEE-1\nTEE-2\n'],
    ['with commas', 'TEE-1, TEE-2'],
    ['with semicolons and blanks', ' TEE-1 ;TEE-2 ; '],
    ['with Windows line ends', 'TEE-1\r\nTEE-2\r\n\r\n'],
    ['with old Mac line ends', 'TEE-1\rTEE-2\r'],
    ['from a column of Excel, head and all', 'SKU\nTEE-1\nTEE-2\n'],
    ['after a byte order mark', '\u{feff}sku\nTEE-1\nTEE-2'],
    ['with blank rows between', 'sku\nTEE-1\n\n\nTEE-2\n  \n'],
  ])('takes SKUs alone, %s', (_, text) => {
    expect(taken(text).map(({ sku }) => sku)).toEqual(['TEE-1', 'TEE-2']);
  });

  it.each([
    ['tabs of Excel', 'SKU\tTitle\tPrice\tPromo price\nTEE-1\tTee, black\t25.00\t19.99'],
    ['semicolons and decimal commas', 'sku;title;price;promo price\nTEE-1;"Tee, black";25,00;19,99'],
    ['commas and quotes', 'sku,title,price,promo_price\nTEE-1,"Tee, black",25.00,19.99'],
    ['signs of the currency', 'sku;title;price;promo-price\nTEE-1;Tee, black;25,00 €;€ 19,99'],
    ['codes of the currency', 'sku\tname\told price\tnew price\nTEE-1\tTee, black\tEUR 25.00\t19.99 EUR'],
    [
      'trailing blank cells',
      'sku\ttitle\tprice\tpromo price\t\t\nTEE-1\tTee, black\t25.00\t19.99\t\t\n\t\t\t\n',
    ],
    [
      'columns that it does not know',
      'colour;sku;title;price;promo price\nblack;TEE-1;Tee, black;25,00;19,99',
    ],
  ])('takes a table with %s', (_, text) => {
    expect(taken(text)).toEqual([
      {
        sku: 'TEE-1',
        title: 'Tee, black',
        handle: null,
        price: '25.00',
        compare_at: null,
        promo_price: '19.99',
      },
    ]);
  });

  it.each([
    ['1.299,00', '1299.00'],
    ['1,299.00', '1299.00'],
    ['1 299,00', '1299.00'],
    ["1'299.00", '1299.00'],
    ['1,299', '1299'],
    ['1.299.000,50', '1299000.50'],
    ['12,9', '12.9'],
    ['12.9', '12.9'],
    ['0,99', '0.99'],
  ])('reads the price %s as %s', (said, meant) => {
    expect(taken(`sku\tprice\nTEE-1\t${said}`)[0]?.price).toBe(meant);
  });

  it('keeps a quoted cell whole, line breaks and doubled quotes included', () => {
    expect(taken('sku,title\nTEE-1,"Tee ""Black"",\nsize M"')[0]?.title).toContain('Tee "Black"');
  });

  it.each([
    ['', 'Name at least one SKU.'],
    ['sku,price', 'Name at least one SKU.'],
    ['sku,price\nTEE-1,cheap', 'Line 2, price: write a price such as 12.99.'],
    ['sku,price\n,12.00', 'Line 2, sku: there is no SKU.'],
    ['TEE-1;12,99\nTEE-2;13,99', 'There are prices but no head.'],
    ['sku,title\nTEE-1,"Tee', 'a quote is opened and not closed'],
  ])('says what is wrong with %j', (text, why) => {
    expect(problems(text).join(' ')).toContain(why);
  });

  it('tells five wrong lines and counts the rest', () => {
    const lines = Array.from({ length: 20 }, (_, n) => `TEE-${n},x`).join('\n');
    const told = problems(`sku,price\n${lines}`);
    expect(told).toHaveLength(6);
    expect(told.at(-1)).toBe('And 15 more lines.');
  });

  it('names the line on which a wrong product stands, blank lines counted', () => {
    expect(problems('sku,price\nTEE-1,1.00\n\nTEE-2,x').join(' ')).toContain('Line 4');
    expect(linesOf('sku,price\nTEE-1,1.00\nTEE-2,2.00')(1)).toBe(3);
    expect(linesOf('TEE-1\nTEE-2')(1)).toBe(2);
  });

  it('takes five thousand lines at once, and no more', () => {
    const line = (n: number) => `SKU-${n}\tProduct ${n}\t${n + 1},00\t${n},50`;
    const head = 'sku\ttitle\tprice\tpromo price';
    const many = Array.from({ length: 5_000 }, (_, n) => line(n + 1)).join('\r\n');
    const begun = performance.now();
    expect(taken(`${head}\r\n${many}`)).toHaveLength(5_000);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(problems(`${head}\r\n${many}\r\n${line(5_001)}`).join(' ')).toContain('at most 5,000');
  });

  it('leaves the same SKU twice to the brief, which names both places', () => {
    const products = taken('TEE-1\nTEE-2\ntee-1 ');
    const found = checkBrief(aBrief(T0, { products }), T0);
    expect(found.flatMap(({ code, path }) => (code === 'duplicate_sku' ? [path] : []))).toEqual([
      'products.2.sku',
    ]);
  });

  it.each([
    'TEE-1\nTEE-2',
    'sku,title,price,promo price\nTEE-1,"Tee, ""black""",25.00,19.99\nTEE-2,,18.00,',
    'sku,handle,compare at\nTEE-1,tee,30.00',
  ])('writes a list that reads as the same again: %j', (text) => {
    const products = taken(text);
    expect(taken(writeProducts(products))).toEqual(products);
  });
});
